"""Clips written with PyAV: H.264 in fragmented MP4, whose bytes flow while frames still come.

The frames are made in the calling thread and compressed in a second one; a queue of a few frames lies between them, so
neither waits for the other's slowest moment and memory stays bounded.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from generator.core.errors import EncodingFailed
from generator.core.motion_check import Cancelled
from generator.core.order import Preset
from generator.core.ports import EncodeSettings

_QUEUE_FRAMES: Final = 4
"""Frames between the two threads; 1.4 MB each at 1280 x 720."""

_POLL_S: Final = 0.05
"""How often a waiting thread looks whether the work is still wanted."""

_THREADS: Final = 2
"""Pinned: x264's bytes change with the number of threads, and the same request must give the same file."""

_X264: Final[Mapping[Preset, Mapping[str, str]]] = MappingProxyType(
    {
        Preset.FAST: {"preset": "superfast", "crf": "23", "x264-params": "mbtree=0:chromaloc=1"},
        Preset.QUALITY: {"preset": "veryfast", "crf": "20", "x264-params": "mbtree=0:chromaloc=1"},
    }
)
"""Best points of speed against size for rendered moves; chromaloc 1: chroma lies amid its four luma samples.

No macroblock tree: with it, 60 encodings of the same 12 frames on a busy machine gave 8 different files, with one x264
thread as with two, and without it one. The price is files two to three times as large (4 s of 720p: 0.4 to 1.2 MB).
"""

_FRAGMENT_US: Final = 500_000
"""Length of a fragment: the first bytes of the picture leave half a second of clip after the start."""

_MP4: Final = MappingProxyType(
    {"movflags": "empty_moov+default_base_moof+frag_keyframe", "frag_duration": str(_FRAGMENT_US)}
)

_BT709: Final = 1
"""AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709 of libavutil are all 1."""

_LIMITED: Final = 1
"""AVCOL_RANGE_MPEG: luma 16..235."""


class AvEncoder:
    """Writes MP4 files with H.264. Stateless: calls may run side by side."""

    def encode(
        self,
        frames: Iterator[NDArray[np.uint8]],
        settings: EncodeSettings,
        *,
        write: Callable[[bytes], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """See `generator.core.ports.Encoder`; `write` is called from the compressing thread."""
        worker = _Compressor(settings, write)
        worker.start()
        complete = False
        try:
            for frame in frames:
                # A copy into the encoder's own memory; the caller's buffer is free again afterwards.
                picture = VideoFrame.from_ndarray(frame, format="yuv420p")
                if not worker.take(picture, cancelled):
                    break
            else:
                complete = worker.take(None, cancelled)
        finally:
            worker.finish(aborted=not complete)
        if cancelled():
            raise Cancelled
        if worker.error is not None:
            raise EncodingFailed("the encoder refused the frames") from worker.error


class _Writer:
    """What the muxer sees as a file: it only ever appends."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, data: bytes) -> int:
        self._write(bytes(data))
        return len(data)


class _Compressor(threading.Thread):
    """The compressing thread: takes frames until None comes or it is told to stop."""

    def __init__(self, settings: EncodeSettings, write: Callable[[bytes], None]) -> None:
        super().__init__(name="clip-encoder", daemon=True)
        self._settings = settings
        self._write = write
        self._frames: queue.Queue[VideoFrame | None] = queue.Queue(_QUEUE_FRAMES)
        self._unwanted = threading.Event()
        self.error: BaseException | None = None

    def take(self, frame: VideoFrame | None, cancelled: Callable[[], bool]) -> bool:
        """Hands a frame over, waiting for room; False when the work has ended early."""
        while not cancelled() and self.is_alive() and self.error is None:
            try:
                self._frames.put(frame, timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False

    def finish(self, *, aborted: bool) -> None:
        """Waits for the thread's end; when aborted, after the frame in hand."""
        if aborted:
            self._unwanted.set()
        self.join()

    def run(self) -> None:
        """The thread's work; an error is kept for the caller."""
        try:
            with av.open(_Writer(self._write), "w", format="mp4", options=dict(_MP4)) as container:
                self._compress(container, _stream(container, self._settings))
        except _Stopped:
            return
        # Whatever the codec or the writer raises must reach the caller, whose thread this is not.
        except Exception as error:
            self.error = error

    def _compress(self, container: OutputContainer, stream: VideoStream) -> None:
        index = 0
        while True:
            frame = self._next()
            if frame is not None:
                frame.pts = index
                index += 1
            container.mux(stream.encode(frame))
            if frame is None:
                return

    def _next(self) -> VideoFrame | None:
        while not self._unwanted.is_set():
            try:
                return self._frames.get(timeout=_POLL_S)
            except queue.Empty:
                continue
        raise _Stopped


class _Stopped(Exception):
    """The work is not wanted any more."""


def _stream(container: OutputContainer, settings: EncodeSettings) -> VideoStream:
    stream = container.add_stream("libx264", rate=Fraction(settings.fps), options=dict(_X264[settings.preset]))
    stream.width, stream.height = settings.width_px, settings.height_px
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = _THREADS
    context.color_range = _LIMITED
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    return stream
