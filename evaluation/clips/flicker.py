"""Light and colour that change over time where the camera does not explain it.

Each frame is compared with the one before along the flow, so a pan over a bright window is no flicker. The median over
the blocks of the frame is the change of the whole picture; what a place has beyond it is carried along with the flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.frames import Small
from evaluation.clips.motion import Step, grid, looked_up
from evaluation.clips.timing import Run

Series = NDArray[np.float64]
Plane = NDArray[np.float32]

BLOCKS: Final = 16
"""Blocks along the long side."""

PASS_S: Final = 0.25
"""Width of the Gaussian whose slow part is taken away: what swings faster than about once a second is left."""

_MEMORY_S: Final = 0.4
"""How long a place remembers what it changed: slower changes of light are no flicker."""

_SMOOTH_S: Final = 0.25
_LEAST_LUMA: Final = 64.0
"""Changes in the dark are counted as if the place had this luma: a level more is seen as much there as elsewhere, which
is what the curve of video is for, and a share of little would be the grain of the codec."""

_CLIPPED: Final = 250.0
_MOST_CLIPPED: Final = 0.2
_TOP_SHARE: Final = 97.0
_LEAST_SEEN: Final = 0.15
_LEAST_WEIGHT: Final = 0.4
_COARSE: Final = 4


@dataclass(frozen=True, eq=False)
class Flicker:
    """One value a frame.

    gain: light against the first frame, 1 as there. cb, cr: chroma against the first frame, in levels. whole: gain
    without its slow changes. local: how much the 3 % of the picture that change most swing, as a share.
    swing_cb, swing_cr: chroma without its slow changes. seen: share of the frame that could be compared with the one
    before, 0 where the steps say nothing.
    """

    gain: Series
    cb: Series
    cr: Series
    whole: Series
    local: Series
    seen: Series
    swing_cb: Series
    swing_cr: Series

    @property
    def amplitude(self) -> float:
        """Of the swing of the whole picture's light, as a share; 0.03 is a swing between 0.97 and 1.03."""
        return float(np.sqrt(2) * np.sqrt(np.mean(self.whole**2)))

    @property
    def colour_amplitude(self) -> float:
        """Of the swing of the whole picture's chroma, in levels of 255."""
        return float(np.sqrt(2) * np.sqrt(np.mean(self.swing_cb**2 + self.swing_cr**2)))

    @property
    def local_amplitude(self) -> float:
        """Of the swing of the places that change most, as a share; held for a fifth of the clip."""
        return float(np.sqrt(2) * np.percentile(self.local, 80))


class FlickerMeter:
    """Takes the steps one after another; a frame is seen at a quarter of its small size, in means."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._where: NDArray[np.bool_] | None = None
        self._carried: Plane | None = None
        self._energy: Plane | None = None
        self._rows: list[tuple[float, float, float, float, float]] = []

    def within(self, where: NDArray[np.bool_]) -> None:
        """Only these places count: bars around the picture do not."""
        self._where = where

    def first(self, small: Small) -> None:
        """The first frame, or the first after a cut: nothing is known of it."""
        shape = _size(small)[::-1]
        self._carried, self._energy = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._rows.append((0.0, 0.0, 0.0, 0.0, 0.0))

    def skip(self) -> None:
        """A frame that shows nothing, black as it is."""
        self._rows.append((0.0, 0.0, 0.0, 0.0, 0.0))

    def add(self, small: Small, step: Step) -> None:
        """The next frame and how it came about."""
        if self._carried is None or self._energy is None:
            raise ValueError("the first frame comes first")
        clear = step.seen if self._where is None else step.seen & self._where
        size = _size(small)
        weight = _blurred(clear.astype(np.float32), size)
        known = weight > _LEAST_WEIGHT
        if float(clear.mean()) < _LEAST_SEEN or not known.any():
            self.first(small)
            return
        masked = clear[..., None].astype(np.float32)
        before = _blurred(step.before[..., 0] * masked[..., 0], size) / np.maximum(weight, 1e-3)
        change = _blurred((small - step.before) * masked, size) / np.maximum(weight, 1e-3)[..., None]
        relative = np.log1p(np.clip(change[..., 0] / np.maximum(before, _LEAST_LUMA), -0.9, 9)).astype(np.float32)
        # White that is clipped gets no brighter. Places with much of it are left out whole: without its white alone, a
        # place's mean would follow how sharp the edges of its letters are.
        clipped = _blurred((small[..., 0] >= _CLIPPED).astype(np.float32), size)
        free = known & (clipped < _MOST_CLIPPED)
        free = free if free.any() else known
        whole, cb, cr = (float(np.median(one[free])) for one in (relative, change[..., 1], change[..., 2]))
        local = self._local(np.where(known, relative - whole, 0).astype(np.float32), known, step)
        self._rows.append((whole, cb, cr, local, float(clear.mean())))

    def _local(self, change: Plane, known: NDArray[np.bool_], step: Step) -> float:
        shape = change.shape
        back = cv2.resize(step.back, shape[::-1], interpolation=cv2.INTER_AREA) * (shape[1] / step.back.shape[1])
        places = grid((shape[0], shape[1])) + back.astype(np.float32)
        keep = np.float32(np.exp(-1 / (_MEMORY_S * self._fps)))
        calm = np.float32(np.exp(-1 / (_SMOOTH_S * self._fps)))
        carried, energy = (looked_up(plane, places) for plane in (self._carried, self._energy) if plane is not None)
        fresh = np.where(known, keep * carried + change, 0).astype(np.float32)
        self._carried = fresh
        self._energy = np.where(known, calm * energy + (1 - calm) * fresh**2, calm * energy).astype(np.float32)
        return float(np.sqrt(np.percentile(self._energy, _TOP_SHARE)))

    def found(self, spoiled: Sequence[Run] = ()) -> Flicker:
        """All that was seen. spoiled: frames whose light changes for another reason."""
        rows = np.array(self._rows, np.float64).reshape(-1, 5)
        reach = round(PASS_S * self._fps)
        for run in spoiled:
            rows[max(0, run.first - reach) : run.after + 3 * reach, :4] = 0.0
        light, cb, cr = (np.cumsum(rows[:, k]) for k in range(3))
        sigma = PASS_S * self._fps
        return Flicker(
            gain=np.exp(light),
            cb=cb,
            cr=cr,
            whole=_quick(light, sigma),
            local=rows[:, 3],
            seen=rows[:, 4],
            swing_cb=_quick(cb, sigma),
            swing_cr=_quick(cr, sigma),
        )


def _size(small: Small) -> tuple[int, int]:
    """(width, height) of the means."""
    return max(4, small.shape[1] // _COARSE), max(4, small.shape[0] // _COARSE)


def _blurred(plane: NDArray[np.float32], size: tuple[int, int]) -> Plane:
    coarse = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(coarse, (0, 0), max(size) / BLOCKS / 2).astype(np.float32)


def _quick(series: Series, sigma: float) -> Series:
    """The series without its slow changes.

    A Gaussian's mean is taken away, and before it the straight line through all, so that the mirrored ends of a drift
    bend nothing.
    """
    if len(series) < 3:
        return np.zeros_like(series)
    at = np.arange(len(series), dtype=np.float64)
    level = series - np.polyval(np.polyfit(at, series, 1), at)
    reach = min(len(level) - 1, max(1, round(3 * sigma)))
    long = np.pad(level, reach, mode="symmetric")
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    slow = np.convolve(long, taps / taps.sum(), mode="same")[reach : reach + len(level)]
    return np.asarray(level - slow, np.float64)
