"""What passes between a service and its worker processes: pickles over a local socket.

Large arrays travel beside the pickle that names them (PEP 574), so that each is in memory once on either side. Both
sides are the same program on the same machine; nothing of a caller's is ever unpickled.
"""

from __future__ import annotations

import pickle
import socket
import struct
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

_HEAD: Final = struct.Struct("!BI")
_SIZE: Final = struct.Struct("!Q")

Parts = Sequence[bytes | bytearray | memoryview]


class Kind(IntEnum):
    """What a parcel is. The first three go to the worker, the others come from it."""

    START = 0
    CALL = 1
    UNWANTED = 2
    LOG = 3
    PROGRESS = 4
    ENDED = 5
    BEGUN = 6


class Lost(Exception):
    """A worker process ended in the middle of its work; `how` says in which way, "by signal SIGSEGV"."""

    def __init__(self, *, how: str) -> None:
        super().__init__(f"a worker process ended {how}")
        self.how = how


class Unbegun(Lost):
    """A worker process ended before it began the work, which another can therefore do."""


class Unwanted(Exception):
    """Nobody waits any more for work that has not begun."""


class Uncrossable(Exception):
    """Stands for an error of the worker's, or a result, that cannot be pickled; its cause has the original's text."""


class _Remote(Exception):
    """The traceback of an error where it was raised, as the cause of the error that is raised here."""

    def __str__(self) -> str:
        return f"in a worker process:\n{self.args[0]}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as it came: the pickle and the buffers beside it."""

    kind: Kind
    parts: Parts

    def value(self) -> Any:
        """What was sent. Raises whatever unpickling raises."""
        packed, *buffers = self.parts
        return pickle.loads(packed, buffers=buffers)  # noqa: S301 (our own process wrote it)


@dataclass(frozen=True, slots=True)
class Start:
    """The first parcel. path: where modules are found; level: the least level that is logged; build: a pickle."""

    path: list[str]
    level: int
    build: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """Work to be done as `work(tools, *args, watch)`. ends_at: the deadline by the machine's monotonic clock, or None.

    number: by which the caller says that the work is not wanted any more.
    """

    number: int
    work: Callable[..., Any]
    args: tuple[Any, ...]
    ends_at: float | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as it went. inside: the place of the stage around it in the list, or None.

    began_ns: since the epoch. error: the class of the error that ended it, "" for none; stopped: nobody wanted it.
    """

    name: str
    inside: int | None
    began_ns: int
    took_s: float
    error: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An error on its way: rebuilt without calling its class, whose arguments are not those of Exception."""

    kind: type[Exception]
    args: tuple[Any, ...]
    facts: dict[str, Any]
    trace: str

    @staticmethod
    def of(error: Exception) -> Failure:
        """The error with all that it holds."""
        return Failure(type(error), error.args, dict(vars(error)), "".join(traceback.format_exception(error)))

    def plain(self) -> Failure:
        """The same without its class and facts, which cannot be pickled or cannot be read."""
        return Failure(Uncrossable, (f"{self.kind.__qualname__} cannot leave the worker process",), {}, self.trace)

    def error(self) -> Exception:
        """The error with its class, arguments and fields; its cause has the traceback."""
        error = self.kind.__new__(self.kind, *self.args)
        error.args = self.args
        vars(error).update(self.facts)
        error.__cause__ = _Remote(self.trace)
        return error


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a call: its stages in the order in which they began, and a value or a failure."""

    stages: tuple[Stage, ...]
    value: Any = None
    failure: Failure | None = None

    def error(self) -> Exception | None:
        """The error that ended it, or None."""
        return None if self.failure is None else self.failure.error()


def packed(value: Any) -> Parts:
    """The value as a pickle and the buffers beside it. Raises whatever pickling raises."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    return [head, *(buffer.raw() for buffer in buffers)]


def send(line: socket.socket, kind: Kind, parts: Parts) -> None:
    """Sends one parcel. Raises OSError when nobody is there. One thread at a time."""
    line.sendall(_HEAD.pack(kind, len(parts)) + b"".join(_SIZE.pack(len(part)) for part in parts))
    for part in parts:
        line.sendall(part)


def receive(line: socket.socket) -> Parcel:
    """The next parcel; waits for it. Raises EOFError when the other side is gone. One thread at a time."""
    kind, count = _HEAD.unpack(_exactly(line, _HEAD.size))
    sizes = [size for (size,) in _SIZE.iter_unpack(_exactly(line, _SIZE.size * count))]
    return Parcel(Kind(kind), [_exactly(line, size) for size in sizes])


def _exactly(line: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    rest = memoryview(content)
    while rest:
        try:
            count = line.recv_into(rest)
        except OSError as error:
            raise EOFError from error
        if not count:
            raise EOFError
        rest = rest[count:]
    return content
