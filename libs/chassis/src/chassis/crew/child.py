"""A worker process as the service sees it: started, given work, ended."""

from __future__ import annotations

import contextlib
import logging
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import Any, Final, NoReturn

from chassis.crew.crossing import Call, Ended, Kind, Lost, Start, Unbegun, packed, receive, send
from chassis.telemetry import Watch

#: Seconds between looks at whether the caller is still there; a thread that waits costs nothing to speak of.
_LOOK_S: Final = 0.02

#: Seconds that unwanted work gets to end by itself; most ends within one stage.
PATIENCE_S: Final = 10.0

_END_S: Final = 2.0
_PROGRAM: Final = "from chassis.crew.inside import main; main({})"


class Child:
    """One worker process. `call` belongs to one thread at a time; `close` may come from any.

    It is a fresh interpreter and no fork: gRPC and threads do not survive one. It does not import the service's main
    module, so it has neither gRPC nor telemetry in memory.
    """

    def __init__(self) -> None:
        """A process that begins to start. Raises OSError when the system starts none."""
        self._line, theirs = socket.socketpair()
        self._at_work = threading.Lock()
        self._number = 0
        self._begun = False
        self._forced = ""
        self.patience_s = PATIENCE_S
        with theirs:
            self._process = _started(theirs)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def how(self) -> str:
        """In which way it ended, "by signal SIGSEGV"; "" while it runs."""
        code = self._process.poll()
        if code is None or self._forced:
            return self._forced
        return f"by signal {_signal(-code)}" if code < 0 else f"with exit code {code}"

    def start(self, build: Callable[[], object], *, within_s: float) -> None:
        """Makes the worker's tools, `build()`, in the process; it and all that it holds can be pickled.

        Raises what `build` raises, and Lost when the process ended or was not ready within so many seconds.
        """
        packed_build = pickle.dumps(build)
        give_up_at = time.monotonic() + within_s

        def look() -> None:
            if time.monotonic() >= give_up_at:
                self._force(f"it was not ready within {within_s:g} s")

        with self._at_work:
            self._send(Kind.START, Start(list(sys.path), logging.getLogger().getEffectiveLevel(), packed_build))
            error = self._outcome(None, look).error()
        if error is not None:
            raise error

    def call(self, work: Callable[..., Any], args: tuple[Any, ...], watch: Watch) -> Any:
        """The result of `work(tools, *args, watch)`, done in the process; its stages are told to `watch`.

        Raises what the work raises, Lost, and Unbegun when the process ended by itself before it began the work.
        """
        give_up_at: float | None = None

        def look() -> None:
            nonlocal give_up_at
            if give_up_at is None:
                if watch.cancelled():
                    give_up_at = time.monotonic() + self.patience_s
                    self._send(Kind.UNWANTED, self._number)
            elif time.monotonic() >= give_up_at:
                self._force("its work did not stop")

        with self._at_work:
            self._number += 1
            self._begun = False
            self._send(Kind.CALL, Call(self._number, work, args, watch.ends_at))
            ended = self._outcome(watch, look)
        error = ended.error()
        watch.relive(ended.stages, error)
        if error is not None:
            raise error
        return ended.value

    def close(self) -> None:
        """Ends the process, whatever it does, and waits for its end. Idempotent."""
        with contextlib.suppress(OSError):
            # Before it is closed, as a thread of ours that waits for an answer must notice too.
            self._line.shutdown(socket.SHUT_RDWR)
        self._wait()
        with self._at_work:
            self._line.close()

    def _outcome(self, watch: Watch | None, look: Callable[[], None]) -> Ended:
        """The end of the work, which is waited for; looks around every few milliseconds."""
        try:
            while True:
                if wait([self._line], _LOOK_S) and (ended := self._heard(watch)):
                    return ended
                # Also after what is not the end: a worker that reports all the time must not be heard alone.
                look()
        except Lost:
            raise
        except BaseException:
            # Work of which nobody knows how far it is: the process can take no other.
            self._force("it could not be followed")

    def _heard(self, watch: Watch | None) -> Ended | None:
        """What came next, if it is the end of the work; anything else is passed on."""
        try:
            parcel = receive(self._line)
        except EOFError:
            self._lost()
        value = parcel.value()
        if parcel.kind is Kind.BEGUN:
            self._begun = True
        elif parcel.kind is Kind.LOG:
            # In the caller's context: the line gets its trace and its method.
            logging.getLogger(value.name).handle(value)
        elif parcel.kind is Kind.PROGRESS and watch is not None:
            watch.repeat(*value)
        return value if isinstance(value, Ended) else None

    def _send(self, kind: Kind, value: object) -> None:
        parts = packed(value)
        try:
            send(self._line, kind, parts)
        except OSError:
            self._lost()

    def _force(self, why: str) -> NoReturn:
        self._forced = f"by force, as {why}"
        self._process.kill()
        self._lost()

    def _lost(self) -> NoReturn:
        self._wait()
        raise (Lost if self._begun or self._forced else Unbegun)(how=self.how)

    def _wait(self) -> None:
        """Waits for the end of the process, which it has been given reason to."""
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _signal(number: int) -> str:
    # Those between the first and the last real-time signal have no name.
    return signal.Signals(number).name if number in set(signal.Signals) else str(number)


def _started(theirs: socket.socket) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _PROGRAM.format(theirs.fileno())]
    # Ctrl-C goes to the whole group, and would find a process that does not ignore it yet: the mask is inherited.
    kept = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        # Nothing of a caller's is in the command.
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),))  # noqa: S603
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, kept)
