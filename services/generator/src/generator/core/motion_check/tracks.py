"""Follows points through the sampled frames, from the middle one outwards in both directions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.texture import MARGIN_PX, points, trust

NORMAL_BOX_PX: Final = 25
"""Neighbourhood over which contrast is made equal, so that dark and hazy places give tracks too."""

LEAST_SPREAD: Final = 6.0
"""Grey levels added to the local spread: below it a place is called noise and is not amplified."""

RETURN_PX: Final = 0.6
"""A point followed there and back must return this closely where it can be told, in pixels at 480 px width."""

ASTRAY_PX: Final = 4.0
"""And this closely along an edge, where it can not."""

JUMP_RESPONSE: Final = 0.15
"""Height of the phase correlation's peak from which a shift of the whole picture is believed, 0 to 1."""

_WINDOW: Final = (2 * MARGIN_PX + 1, 2 * MARGIN_PX + 1)
_LEAST_EIGEN: Final = 1e-6
_STOP: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 0.01)
_STOP_BACK: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 0.03)
"""The way back need not be known more finely than it is judged."""


class _Reach(NamedTuple):
    """How many times the picture is halved to find a point there, and to find it back."""

    there: int
    back: int


_FIRST: Final = _Reach(3, 1)
"""The first step has no velocity to start from."""

_NEAR: Final = _Reach(1, 0)
"""Where velocity leads, a point mostly is; this costs half."""

_FAR: Final = _Reach(2, 1)
"""For the points that are not there."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Where each point of the middle frame is in every frame.

    `places` is (points, frames, 2) float64 in pixels, x then y, origin at the frame's centre. `seen` is (points,
    frames) bool; places that were not seen hold the last place seen. `anchor` is the middle frame's index. `width_px`
    and `height_px` are the frames' size. `trust` is (points, 2, 2): what errors are multiplied by, see `texture.trust`.
    """

    places: NDArray[np.float64]
    seen: NDArray[np.bool_]
    anchor: int
    width_px: int
    height_px: int
    trust: NDArray[np.float64]

    @property
    def to_480(self) -> float:
        """What a length in these pixels is multiplied by to be one in a frame 480 pixels wide."""
        return 480.0 / self.width_px


def normalised(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The frame with its local contrast made equal: (I - mean) / (spread + 6) * 48 + 128 over 25 x 25 px, uint8."""
    box = (NORMAL_BOX_PX, NORMAL_BOX_PX)
    grey = frame.astype(np.float32)
    mean = cv2.boxFilter(frame, cv2.CV_32F, box).astype(np.float32, copy=False)
    spread = cv2.sqrBoxFilter(frame, cv2.CV_32F, box).astype(np.float32, copy=False)
    spread -= mean * mean
    # What rounding leaves below zero is far below the noise; its sign alone must go.
    np.abs(spread, out=spread)
    np.sqrt(spread, out=spread)
    spread += LEAST_SPREAD
    grey -= mean
    grey *= 48.0
    grey /= spread
    grey += 128.0
    return np.clip(grey, 0.0, 255.0, out=grey).astype(np.uint8)


def follow(frames: Sequence[NDArray[np.uint8]], *, checkpoint: Callable[[], None], aligned: bool = False) -> Tracks:
    """Tracks of the middle frame's points through all normalised frames.

    Each step is pyramidal Lucas-Kanade started where constant velocity leads, and is kept only when the way back ends
    within 0.6 px of its start, not counting what runs along an edge. A point that is not found there is looked for in a
    wider reach; once lost it stays lost. `checkpoint` is called before every step and may raise. `aligned`: nothing has
    moved far from the middle frame to its neighbours.
    """
    count, anchor = len(frames), len(frames) // 2
    height, width = frames[anchor].shape
    start = points(frames[anchor])
    trusted = trust(frames[anchor], start)
    places = np.repeat(start[:, None, :], count, axis=1)
    seen = np.zeros((len(start), count), dtype=np.bool_)
    seen[:, anchor] = True
    if len(start):
        for step in (1, -1):
            _follow_one_way(frames, places, seen, trusted, anchor, step, checkpoint, aligned=aligned)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return Tracks(places=places - centre, seen=seen, anchor=anchor, width_px=width, height_px=height, trust=trusted)


def _follow_one_way(
    frames: Sequence[NDArray[np.uint8]],
    places: NDArray[np.float32],
    seen: NDArray[np.bool_],
    trusted: NDArray[np.float64],
    anchor: int,
    step: int,
    checkpoint: Callable[[], None],
    *,
    aligned: bool,
) -> None:
    alive = np.arange(len(places))
    velocity = np.zeros((len(places), 2), dtype=np.float32)
    last = len(frames) - 1 if step > 0 else 0
    if anchor != last and not aligned:
        velocity += _jump(frames[anchor], frames[anchor + step])
    for now in range(anchor, last, step):
        checkpoint()
        then = now + step
        places[:, then] = places[:, now]
        if not len(alive):
            continue
        here = np.ascontiguousarray(places[alive, now])
        pair = (frames[now], frames[then])
        there, kept = _there_and_back(*pair, here, velocity[alive], trusted[alive], _FIRST if now == anchor else _NEAR)
        lost = np.flatnonzero(~kept)
        if now != anchor and len(lost):
            again, found = _there_and_back(*pair, here[lost], velocity[alive[lost]], trusted[alive[lost]], _FAR)
            there[lost], kept[lost] = again, found
        alive = alive[kept]
        velocity[alive] = (there - here)[kept]
        places[alive, then] = there[kept]
        seen[alive, then] = True


def _there_and_back(
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
    here: NDArray[np.float32],
    velocity: NDArray[np.float32],
    trusted: NDArray[np.float64],
    reach: _Reach,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where points of one frame are in the other, and whether the way back says so too."""
    height, width = one.shape
    there, found = _flow(one, other, here, here + velocity, levels=reach.there, stop=_STOP)
    back, returned = _flow(other, one, there, there - velocity, levels=reach.back, stop=_STOP_BACK)
    inside = (there > 2).all(axis=1) & (there[:, 0] < width - 3) & (there[:, 1] < height - 3)
    astray = back - here
    told = np.einsum("nij,nj->ni", trusted, astray)
    closed = (np.hypot(*told.T) < RETURN_PX) & (np.hypot(*astray.T) < ASTRAY_PX)
    kept: NDArray[np.bool_] = found & returned & inside & closed
    return there, kept


def _jump(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The shift of the whole picture between two frames, (2,) pixels; zero unless it is far and plain to see.

    The tracker needs it for its very first step only, where no velocity is known yet and a whip pan may be at its
    fastest.
    """
    small = [cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) for frame in (one, other)]
    window = cv2.createHanningWindow(small[0].shape[::-1], cv2.CV_32F)
    shift, response = cv2.phaseCorrelate(small[0].astype(np.float32), small[1].astype(np.float32), window)
    far = math.hypot(*shift) > 2.0
    return np.array(shift, dtype=np.float32) * (4.0 if far and response > JUMP_RESPONSE else 0.0)


def _flow(
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
    points: NDArray[np.float32],
    guess: NDArray[np.float32],
    *,
    levels: int,
    stop: tuple[int, int, float],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        one,
        other,
        points,
        np.ascontiguousarray(guess),
        winSize=_WINDOW,
        maxLevel=levels,
        criteria=stop,
        # What it would tell of the pictures' difference instead costs a tenth more, and nobody asks for either.
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW | cv2.OPTFLOW_LK_GET_MIN_EIGENVALS,
        minEigThreshold=_LEAST_EIGEN,
    )
    return found.astype(np.float32, copy=False), status[:, 0] > 0
