"""MP4, WebM, GIF and animated AVIF, read with PyAV frame by frame."""

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import av
import cv2
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

_NOWHERE: Final = -1

_OPTIONS: Final = {"max_pixels": str(bounds.MOST_PIXELS)}
"""The largest picture that a decoder may make room for, whatever the stream claims."""

_UNPROBED: Final = {"codec_whitelist": "none"}
"""Opening a clip otherwise decodes its first picture, to learn what a container may not say: 13 ms at 720 lines, 27 at
1080. Without a codec to do so the probe is content with the container's word."""

_CODECS: Final = {"libdav1d": "av1", "libvpx-vp9": "vp9"}
"""The codec's name where FFmpeg tells its decoder's."""


def read(content: bytes, wish: Wish, *, form: str, name: str) -> Clip:
    """The clip. form: FFmpeg's name of the container. Raises ClipError, FFmpegError.

    The container's word is taken for what the pictures are, and those that are not wanted, and that no other one is
    predicted from, are not decoded where the codec can leave them out. A clip that turns out to be another one, or of
    which a wanted picture is then missing, is probed and decoded as a whole.
    """
    contents = _contents(content, form, wish)
    if contents.places is not None:
        with suppress(ClipError, av.FFmpegError):
            clip, complete = _read(content, wish, contents, form=form, name=name)
            if complete:
                return clip
    clip, _ = _read(content, wish, replace(contents, places=None), form=form, name=name)
    return clip


def frame_px(content: bytes, *, form: str) -> tuple[int, int]:
    """(width, height) by the header. Raises ClipError, FFmpegError."""
    with av.open(io.BytesIO(content), mode="r", format=form, options=_OPTIONS) as container:
        codec: VideoCodecContext | None = _stream(container).codec_context
        return bounds.LARGEST_PX if codec is None else (codec.width, codec.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Contents:
    """A container's frames. places: of each presentation time, None where the times do not tell the order."""

    count: int
    span_s: float
    places: Mapping[int, int] | None


def _read(content: bytes, wish: Wish, contents: _Contents, *, form: str, name: str) -> tuple[Clip, bool]:
    """The clip, and whether all wanted frames are in it. With places, the container's word is taken."""
    probing = _OPTIONS if contents.places is None else _OPTIONS | _UNPROBED
    with av.open(io.BytesIO(content), mode="r", format=form, options=probing) as container:
        stream = _stream(container)
        # PyAV's types promise a codec, but a file may name one that FFmpeg does not know.
        codec: VideoCodecContext | None = stream.codec_context
        if codec is None:
            raise ClipError(found="a clip in an unknown codec", accepted=ACCEPTED)
        width, height = codec.width, codec.height
        bounds.check_size(width, height)
        count, span_s, places = contents.count, contents.span_s, contents.places
        # FFmpeg takes a GIF's usual delay for all; at 24 frames a second every sixth is longer.
        rate = 0.0 if form == "gif" and span_s > 0 else float(stream.average_rate or stream.guessed_rate or 0)
        fps = rate if rate > 0 else count / max(span_s, 1e-3)
        stream.thread_type = "AUTO"
        codec.thread_count = _THREADS
        codec.options = _OPTIONS
        wanted = frozenset(wish.sampling(count, fps))
        samples = []
        seen = 0
        for index, frame in _decoded(container, stream, wish, wanted, places):
            seen += 1
            if (frame.width, frame.height) != (width, height) or seen > bounds.MOST_FRAMES:
                raise ClipError(found="a clip whose frames differ in size or number from its header", accepted=ACCEPTED)
            if index in wanted:
                samples.append(wish.small(_luma(frame)))
        codec_name = _CODECS.get(codec.name, codec.name)
    frames = seen if places is None else count
    clip = clip_of(samples, frames, fps=fps, size=(width, height), container=name, codec=codec_name)
    return clip, len(samples) == len(wanted)


def _stream(container: InputContainer) -> VideoStream:
    """The moving picture: an AVIF holds its first frame as a picture of its own too, as a stream of one frame."""
    if not container.streams.video:
        raise ClipError(found="a file without a picture", accepted=ACCEPTED)
    return max(container.streams.video, key=lambda stream: (stream.frames, -stream.index))


def _contents(content: bytes, form: str, wish: Wish) -> _Contents:
    """Number, length and order of the frames, from the packets' headers alone."""
    count, end_s, times = 0, 0.0, []
    with av.open(io.BytesIO(content), mode="r", format=form, options=_UNPROBED) as container:
        for packet in container.demux(_stream(container)):
            if packet.size == 0:
                continue
            count += 1
            if packet.pts is not None and packet.time_base is not None:
                end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                # What is decoded and not shown has no place.
                if not packet.is_discard:
                    times.append(packet.pts)
            if count > bounds.MOST_FRAMES:
                break
            wish.check()
    bounds.check_count(count)
    places = {time: place for place, time in enumerate(sorted(times))}
    return _Contents(count=count, span_s=end_s, places=places if len(places) == count else None)


def _decoded(
    container: InputContainer,
    stream: VideoStream,
    wish: Wish,
    wanted: frozenset[int],
    places: Mapping[int, int] | None,
) -> Iterator[tuple[int, VideoFrame]]:
    """Frames with their places; without places all of them, in the order in which they come."""
    if places is None:
        for index, frame in enumerate(container.decode(stream)):
            wish.check()
            yield index, frame
        return
    codec = stream.codec_context
    for packet in container.demux(stream):
        wish.check()
        needed = packet.pts is None or places.get(packet.pts) in wanted
        codec.skip_frame = "DEFAULT" if needed else "NONREF"
        for frame in packet.decode():
            yield places.get(_NOWHERE if frame.pts is None else frame.pts, _NOWHERE), frame


def _luma(frame: VideoFrame) -> Luma:
    """(H, W) uint8. Planar 8-bit formats give their Y plane as it is; others are converted."""
    kind = frame.format.name
    if kind not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gray", "bgra"):
        return frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
    plane = frame.planes[0]
    rows: Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    if kind == "bgra":
        # A GIF's; a seventh of FFmpeg's time, and off by a level at most.
        pixels = rows[: frame.height, : 4 * frame.width].reshape(frame.height, frame.width, 4)
        return cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY).astype(np.uint8, copy=False)
    return rows[: frame.height, : frame.width]
