"""What a clip may be at most, checked before anything is decoded."""

from typing import Final

from generator.core.errors import ClipError
from generator.core.motion_check import MOST_SLENDER

ACCEPTED: Final = "an MP4, WebM, GIF, animated WebP or AVIF clip, or a ZIP of PNG or JPEG frames"

MOST_FRAMES: Final = 3600
"""A minute at 60 frames a second, twice the longest clip that the service makes; counted before anything is decoded."""

LEAST_SIDE_PX: Final = 16
MOST_SIDE_PX: Final = 4096
LARGEST_PX: Final = (3840, 2160)
MOST_PIXELS: Final = LARGEST_PX[0] * LARGEST_PX[1]


def check_count(frames: int) -> None:
    """Nothing, when there are frames and not too many. Raises ClipError."""
    if frames == 0:
        raise ClipError(found="a clip without frames", accepted=ACCEPTED)
    if frames > MOST_FRAMES:
        raise ClipError(found=f"more than {MOST_FRAMES:,} frames", accepted=f"at most {MOST_FRAMES:,} frames")


def check_size(width: int, height: int) -> None:
    """Nothing, when frames of this size can be measured. Raises ClipError."""
    if not 0 < width <= MOST_SIDE_PX or not 0 < height <= MOST_SIDE_PX or width * height > MOST_PIXELS:
        raise ClipError(
            found=f"frames of {width:,} x {height:,} pixels",
            accepted=f"at most {MOST_SIDE_PX:,} pixels on a side and {MOST_PIXELS:,} in a frame",
        )
    if min(width, height) < LEAST_SIDE_PX or max(width, height) > MOST_SLENDER * min(width, height):
        raise ClipError(
            found=f"frames of {width:,} x {height:,} pixels",
            accepted=f"at least {LEAST_SIDE_PX} pixels on a side and a long side of at most {MOST_SLENDER} times the "
            "short side",
        )
