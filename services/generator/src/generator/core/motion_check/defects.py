"""What is wrong or remarkable with a clip beside its movement: cut, freeze, black border, loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

THUMB: Final = (64, 36)
"""Size of the thumbnails that cut, freeze and loop are judged on, in pixels."""

CUT_LEVELS: Final = 14.0
"""Mean change of a thumbnail, in grey levels, below which no cut is seen."""

CUT_TIMES: Final = 5.0
"""A cut changes the picture this many times more than the steps around it."""

FREEZE_LEVELS: Final = 0.12
"""Mean change of a thumbnail, in grey levels, up to which a sample repeats the one before."""

FREEZE_S: Final = 0.75
"""Shortest freeze, in seconds; eased starts and ends rest for less."""

BLACK: Final = 20
"""Brightest luma of a black border; 16 is black in video range."""

BORDER_STEP: Final = 10
"""Grey levels by which the picture begins beside a black border."""


SUDDEN_S: Final = 0.7
"""A movement that is over within this time, in seconds, is sudden: a whip pan, a crash zoom."""

SUDDEN_LEVELS: Final = 2.0
"""Mean change of a thumbnail from one sample to the next, in grey levels, that a sudden movement adds at its height."""

SUDDEN_TIMES: Final = 2.0
"""And how many times the usual change it adds; a movement that is eased over the clip has at most half as much more."""

LIKENESS: Final = 0.5
"""Correlation of two thumbnails from which they show the same; leaves, water and a codec leave far more."""

LEAST_CONTRAST: Final = 4.0
"""Grey levels of deviation from which a thumbnail shows anything."""

RINGING: Final = 4
"""Rows at the end of a black border that a codec may have lightened."""

_MOVING: Final = 0.15
"""Share of the largest change from which a step belongs to a sudden movement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Defects:
    """Where a clip is cut, where it moves suddenly, and whether it freezes, has a black border or loops.

    `cuts` are the indices of the first sample after each cut. `burst` is the last sample before and the first sample
    after the clip's only, sudden movement; None for clips that move longer. `turns_into_another` says that the last
    picture is not like the first, as after a long movement or a dissolve.
    """

    cuts: tuple[int, ...] = ()
    burst: tuple[int, int] | None = None
    has_freeze: bool = False
    has_black_border: bool = False
    loops: bool = False
    turns_into_another: bool = False


def defects(frames: Sequence[Picture], *, fps: float, moves: bool) -> Defects:
    """The defects of sampled frames, (H, W) uint8 luma at `fps` samples per second.

    A clip that does not move at all does not freeze either, so `moves` says whether the camera or anything else does.
    """
    thumbs = [_thumb(frame) for frame in frames]
    changes = np.array([float(np.abs(b - a).mean()) for a, b in pairwise(thumbs)])
    burst = _burst(changes, fps)
    return Defects(
        cuts=() if burst else _cuts(changes),
        burst=burst,
        has_freeze=moves and burst is None and _freezes(changes, fps),
        has_black_border=any(_framed(frames[k]) for k in {0, len(frames) // 2, len(frames) - 1}),
        loops=_loops(thumbs, changes),
        turns_into_another=_unlike(thumbs[0], thumbs[-1]),
    )


def _thumb(frame: Picture) -> NDArray[np.float32]:
    """The frame's thumbnail, by way of half its size, which costs a third."""
    half = cv2.resize(frame, (frame.shape[1] // 2, frame.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return cv2.resize(half, THUMB, interpolation=cv2.INTER_AREA).astype(np.float32)


def _cuts(changes: NDArray[np.float64]) -> tuple[int, ...]:
    found = []
    for k, change in enumerate(changes):
        around = np.concatenate([changes[max(0, k - 3) : k], changes[k + 1 : k + 4]])
        if change > CUT_LEVELS and len(around) and change > CUT_TIMES * float(np.max(around, initial=0.5)):
            found.append(k + 1)
    return tuple(found)


def _burst(changes: NDArray[np.float64], fps: float) -> tuple[int, int] | None:
    # Noise, water and whatever else goes on all the time is no part of it.
    usual = float(np.median(changes))
    extra = np.maximum(changes - usual, 0.0)
    largest = float(np.max(extra))
    if largest < max(SUDDEN_LEVELS, SUDDEN_TIMES * usual):
        return None
    moving = np.flatnonzero(extra > _MOVING * largest)
    # One single step is a cut, and what goes on to either end of the clip may have been longer.
    if len(moving) < 2 or moving[0] == 0 or moving[-1] == len(changes) - 1:
        return None
    if int(moving[-1] - moving[0]) + 1 > SUDDEN_S * fps:
        return None
    # One more on either side, where it sets off and settles.
    return max(0, int(moving[0]) - 1), min(len(changes), int(moving[-1]) + 2)


def _freezes(changes: NDArray[np.float64], fps: float) -> bool:
    """Whether the picture stands still for long and starts or stops at once; an eased pause ends by and by."""
    largest = float(np.max(changes))
    # What a codec leaves in a still picture; the threshold follows a slow clip down.
    still = changes <= min(FREEZE_LEVELS, 0.1 * largest)
    if still.all():
        return False
    needed = max(FREEZE_S * fps, 3.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8)))
    for first, after in edges.reshape(-1, 2):
        beside = [changes[k] for k in (first - 1, after) if 0 <= k < len(changes)]
        if after - first >= needed and max(beside, default=0.0) > 0.4 * float(np.median(changes[~still])):
            return True
    return False


def _loops(thumbs: Sequence[NDArray[np.float32]], changes: NDArray[np.float64]) -> bool:
    if len(thumbs) < 3:
        return False
    seam = float(np.abs(thumbs[-1] - thumbs[0]).mean())
    return seam <= max(0.4, 1.5 * float(np.median(changes)))


def _unlike(first: NDArray[np.float32], last: NDArray[np.float32]) -> bool:
    """Whether two thumbnails have little in common but their light; a picture without contrast is like any."""
    one, other = first - first.mean(), last - last.mean()
    contrast = float(np.sqrt((one**2).mean() * (other**2).mean()))
    return contrast > LEAST_CONTRAST and float((one * other).mean()) < LIKENESS * contrast


def _framed(frame: Picture) -> bool:
    return any(_black_edge(side) for side in (frame, frame[::-1], frame.T, frame.T[::-1]))


def _black_edge(frame: Picture) -> bool:
    """Whether the first rows are black all along and end at once, in a straight line, where a brighter picture begins.

    Night skies are dark too, but they end nowhere in a straight line.
    """
    dark = (frame <= BLACK).mean(axis=1) > 0.995
    depth = int(np.argmin(dark)) if not dark.all() else 0
    if depth < 2 or depth + RINGING + 2 >= len(frame):
        return False
    inner = frame[depth + 1 : depth + RINGING + 2].astype(np.int16)
    outer = frame[depth - 2 if depth > 2 else 0].astype(np.int16)
    return bool(((inner - outer) > BORDER_STEP).mean(axis=1).max() > 0.7)
