"""Independent pieces of one call's work, side by side where threads are free to help."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


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


class Spare(Executor):
    """A pool of the one thread that lends itself while it has nothing to do; without such a thread nothing is begun.

    What it is given may never be begun: the giver calls it back, as `Hands` does.
    """

    def __init__(self) -> None:
        self._lender: Callable[[Callable[[], None]], None] | None = None

    def lend(self, lender: Callable[[Callable[[], None]], None] | None) -> None:
        """lender: takes work for its thread, or drops it if the thread is busy; None when the thread ends."""
        self._lender = lender

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """See `Executor`."""
        future: Future[_T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        if self._lender is not None:
            self._lender(work)
        return future
