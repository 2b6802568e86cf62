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
        """Scaled to the wished width, or to the most height where that would be higher."""
        height, width = luma.shape
        scale = min(self.width_px / width, _TALLEST * self.width_px / height)
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        how = cv2.INTER_AREA if scale <= 1 else cv2.INTER_LINEAR
        return cv2.resize(luma, size, interpolation=how).astype(np.uint8, copy=False)


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
