"""Frames into files: they are made in the calling thread and compressed in a second one.

A queue of a few frames lies between the two, so neither waits for the other's slowest moment and memory stays bounded.
Where frames take longer to make than to compress, the second thread helps to make them while it waits.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generator.adapters.encoder.frames import FramesWriter
from generator.adapters.encoder.gif import GifWriter
from generator.adapters.encoder.video import VideoWriter
from generator.adapters.encoder.webp import WebpWriter
from generator.adapters.encoder.writing import Halt, Stopped, Write, Writer
from generator.core.errors import EncodingFailed, GeneratorError
from generator.core.motion_check import Cancelled
from generator.core.order import ClipFormat
from generator.core.ports import EncodeSettings
from generator.core.render.side_by_side import Spare

_QUEUE_FRAMES: Final = 4
"""Frames between the two threads; 1.4 MB each at 1280 x 720."""

_ALIGNED_PX: Final = 128
"""Where a width is a multiple of it, rows of luma and of chroma begin at multiples of 64 bytes."""

_POLL_S: Final = 0.02
"""How often a waiting thread looks whether the work is still wanted."""

_WRITERS: Final[Mapping[ClipFormat, Callable[[EncodeSettings, Write, Halt], Writer]]] = MappingProxyType(
    {
        ClipFormat.MP4_H264: VideoWriter,
        ClipFormat.MP4_AV1: VideoWriter,
        ClipFormat.WEBM_VP9: VideoWriter,
        ClipFormat.AVIF: VideoWriter,
        ClipFormat.WEBP: WebpWriter,
        ClipFormat.GIF: GifWriter,
        ClipFormat.FRAMES: FramesWriter,
    }
)


class AvEncoder:
    """Writes clips of every format, with PyAV and OpenCV. Stateless: calls may run side by side.

    MP4 (H.264, AV1) and WebM flow in fragments of half a second, GIF and FRAMES frame by frame. AV1 looks ahead: its
    first bytes come after 26 frames. WebP, AVIF and every file with `faststart` come when all frames are in.
    """

    def encode(
        self,
        frames: Iterator[NDArray[np.uint8]],
        settings: EncodeSettings,
        *,
        write: Callable[[bytes], None],
        cancelled: Callable[[], bool],
        spare: Spare | None = None,
    ) -> None:
        """See `generator.core.ports.Encoder`; `write` is called from the compressing thread."""
        worker = _Compressor(settings, write)
        worker.start()
        if spare is not None:
            spare.lend(worker.help)
        try:
            for frame in frames:
                # A copy, so that the caller's buffer is free again afterwards.
                if not worker.take(_copied(frame), cancelled):
                    break
            else:
                if worker.take(None, cancelled):
                    worker.wait(cancelled)
        finally:
            if spare is not None:
                spare.lend(None)
            worker.stop()
        # Before its error, which a stop in the middle may have caused.
        if cancelled() and not worker.complete:
            raise Cancelled
        if isinstance(worker.error, GeneratorError):
            raise worker.error
        if worker.error is not None:
            raise EncodingFailed("the encoder refused the frames") from worker.error


def _copied(frame: NDArray[np.uint8]) -> VideoFrame:
    """A frame with a copy of the planes: at once where their rows lie as codecs want them, else row by row."""
    if frame.shape[1] % _ALIGNED_PX:
        return VideoFrame.from_ndarray(frame, format="yuv420p")
    return VideoFrame.from_numpy_buffer(frame.copy(), format="yuv420p")


class _Compressor(threading.Thread):
    """The compressing thread: takes frames until None comes or it is told to stop."""

    def __init__(self, settings: EncodeSettings, write: Write) -> None:
        super().__init__(name="clip-encoder", daemon=True)
        self._settings = settings
        self._write = write
        self._frames: queue.Queue[VideoFrame | Callable[[], None] | None] = queue.Queue(_QUEUE_FRAMES)
        self._halt = Halt()
        self.error: BaseException | None = None
        self.complete = False

    def take(self, frame: VideoFrame | None, cancelled: Callable[[], bool]) -> bool:
        """Hands a frame over, waiting for room; False when the work has ended early."""
        while not cancelled() and self.is_alive() and self.error is None:
            try:
                self._frames.put(frame, timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False

    def help(self, work: Callable[[], None]) -> None:
        """Does this while no frame has come; drops it when there is one."""
        if self._frames.empty():
            self._frames.put_nowait(work)

    def wait(self, cancelled: Callable[[], bool]) -> None:
        """Waits until the file is complete, while it is wanted."""
        while self.is_alive() and not cancelled():
            self.join(_POLL_S)

    def stop(self) -> None:
        """Tells the thread to stop, if it has not, and waits until its memory is free; it writes nothing more.

        It may have a large frame in hand, and frames in a codec to empty.
        """
        self._halt.call()
        self.join()

    def run(self) -> None:
        """The thread's work; an error is kept for the caller."""
        try:
            writer = _WRITERS[self._settings.format](self._settings, self._write, self._halt)
            try:
                while (frame := self._next()) is not None:
                    writer.add(frame)
                writer.finish()
                self.complete = True
            finally:
                if not self.complete:
                    writer.abandon()
        except Stopped:
            return
        # Whatever the codec or the writer raises must reach the caller, whose thread this is not.
        except Exception as error:
            self.error = error

    def _next(self) -> VideoFrame | None:
        while True:
            self._halt.check()
            try:
                found = self._frames.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if not callable(found):
                return found
            found()
