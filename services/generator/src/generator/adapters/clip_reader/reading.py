"""Clips told apart by their first bytes, each given to the parser of its kind.

The parser is named before it sees a byte: what a library would guess could be a playlist that names other files.
"""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import av
import cv2

from generator.adapters.clip_reader import bounds, frames, video, webp
from generator.adapters.clip_reader.bounds import ACCEPTED
from generator.adapters.clip_reader.samples import Sampling, Stop, Wish
from generator.core.errors import ClipError
from generator.core.ports import Clip

_DAMAGED: Final = (av.FFmpegError, cv2.error, ValueError, zipfile.BadZipFile, zlib.error, EOFError)

_READERS: Final[Mapping[str, Callable[[bytes, Wish], Clip]]] = MappingProxyType(
    {
        "mp4": lambda content, wish: video.read(content, wish, form="mp4", name="mp4"),
        "avif": lambda content, wish: video.read(content, wish, form="mp4", name="avif"),
        "webm": lambda content, wish: video.read(content, wish, form="matroska", name="webm"),
        "gif": lambda content, wish: video.read(content, wish, form="gif", name="gif"),
        "webp": webp.read,
        "zip": frames.read,
    }
)


_SIZES: Final[Mapping[str, Callable[[bytes], tuple[int, int]]]] = MappingProxyType(
    {
        "mp4": lambda content: video.frame_px(content, form="mp4"),
        "avif": lambda content: video.frame_px(content, form="mp4"),
        "webm": lambda content: video.frame_px(content, form="matroska"),
        "gif": lambda content: video.frame_px(content, form="gif"),
        "webp": webp.frame_px,
        "zip": frames.frame_px,
    }
)


class AvClipReader:
    """Reads clips. Stateless: calls may run side by side."""

    def frame_px(self, content: bytes) -> tuple[int, int]:
        """See `generator.core.ports.ClipReader`."""
        try:
            return _SIZES[_kind(content)](content)
        except (ClipError, *_DAMAGED):
            # `read` says what is wrong.
            return bounds.LARGEST_PX

    def read(self, content: bytes, *, width_px: int, sampling: Sampling, cancelled: Stop) -> Clip:
        """See `generator.core.ports.ClipReader`."""
        read = _READERS[_kind(content)]
        try:
            return read(content, Wish(width_px=width_px, sampling=sampling, cancelled=cancelled))
        except _DAMAGED as error:
            # The machine's fault, not the clip's; FFmpeg says the same of sizes that a damaged file claims.
            if isinstance(error, cv2.error) and getattr(error, "code", None) == cv2.Error.StsNoMem:
                raise MemoryError from error
            raise ClipError(found="a damaged clip", accepted=ACCEPTED) from error


def _kind(content: bytes) -> str:
    """The container by its first bytes."""
    if content[4:8] == b"ftyp":
        return "avif" if content[8:12] in (b"avis", b"avif") else "mp4"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if content.startswith(b"GIF8"):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"PK\x03\x04"):
        return "zip"
    raise ClipError(found="a file of another kind", accepted=ACCEPTED)
