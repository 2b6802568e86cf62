"""A clip's file: whether it can be judged at all, and what it is by its container and its packets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from evaluation.clips.boxes import layout
from generator.adapters.clip_reader import bounds
from generator.core.errors import ClipError

MOST_BYTES: Final = 1 << 30
"""A minute of the largest frames at 130 Mbit a second; more is no clip to be judged beside others."""

_KINDS: Final = ((4, b"ftyp", "mp4"), (0, b"\x1a\x45\xdf\xa3", "matroska"), (0, b"GIF8", "gif"))
"""Where a container's mark lies, and FFmpeg's name for it: what it would guess could be a list of other files."""

_DECODERS: Final = {"libdav1d": "av1", "libvpx-vp9": "vp9"}
"""The codec's name where FFmpeg tells its decoder's."""

_RANGES: Final = {1: "limited", 2: "full"}
_MATRICES: Final = {0: "RGB", 1: "BT.709", 4: "FCC", 5: "BT.601", 6: "BT.601", 7: "SMPTE 240M", 9: "BT.2020"}
_PRIMARIES: Final = {1: "BT.709", 5: "BT.601 (625)", 6: "BT.601 (525)", 9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}
_TRANSFERS: Final = {1: "BT.709", 6: "BT.601", 13: "sRGB", 14: "BT.2020", 16: "PQ", 18: "HLG"}
"""Code points of ITU-T H.273."""


class BadInput(Exception):
    """A file that cannot be judged; the text is one plain sentence that names it."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the file is. Sizes in bytes, rates in bits a second, times in seconds; "" or None where nothing is declared.

    `keyframes` are numbers of packets in the order of the file; `keyframe_s` is the longest way between two of them,
    None for one keyframe alone. `index_first` says whether a player can begin before it has the whole file.
    """

    name: str
    container: str
    codec: str
    profile: str
    pixel_format: str
    width_px: int
    height_px: int
    pixel_shape: float
    colour_range: str
    matrix: str
    primaries: str
    transfer: str
    declared_fps: float | None
    actual_fps: float
    declared_frames: int
    packets: int
    declared_s: float | None
    duration_s: float
    tick_s: float
    size_bytes: int
    bit_rate: float
    bits_per_pixel: float
    keyframes: tuple[int, ...]
    keyframe_s: float | None
    index_first: bool
    fragmented: bool
    audio: str
    times_s: tuple[float, ...]


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The file's container and its moving picture. Raises BadInput."""
    form = _form(path)
    # The largest picture that a decoder may make room for, whatever the stream claims.
    options = {"max_pixels": str(bounds.MOST_PIXELS)}
    with path.open("rb") as file:
        try:
            container = av.open(file, mode="r", format=form, options=options)
        except (av.FFmpegError, ValueError) as error:
            raise BadInput(f"{path.name} is damaged or cut off: its index cannot be read") from error
        with container:
            if not container.streams.video:
                raise BadInput(f"{path.name} holds no picture")
            # An AVIF or a cover picture is a stream of one frame.
            stream = max(container.streams.video, key=lambda one: (one.frames, -one.index))
            codec: VideoCodecContext | None = stream.codec_context
            if codec is None:
                raise BadInput(f"{path.name} is in a codec that cannot be decoded here")
            codec.options = options
            yield container, stream


