"""The first frame against the still: how far each pixel is off, what was changed, colour, detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.colour import WEIGHTS, bgr_of, difference, lab_of, luma_of
from evaluation.clips.frames import Frame
from evaluation.clips.likeness import CHANGED, STRUCTURE_PX, structure
from evaluation.clips.motion import Step, step
from evaluation.clips.reference import Reference, own_places
from evaluation.clips.registration import Place, within
from evaluation.rendering.views import psnr, ssim

Picture = NDArray[np.uint8]

_MOST_COLOURED: Final = 160


@dataclass(frozen=True)
class First:
    """The first frame where it shows the still.

    psnr_db, ssim: of luma as it is. evened_db: after the best gain and offset, what is off in form alone.
    changed: share of the shared picture whose structure is another.
    bent: how far places lie from where they should, as a share of the long side, at the worst twentieth: a relief or a
    lens, not another size or crop.
    colour: median CIEDE2000. shift: mean of L*, a*, b* of the frame less the still's.
    other_matrix: another matrix of luma that would make the colours fit far better, or "".
    covered: share of the frame that shows the still. shown: share of the still that is in the frame.
    """

    psnr_db: float
    evened_db: float
    ssim: float
    changed: float
    bent: float
    colour: float
    shift: tuple[float, float, float]
    other_matrix: str
    covered: float
    shown: float
    likeness: float
    scale: tuple[float, float]
    turn_deg: float
    bars: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Compared:
    """The figures with what is drawn of them: the still as the frame should show it, and what was changed."""

    first: First
    expected: Picture
    changed: NDArray[np.bool_]


def compare(frame: Frame, still: Picture, place: Place, matrix: str) -> Compared:
    """The first frame against the still at its place. still: (H, W, 3) uint8 BGR. matrix: of the frame's colours."""
    height, width = frame.luma.shape
    luma, there = Reference(luma_of(still, matrix), place.matrix).seen(own_places(width, height))
    where = there & within(place.bars, (height, width))
    own = frame.luma.astype(np.float32)
    gain, offset = np.polyfit(luma[where][::7], own[where][::7], 1)
    rows, columns = frame.small.shape[:2]
    seen, small_there = Reference(still, place.matrix).seen(own_places(width, height, sampled=(columns, rows)))
    small_where = small_there & within(place.bars, (rows, columns), by=columns / width)
    moved = _moved(frame.small, seen, matrix)
    # What lies elsewhere is bent; changed is what is nowhere near.
    changed, shared = _changed(frame.small[..., 0], moved, small_where)
    deltas, shift = _colours(frame, seen, small_where, matrix)
    other = {name: _colours(frame, seen, small_where, name)[0] for name in WEIGHTS if name != matrix}
    best = min(other, key=lambda name: other[name])
    covered = float(where.mean())
    return Compared(
        First(
            psnr_db=psnr(own, luma, where) or 0.0,
            evened_db=psnr(own, (gain * luma + offset).astype(np.float32), where) or 0.0,
            ssim=float(ssim(own, luma)[where].mean()),
            changed=float(changed.sum() / max(1, shared.sum())),
            bent=_bent(moved, small_where),
            colour=deltas,
            shift=shift,
            other_matrix=best if other[best] < 0.6 * deltas and deltas > 1.5 else "",
            covered=covered,
            shown=min(
                1.0, covered * abs(float(np.linalg.det(place.matrix[:, :2]))) * width * height / still[..., 0].size
            ),
            likeness=place.likeness,
            scale=place.scale,
            turn_deg=place.turn_deg,
            bars=place.bars,
        ),
        np.clip(seen, 0, 255).astype(np.uint8),
        changed,
    )


def _moved(small: NDArray[np.float32], seen: NDArray[np.float32], matrix: str) -> Step:
    """The small movements that lead from the still as it should be seen to the frame."""
    there = np.zeros_like(small)
    there[..., 0] = luma_of(np.clip(seen, 0, 255).astype(np.uint8), matrix)
    return step(there, small)


def _bent(moved: Step, where: NDArray[np.bool_]) -> float:
    """How far places lie from where they should, of those that can be found."""
    lengths = np.hypot(moved.back[..., 0], moved.back[..., 1])[moved.seen & where]
    return float(np.percentile(lengths, 95)) / max(where.shape) if len(lengths) else 0.0


def _changed(
    own: NDArray[np.float32], moved: Step, where: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where structure was changed, and where it could have been: the whole shared picture."""
    scale = min(1.0, STRUCTURE_PX / max(own.shape))
    size = (round(own.shape[1] * scale), round(own.shape[0] * scale))
    expected = moved.before[..., 0]
    one, two = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32) for plane in (own, expected))
    alike, structured = structure(one, two)
    # The window must lie within: at the edge it sees what is beyond.
    whole = cv2.resize(where.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    shared = cv2.erode(whole.astype(np.uint8), np.ones((13, 13), np.uint8), borderValue=1) > 0
    return (alike < CHANGED) & structured & shared, shared


def _colours(
    frame: Frame, seen: NDArray[np.float32], where: NDArray[np.bool_], matrix: str
) -> tuple[float, tuple[float, float, float]]:
    """Median difference of colours over cells of two pixels, and the mean shift."""
    size = (min(_MOST_COLOURED, frame.small.shape[1]), max(4, frame.small.shape[0] // 2))
    pictures = [bgr_of(frame.small, matrix), (np.clip(seen, 0, 255) / 255).astype(np.float32)]
    one, two = (
        lab_of(cv2.resize(each, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)) for each in pictures
    )
    shared = cv2.resize(where.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    if not shared.any():
        return 0.0, (0.0, 0.0, 0.0)
    away = (one - two)[shared].mean(axis=0)
    return float(np.median(difference(one[shared], two[shared]))), (float(away[0]), float(away[1]), float(away[2]))
