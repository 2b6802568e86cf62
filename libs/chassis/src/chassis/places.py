"""Places for work of which only so much may run at once: a place is free when the work in it has really ended.

A semaphore around an awaited call is not enough for that: a caller that leaves goes on at once, its work does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Places:
    """A fixed number of places, first come first served. Used from one event loop."""

    def __init__(self, count: int) -> None:
        """count: places, at least 1."""
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """The block has a place, which is free again when the block and all work that keeps it have ended."""
        await self._free.acquire()
        place = Place(self._free.release)
        leave = place.keep()
        try:
            yield place
        finally:
            leave()


class Place:
    """A place in use."""

    def __init__(self, free: Callable[[], None]) -> None:
        self._free = free
        self._kept = 0

    def keep(self) -> Callable[[], None]:
        """Keeps the place until what this returns is called, once and in the loop."""
        self._kept += 1
        return self._let_go

    def _let_go(self) -> None:
        self._kept -= 1
        if self._kept == 0:
            self._free()