def read_facts(path: Path) -> Facts:
    """What the file is, from its headers and packets; nothing is decoded. Raises BadInput."""
    with opened(path) as (container, stream):
        codec = stream.codec_context
        try:
            bounds.check_size(codec.width, codec.height)
            count = _Count()
            try:
                for packet in container.demux(stream):
                    count.add(packet)
            except av.FFmpegError:
                count.damaged = True
            bounds.check_count(count.packets)
        except ClipError as error:
            raise BadInput(f"{path.name} has {error.found}; judged is {error.accepted}") from error
        size = path.stat().st_size
        times = tuple(sorted(count.times))
        duration = _duration(times, count.length_s)
        fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
        fps = fps or count.packets / duration
        rate = 8 * count.size / duration
        declared = float(stream.guessed_rate or stream.average_rate or 0) or None
        order = layout(path) if _form(path) != "gif" else None
        return Facts(
            name=path.name,
            container=_container(path, container),
            codec=_DECODERS.get(codec.name, codec.name),
            profile=str(codec.profile or ""),
            pixel_format=str(codec.pix_fmt or ""),
            width_px=codec.width,
            height_px=codec.height,
            pixel_shape=float(codec.sample_aspect_ratio or 1),
            colour_range="full" if "yuvj" in str(codec.pix_fmt) else _RANGES.get(int(codec.color_range), ""),
            matrix=_MATRICES.get(int(codec.colorspace), ""),
            primaries=_PRIMARIES.get(int(codec.color_primaries), ""),
            transfer=_TRANSFERS.get(int(codec.color_trc), ""),
            declared_fps=declared,
            actual_fps=fps,
            declared_frames=stream.frames,
            packets=count.packets,
            declared_s=container.duration / 1e6 if container.duration else None,
            duration_s=duration,
            tick_s=float(stream.time_base or 0),
            size_bytes=size,
            bit_rate=rate,
            bits_per_pixel=rate / (codec.width * codec.height * fps),
            keyframes=tuple(count.keys),
            keyframe_s=_longest(count.keys, fps),
            index_first=order.index_first if order else True,
            fragmented=order.fragmented if order else False,
            audio=_audio(container),
            times_s=times,
        )


class _Count:
    """What the packets add up to."""

    def __init__(self) -> None:
        self.packets = 0
        self.size = 0
        self.length_s = 0.0
        self.keys: list[int] = []
        self.times: list[float] = []
        self.damaged = False

    def add(self, packet: Any) -> None:
        """One packet; raises ClipError when there are too many."""
        if packet.size == 0:
            return
        if packet.is_keyframe:
            self.keys.append(self.packets)
        self.packets += 1
        self.size += packet.size
        if packet.pts is not None and packet.time_base is not None:
            self.times.append(float(packet.pts * packet.time_base))
            self.length_s = max(self.length_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if self.packets > bounds.MOST_FRAMES:
            bounds.check_count(self.packets)


def _duration(times: tuple[float, ...], end_s: float) -> float:
    if len(times) < 2:
        return max(end_s - (times[0] if times else 0.0), 1e-3)
    usual = (times[-1] - times[0]) / (len(times) - 1)
    return max(end_s - times[0], times[-1] - times[0] + usual, 1e-3)


def _longest(keys: list[int], fps: float) -> float | None:
    steps = [after - before for before, after in pairwise(keys)]
    return max(steps) / fps if steps else None


def _form(path: Path) -> str:
    """FFmpeg's name of the container, by the first bytes. Raises BadInput."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = _head(file)
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror or error}") from error
    if size == 0:
        raise BadInput(f"{path.name} is empty")
    if size > MOST_BYTES:
        raise BadInput(f"{path.name} has {size:,} bytes; judged are clips of at most {MOST_BYTES:,}")
    for at, mark, form in _KINDS:
        if head[at : at + len(mark)] == mark:
            return form
    raise BadInput(f"{path.name} is no MP4, MOV, WebM or GIF clip")


def _head(file: BinaryIO) -> bytes:
    return file.read(16)


def _container(path: Path, container: InputContainer) -> str:
    form = _form(path)
    if form == "mp4":
        with path.open("rb") as file:
            brand = _head(file)[8:12].decode("ascii", "replace").strip()
        return "MOV" if brand == "qt" else f"MP4 ({brand})"
    if form == "matroska":
        return "WebM or Matroska"
    return str(container.format.long_name)


def _audio(container: InputContainer) -> str:
    tracks = container.streams.audio
    return ", ".join(str(getattr(track.codec_context, "name", "unknown")) for track in tracks)
