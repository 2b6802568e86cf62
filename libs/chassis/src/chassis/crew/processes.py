"""A crew of processes: as many interpreters as workers, each replaced when it is lost."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from chassis.crew.child import Child
from chassis.crew.crossing import Unbegun, Unwanted
from chassis.telemetry import Telemetry, Watch, names
from chassis.workers import Workers

R = TypeVar("R")

#: Longest pause before another try to replace a lost process, in seconds.
_AGAIN_MOST_S: Final = 30.0

_log = logging.getLogger(__name__)


class Processes:
    """A `Crew` of processes, each with tools of its own.

    A thread of the service stands for each process and waits for it; so the crew has the contract of `Workers`. The
    process that a call kills is replaced; that call fails with Lost, and no other notices: a call that finds a process
    which was killed with nothing to do is done by the next.
    """

    def __init__(
        self,
        size: int,
        *,
        name: str,
        build: Callable[[], object],
        telemetry: Telemetry,
        start_s: float = 60.0,
        again_s: float = 1.0,
    ) -> None:
        """size: processes, at least 1. build: makes the tools, in each process; it and what it holds can be pickled.

        start_s: seconds that a process has to get ready. again_s: seconds until another try when a lost process could
        not be replaced, doubled each time. Nothing is started before `start`.
        """
        self._threads = Workers(size, name=name)
        self._size = size
        self._build = build
        self._telemetry = telemetry
        self._start_s = start_s
        self._again_s = again_s
        self._lock = threading.Lock()
        self._children: set[Child] = set()
        # None says that there will be no more.
        self._idle: queue.SimpleQueue[Child | None] = queue.SimpleQueue()
        self._closed = threading.Event()

    async def start(self) -> None:
        """Returns when all processes are ready. Raises what `build` raises, and Lost; the crew is closed then."""
        try:
            await asyncio.gather(*(self._threads.run(self._hire) for _ in range(self._size)))
        except BaseException:
            await self.close()
            raise

    async def run(
        self, work: Callable[..., R], *args: Any, watch: Watch, ended: Callable[[], object] | None = None
    ) -> R:
        """As `Crew` says; `work` is found by its name in the process, and what goes in and comes out is pickled."""
        return await self._threads.run(self._done, work, args, watch, watch=watch, ended=ended)

    async def close(self) -> None:
        """Ends the processes, also those at work. Idempotent."""
        self._closed.set()
        self._threads.close()
        with self._lock:
            children = set(self._children)
        for _ in range(self._size):
            self._idle.put(None)
        await asyncio.gather(*(asyncio.to_thread(child.close) for child in children))

    def _hire(self) -> None:
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("the crew is closed")
            child = Child()
            self._children.add(child)
        try:
            child.start(self._build, within_s=self._start_s)
        except BaseException:
            self._dismiss(child)
            raise
        self._idle.put(child)

    def _dismiss(self, child: Child) -> None:
        # Known until it has ended: whoever closes the crew waits for it.
        child.close()
        with self._lock:
            self._children.discard(child)

    def _done(self, work: Callable[..., R], args: tuple[Any, ...], watch: Watch) -> R:
        # That many can have been killed at once. Any more, and the call may be why none begins it.
        for _ in range(self._size):
            try:
                return self._tried(work, args, watch)
            except Unbegun:
                if watch.cancelled():
                    raise
        return self._tried(work, args, watch)

    def _tried(self, work: Callable[..., R], args: tuple[Any, ...], watch: Watch) -> R:
        child = self._next()
        if watch.cancelled():
            # It waited here for a process, and its caller has left.
            self._idle.put(child)
            raise Unwanted
        try:
            result: R = child.call(work, args, watch)
        finally:
            if child.alive:
                self._idle.put(child)
            else:
                self._replace(child)
        return result

    def _next(self) -> Child:
        """A process that runs: one may have been killed while it had nothing to do."""
        while child := self._idle.get():
            if child.alive:
                return child
            self._replace(child)
        self._idle.put(None)
        raise RuntimeError("the crew is closed")

    def _replace(self, lost: Child) -> None:
        if self._closed.is_set():
            return
        self._dismiss(lost)
        self._telemetry.record(names.WORKERS_LOST, 1, {})
        told = {names.EVENT_NAME: names.EVENT_WORKER_LOST, names.PROCESS_PID: lost.pid}
        _log.error("a worker process ended %s; another takes its place", lost.how, extra=told)
        # Not by the thread of the call, whose caller would wait for it.
        threading.Thread(target=self._hire_until_done, daemon=True, name="hire").start()

    def _hire_until_done(self) -> None:
        pause_s = self._again_s
        while not self._closed.is_set():
            try:
                self._hire()
            except Exception:
                if not self._closed.wait(pause_s):
                    _log.exception("a worker process did not start; there will be another try")
                pause_s = min(2 * pause_s, _AGAIN_MOST_S)
            else:
                return
