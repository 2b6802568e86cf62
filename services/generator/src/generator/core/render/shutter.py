"""Motion blur: when the shutter of each frame is open, and the mean of what it sees.

A film camera's shutter is open for half of a frame's time. What moves fast while it is open smears, and the eye misses
the smear: without it fast content stutters. What moves slowly is left sharp, which costs one picture a frame.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.profile import Profile
from generator.core.render.path import Path
from generator.core.render.pose import Poses, behind, rays
from generator.core.render.relief import FAR_W, NEAR_W

OPEN: Final = 0.5
"""Share of a frame's time during which it is exposed: a film camera's 180 degree shutter."""

_REFERENCE_PX: Final = 1280
"""Width of the frame for which the numbers of pixels hold; in other frames the same shares of the width."""

SLOW_PX: Final = 6.0
"""Way of the fastest content between two frames up to which they stay sharp."""

FAST_PX: Final = 9.0
"""Way from which the shutter is open for its whole time; in between for a part, so that no frame stands out."""

APART_PX: Final = 2.0
"""Moments of one exposure lie at most this far apart on the picture, so that a smear shows no copies."""

MOST_MOMENTS: Final = 16
"""The most moments of one exposure: beyond a smear of 32 pixels copies no longer show, for nothing is sharp."""

_POINTS: Final = 5
"""Points along each side of the frame at which the speed is looked at."""

Array = NDArray[np.float64]
Exposures = tuple[tuple[float, ...], ...]


def exposures(
    path: Path, times: Array, profile: Profile, *, w: tuple[float, float] = (FAR_W, NEAR_W), cover: float = 1.0
) -> Exposures:
    """The moments, 0..1 of the clip, whose mean is each frame: its own alone where nothing is fast.

    times: of the frames, ascending. w: least and largest inverse depth. cover: the zoom that hides the border. The
    shutter opens before the frame's time and closes after it by the same, within the clip or around a loop's seam.
    """
    if path.still or len(times) < 2:
        return tuple((float(time),) for time in times)
    step = 1.0 / profile.frames if profile.loop else 1.0 / max(1, profile.frames - 1)
    half = OPEN * step / 2
    way = _ways(path, *_within(times - half, times + half, loop=profile.loop), profile, w=w, cover=cover)
    whole = way * _REFERENCE_PX
    # Ways while the shutter is open, brought to those between two frames.
    speed = whole / OPEN
    opened = np.clip((speed - SLOW_PX) / (FAST_PX - SLOW_PX), 0.0, 1.0)
    counts = np.clip(np.ceil(whole * opened / APART_PX), 1, MOST_MOMENTS).astype(int)
    frames = []
    for time, count, share in zip(times, counts, opened, strict=True):
        offsets = (np.arange(count) + 0.5) / count * 2.0 - 1.0
        moments = time + offsets * half * share
        moments = moments % 1.0 if profile.loop else np.clip(moments, 0.0, 1.0)
        frames.append(tuple(float(moment) for moment in moments) if count > 1 else (float(time),))
    return tuple(frames)


def _within(begin: Array, end: Array, *, loop: bool) -> tuple[Array, Array]:
    return (begin % 1.0, end % 1.0) if loop else (np.maximum(begin, 0.0), np.minimum(end, 1.0))


def _ways(path: Path, begin: Array, end: Array, profile: Profile, *, w: tuple[float, float], cover: float) -> Array:
    """(n,): the farthest that any place of the frame moves on the picture from one moment to the other, in widths."""
    side = np.linspace(-0.5, 0.5, _POINTS)
    u, v = np.meshgrid(side, side / profile.aspect)
    first, second = path.at(begin), path.at(end)
    farthest = np.zeros(len(begin))
    for depth in w:
        a, b = rays(first, u, v, cover=cover)
        there = behind(first, a, b, depth)
        seen_u, seen_v = _seen(second, *there, depth, cover=cover)
        farthest = np.maximum(farthest, np.hypot(seen_u - u, seen_v - v).reshape(len(begin), -1).max(axis=1))
    return farthest


def _seen(poses: Poses, u: Array, v: Array, w: float, *, cover: float) -> tuple[Array, Array]:
    """Where on the picture a camera sees the still's places (u, v) of inverse depth w, 0 or more; shapes (n, ...)."""
    shape = (-1,) + (1,) * (u.ndim - 1)
    # In inverse depths, so that what is infinitely far away has a place too.
    place = np.stack([u, v, np.ones_like(u)], axis=-1)
    camera = np.stack([poses.x, poses.y, poses.z], axis=-1).reshape(*shape, 3)
    # Turned back by the transpose.
    x, y, z = np.moveaxis(np.einsum("nji,n...j->n...i", poses.rotation(), place - w * camera), -1, 0)
    focal = poses.focal.reshape(shape) * cover
    ahead = np.maximum(z, 1e-6)
    return (x / ahead - poses.shift_x.reshape(shape)) * focal, (y / ahead - poses.shift_y.reshape(shape)) * focal


class Exposure:
    """The mean of pictures of one shape, exact to rounding. Holds one sum of 16 bits a sample."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._sum: NDArray[Any] = np.zeros(shape, np.uint16)
        self._count = 0

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Exposes one picture more, 256 at most before `take`."""
        cv2.add(self._sum, picture, dst=self._sum, dtype=cv2.CV_16U)
        self._count += 1

    def take(self, into: NDArray[np.uint8]) -> None:
        """Writes the mean of what was exposed, one picture at least, and begins anew."""
        cv2.convertScaleAbs(self._sum, dst=into, alpha=1.0 / self._count)
        self._sum[:] = 0
        self._count = 0
