"""MP4, WebM, GIF and animated AVIF, read with PyAV frame by frame."""

import io
from collections.abc import Iterator
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from generator.adapters.clip_reader import bounds
from generator.adapters.clip_reader.bounds import ACCEPTED
from generator.adapters.clip_reader.samples import Luma, Wish, clip_of
from generator.core.errors import ClipError
from generator.core.ports import Clip

_THREADS: Final = 2

_CODECS: Final = {"libdav1d": "av1", "libvpx-vp9": "vp9"}
"""The codec's name where FFmpeg tells its decoder's."""


def read(content: bytes, wish: Wish, *, form: str, name: str) -> Clip:
    """The clip. form: FFmpeg's name of the container. Raises ClipError, FFmpegError."""
    # The largest picture that a decoder may make room for, whatever the stream claims.
    options = {"max_pixels": str(bounds.MOST_PIXELS)}
    with av.open(io.BytesIO(content), mode="r", format=form, options=options) as container:
        stream = _stream(container)
        # PyAV's types promise a codec, but a file may name one that FFmpeg does not know.
        codec: VideoCodecContext | None = stream.codec_context
        if codec is None:
            raise ClipError(found="a clip in an unknown codec", accepted=ACCEPTED)
        width, height = codec.width, codec.height
        bounds.check_size(width, height)
        count, span_s = _count(content, form, wish)
        # FFmpeg takes a GIF's usual delay for all; at 24 frames a second every sixth is longer.
        rate = 0.0 if form == "gif" and span_s > 0 else float(stream.average_rate or stream.guessed_rate or 0)
        fps = rate if rate > 0 else count / max(span_s, 1e-3)
        stream.thread_type = "AUTO"
        codec.thread_count = _THREADS
        codec.options = options
        wanted = frozenset(wish.sampling(count, fps))
        samples = []
        seen = 0
        for index, frame in enumerate(_decoded(container, stream, wish)):
            seen = index + 1
            if (frame.width, frame.height) != (width, height) or seen > bounds.MOST_FRAMES:
                raise ClipError(found="a clip whose frames differ in size or number from its header", accepted=ACCEPTED)
            if index in wanted:
                samples.append(wish.small(_luma(frame)))
        codec_name = _CODECS.get(codec.name, codec.name)
    return clip_of(samples, seen, fps=fps, size=(width, height), container=name, codec=codec_name)


def _stream(container: InputContainer) -> VideoStream:
    """The moving picture: an AVIF holds its first frame as a picture of its own too, as a stream of one frame."""
    if not container.streams.video:
        raise ClipError(found="a file without a picture", accepted=ACCEPTED)
    return max(container.streams.video, key=lambda stream: (stream.frames, -stream.index))


def _count(content: bytes, form: str, wish: Wish) -> tuple[int, float]:
    """Number of frames and length in seconds, from the packets' headers alone."""
    count, end_s = 0, 0.0
    with av.open(io.BytesIO(content), mode="r", format=form) as container:
        for packet in container.demux(_stream(container)):
            if packet.size == 0:
                continue
            count += 1
            if packet.pts is not None and packet.time_base is not None:
                end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if count > bounds.MOST_FRAMES:
                break
            wish.check()
    bounds.check_count(count)
    return count, end_s


def _decoded(container: InputContainer, stream: VideoStream, wish: Wish) -> Iterator[VideoFrame]:
    for frame in container.decode(stream):
        wish.check()
        yield frame


def _luma(frame: VideoFrame) -> Luma:
    """(H, W) uint8. Planar 8-bit formats give their Y plane as it is; others are converted."""
    if frame.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gray"):
        return frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
    plane = frame.planes[0]
    rows: Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]
