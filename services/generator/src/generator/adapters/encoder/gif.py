"""GIF, with a palette made for the clip."""

from fractions import Fraction
from typing import Final, cast

import av
import cv2
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generator.adapters.encoder.writing import Halt, Outlet, Write, yuv420
from generator.core.order import Preset
from generator.core.picture import to_bgr
from generator.core.ports import EncodeSettings

_DITHER: Final = {Preset.FAST: "bayer:bayer_scale=4", Preset.QUALITY: "bayer:bayer_scale=3"}
"""An ordered pattern stands still while the picture moves; error diffusion crawls, and takes four times as long. The
larger number is the weaker pattern: smaller files, and more of a sky's steps to be seen."""

_TICKS: Final = 100
"""A GIF counts hundredths of a second."""

_LOOK_EVERY_PX: Final = 8
_PALETTE_PX: Final = 200_000
"""Pixels from which a palette is made; more change nothing and cost time."""

_WORN: Final = 1.5
"""A palette is renewed when it misses a frame's colours by so many times what it missed on the frame it was made of."""
_WORN_FLOOR: Final = 4.0
"""Squared levels by which it must miss at least: below, nobody sees it."""

Picture = NDArray[np.uint8]


class GifWriter:
    """Writes a GIF that flows, repeated for ever: frame by frame, each with what changed since the last.

    The palette is made of the first frame and kept while it fits, so that colours do not flicker; when the camera has
    found other colours, a new one is made of that frame. So no frame waits for the last one, as it would for one
    palette over the whole clip.
    """

    def __init__(self, settings: EncodeSettings, write: Write, halt: Halt) -> None:
        self._settings = settings
        self._file = _Tailed(Outlet(write, most_bytes=settings.most_bytes, halt=halt))
        self._container = av.open(self._file, "w", format="gif", container_options={"loop": "0", "fflags": "+bitexact"})
        self._stream = self._container.add_stream("gif", rate=Fraction(_TICKS))
        self._stream.width, self._stream.height = settings.width_px, settings.height_px
        self._stream.pix_fmt = "pal8"
        self._stream.codec_context.time_base = Fraction(1, _TICKS)
        self._count = 0
        self._palette: _Palette | None = None

    def add(self, frame: VideoFrame) -> None:
        """See `Writer`."""
        picture = to_bgr(yuv420(frame))
        if self._palette is None:
            self._palette = _Palette(picture, self._settings.preset)
        mapped = self._palette.map(picture)
        if self._palette.worn(picture, mapped):
            self._palette = _Palette(picture, self._settings.preset)
            mapped = self._palette.map(picture)
        mapped.pts = self._tick(self._count)
        mapped.time_base = Fraction(1, _TICKS)
        self._count += 1
        for packet in self._stream.encode(mapped):
            # The encoder says one tick; after the last frame there is no other to tell how long it is shown.
            packet.duration = self._tick(self._count) - self._tick(self._count - 1)
            self._container.mux_one(packet)

    def _tick(self, frame: int) -> int:
        """When a frame begins: rounded by place, so that the clip's length is right."""
        return round(frame * _TICKS / self._settings.fps)

    def finish(self) -> None:
        """See `Writer`."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        provenance = self._settings.provenance
        self._file.end(b"" if provenance is None else _comment(provenance.comment.encode()))

    def abandon(self) -> None:
        """See `Writer`; nothing waits here."""


class _Tailed:
    """Keeps a file's last byte back, so that something can be put before it: FFmpeg writes no comments into a GIF."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._last = b""

    def write(self, data: bytes) -> int:
        """Passes all but the last byte on."""
        whole = self._last + bytes(data)
        self._last = whole[-1:]
        self._outlet.write(whole[:-1])
        return len(data)

    def end(self, block: bytes) -> None:
        """Writes the block and the last byte, a GIF's trailer."""
        self._outlet.write(block + self._last)


def _comment(words: bytes) -> bytes:
    """A comment extension of GIF89a, section 24: blocks of at most 255 bytes."""
    blocks = (words[at : at + 255] for at in range(0, len(words), 255))
    return b"\x21\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


class _Palette:
    """256 colours for a picture, and FFmpeg's filter that draws with them."""

    def __init__(self, picture: Picture, preset: Preset) -> None:
        step = max(1, int(np.ceil(np.sqrt(picture.shape[0] * picture.shape[1] / _PALETTE_PX))))
        self._graph = Graph()
        self._picture = _source(self._graph, picture.shape[1], picture.shape[0])
        colours = _source(self._graph, 16, 16)
        use = self._graph.add("paletteuse", f"dither={_DITHER[preset]}:diff_mode=rectangle")
        self._sink = self._graph.add("buffersink")
        self._picture.link_to(use, 0, 0)
        colours.link_to(use, 0, 1)
        use.link_to(self._sink)
        self._graph.configure()
        made = _colours(np.ascontiguousarray(picture[::step, ::step]))
        made.pts = 0
        colours.push(made)
        colours.push(None)
        self._table = made.to_ndarray(format="bgra").reshape(-1, 4)[:, :3].astype(np.int32)
        self._count = 0
        self._usual: float | None = None

    def map(self, picture: Picture) -> VideoFrame:
        """The picture in these colours, "pal8"."""
        frame = _frame(picture)
        frame.pts = self._count
        self._count += 1
        self._picture.push(frame)
        return cast("VideoFrame", self._sink.pull())

    def worn(self, picture: Picture, mapped: VideoFrame) -> bool:
        """Whether these colours miss the picture's by much more than they did at first."""
        plane = mapped.planes[0]
        indices = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[
            : mapped.height, : mapped.width
        ]
        look = np.s_[::_LOOK_EVERY_PX, ::_LOOK_EVERY_PX]
        missed = float(np.mean((self._table[indices[look]] - picture[look]) ** 2))
        if self._usual is None:
            self._usual = missed
        return missed > max(_WORN * self._usual, _WORN_FLOOR)


def _source(graph: Graph, width: int, height: int) -> FilterContext:
    return graph.add("buffer", f"video_size={width}x{height}:pix_fmt=bgra:time_base=1/1:pixel_aspect=1/1")


def _frame(picture: Picture) -> VideoFrame:
    frame = VideoFrame.from_ndarray(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA).astype(np.uint8), format="bgra")
    frame.time_base = Fraction(1)
    return frame


def _colours(picture: Picture) -> VideoFrame:
    """A 16 x 16 picture of the 256 colours, by FFmpeg's median cut."""
    graph = Graph()
    source = _source(graph, picture.shape[1], picture.shape[0])
    cut = graph.add("palettegen", "reserve_transparent=0")
    sink = graph.add("buffersink")
    source.link_to(cut)
    cut.link_to(sink)
    graph.configure()
    frame = _frame(picture)
    frame.pts = 0
    source.push(frame)
    source.push(None)
    return cast("VideoFrame", sink.pull())
