"""Heavy work beside the loop: threads of its own, as many as there are CPUs, that a cancelled caller leaves at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

from chassis.telemetry import Watch

T = TypeVar("T")


class Workers:
    """A fixed number of threads for work that computes.

    A slot belongs to its thread: when a caller is cancelled, the caller goes on at once, the work is told through its
    watch, and the slot is free again only when the thread has really ended its work. What it still returns or raises
    is dropped.
    """

    def __init__(self, size: int, *, name: str) -> None:
        """size: threads, at least 1. name: what they are called in a debugger."""
        if size < 1:
            raise ValueError(f"a pool has at least one worker, not {size}")
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._busy = 0

    @property
    def busy(self) -> int:
        """Threads at work now, those included whose caller has left."""
        with self._lock:
            return self._busy

    async def run(
        self,
        work: Callable[..., T],
        *args: Any,
        watch: Watch | None = None,
        ended: Callable[[], object] | None = None,
        **kw: Any,
    ) -> T:
        """The result of `work(*args, **kw)`, done in a thread that sees the caller's context variables.

        `watch` is not passed on: give it among the arguments if the work looks at it. It is set when the caller is
        cancelled. Work that waits for a slot when its caller is cancelled never starts.
        ended: called in the caller's loop when the work has ended or will never start, also after its caller has left.
        Raises what the work raises, and RuntimeError after `close`.
        """
        context = copy_context()
        try:
            running = self._pool.submit(self._count, context.run, work, *args, **kw)
        except RuntimeError:
            if ended is not None:
                ended()
            raise
        if ended is not None:
            running.add_done_callback(_in_loop(ended))
        try:
            return await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            if watch is not None:
                watch.cancel()
            # Work that has not begun must not.
            running.cancel()
            raise

    def close(self) -> None:
        """Takes no more work and forgets what waits; does not wait for threads at work."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _count(self, work: Callable[..., T], *args: Any, **kw: Any) -> T:
        with self._lock:
            self._busy += 1
        try:
            return work(*args, **kw)
        finally:
            with self._lock:
                self._busy -= 1


def _in_loop(call: Callable[[], object]) -> Callable[[object], None]:
    loop = asyncio.get_running_loop()

    def told(_of: object) -> None:
        # A loop that is over has nobody left whom it could concern.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(call)

    return told
