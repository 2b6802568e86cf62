"""Clips in a video codec: MP4, WebM and animated AVIF."""

import os
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Final, cast

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from generator.adapters.encoder.codecs import CODECS, Codec
from generator.adapters.encoder.writing import Halt, Held, Outlet, Write
from generator.adapters.encoder.xmp import uuid_box
from generator.core.order import ClipFormat
from generator.core.ports import EncodeSettings

# SVT-AV1 writes to the error stream by itself, even of a clip that nobody wanted any more; 0 leaves what is fatal.
os.putenv("SVT_LOG", "0")

_PIECE: Final = 1 << 20
"""A file that comes at the end is handed over in pieces of this many bytes."""

_BT709: Final = 1
"""AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709 of libavutil are all 1."""

_LIMITED: Final = 1
"""AVCOL_RANGE_MPEG: luma 16..235."""


class VideoWriter:
    """Writes MP4 and WebM in fragments that flow, or in one piece at the end with the index in front; AVIF at the end.

    The one piece is made in memory: PyAV's MP4 with `faststart` goes back over its own file, which it asks for by
    `io_open`. AVIF has no place of its own for words, so they stand in an XMP box after it.
    """

    def __init__(self, settings: EncodeSettings, write: Write, halt: Halt) -> None:
        codec = CODECS[settings.format]
        self._write = write
        self._halt = halt
        self._settings = settings
        self._held: Held | None = None
        if codec.streamed is not None and not settings.faststart:
            outlet = Outlet(write, most_bytes=settings.most_bytes, halt=halt)
            self._container = _opened(outlet, codec, dict(codec.streamed))
        else:
            self._held = Held(most_bytes=settings.most_bytes)
            self._container = _opened(self._held, codec, dict(codec.whole))
        self._stream = _stream(self._container, codec, settings)
        if settings.provenance is not None and settings.format is not ClipFormat.AVIF:
            self._container.metadata.update(
                {"title": settings.provenance.title, "comment": settings.provenance.comment}
            )
        self._count = 0
        self._rest: Iterator[Packet[VideoStream]] | None = None

    def add(self, frame: VideoFrame) -> None:
        """See `Writer`."""
        frame.pts = self._count
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """See `Writer`; looks between packets whether they are still wanted."""
        self._rest = self._stream.codec_context.encode_lazy(None)
        for packet in self._rest:
            self._halt.check()
            packet.stream = self._stream
            self._container.mux_one(packet)
        self._container.close()
        if self._held is None:
            return
        if self._settings.format is ClipFormat.AVIF and self._settings.provenance is not None:
            self._held.seek(0, os.SEEK_END)
            self._held.write(uuid_box(self._settings.provenance))
        for at in range(0, self._held.getbuffer().nbytes, _PIECE):
            self._halt.check()
            self._held.seek(at)
            self._write(self._held.read(_PIECE))

    def abandon(self) -> None:
        """See `Writer`; empties the codec, which would otherwise do so as it is freed, with the interpreter's lock."""
        with suppress(av.FFmpegError, ValueError):
            for _ in self._rest or self._stream.codec_context.encode_lazy(None):
                pass


def _opened(file: Outlet | Held, codec: Codec, options: dict[str, str]) -> OutputContainer:
    # Exact: Matroska would draw random names for its tracks, and MP4 name the version of its library.
    options = {**options, "fflags": "+bitexact"}
    again = file.again if isinstance(file, Held) else None
    return av.open(file, "w", format=codec.container, container_options=options, io_open=again)


def _stream(container: OutputContainer, codec: Codec, settings: EncodeSettings) -> VideoStream:
    options = dict(codec.presets[settings.preset])
    # PyAV's types know the kind of a stream by a literal name alone.
    stream = cast("VideoStream", container.add_stream(codec.name, rate=Fraction(settings.fps), options=options))
    stream.width, stream.height = settings.width_px, settings.height_px
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = codec.threads[settings.preset]
    context.color_range = _LIMITED
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    return stream
