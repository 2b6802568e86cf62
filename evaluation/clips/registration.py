"""Where in the still a frame lies: another size, another shape, a crop, bars, a small shift.

A match of small, locally evened pictures over all sizes finds the place, and enhanced correlation (Evangelidis and
Psarakis 2008) makes it exact. Coordinates are pixels with the corner of the picture at 0; the middle of the first pixel
is at 0.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Plane = NDArray[np.float32]
Matrix = NDArray[np.float64]

LEAST_LIKENESS: Final = 0.25
"""Correlation of locally evened pictures from which a frame shows the still: crops of a still stay above 0.8, pairs of
different photographs below 0.1 after the same search."""

LEAST_TEXTURE: Final = 0.02
"""Share of a picture with structure below which nothing can be matched."""

_TEXTURE_LEVELS: Final = 3.0
_COARSE_PX: Final = 112
_FINE_PX: Final = (320, 960)
_STEP: Final = 1.04
_MOST_ENLARGED: Final = 2.2
_SLACK: Final = 0.06
_LEAST_OVERLAP: Final = 0.25
_FLAT_LEVELS: Final = 4.0


@dataclass(frozen=True, eq=False)
class Place:
    """Where a frame lies in the still.

    matrix: (2, 3), from the frame's pixels to the still's. likeness: correlation of locally evened pictures, -1 to 1.
    bars: widths of empty bars at left, top, right and bottom, in pixels of the frame.
    """

    matrix: Matrix
    likeness: float
    bars: tuple[int, int, int, int]

    @property
    def scale(self) -> tuple[float, float]:
        """How many pixels of the still one pixel of the frame is wide and high."""
        return float(np.hypot(*self.matrix[:, 0])), float(np.hypot(*self.matrix[:, 1]))

    @property
    def turn_deg(self) -> float:
        """How far the frame is turned against the still, clockwise."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))


@dataclass(frozen=True)
class NoPlace:
    """No place was found. other: the frame has structure enough, so it shows something else. likeness: the best."""

    reason: str
    other: bool
    likeness: float = 0.0


def place_in(frame: Luma, still: Luma) -> Place | NoPlace:
    """The place of a frame in the still, both full-range luma."""
    for picture, name in ((still, "still"), (frame, "first frame")):
        if textured_share(picture) < LEAST_TEXTURE:
            return NoPlace(f"The {name} has too little structure to be matched.", other=False)
    bars = empty_bars(frame)
    inner = frame[bars[1] : frame.shape[0] - bars[3], bars[0] : frame.shape[1] - bars[2]]
    found = [_refined(inner, still, start) for start in _starts(inner, still)]
    matrix, likeness = max(found, key=lambda one: one[1])
    if likeness < LEAST_LIKENESS:
        return NoPlace(
            f"Wherever it is laid, the first frame is no more like the still than other pictures are "
            f"(correlation {likeness:.2f}, needed {LEAST_LIKENESS}).",
            other=True,
            likeness=likeness,
        )
    moved = matrix.copy()
    moved[:, 2] -= matrix[:, :2] @ np.array(bars[:2], np.float64)
    return Place(moved, likeness, bars)


def evened(picture: Plane, *, sigma: float) -> Plane:
    """The picture with its local mean and contrast taken out: light, haze and grading go, structure stays."""
    high = picture - cv2.GaussianBlur(picture, (0, 0), sigma)
    spread = np.sqrt(cv2.GaussianBlur(high * high, (0, 0), 2 * sigma))
    return np.asarray(high / (spread + _FLAT_LEVELS), np.float32)


def textured_share(picture: Luma) -> float:
    """Share of a picture with structure beyond noise and compression."""
    small = _fitted(picture, _FINE_PX[0])[0]
    high = small - cv2.GaussianBlur(small, (0, 0), 3)
    return float((np.sqrt(cv2.GaussianBlur(high * high, (0, 0), 3)) > _TEXTURE_LEVELS).mean())


def empty_bars(frame: Luma) -> tuple[int, int, int, int]:
    """Widths of even bars at left, top, right and bottom that end in a straight line, in pixels."""
    top, bottom = _bar(frame), _bar(frame[::-1])
    rows = frame[top : frame.shape[0] - bottom]
    left, right = _bar(rows.T), _bar(rows.T[::-1])
    return left, top, right, bottom


