"""The exact form of a clip, worked out from what was asked and from the still."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.errors import UnsupportedSize, WrongOrder
from generator.core.forms import FORMS
from generator.core.letterbox import Bars, bars
from generator.core.motion_check import MOST_SLENDER
from generator.core.order import Aspect, ClipFormat, Easing, Output, Preset

MOST_ASPECT: Final = 2.4
"""A clip of the still's own shape is at most this wide for its height, or this high for its width."""

LEAST_SIDE_PX: Final = 64
"""A smaller frame has no place for the encoder's blocks to move in."""

MOST_SIDE_PX: Final = 4096
"""What decoders of H.264 at level 5.1 and above, of VP9 at level 5 and of AV1 at level 5 promise."""

MOST_PIXELS: Final = 3840 * 2160
"""Pixels of one frame; with them the renderer's buffers stay near 200 MB.

At 60 frames a second they are 1,944,000 macroblocks a second of the 2,073,600 of H.264 level 5.2 (ITU-T H.264, table
A-1), and 498 of the 588 million samples a second of VP9 level 5.1 and of the 547 million of AV1 level 5.1.
"""

DURATION_S: Final = (0.5, 30.0)
"""Shortest and longest clip."""

_RATIOS: Final[Mapping[Aspect, float]] = MappingProxyType(
    {Aspect.WIDE: 16 / 9, Aspect.TALL: 9 / 16, Aspect.SQUARE: 1.0, Aspect.PORTRAIT: 4 / 5, Aspect.CINEMA: 2.39}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A clip's exact form: even sides, whole frames. width_px, height_px: of the picture, without black bars."""

    width_px: int
    height_px: int
    fps: int
    frames: int
    loop: bool
    preset: Preset
    format: ClipFormat = ClipFormat.MP4_H264
    faststart: bool = False
    poster: bool = False
    letterbox_px: tuple[int, int] | None = None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps

    @property
    def aspect(self) -> float:
        """Width over height of the picture."""
        return self.width_px / self.height_px

    @property
    def bars(self) -> Bars:
        """The picture's place in its frame."""
        width, height = self.letterbox_px or (self.width_px, self.height_px)
        return Bars(
            frame_width_px=width,
            frame_height_px=height,
            left_px=(width - self.width_px) // 2,
            top_px=(height - self.height_px) // 2,
            width_px=self.width_px,
            height_px=self.height_px,
        )

    def times(self) -> NDArray[np.float64]:
        """When each frame is, 0..1 of the clip; in a loop the frame after the last one would be the first again."""
        index = np.arange(self.frames, dtype=np.float64)
        return index / (self.frames if self.loop else max(1, self.frames - 1))


def frame_count(output: Output) -> int:
    """Number of frames of the clip, two at least."""
    return max(2, round(output.duration_s * output.fps))


def make_profile(output: Output, easing: Easing, *, still_px: tuple[int, int]) -> Profile:
    """The form of the clip. still_px: (width, height) of the still.

    Raises UnsupportedSize and WrongOrder beyond the limits.
    """
    made = output.format or ClipFormat.MP4_H264
    least, most = DURATION_S
    if not least <= output.duration_s <= most:
        raise UnsupportedSize(
            field="output.duration", found=f"{output.duration_s:g} s", accepted=f"{least:g} to {most:g} s"
        )
    rates = FORMS[made].rates
    if output.fps not in rates:
        raise WrongOrder(
            field="output.frames_per_second", found=str(output.fps), accepted=f"{', '.join(map(str, rates))} for {made}"
        )
    frame = output.size_px or _size(output, still_px)
    _check(*frame)
    _check_shape(*frame)
    picture = bars(frame, None if output.letterbox is None else _ratio(output.aspect, still_px))
    _check(picture.width_px, picture.height_px)
    return Profile(
        width_px=picture.width_px,
        height_px=picture.height_px,
        fps=output.fps,
        frames=frame_count(output),
        loop=output.loop or easing is Easing.LOOP,
        preset=output.preset,
        format=made,
        faststart=output.faststart,
        poster=output.poster,
        letterbox_px=None if picture.none else frame,
    )


def _ratio(aspect: Aspect, still_px: tuple[int, int]) -> float:
    own = min(max(still_px[0] / still_px[1], 1 / MOST_ASPECT), MOST_ASPECT)
    return _RATIOS.get(aspect, own)


def _size(output: Output, still_px: tuple[int, int]) -> tuple[int, int]:
    ratio = _ratio(output.aspect if output.letterbox is None else output.letterbox, still_px)
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
