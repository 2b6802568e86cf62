"""The horizon: the line that best parts the still into two and that level segments lie on."""

from typing import Final, NamedTuple

import cv2
import numpy as np

from analyzer.core.analysis import Horizon
from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments

_COLUMNS: Final = 64
_ROWS: Final = 96
_TILTS_DEG: Final = tuple(range(-8, 9))
_MARGIN: Final = 0.08
"""Share of the height at the top and the bottom where no horizon is looked for."""
_LEAST_QUALITY: Final = 0.3
_BAND: Final = 0.04


class _Candidate(NamedTuple):
    score: float
    y: float
    tilt_deg: float
    parted: float
    covered: float


def find_horizon(frame: Frame, segments: Segments) -> Horizon | None:
    """The horizon, its kind not yet told, or None when there is no honest one.

    Score as in the probe of `C4` of the design's notes: half the share of colour variance that two sides of the line
    explain (Otsu's criterion over rows of Lab), half the share of the width that segments on the line cover. The score
    counts as far as the change is a step and not a gradient, the same across the frame, and with more light or less
    texture above, as a sky has.
    """
    picture = np.asarray(cv2.resize(frame.cells, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA), np.float32)
    total = float(picture.reshape(-1, 3).var(axis=0).sum())
    if total < 4.0:
        return None
    best = max((_best_at(frame, segments, picture, tilt, total) for tilt in _TILTS_DEG), key=lambda one: one[:1])
    straight = _straightened(frame, picture, best.tilt_deg)
    row = round(best.y * _ROWS)
    sure = _step(straight, row) * _steady(straight, row) * _sky_above(frame, best)
    quality = ramp(best.score, 0.3, 0.75) * sure
    if quality < _LEAST_QUALITY:
        return None
    return Horizon(
        y=round(_refined(frame, best), 6),
        tilt_deg=round(_tilt(frame, segments, best), 4) + 0.0,
        quality=round(quality, 6),
    )


def _best_at(frame: Frame, segments: Segments, picture: Plane, tilt_deg: float, total: float) -> _Candidate:
    """The best height for one tilt."""
    rows = _straightened(frame, picture, tilt_deg).mean(axis=1)
    above = np.cumsum(rows, axis=0)[:-1]
    count = np.arange(1, _ROWS)[:, None]
    upper, lower = above / count, (above[-1] + rows[-1] - above) / (_ROWS - count)
    share = (count * (_ROWS - count) / _ROWS**2)[:, 0]
    parted = share * ((upper - lower) ** 2).sum(axis=1) / total
    heights = np.arange(1, _ROWS) / _ROWS
    covered = _coverage(frame, segments, tilt_deg, heights)
    # A slight preference for level breaks ties the way photographers do.
    score = 0.5 * parted + 0.5 * covered - 0.004 * abs(tilt_deg)
    score[(heights < _MARGIN) | (heights > 1 - _MARGIN)] = -1.0
    at = int(score.argmax())
    return _Candidate(float(score[at]), float(heights[at]), tilt_deg, float(parted[at]), float(covered[at]))


def _straightened(frame: Frame, picture: Plane, tilt_deg: float) -> Plane:
    """The picture with its columns moved so that a line of this tilt becomes level."""
    if tilt_deg == 0:
        return picture
    fall = np.tan(np.radians(tilt_deg)) * frame.width / frame.height
    offset = fall * ((np.arange(_COLUMNS) + 0.5) / _COLUMNS - 0.5) * _ROWS
    rows = np.clip(np.round(np.arange(_ROWS)[:, None] + offset[None]), 0, _ROWS - 1).astype(np.intp)
    moved: Plane = picture[rows, np.arange(_COLUMNS)[None]]
    return moved


