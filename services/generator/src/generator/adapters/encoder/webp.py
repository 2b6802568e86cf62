"""Animated WebP."""

from fractions import Fraction
from typing import Final

import cv2
import numpy as np
from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generator.adapters.encoder.writing import Halt, Write, yuv420
from generator.adapters.encoder.xmp import packet
from generator.core.errors import ClipTooLarge, EncodingFailed
from generator.core.order import Preset
from generator.core.picture import planes, to_yuv444
from generator.core.ports import EncodeSettings

_OPTIONS: Final = {
    Preset.FAST: {"quality": "75", "compression_level": "0"},
    Preset.QUALITY: {"quality": "85", "compression_level": "2"},
}
"""Measured on a textured frame of 1280 x 720: 27 ms and 0.12 MB, 43 ms and 0.16 MB; level 4 takes 77 ms for 4 %."""

_ANIMATED: Final = 0x02
_HAS_XMP: Final = 0x04
_UNBLENDED: Final = 0x02
_FOR_EVER: Final = 0

_HEAD: Final = 12
"""Bytes of a RIFF file before its first chunk."""

# From BT.709 to the BT.601 that WebP decoders assume, both limited: the products of the two standards' matrices. Luma
# takes a part of chroma, chroma nothing of luma.
_LUMA: Final = np.array([[1.0, 0.101579, 0.196076, -128 * (0.101579 + 0.196076)]])
_CHROMA: Final = np.array(
    [
        [0.989854, -0.110653, 128 * (1 - 0.989854 + 0.110653)],
        [-0.072453, 0.983398, 128 * (1 - 0.983398 + 0.072453)],
    ]
)


class WebpWriter:
    """Writes an animated WebP: each frame a lossy picture of its own, repeated for ever.

    A WebP names its length first, so the file comes when all frames are in; until then the compressed frames are held,
    most_bytes of them at most. The container is put together here, by Google's WebP container specification: the
    animation encoder of libwebp would keep whole frames to compare, which a moving camera makes useless.
    """

    def __init__(self, settings: EncodeSettings, write: Write, halt: Halt) -> None:
        self._settings = settings
        self._write = write
        self._halt = halt
        self._context = _context(settings)
        self._frames: list[bytes] = []
        self._bytes = 0

    def add(self, frame: VideoFrame) -> None:
        """See `Writer`."""
        packets = self._context.encode(VideoFrame.from_ndarray(_to_bt601(yuv420(frame)), format="yuv420p"))
        picture = b"".join(bytes(part) for part in packets)
        if picture[8:12] != b"WEBP":
            raise EncodingFailed("a frame could not be written as WebP")
        settings, index = self._settings, len(self._frames)
        shown_ms = _ms(index + 1, settings.fps) - _ms(index, settings.fps)
        head = (
            bytes(6)
            + (settings.width_px - 1).to_bytes(3, "little")
            + (settings.height_px - 1).to_bytes(3, "little")
            + shown_ms.to_bytes(3, "little")
            + bytes([_UNBLENDED])
        )
        self._frames.append(_chunk(b"ANMF", head + picture[_HEAD:]))
        self._bytes += len(self._frames[-1])
        if self._bytes > settings.most_bytes:
            raise ClipTooLarge(limit=settings.most_bytes)

    def finish(self) -> None:
        """See `Writer`."""
        settings = self._settings
        words = b"" if settings.provenance is None else _chunk(b"XMP ", packet(settings.provenance))
        flags = _ANIMATED | (_HAS_XMP if words else 0)
        size = (settings.width_px - 1).to_bytes(3, "little") + (settings.height_px - 1).to_bytes(3, "little")
        # The background, opaque black, is never seen.
        head = _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size) + _chunk(
            b"ANIM", b"\0\0\0\xff" + _FOR_EVER.to_bytes(2, "little")
        )
        length = 4 + len(head) + self._bytes + len(words)
        if length + 8 > settings.most_bytes:
            raise ClipTooLarge(limit=settings.most_bytes)
        for part in (b"RIFF" + length.to_bytes(4, "little") + b"WEBP" + head, *self._frames, words):
            self._halt.check()
            if part:
                self._write(part)

    def abandon(self) -> None:
        """See `Writer`; nothing waits here."""


def _context(settings: EncodeSettings) -> VideoCodecContext:
    context = CodecContext.create("libwebp", "w")
    context.width, context.height, context.pix_fmt = settings.width_px, settings.height_px, "yuv420p"
    context.time_base = Fraction(1, settings.fps)
    context.options = dict(_OPTIONS[settings.preset])
    return context


def _to_bt601(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The frame in the colours of BT.601; both (H * 3 / 2, W) uint8 planar YUV 4:2:0."""
    _, u, v = planes(frame)
    other = np.empty_like(frame)
    y601, u601, v601 = planes(other)
    y601[:] = cv2.transform(to_yuv444(frame), _LUMA).reshape(y601.shape)
    u601[:], v601[:] = cv2.split(cv2.transform(cv2.merge([u, v]), _CHROMA))
    return other


def _ms(frame: int, fps: int) -> int:
    """When a frame begins, in whole milliseconds: rounded by place, so that the clip's length is right."""
    return round(1000 * frame / fps)


def _chunk(name: bytes, content: bytes) -> bytes:
    # Chunks lie at even places.
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
