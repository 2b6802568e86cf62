"""Work that several callers want at the same time is done once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from chassis import deadline

T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    ends_at: float | None
    waiters: int = 0

    def failed_late(self) -> bool:
        """Whether the work failed after its own caller's deadline, which is no verdict for those with more time."""
        if self.ends_at is None or time.monotonic() < self.ends_at:
            return False
        return self.task.cancelled() or self.task.exception() is not None


class SingleFlight(Generic[T]):
    """Runs at most one piece of work per key and gives its result, or its error, to everyone who waits for it.

    The work runs in the context of the caller who came first: its span, its deadline. A waiter that is cancelled
    leaves alone; when the last one has left, the work is cancelled. The next caller of that key starts afresh, and so
    do those still waiting when the work fails because the first caller's deadline has passed. In one event loop.
    """

    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """The work's result, and whether it was another caller's work that was joined. Raises what the work raises."""
        while True:
            flight = self._flights.get(key)
            joined = flight is not None
            if flight is None:
                flight = self._start(key, work)
            await self._wait(key, flight)
            left = deadline.remaining()
            if joined and flight.failed_late() and (left is None or left > 0.0):
                continue
            return flight.task.result(), joined

    def _start(self, key: str, work: Callable[[], Awaitable[T]]) -> _Flight[T]:
        left = deadline.remaining()
        ends_at = None if left is None else time.monotonic() + left
        flight = _Flight(asyncio.get_running_loop().create_task(_awaited(work)), ends_at)
        self._flights[key] = flight
        flight.task.add_done_callback(lambda _: self._land(key, flight))
        return flight

    async def _wait(self, key: str, flight: _Flight[T]) -> None:
        flight.waiters += 1
        try:
            await asyncio.wait((flight.task,))
        finally:
            flight.waiters -= 1
            if flight.waiters == 0 and not flight.task.done():
                self._land(key, flight)
                flight.task.cancel()

    def _land(self, key: str, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if flight.waiters == 0 and flight.task.done() and not flight.task.cancelled():
            # Nobody is left to hear of an error; asking for it keeps the loop from complaining.
            flight.task.exception()


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
