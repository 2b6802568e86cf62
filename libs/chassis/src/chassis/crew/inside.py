"""The worker process from within: it makes its tools, then does one piece of work after the other.

A thread reads what the service sends, so that a call which nobody wants any more is known while the work still runs,
and so that the process ends at once when the service has: however it ended, the line to it is then closed.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import pickle
import queue
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from logging.handlers import QueueHandler
from typing import Any, Final

from chassis.crew.crossing import Call, Ended, Failure, Kind, Parcel, Parts, Stage, Start, packed, receive, send

#: One thread computes one call. Read when the libraries load.
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_NOBODYS: Final = -1

_AROUND: Final[ContextVar[int | None]] = ContextVar("chassis_stage_around", default=None)


def main(descriptor: int) -> None:
    """Works until the other end of the socket is closed."""
    # Ctrl-C and a supervisor's SIGTERM go to the whole group; it is the service that decides when to end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for name in _ONE_THREAD:
        os.putenv(name, "1")
    # What a crash in a library leaves behind: where Python was.
    faulthandler.enable()
    Worker(socket.socket(fileno=descriptor)).work()


class Worker:
    """Does what comes over the line, one piece of work at a time.

    end: ends the process when the service is gone, also in the middle of work.
    """

    def __init__(self, line: socket.socket, *, end: Callable[[], object] = lambda: os._exit(0)) -> None:
        self._line = line
        self._end = end
        self._sending = threading.Lock()
        self._parcels: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        self._tools: Any = None
        self.unwanted = _NOBODYS

    def work(self) -> None:
        """Works until the line is closed."""
        threading.Thread(target=self._read, daemon=True, name="line").start()
        while parcel := self._parcels.get():
            self._answer(parcel)
            del parcel

    def tell(self, kind: Kind, value: Any) -> None:
        """Sends something on the way."""
        self._send(kind, packed(value))

    def _answer(self, parcel: Parcel) -> None:
        # By itself, so that nothing large outlives its call.
        stages: list[Stage] = []
        # Before anything of the call is looked at: whoever does not hear this knows that nothing was done.
        self._send(Kind.BEGUN, packed(None))
        try:
            value = self._done(parcel, stages)
            parts = packed(Ended(tuple(stages), value))
        except Exception as error:
            parts = _failed(stages, error)
        self._send(Kind.ENDED, parts)

    def _done(self, parcel: Parcel, stages: list[Stage]) -> Any:
        if parcel.kind is Kind.START:
            self._start(parcel.value())
            return None
        call: Call = parcel.value()
        return call.work(self._tools, *call.args, _Watch(self, call, stages))

    def _start(self, told: Start) -> None:
        sys.path[:] = told.path
        logging.getLogger().addHandler(_Telling(self))
        logging.getLogger().setLevel(told.level)
        # Pickled by itself, because it can only be found on the path that came with it.
        self._tools = pickle.loads(told.build)()  # noqa: S301 (the service wrote it)

    def _send(self, kind: Kind, parts: Parts) -> None:
        # When nobody is there, the thread that reads knows it too, and ends the process.
        with self._sending, suppress(OSError):
            send(self._line, kind, parts)

    def _read(self) -> None:
        with suppress(EOFError):
            while True:
                parcel = receive(self._line)
                if parcel.kind is Kind.UNWANTED:
                    self.unwanted = parcel.value()
                else:
                    self._parcels.put(parcel)
                del parcel
        self._end()
        self._parcels.put(None)


class _Watch:
    """What the work sees of its caller: as `chassis.telemetry.Watch`, which the service's side brings up to date."""

    def __init__(self, worker: Worker, call: Call, stages: list[Stage]) -> None:
        self._worker = worker
        self._call = call
        self._stages = stages

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times the block."""
        place, around = len(self._stages), _AROUND.get()
        self._stages.append(Stage(name, around, time.time_ns(), 0.0))
        token, began = _AROUND.set(place), time.perf_counter()
        error, stopped = "", False
        try:
            yield
        except BaseException as raised:
            stopped = not isinstance(raised, Exception) or self.cancelled()
            error = type(raised).__qualname__
            raise
        finally:
            began_ns, took_s = self._stages[place].began_ns, time.perf_counter() - began
            self._stages[place] = Stage(name, around, began_ns, took_s, error, stopped)
            _AROUND.reset(token)

    def progress(self, fraction: float) -> None:
        """Reports how much of the current stage is done, 0..1."""
        around = _AROUND.get()
        self._worker.tell(Kind.PROGRESS, ("" if around is None else self._stages[around].name, fraction))

    def cancelled(self) -> bool:
        """Whether the result is no longer wanted."""
        ends_at = self._call.ends_at
        return self._worker.unwanted == self._call.number or (ends_at is not None and time.monotonic() >= ends_at)


class _Telling(QueueHandler):
    """Log lines are written by the service, as part of the call that they belong to."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(queue.SimpleQueue())
        self._worker = worker

    def enqueue(self, record: logging.LogRecord) -> None:
        self._worker.tell(Kind.LOG, record)


def _failed(stages: list[Stage], error: Exception) -> Parts:
    failure = Failure.of(error)
    try:
        parts = packed(Ended(tuple(stages), failure=failure))
        # What can be written cannot always be read.
        Parcel(Kind.ENDED, parts).value().failure.error()
    except Exception:
        return packed(Ended(tuple(stages), failure=failure.plain()))
    return parts
