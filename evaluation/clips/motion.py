"""What moved from one small frame to the next, and where that can be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.frames import Small

Flow = NDArray[np.float32]

_BACK_SHARE: Final = 0.01
_BACK_PX2: Final = 0.5
"""There and back again must end where it began, to within these (Sundaram, Brox, Keutzer 2010): else it is covered."""

_MEDIUM: Final = 2


@dataclass(frozen=True, eq=False)
class Step:
    """From one small frame to the next.

    back: (h, w, 2), where in the frame before each pixel of this frame was, as a shift in small pixels. seen: what both
    frames show. before: the frame before, laid over this one. after: luma of this one.
    """

    back: Flow
    seen: NDArray[np.bool_]
    before: Small
    after: NDArray[np.float32]

    @property
    def residual(self) -> float:
        """Mean change of luma that the shift does not explain, in levels."""
        return float(np.abs(self.after - self.before[..., 0]).mean())

    @property
    def speed(self) -> float:
        """Median shift in shares of the long side."""
        lengths = np.hypot(self.back[..., 0], self.back[..., 1])
        return float(np.median(lengths)) / float(max(lengths.shape))


def step(before: Small, after: Small) -> Step:
    """What moved between two small frames, by dense inverse search (Kroeger and others 2016)."""
    one, two = grey(before), grey(after)
    back, there = flow(two, one), flow(one, two)
    seen = inside(back) & _returns(back, there)
    return Step(back, seen, laid(before, back), after[..., 0])


def grey(small: Small) -> NDArray[np.uint8]:
    """Luma of a small frame as flow needs it; planes of luma pass too."""
    luma = small[..., 0] if small.ndim == 3 else small
    return np.clip(np.rint(luma), 0, 255).astype(np.uint8, copy=False)


def flow(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> Flow:
    """Where each pixel of the first picture lies in the second, as a shift."""
    return np.asarray(_search().calc(one, two, np.zeros((*one.shape, 2), np.float32)), np.float32)


@lru_cache(maxsize=1)
def _search() -> cv2.DISOpticalFlow:
    return cv2.DISOpticalFlow.create(_MEDIUM)


@lru_cache(maxsize=4)
def grid(shape: tuple[int, int]) -> Flow:
    """(h, w, 2): x and y of each pixel, counted from 0."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.stack([x, y], axis=-1).astype(np.float32)


def laid(picture: NDArray[np.float32], shift: Flow) -> Small:
    """The picture as seen through a shift of each pixel."""
    return looked_up(picture, _grid(shift) + shift, cv2.INTER_CUBIC)


def looked_up(picture: NDArray[np.float32], places: Flow, how: int = cv2.INTER_LINEAR) -> NDArray[np.float32]:
    """The picture at (h, w, 2) places, counted from the middle of its first pixel; its edge goes on beyond it."""
    x, y = np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])
    return np.asarray(cv2.remap(picture, x, y, how, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _grid(shift: Flow) -> Flow:
    return grid((shift.shape[0], shift.shape[1]))


def inside(shift: Flow, *, margin: float = 0.0) -> NDArray[np.bool_]:
    """Where a shift of each pixel stays in the picture."""
    height, width = shift.shape[:2]
    x, y = np.moveaxis(_grid(shift) + shift, -1, 0)
    found: NDArray[np.bool_] = (x >= margin) & (y >= margin) & (x <= width - 1 - margin) & (y <= height - 1 - margin)
    return found


def _returns(back: Flow, there: Flow) -> NDArray[np.bool_]:
    again = looked_up(there, _grid(back) + back)
    error = ((back + again) ** 2).sum(axis=2)
    length = (back**2).sum(axis=2) + (again**2).sum(axis=2)
    found: NDArray[np.bool_] = error <= _BACK_SHARE * length + _BACK_PX2
    return found