def _coverage(frame: Frame, segments: Segments, tilt_deg: float, heights: Plane) -> Plane:
    """For each height, the share of the width that segments on that line cover, 0..1."""
    near = segments.where(np.abs(segments.angle - tilt_deg) < 4.0)
    covered = np.zeros((len(heights), _COLUMNS), bool)
    slope = np.tan(np.radians(tilt_deg))
    for x0, y0, x1, y1 in near.ends:
        height = ((y0 + y1) / 2 - slope * ((x0 + x1) / 2 - frame.width / 2)) / frame.height
        rows = np.abs(heights - height) < 0.02
        left, right = int(x0 / frame.width * _COLUMNS), int(np.ceil(x1 / frame.width * _COLUMNS))
        covered[np.ix_(rows, np.arange(max(0, left), min(_COLUMNS, right)))] = True
    share: Plane = covered.mean(axis=1)
    return share


def _step(straight: Plane, row: int) -> float:
    """How much of the change between the two sides happens at the line: 1 for a step, about 0.2 for a gradient."""
    near = max(2, round(_BAND * _ROWS))
    upper, lower = straight[:row].mean(axis=(0, 1)), straight[row:].mean(axis=(0, 1))
    above = straight[max(0, row - 2 * near) : max(1, row - 1)].mean(axis=(0, 1))
    below = straight[row + 1 : row + 1 + 2 * near].mean(axis=(0, 1))
    whole = float(np.linalg.norm(upper - lower)) + 1e-6
    return ramp(float(np.linalg.norm(above - below)) / whole, 0.25, 0.7)


def _steady(straight: Plane, row: int) -> float:
    """The share of the width at which the change goes the same way as on the whole."""
    reach = max(3, round(2 * _BAND * _ROWS))
    above = straight[max(0, row - reach) : row].mean(axis=0)
    below = straight[row : row + reach].mean(axis=0)
    whole = straight[:row].mean(axis=(0, 1)) - straight[row:].mean(axis=(0, 1))
    along = ((above - below) * whole).sum(axis=1) / (float((whole**2).sum()) + 1e-6)
    return ramp(float((along > 0.15).mean()), 0.45, 0.85)


def _sky_above(frame: Frame, best: _Candidate) -> float:
    """Whether what is above looks like sky: smoother than what is below, and reaching the top border unbroken."""
    row = round(best.y * frame.texture.shape[0])
    above, below = frame.texture[:row], frame.texture[row:]
    calm = float(np.median(above))
    return max(0.15, ramp(calm, 5.0, 2.0)) * max(0.3, ramp(float(np.median(below)) - calm, -1.0, 1.5))


def _refined(frame: Frame, best: _Candidate) -> float:
    """The height to a pixel: where the change along y is strongest near the candidate."""
    lightness = cv2.blur(np.ascontiguousarray(frame.lab[..., 0]), (5, 5))
    slope = np.tan(np.radians(best.tilt_deg))
    columns = np.arange(0, frame.width, 4)
    rows = np.arange(round((best.y - 0.025) * frame.height), round((best.y + 0.025) * frame.height) + 1)
    at = rows[:, None] + np.round(slope * (columns - frame.width / 2))[None].astype(np.intp)
    upper = lightness[np.clip(at - 2, 0, frame.height - 1), columns]
    lower = lightness[np.clip(at + 2, 0, frame.height - 1), columns]
    change = np.abs(np.median(upper - lower, axis=1))
    return float(np.clip((rows[int(change.argmax())] + 0.5) / frame.height, 0.0, 1.0))


def _tilt(frame: Frame, segments: Segments, best: _Candidate) -> float:
    """The tilt from the segments on the line, weighted by length; the candidate's own when there are none."""
    slope = np.tan(np.radians(best.tilt_deg))
    middle = segments.middle
    off = np.abs(middle[:, 1] - slope * (middle[:, 0] - frame.width / 2) - best.y * frame.height) / frame.height
    on_line = segments.where((off < 0.025) & (np.abs(segments.angle - best.tilt_deg) < 4.0))
    if float(on_line.length.sum()) < 0.15 * frame.width:
        return float(best.tilt_deg)
    return float((on_line.angle * on_line.length).sum() / on_line.length.sum())
