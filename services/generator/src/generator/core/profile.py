"""The exact form of a clip, worked out from what was asked and from the still."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import NotBuilt, UnsupportedSize, WrongOrder
from generator.core.motion_check import MOST_SLENDER
from generator.core.order import Aspect, ClipFormat, Easing, Output, Preset

MOST_ASPECT: Final = 2.4
"""A clip of the still's own shape is at most this wide for its height, or this high for its width."""

LEAST_SIDE_PX: Final = 64
"""A smaller frame has no place for the encoder's blocks to move in."""

MOST_SIDE_PX: Final = 4096
"""What H.264 decoders of level 5.1 and above promise."""

MOST_PIXELS: Final = 3840 * 2160
"""Pixels of one frame; with them the renderer's buffers stay near 200 MB."""

RATES: Final = (12, 24, 25, 30, 50, 60)
"""Frame rates that the contract names."""

DURATION_S: Final = (0.5, 30.0)
"""Shortest and longest clip."""

_RATIOS: Final[Mapping[Aspect, float]] = MappingProxyType(
    {Aspect.WIDE: 16 / 9, Aspect.TALL: 9 / 16, Aspect.SQUARE: 1.0, Aspect.PORTRAIT: 4 / 5, Aspect.CINEMA: 2.39}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A clip's exact form: even sides, whole frames."""

    width_px: int
    height_px: int
    fps: int
    frames: int
    loop: bool
    preset: Preset

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width_px / self.height_px

    def times(self) -> NDArray[np.float64]:
        """When each frame is, 0..1 of the clip; in a loop the frame after the last one would be the first again."""
        index = np.arange(self.frames, dtype=np.float64)
        return index / (self.frames if self.loop else max(1, self.frames - 1))


def frame_count(output: Output) -> int:
    """Number of frames of the clip, two at least."""
    return max(2, round(output.duration_s * output.fps))


def make_profile(output: Output, easing: Easing, *, still_px: tuple[int, int]) -> Profile:
    """The form of the clip. still_px: (width, height) of the still.

    Raises NotBuilt for a format other than MP4 with H.264, UnsupportedSize and WrongOrder beyond the limits.
    """
    refuse_unbuilt(output)
    least, most = DURATION_S
    if not least <= output.duration_s <= most:
        raise UnsupportedSize(
            field="output.duration", found=f"{output.duration_s:g} s", accepted=f"{least:g} to {most:g} s"
        )
    if output.fps not in RATES:
        raise WrongOrder(
            field="output.frames_per_second",
            found=str(output.fps),
            accepted=", ".join(map(str, RATES)),
        )
    width, height = output.size_px or _size(output, still_px)
    _check(width, height)
    _check_shape(width, height)
    return Profile(
        width_px=width,
        height_px=height,
        fps=output.fps,
        frames=frame_count(output),
        loop=output.loop or easing is Easing.LOOP,
        preset=output.preset,
    )


def refuse_unbuilt(output: Output) -> None:
    """Nothing, when this version writes the format. Raises NotBuilt."""
    if output.format is not ClipFormat.MP4_H264:
        raise NotBuilt(f"the format {output.format} is not built yet; leave output.format out for MP4 with H.264")


def _size(output: Output, still_px: tuple[int, int]) -> tuple[int, int]:
    own = min(max(still_px[0] / still_px[1], 1 / MOST_ASPECT), MOST_ASPECT)
    ratio = _RATIOS.get(output.aspect, own)
    short = output.short_side_px
    long = 2 * round(short * max(ratio, 1 / ratio) / 2)
    return (long, short) if ratio >= 1 else (short, long)


def _check(width: int, height: int) -> None:
    fits = (
        width % 2 == height % 2 == 0
        and min(width, height) >= LEAST_SIDE_PX
        and max(width, height) <= MOST_SIDE_PX
        and width * height <= MOST_PIXELS
    )
    if not fits:
        raise UnsupportedSize(
            field="output",
            found=f"a frame of {width} x {height} pixels",
            accepted=f"even sides of {LEAST_SIDE_PX} to {MOST_SIDE_PX} pixels and at most {MOST_PIXELS:,} pixels",
        )


def _check_shape(width: int, height: int) -> None:
    # Only a size in pixels can be so thin; the other shapes are bounded by their ratio.
    if max(width, height) > MOST_SLENDER * min(width, height):
        raise UnsupportedSize(
            field="output.size",
            found=f"a frame of {width} x {height} pixels",
            accepted=f"a long side of at most {MOST_SLENDER} times the short side",
        )
