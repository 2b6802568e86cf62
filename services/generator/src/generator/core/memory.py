"""How much memory a piece of work may take, told from its header and its profile before any of it is done.

Measured as the growth of a process's resident memory, with the allocator set as the image sets it, over 480 to 2160
lines, all formats and both presets, and rounded up. The figures count the work alone: not the process at rest.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from film.stills import Header
from generator.core.motion_check.sampling import MOST, WIDTH_PX
from generator.core.order import ClipFormat, Plan
from generator.core.profile import Profile
from generator.core.render.course import needs_depth
from generator.core.render.scenery import canvas_px

_DECODED: Final = 6
"""Bytes for each decoded pixel of the still beside what its decoder says: as it is stored, and turned."""

_CUT: Final = 8
"""Bytes for each pixel of the canvas while it is cut from the decoded still."""

_PLANNED: Final = 26
"""Bytes for each pixel of the canvas while layers are made."""

_HELD: Final = 16
"""Bytes for each pixel of the canvas while frames are made: the still and its layers."""

_ALIVE: Final = 14
"""The same for what moves on the still, or a lens that refocuses: layers painted anew, and what they are made of."""

_FRAME: Final[Mapping[ClipFormat, int]] = MappingProxyType(
    {
        ClipFormat.MP4_H264: 64,
        ClipFormat.MP4_AV1: 110,
        ClipFormat.WEBM_VP9: 92,
        ClipFormat.WEBP: 24,
        ClipFormat.AVIF: 110,
        ClipFormat.GIF: 48,
        ClipFormat.FRAMES: 24,
    }
)
"""Bytes for each pixel of a frame while it is made and compressed: buffers, the queue, and the encoder's own frames."""

_READ: Final = 40
"""Bytes for each pixel of a frame while a clip is read: a decoder keeps up to 16 frames to predict from."""

_WRITTEN: Final[Mapping[ClipFormat, float]] = MappingProxyType(
    {
        ClipFormat.MP4_H264: 0.02,
        ClipFormat.MP4_AV1: 0.015,
        ClipFormat.WEBM_VP9: 0.02,
        ClipFormat.WEBP: 0.3,
        ClipFormat.AVIF: 0.015,
        ClipFormat.GIF: 1.0,
        ClipFormat.FRAMES: 2.5,
    }
)
"""Bytes of a clip's file for each pixel of each frame: two to four times those of photographs, so that a grainy one is
covered; whatever comes, `most_bytes` bounds it."""

_SAMPLE: Final = 3
"""Bytes for each pixel of a sample while the motion check works: itself, its contrast, and what is made in between."""

_TALLEST: Final = 4
"""Of a sample, how many times its width it may be high."""

_LEAST: Final = 16 << 20
"""Whatever the size: buffers that do not grow with it."""

COPIES_INLINE: Final = 4
"""How often a clip is in memory that stands in the answer: made, put in, written, and sent."""

COPIES_CHUNKS: Final = 2
"""How often a clip is in memory that leaves in chunks: made, and waiting for the caller to take it."""


def generation_bytes(header: Header, profile: Profile, plan: Plan, *, most_bytes: int, copies: int) -> int:
    """What making and checking a clip may take. most_bytes: of its file. copies: how often the file is held."""
    bars = profile.bars
    frame = bars.frame_width_px * bars.frame_height_px
    canvas = canvas_px((header.width_px, header.height_px), plan, profile)
    file = min(most_bytes, round(_WRITTEN[profile.format] * frame * profile.frames))
    held = (_HELD + _ALIVE if plan.environment or needs_depth(plan) else _HELD) * canvas
    made = held + _FRAME[profile.format] * frame
    checked = held + _READ * frame + _samples(profile.frames, bars.frame_height_px / bars.frame_width_px)
    # The file's parts are joined when the encoder has ended.
    joined = held + file
    return _LEAST + max(_prepared(header, canvas), made, joined, checked) + copies * file


def keyframes_bytes(header: Header, profile: Profile, plan: Plan) -> int:
    """What both ends of a movement may take."""
    canvas = canvas_px((header.width_px, header.height_px), plan, profile)
    made = (_HELD + _ALIVE) * canvas + _FRAME[ClipFormat.FRAMES] * profile.width_px * profile.height_px
    return _LEAST + max(_prepared(header, canvas), made)


def verification_bytes(frame_px: tuple[int, int]) -> int:
    """What measuring a clip may take, beside its file. frame_px: (width, height)."""
    width, height = frame_px
    return _LEAST + _READ * width * height + _samples(MOST, height / max(1, width))


def _prepared(header: Header, canvas: int) -> int:
    """While the still is decoded, and while it is taken apart."""
    decoded = header.width_px * header.height_px
    if header.format == "JPEG":
        # Decoded at the smallest of the halved sizes that is not below the canvas.
        decoded = min(decoded, 4 * canvas)
    return max(header.decode_bytes + _DECODED * decoded + _CUT * canvas, _PLANNED * canvas)


def _samples(frames: int, slenderness: float) -> int:
    return round(_SAMPLE * min(frames, MOST) * WIDTH_PX * WIDTH_PX * min(slenderness, _TALLEST))
