"""Many pieces of work at once: so many and no more, and each result as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def as_ready(
    items: AsyncIterator[T], work: Callable[[T], Awaitable[R]], *, at_once: int
) -> AsyncGenerator[R, None]:
    """The results of `work` on each item, in the order in which they are ready.

    At most `at_once` (>= 1) items are held: an item counts from before it is read until its result has been taken, so
    a consumer that stops taking stops the reading. Closing the iterator, or a cancel, stops all work and waits for it
    to end. An exception of `work` or `items` ends the iteration the same way; `work` should give failures as results.
    """
    if at_once < 1:
        raise ValueError(f"at least one item is worked on at once, not {at_once}")
    running: set[asyncio.Task[R]] = set()
    reading: asyncio.Task[T] | None = None
    exhausted = False
    try:
        while True:
            if reading is None and not exhausted and len(running) < at_once:
                reading = asyncio.ensure_future(_next(items))
            waited: set[asyncio.Task[R] | asyncio.Task[T]] = {*running, *((reading,) if reading else ())}
            if not waited:
                return
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if reading is not None and reading.done():
                task, reading = reading, None
                try:
                    item = task.result()
                except _Exhausted:
                    exhausted = True
                else:
                    running.add(asyncio.ensure_future(_run(work, item)))
            for ready in [task for task in running if task.done()]:
                # Taken out only after it was handed over: until then it holds its place.
                yield ready.result()
                running.discard(ready)
    finally:
        rest = [*running, *((reading,) if reading else ())]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class _Exhausted(Exception):
    """There are no more items; a task cannot end with StopAsyncIteration and be told from a fault."""


async def _next(items: AsyncIterator[T]) -> T:
    try:
        return await anext(items)
    except StopAsyncIteration:
        raise _Exhausted from None


async def _run(work: Callable[[T], Awaitable[R]], item: T) -> R:
    return await work(item)
