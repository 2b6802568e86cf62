"""Clips read for measuring: facts, and the luma of a few frames at a small size.

MP4, WebM and GIF are read with PyAV. FFmpeg cannot read animated WebP, so OpenCV does. Each parser is named before it
sees a byte: what FFmpeg would guess could be a playlist that names other files.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from film.stills import Limits, StillError, read_header
from generator.core.errors import ClipError
from generator.core.motion_check import Cancelled
from generator.core.ports import Clip

_ACCEPTED: Final = "an MP4, WebM, GIF or animated WebP clip"

_MOST_FRAMES: Final = 3600
"""A minute at 60 frames a second, twice the longest clip that the service makes; counted before anything is decoded."""

_MOST_SIDE_PX: Final = 4096
_MOST_PIXELS: Final = 3840 * 2160
_THREADS: Final = 2

_WEBP_BATCH_BYTES: Final = 64 << 20
"""OpenCV decodes whole batches of frames; this much at a time, four bytes a pixel."""

_WHOLE_MS: Final = 100
"""A WebP frame without a duration of its own is shown this long, as browsers do."""

Luma = NDArray[np.uint8]
Sampling = Callable[[int, float], Sequence[int]]
Stop = Callable[[], bool]


class AvClipReader:
    """Reads clips. Stateless: calls may run side by side."""

    def read(self, content: bytes, *, width_px: int, sampling: Sampling, cancelled: Stop) -> Clip:
        """See `generator.core.ports.ClipReader`."""
        form = _form(content)
        try:
            if form == "webp":
                return _read_webp(content, width_px=width_px, sampling=sampling, cancelled=cancelled)
            with av.open(io.BytesIO(content), mode="r", format=form) as container:
                return _read(container, content, form, width_px=width_px, sampling=sampling, cancelled=cancelled)
        except (av.FFmpegError, cv2.error, ValueError) as error:
            raise ClipError(found="a damaged clip", accepted=_ACCEPTED) from error


def _form(content: bytes) -> str:
    """FFmpeg's name of the container, told by its first bytes; "webp" for what OpenCV reads."""
    if content[4:8] == b"ftyp":
        return "mp4"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if content.startswith(b"GIF8"):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    raise ClipError(found="a file of another kind", accepted=_ACCEPTED)


def _read(
    container: InputContainer, content: bytes, form: str, *, width_px: int, sampling: Sampling, cancelled: Stop
) -> Clip:
    if not container.streams.video:
        raise ClipError(found="a file without a picture", accepted=_ACCEPTED)
    stream = container.streams.video[0]
    width, height = stream.codec_context.width, stream.codec_context.height
    _check_size(width, height)
    count, span_s = _count(content, form, cancelled)
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    fps = rate if rate > 0 else count / max(span_s, 1e-3)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = _THREADS
    wanted = frozenset(sampling(count, fps))
    samples = []
    seen = 0
    for index, frame in enumerate(_decoded(container, stream, cancelled)):
        seen = index + 1
        if (frame.width, frame.height) != (width, height) or seen > _MOST_FRAMES:
            raise ClipError(found="a clip whose frames differ in size or number from its header", accepted=_ACCEPTED)
        if index in wanted:
            samples.append(_small(_luma(frame), width_px))
    return _clip(
        samples, seen, fps=fps, size=(width, height), container=_CONTAINERS[form], codec=stream.codec_context.name
    )


_CONTAINERS: Final = {"mp4": "mp4", "matroska": "webm", "gif": "gif"}


def _count(content: bytes, form: str, cancelled: Stop) -> tuple[int, float]:
    """Number of frames and length in seconds, from the packets' headers alone."""
    count, end_s = 0, 0.0
    with av.open(io.BytesIO(content), mode="r", format=form) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            count += 1
            if packet.pts is not None and packet.time_base is not None:
                end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if count > _MOST_FRAMES:
                raise ClipError(found=f"more than {_MOST_FRAMES:,} frames", accepted=f"at most {_MOST_FRAMES:,} frames")
            if cancelled():
                raise Cancelled
    if count == 0:
        raise ClipError(found="a clip without frames", accepted=_ACCEPTED)
    return count, end_s


def _decoded(container: InputContainer, stream: VideoStream, cancelled: Stop) -> Iterator[VideoFrame]:
    for frame in container.decode(stream):
        if cancelled():
            raise Cancelled
        yield frame


def _luma(frame: VideoFrame) -> Luma:
    """(H, W) uint8. Planar 8-bit formats give their Y plane as it is; others are converted."""
    if frame.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gray"):
        return frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
    plane = frame.planes[0]
    rows: Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _small(luma: Luma, width_px: int) -> Luma:
    height = max(2, round(luma.shape[0] * width_px / luma.shape[1]))
    how = cv2.INTER_AREA if luma.shape[1] >= width_px else cv2.INTER_LINEAR
    return cv2.resize(luma, (width_px, height), interpolation=how).astype(np.uint8, copy=False)


def _check_size(width: int, height: int) -> None:
    if not 0 < width <= _MOST_SIDE_PX or not 0 < height <= _MOST_SIDE_PX or width * height > _MOST_PIXELS:
        raise ClipError(
            found=f"frames of {width:,} x {height:,} pixels",
            accepted=f"at most {_MOST_SIDE_PX:,} pixels on a side and {_MOST_PIXELS:,} in a frame",
        )


def _clip(samples: list[Luma], frames: int, *, fps: float, size: tuple[int, int], container: str, codec: str) -> Clip:
    if not samples:
        raise ClipError(found="a clip whose frames cannot be decoded", accepted=_ACCEPTED)
    # The samples lie evenly over the clip, the first frame and the last among them.
    steps = max(1, len(samples) - 1)
    return Clip(
        samples=tuple(samples),
        samples_per_s=fps * steps / max(1, frames - 1),
        width_px=size[0],
        height_px=size[1],
        fps=fps,
        frames=frames,
        duration_s=frames / fps,
        container=container,
        codec=codec,
    )


def _read_webp(content: bytes, *, width_px: int, sampling: Sampling, cancelled: Stop) -> Clip:
    try:
        header = read_header(content, limits=Limits(max_pixels=_MOST_PIXELS, max_side_px=_MOST_SIDE_PX))
    except StillError as error:
        raise ClipError(found=error.found, accepted=error.accepted) from error
    count = header.frames
    if count > _MOST_FRAMES:
        raise ClipError(found=f"{count:,} frames", accepted=f"at most {_MOST_FRAMES:,} frames")
    batch = max(1, _WEBP_BATCH_BYTES // (4 * header.width_px * header.height_px))
    lumas: list[Luma] = []
    total_ms = 0
    for first in range(0, count, batch):
        if cancelled():
            raise Cancelled
        # One row: OpenCV's WebP reader takes no column.
        file = np.frombuffer(content, np.uint8).reshape(1, -1)
        whole, animation = cv2.imdecodeanimation(file, start=first, count=batch)
        if not whole:
            raise ClipError(found="a damaged clip", accepted=_ACCEPTED)
        total_ms += sum(int(shown) or _WHOLE_MS for shown in animation.durations)
        lumas.extend(
            _small(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.uint8), width_px) for frame in animation.frames
        )
    fps = 1000 * len(lumas) / total_ms
    samples = [lumas[index] for index in sampling(len(lumas), fps)]
    size = (header.width_px, header.height_px)
    return _clip(samples, len(lumas), fps=fps, size=size, container="webp", codec="webp")
