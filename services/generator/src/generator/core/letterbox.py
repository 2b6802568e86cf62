"""Black bars around a picture whose shape is not the frame's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.picture import planes

_BLACK: Final = 16
_GREY: Final = 128
"""Black in BT.709 limited range: the least luma, and chroma without a colour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """Where the picture stands in its frame, in pixels; all even, so that chroma has its own edges there too."""

    frame_width_px: int
    frame_height_px: int
    left_px: int
    top_px: int
    width_px: int
    height_px: int

    @property
    def none(self) -> bool:
        """Whether the picture fills its frame."""
        return (self.width_px, self.height_px) == (self.frame_width_px, self.frame_height_px)


def bars(frame_px: tuple[int, int], ratio: float | None) -> Bars:
    """The largest picture of a ratio, width over height, in the middle of a frame; None fills the frame.

    The bars on both sides are alike and even, so the picture's own side is a multiple of two, and its ratio is met to
    within two pixels on a side.
    """
    width, height = frame_px
    wide, high = width, height
    if ratio is not None and ratio > width / height:
        high = height - 4 * round((height - width / ratio) / 4)
    elif ratio is not None:
        wide = width - 4 * round((width - height * ratio) / 4)
    return Bars(
        frame_width_px=width,
        frame_height_px=height,
        left_px=(width - wide) // 2,
        top_px=(height - high) // 2,
        width_px=wide,
        height_px=high,
    )


def framed(pictures: Iterator[NDArray[np.uint8]], place: Bars) -> Iterator[NDArray[np.uint8]]:
    """Each picture within its frame, (H * 3 / 2, W) uint8 planar YUV 4:2:0; one buffer serves all."""
    if place.none:
        yield from pictures
        return
    whole = np.full((place.frame_height_px * 3 // 2, place.frame_width_px), _GREY, np.uint8)
    whole[: place.frame_height_px] = _BLACK
    into = []
    for plane, step in zip(planes(whole), (1, 2, 2), strict=True):
        top, left = place.top_px // step, place.left_px // step
        into.append(plane[top : top + place.height_px // step, left : left + place.width_px // step])
    for picture in pictures:
        for target, source in zip(into, planes(picture), strict=True):
            target[:] = source
        yield whole


def inside(sample: NDArray[np.uint8], place: Bars) -> NDArray[np.uint8]:
    """The picture's part of a frame that was scaled to any size, (h, w) uint8, without pixels that mix with bars."""
    height, width = sample.shape
    across, down = width / place.frame_width_px, height / place.frame_height_px
    left, top = int(np.ceil(place.left_px * across)), int(np.ceil(place.top_px * down))
    right = int((place.left_px + place.width_px) * across)
    bottom = int((place.top_px + place.height_px) * down)
    return sample[top:bottom, left:right]
