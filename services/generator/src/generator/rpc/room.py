"""Memory for the work of calls: each takes its share before it begins, and waits while others hold too much.

The number of calls does not bound memory: a clip of 2160 lines takes ten times one of 720. So the sum of what the work
in hand may take is bounded as well.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from generator.core.motion_check import Cancelled

T = TypeVar("T")


class NoTime(Exception):
    """No share became free while there was time to use it; `size` bytes of `most` were wanted."""

    def __init__(self, *, size: int, most: int) -> None:
        super().__init__(f"{size} bytes of {most} were not free in time")
        self.size = size
        self.most = most


class Room:
    """A number of bytes that is shared out, first come first served. Used from one event loop.

    While a large share waits, those that came later wait too, so that it is not passed over for ever.
    """

    def __init__(self, most: int) -> None:
        """most: bytes in all, above 0."""
        self.most = most
        self._held = 0
        self._queue: OrderedDict[asyncio.Future[None], int] = OrderedDict()

    @property
    def held(self) -> int:
        """Bytes that are shared out now."""
        return self._held

    @property
    def waiting(self) -> int:
        """Shares that are waited for now."""
        return len(self._queue)

    @asynccontextmanager
    async def share(self, size: int, *, patience_s: float | None = None) -> AsyncIterator["Share"]:
        """The block has a share of `size` bytes, `most` at most; it is free again when block and kept work have ended.

        patience_s: how long to wait for it, None for ever. Raises NoTime, ValueError for a share that could never be.
        """
        if size > self.most:
            message = f"a share of {size} bytes is more than all {self.most}"
            raise ValueError(message)
        await self._take(size, patience_s)
        loop = asyncio.get_running_loop()
        share = Share(lambda: _told(loop, lambda: self._give_back(size)))
        try:
            yield share
        finally:
            share.leave()

    async def _take(self, size: int, patience_s: float | None) -> None:
        if not self._queue and self._held + size <= self.most:
            self._held += size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue[turn] = size
        try:
            await asyncio.wait_for(asyncio.shield(turn), patience_s)
        except (asyncio.CancelledError, TimeoutError) as error:
            if self._queue.pop(turn, None) is None:
                # It was given in the same moment, and goes to the next one.
                self._give_back(size)
            else:
                # Those behind may fit where this one did not.
                self._share_out()
            if isinstance(error, TimeoutError):
                raise NoTime(size=size, most=self.most) from None
            raise

    def _give_back(self, size: int) -> None:
        self._held -= size
        self._share_out()

    def _share_out(self) -> None:
        while self._queue:
            turn, size = next(iter(self._queue.items()))
            if self._held + size > self.most:
                return
            del self._queue[turn]
            # Taken in the name of the one who waits, so that nobody slips in before it wakes.
            self._held += size
            turn.set_result(None)


class Share:
    """A share in use: by the call that took it, and by work in a thread, which may outlast the call."""

    def __init__(self, free: Callable[[], None]) -> None:
        self._free = free
        self._lock = threading.Lock()
        self._left = False
        self._working = 0

    def keeping(self, work: Callable[[], T]) -> Callable[[], T]:
        """The work, which keeps the share until it has ended. Raises Cancelled where it begins after the call's end."""

        def kept() -> T:
            with self._lock:
                if self._left:
                    raise Cancelled
                self._working += 1
            try:
                return work()
            finally:
                self._ended()

        return kept

    def leave(self) -> None:
        """The call has no use for the share any more."""
        with self._lock:
            self._left = True
            last = self._working == 0
        if last:
            self._free()

    def _ended(self) -> None:
        with self._lock:
            self._working -= 1
            last = self._left and self._working == 0
        if last:
            self._free()


def _told(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Calls in the loop, from any thread; not at all when the loop has ended, and all that it shared out with it."""
    try:
        inside = asyncio.get_running_loop() is loop
    except RuntimeError:
        inside = False
    if inside:
        call()
    elif not loop.is_closed():
        loop.call_soon_threadsafe(call)