def within(bars: tuple[int, int, int, int], shape: tuple[int, int], *, by: float = 1.0) -> NDArray[np.bool_]:
    """What is within bars. shape: (height, width) of a frame that is `by` times as large as the one with the bars."""
    left, top, right, bottom = (-int(-one * by // 1) for one in bars)
    found = np.zeros(shape, np.bool_)
    found[top : shape[0] - bottom, left : shape[1] - right] = True
    return found


def _bar(frame: Luma) -> int:
    """Even rows from the first on; a picture must begin at their end at once, all along."""
    most = frame.shape[0] * 2 // 5
    colour = float(np.median(frame[0]))
    away = np.abs(frame[: most + 1].astype(np.int16) - round(colour))
    even = np.percentile(away, 98, axis=1) <= _FLAT_LEVELS
    depth = int(np.argmin(even)) if not even.all() else 0
    if depth < 2:
        return 0
    # Skies are even too, but they change by and by.
    beyond = np.abs(frame[depth + 1 : depth + 4].astype(np.int16) - round(colour))
    return depth if len(beyond) and float((beyond.max(axis=0) > 2 * _FLAT_LEVELS).mean()) > 0.3 else 0


def _starts(frame: Luma, still: Luma) -> Iterator[Matrix]:
    """The best places of a coarse search, in pixels: one with the still's proportions, one stretched to its shape."""
    small_still, still_by = _fitted(still, _COARSE_PX)
    height, width = small_still.shape
    slack = round(_SLACK * _COARSE_PX)
    even = evened(small_still, sigma=3)
    ground = np.pad(even, slack)
    fit = (width / frame.shape[1], height / frame.shape[0])
    kinds = [(1.0, 1.0)]
    if abs(fit[0] / fit[1] - 1) > 0.01:
        kinds.append((fit[0] / min(fit), fit[1] / min(fit)))
    for kind in kinds:
        reach = (fit[0] / kind[0], fit[1] / kind[1])
        scale = 1.03 * max(reach)
        best: tuple[float, Matrix] | None = None
        while scale > min(reach) / _MOST_ENLARGED:
            sides = (scale * kind[0] * frame.shape[1], scale * kind[1] * frame.shape[0])
            found = _slid(frame, ground, slack, sides)
            if found and (best is None or found[0] > best[0]):
                best = found
            scale /= _STEP
        if best is not None:
            yield best[1] / still_by


def _slid(frame: Luma, ground: Plane, slack: int, sides: tuple[float, float]) -> tuple[float, Matrix] | None:
    """The best place of a frame of one size on the ground: its correlation and its matrix."""
    size = (round(sides[0]), round(sides[1]))
    if min(size) < 12:
        return None
    small = evened(cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.float32), sigma=3)
    # What reaches beyond the still is left away: its middle must lie within.
    cut = [max(0, (side - (whole - 2)) // 2 + 1) for side, whole in zip(size, ground.shape[::-1], strict=True)]
    small = small[cut[1] : size[1] - cut[1], cut[0] : size[0] - cut[0]]
    found = cv2.matchTemplate(ground, np.ascontiguousarray(small), cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(found)
    scale = (size[0] / frame.shape[1], size[1] / frame.shape[0])
    return best, np.array([[scale[0], 0, x - slack - cut[0]], [0, scale[1], y - slack - cut[1]]], np.float64)


def _refined(frame: Luma, still: Luma, start: Matrix) -> tuple[Matrix, float]:
    """The exact place near a start, and how like the pictures are there."""
    matrix = start
    for long_side in _FINE_PX:
        if long_side > _FINE_PX[0] and max(frame.shape) < 1.2 * _FINE_PX[0]:
            break
        matrix = _by_correlation(frame, still, matrix, long_side)
    return matrix, _likeness(frame, still, matrix)


def _by_correlation(frame: Luma, still: Luma, matrix: Matrix, long_side: int) -> Matrix:
    one, frame_by = _fitted(frame, long_side)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    two, still_by = _scaled(still, min(1.0, frame_by / scale))
    warp = _between_middles(matrix, frame_by, still_by)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    for blur in (9, 5) if long_side == _FINE_PX[0] else (5,):
        everywhere = np.full(two.shape, 255, np.uint8)
        try:
            _, better = cv2.findTransformECC(one, two, warp, cv2.MOTION_AFFINE, criteria, everywhere, blur)
        except cv2.error:
            # It does not converge where the pictures have nothing in common.
            return matrix
        warp = np.asarray(better, np.float32)
    found = np.array(warp, np.float64)
    found[:, 2] += 0.5 - 0.5 * found[:, :2].sum(axis=1)
    found[:, :2] *= frame_by
    return np.asarray(found / still_by, np.float64)


def _between_middles(matrix: Matrix, frame_by: float, still_by: float) -> Plane:
    """The matrix between two scaled pictures, from the middle of the first pixel."""
    small = matrix * still_by
    small[:, :2] /= frame_by
    small[:, 2] += 0.5 * small[:, :2].sum(axis=1) - 0.5
    return small.astype(np.float32)


def _likeness(frame: Luma, still: Luma, matrix: Matrix) -> float:
    one, frame_by = _fitted(frame, _FINE_PX[0])
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if not 1e-3 < scale < 1e3:
        return 0.0
    two, still_by = _scaled(still, min(1.0, frame_by / scale))
    warp = _between_middles(matrix, frame_by, still_by)
    size = (one.shape[1], one.shape[0])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(two, warp, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(np.ones_like(two), warp, size, flags=how) > 0.99
    if seen.mean() < _LEAST_OVERLAP:
        return 0.0
    return correlation(evened(one, sigma=4), evened(laid.astype(np.float32), sigma=4), seen)


def correlation(one: Plane, two: Plane, where: NDArray[np.bool_]) -> float:
    """Pearson's correlation over a part of two pictures."""
    a, b = one[where].astype(np.float64), two[where].astype(np.float64)
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-9))


def _fitted(picture: Luma, long_side: int) -> tuple[Plane, float]:
    return _scaled(picture, min(1.0, long_side / max(picture.shape)))


def _scaled(picture: Luma, by: float) -> tuple[Plane, float]:
    size = (max(8, round(picture.shape[1] * by)), max(8, round(picture.shape[0] * by)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if by < 1 else picture
    return small.astype(np.float32), size[0] / picture.shape[1]
