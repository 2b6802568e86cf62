"""The forms of a clip's file: what each is called, who may decode it, and what it takes by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from generator.core.errors import WrongOrder
from generator.core.order import ClipFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One form. suffix: of a file's name. gpl: whether its encoder is under the GPL.

    rates: frame rates that it can show. short_side_px, fps: what is made when nothing is said.
    """

    suffix: str
    mime_type: str
    rates: tuple[int, ...] = (12, 24, 25, 30, 50, 60)
    gpl: bool = False
    short_side_px: int = 720
    fps: int = 24


FORMS: Final[Mapping[ClipFormat, Form]] = MappingProxyType(
    {
        ClipFormat.MP4_H264: Form(suffix="mp4", mime_type="video/mp4", gpl=True),
        ClipFormat.MP4_AV1: Form(suffix="mp4", mime_type="video/mp4"),
        ClipFormat.WEBM_VP9: Form(suffix="webm", mime_type="video/webm"),
        ClipFormat.WEBP: Form(suffix="webp", mime_type="image/webp"),
        ClipFormat.AVIF: Form(suffix="avif", mime_type="image/avif"),
        # Delays are hundredths of a second, and browsers slow those below two down to ten. A textured frame of 720
        # lines takes 0.6 MB, so the default is small.
        ClipFormat.GIF: Form(
            suffix="gif", mime_type="image/gif", rates=(12, 24, 25, 30, 50), short_side_px=360, fps=12
        ),
        ClipFormat.FRAMES: Form(suffix="zip", mime_type="application/zip"),
    }
)


@unique
class CodecPolicy(StrEnum):
    """Which encoders may be used: any, or none under the GPL (x264 and x265 are)."""

    ANY = "any"
    PERMISSIVE = "permissive"


class CodecRefused(WrongOrder):
    """A format whose encoder the service's policy rules out."""

    def __init__(self, form: ClipFormat) -> None:
        super().__init__(
            field="output.format",
            found=f"{form}, whose encoder is under the GPL, which this service does without",
            accepted="mp4_av1 or webm_vp9 for video, webp, avif or gif for pictures that move, frames; or no format",
        )


def settled_format(asked: ClipFormat | None, policy: CodecPolicy) -> ClipFormat:
    """The format to write: what was asked for, or MP4 in the codec that most players know and the policy allows.

    Raises CodecRefused.
    """
    permissive = policy is CodecPolicy.PERMISSIVE
    if asked is None:
        return ClipFormat.MP4_AV1 if permissive else ClipFormat.MP4_H264
    if permissive and FORMS[asked].gpl:
        raise CodecRefused(asked)
    return asked
