"""What every writer of clips shares: where its bytes go, and how it hears that nobody wants them any more."""

import io
import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generator.core.errors import ClipTooLarge

Write = Callable[[bytes], None]


class Stopped(Exception):
    """The work is not wanted any more."""


class Halt:
    """Tells the writing thread when its work is not wanted any more."""

    def __init__(self) -> None:
        self._called = threading.Event()

    def call(self) -> None:
        """Nobody wants the work from now on; from any thread."""
        self._called.set()

    @property
    def called(self) -> bool:
        """Whether it was called."""
        return self._called.is_set()

    def check(self) -> None:
        """Raises Stopped once it was called."""
        if self.called:
            raise Stopped


def yuv420(frame: VideoFrame) -> NDArray[np.uint8]:
    """The frame as an array (H * 3 / 2, W) uint8, planar YUV 4:2:0."""
    return frame.to_ndarray().astype(np.uint8, copy=False)


class Writer(Protocol):
    """Makes a file of frames."""

    def add(self, frame: VideoFrame) -> None:
        """Takes the next frame, planar YUV 4:2:0 of 8 bits, BT.709 limited range."""
        ...

    def finish(self) -> None:
        """Writes what is left, after the last frame."""
        ...

    def abandon(self) -> None:
        """Lets go of a file that is not finished; nobody waits for it any more."""
        ...


class Outlet:
    """A file that only ever grows: its bytes go to `write` in order, until most_bytes or a halt.

    What comes later is dropped: a container that is thrown away still writes its end.
    """

    def __init__(self, write: Write, *, most_bytes: int, halt: Halt) -> None:
        self._write = write
        self._left = self._most = most_bytes
        self._halt = halt

    def write(self, data: bytes) -> int:
        """Passes the bytes on; how many they were. Raises ClipTooLarge once."""
        if self._left < 0 or self._halt.called:
            return len(data)
        self._left -= len(data)
        if self._left < 0:
            raise ClipTooLarge(limit=self._most)
        self._write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing: no byte waits here."""


class Held(io.BytesIO):
    """A file in memory, for containers that go back to write their index. Raises ClipTooLarge beyond most_bytes."""

    def __init__(self, *, most_bytes: int) -> None:
        super().__init__()
        self._most = most_bytes

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Writes where the file stands; how many bytes they were."""
        if self.tell() + len(data) > self._most:
            raise ClipTooLarge(limit=self._most)
        return super().write(data)

    def again(self, _url: str, _flags: int, _options: object) -> "Reread":
        """A second hand that reads the file while the first one writes: what PyAV asks for by `io_open`."""
        return Reread(self)


class Reread:
    """Reads a file in memory that is still written to, at a place of its own."""

    def __init__(self, file: Held) -> None:
        self._file = file
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, size at most; all when size is negative."""
        view = self._file.getbuffer()
        try:
            end = len(view) if size < 0 else self._at + size
            part = bytes(view[self._at : end])
        finally:
            view.release()
        self._at += len(part)
        return part

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves the place; the new one."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.getbuffer().nbytes}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """The place."""
        return self._at

    def close(self) -> None:
        """Nothing: the file is another's."""
