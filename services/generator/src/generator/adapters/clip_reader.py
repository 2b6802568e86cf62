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
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from film.stills import Limits, StillError, read_header
from generator.core.errors import ClipError
from generator.core.motion_check import MOST_SLENDER, Cancelled
from generator.core.ports import Clip

_ACCEPTED: Final = "an MP4, WebM, GIF or animated WebP clip"

_MOST_FRAMES: Final = 3600
"""A minute at 60 frames a second, twice the longest clip that the service makes; counted before anything is decoded."""

_LEAST_SIDE_PX: Final = 16
_MOST_SIDE_PX: Final = 4096
_MOST_PIXELS: Final = 3840 * 2160

_TALLEST: Final = 4
"""A sample is at most this many times as high as it is asked to be wide, so that all samples stay below 60 MB."""

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
            # The machine's fault, not the clip's; FFmpeg says the same of sizes that a damaged file claims.
            if isinstance(error, cv2.error) and getattr(error, "code", None) == cv2.Error.StsNoMem:
                raise MemoryError from error
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
    # PyAV's types promise a codec, but a file may name one that FFmpeg does not know.
    codec: VideoCodecContext | None = stream.codec_context
    if codec is None:
        raise ClipError(found="a clip in an unknown codec", accepted=_ACCEPTED)
    width, height = codec.width, codec.height
    _check_size(width, height)
    count, span_s = _count(content, form, cancelled)
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    fps = rate if rate > 0 else count / max(span_s, 1e-3)
    stream.thread_type = "AUTO"
    codec.thread_count = _THREADS
    wanted = frozenset(sampling(count, fps))
    samples = []
    seen = 0
    for index, frame in enumerate(_decoded(container, stream, cancelled)):
        seen = index + 1
        if (frame.width, frame.height) != (width, height) or seen > _MOST_FRAMES:
            raise ClipError(found="a clip whose frames differ in size or number from its header", accepted=_ACCEPTED)
        if index in wanted:
            samples.append(_small(_luma(frame), width_px))
    return _clip(samples, seen, fps=fps, size=(width, height), container=_CONTAINERS[form], codec=codec.name)


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
    """Scaled to width_px wide, or to the most height where that would be higher."""
    height, width = luma.shape
    scale = min(width_px / width, _TALLEST * width_px / height)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    how = cv2.INTER_AREA if scale <= 1 else cv2.INTER_LINEAR
    return cv2.resize(luma, size, interpolation=how).astype(np.uint8, copy=False)


def _check_size(width: int, height: int) -> None:
    if not 0 < width <= _MOST_SIDE_PX or not 0 < height <= _MOST_SIDE_PX or width * height > _MOST_PIXELS:
        raise ClipError(
            found=f"frames of {width:,} x {height:,} pixels",
            accepted=f"at most {_MOST_SIDE_PX:,} pixels on a side and {_MOST_PIXELS:,} in a frame",
        )
    if min(width, height) < _LEAST_SIDE_PX or max(width, height) > MOST_SLENDER * min(width, height):
        raise ClipError(
            found=f"frames of {width:,} x {height:,} pixels",
            accepted=f"at least {_LEAST_SIDE_PX} pixels on a side and a long side of at most {MOST_SLENDER} times the "
            "short side",
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
    _check_size(header.width_px, header.height_px)
    shown_ms = _webp_durations(content)
    fps = 1000 * len(shown_ms) / sum(shown_ms)
    # Kept are the wanted frames alone: thousands may come from a file of a few kilobytes.
    wanted = frozenset(sampling(len(shown_ms), fps))
    batch = max(1, _WEBP_BATCH_BYTES // (4 * header.width_px * header.height_px))
    samples: list[Luma] = []
    seen = 0
    for first in range(0, count, batch):
        if cancelled():
            raise Cancelled
        # One row: OpenCV's WebP reader takes no column.
        file = np.frombuffer(content, np.uint8).reshape(1, -1)
        whole, animation = cv2.imdecodeanimation(file, start=first, count=batch)
        if not whole:
            raise ClipError(found="a damaged clip", accepted=_ACCEPTED)
        for frame in animation.frames:
            if seen in wanted:
                samples.append(_small(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.uint8), width_px))
            seen += 1
    size = (header.width_px, header.height_px)
    return _clip(samples, seen, fps=fps, size=size, container="webp", codec="webp")


def _webp_durations(content: bytes) -> list[int]:
    """How long each frame is shown, in milliseconds, from the ANMF chunks of the WebP container specification."""
    shown = []
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"ANMF":
            # After place and size, three bytes each, comes the duration.
            shown.append(int.from_bytes(content[at + 20 : at + 23], "little") or _WHOLE_MS)
        # Chunks lie at even places.
        at += 8 + size + size % 2
    return shown or [_WHOLE_MS]
