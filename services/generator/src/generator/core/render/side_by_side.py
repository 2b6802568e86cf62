"""Independent pieces of one call's work, side by side where threads are free to help."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final


class Hands:
    """The caller's own thread and, where there is one, a pool that helps; safe to share between calls."""

    def __init__(self, pool: Executor | None = None) -> None:
        """pool: threads that calls share; None does everything in the caller's."""
        self._pool = pool

    def together(self, *works: Callable[[], Any]) -> list[Any]:
        """What each piece of work gives, in the order given; raises what the first failing one raises.

        The caller's thread takes every piece that the pool has not begun, so a busy pool makes a call no slower than
        doing without, and calls never wait for one another. When it ends, no piece is at work any more.
        """
        if self._pool is None:
            return [work() for work in works]
        pending: list[Future[Any]] = [self._pool.submit(work) for work in works[1:]]
        results, failure = [], None
        for at, work in enumerate(works):
            try:
                # A piece that could be called back was not begun.
                mine = at == 0 or pending[at - 1].cancel()
                results.append(work() if mine else pending[at - 1].result())
            except Exception as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return results


ALONE: Final = Hands()
"""The caller's thread by itself."""
