"""The samples of a clip: luma at a small size, and the clip that they make."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.adapters.clip_reader.bounds import ACCEPTED
from generator.core.errors import ClipError
from generator.core.motion_check import Cancelled
from generator.core.ports import Clip

_TALLEST: Final = 4
"""A sample is at most this many times as high as it is asked to be wide, so that all samples stay below 110 MB."""

_LEAST_LINEAR: Final = 2 / 3
"""Scale from which straight interpolation weighs the same pixels as the area does, and nearly alike, for a third of the
time: an area of one and a half pixels lies in two. It is left to pixels that are means already; of others it would pass
on the noise unevenly."""

Luma = NDArray[np.uint8]
Sampling = Callable[[int, float], Sequence[int]]
Stop = Callable[[], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is to be read, as `generator.core.ports.ClipReader` has it."""

    width_px: int
    sampling: Sampling
    cancelled: Stop

    def check(self) -> None:
        """Raises Cancelled once nobody wants the clip any more."""
        if self.cancelled():
            raise Cancelled

    def small(self, luma: Luma) -> Luma:
        """Scaled to the wished width, or to the most height where that would be higher.

        Halved while that is not too small, which costs next to nothing, and scaled by what is left.
        """
        height, width = luma.shape
        scale = min(self.width_px / width, _TALLEST * self.width_px / height)
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        least = 1.0
        while scale <= 0.5 and width % 2 == 0 and height % 2 == 0:
            width, height, scale = width // 2, height // 2, 2 * scale
            luma, least = _resized(luma, (width, height), cv2.INTER_AREA), _LEAST_LINEAR
        return _resized(luma, size, cv2.INTER_LINEAR if scale >= least else cv2.INTER_AREA)


def clip_of(samples: list[Luma], frames: int, *, fps: float, size: tuple[int, int], container: str, codec: str) -> Clip:
    """The clip that was read. Raises ClipError when no frame could be decoded."""
    if not samples:
        raise ClipError(found="a clip whose frames cannot be decoded", accepted=ACCEPTED)
    # The samples lie evenly over the clip, the first frame and the last among them.
    steps = max(1, len(samples) - 1)
    return Clip(
        samples=tuple(samples),
        samples_per_s=fps * steps / max(1, frames - 1),
        width_px=size[0],
        height_px=size[1],
        fps=fps,
        frames=frames,
        duration_s=frames / fps,
        container=container,
        codec=codec,
    )


def _resized(luma: Luma, size: tuple[int, int], how: int) -> Luma:
    return cv2.resize(luma, size, interpolation=how).astype(np.uint8, copy=False)
