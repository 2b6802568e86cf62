"""Calls to what may fail: a circuit breaker, and a retry that is bounded in attempts and in time.

Thin over pybreaker (which counts and holds the state) and tenacity (which repeats), because used plainly around an
await they let every caller through a half-open circuit, take a cancelled caller for a failure (or, told to ignore it,
for a success), replace the error that opened the circuit by their own, let late failures prolong the open time, and
repeat calls that were cancelled. The pattern: Michael T. Nygard, "Release It!".
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Literal, TypeVar

import pybreaker
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from tenacity.wait import wait_base

from chassis import deadline
from chassis.telemetry import Telemetry

T = TypeVar("T")

State = Literal["closed", "half_open", "open"]

#: Between attempts: 0.1 s, doubling to 1 s, with up to as much jitter again as the first wait.
DEFAULT_WAIT: Final[wait_base] = wait_exponential_jitter(multiplier=0.1, max=1.0, jitter=0.1)


class Open(Exception):
    """The circuit is open: the call was not made. `retry_after_s` says when a probe will be let through."""

    def __init__(self, name: str, retry_after_s: float) -> None:
        super().__init__(f"the circuit {name} is open for another {retry_after_s:.1f} s")
        self.name = name
        self.retry_after_s = retry_after_s


def _every_exception(_error: BaseException) -> bool:
    return True


class Breaker:
    """A circuit breaker for calls that are awaited, in one event loop.

    Closed, it lets all calls through; `failures` failures in a row open it; after `open_s` seconds exactly one call at
    a time is let through as a probe, whose success closes it and whose failure opens it again. A cancelled call counts
    for nothing. An error that does not count (see `counts`) is a success: the other side answered. The caller always
    gets the call's own error. Calls that began before a change of state do not count after it.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int,
        open_s: float,
        counts: Callable[[BaseException], bool] = _every_exception,
        telemetry: Telemetry | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """name: from a closed set, as it is a metric's attribute. counts: whether an Exception is a failure."""
        self.name: Final = name
        self._open_s = open_s
        self._counts = counts
        self._clock = clock
        self._opened_at = 0.0
        self._era = 0
        self._probing = False
        # Our clock decides when a probe may pass; pybreaker's own never lets the circuit leave "open" by itself.
        self._circuit = pybreaker.CircuitBreaker(
            fail_max=failures,
            reset_timeout=open_s,
            listeners=[_Changes(self._changed)],
            throw_new_error_on_trip=False,
            name=name,
        )
        if telemetry is not None:
            telemetry.watch_circuit(self, lambda breaker: (breaker.name, breaker.state))

    @property
    def state(self) -> State:
        """What the circuit does with a call: "closed", "open", or "half_open" when a probe may pass or is under way."""
        if self._circuit.current_state == pybreaker.STATE_CLOSED:
            return "closed"
        if self._circuit.current_state == pybreaker.STATE_OPEN and self._left_s() > 0.0:
            return "open"
        return "half_open"

    async def call(self, fn: Callable[[], Awaitable[T]]) -> T:
        """The result of `fn()`; raises Open without calling it when the circuit is open or a probe is under way."""
        probe = self._admit()
        era = self._era
        try:
            result = await fn()
        except Exception as error:
            self._note(era, error if self._counts(error) else None)
            raise
        else:
            self._note(era, None)
            return result
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        """Whether the call is a probe; raises Open when it must not be made."""
        if self._circuit.current_state == pybreaker.STATE_CLOSED:
            return False
        if self._circuit.current_state == pybreaker.STATE_OPEN:
            if self._left_s() > 0.0:
                raise Open(self.name, self._left_s())
            self._circuit.half_open()
        if self._probing:
            raise Open(self.name, 0.0)
        self._probing = True
        return True

    def _note(self, era: int, failure: Exception | None) -> None:
        """Tells pybreaker how a call ended; calls of an earlier era are past counting."""
        if era != self._era:
            return

        if failure is None:
            self._circuit.call(_succeed)
            return
        # The failure comes back out of pybreaker as it went in; the caller raises it itself, with its own trace.
        before = failure.__traceback__
        with suppress(type(failure)):
            self._circuit.call(_fail, failure)
        failure.__traceback__ = before

    def _changed(self, state: str) -> None:
        self._era += 1
        if state == pybreaker.STATE_OPEN:
            self._opened_at = self._clock()

    def _left_s(self) -> float:
        return max(0.0, self._opened_at + self._open_s - self._clock())


def _succeed() -> None:
    """What pybreaker is told of a call that went well."""


def _fail(failure: Exception) -> None:
    raise failure


class _Changes(pybreaker.CircuitBreakerListener):
    """Tells of each change of state."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        self._changed = changed

    def state_change(self, _circuit: pybreaker.CircuitBreaker, _old_state: Any, new_state: Any) -> None:
        self._changed(new_state.name)


class Guard:
    """Repeats a call that failed for a named reason, within a number of attempts and a total time.

    Only make calls through it that may be repeated. A cancel ends it at once, during an attempt or between two. Each
    attempt passes the breaker, if there is one; Open is not retried unless `retry_on` names it.
    """

    def __init__(
        self,
        *,
        breaker: Breaker | None,
        retry_on: tuple[type[Exception], ...],
        attempts: int,
        total_s: float,
        wait: wait_base = DEFAULT_WAIT,
    ) -> None:
        """total_s: for all attempts and waits together; less when the deadline comes sooner.

        Raises ValueError when `retry_on` names something that is not an Exception: repeating after a cancel would
        keep alive what its caller has given up.
        """
        if not all(issubclass(kind, Exception) for kind in retry_on):
            raise ValueError("only subclasses of Exception can be retried")
        self._breaker = breaker
        self._retry_on = retry_on
        self._attempts = attempts
        self._total_s = total_s
        self._wait = wait

    async def call(self, fn: Callable[[], Awaitable[T]]) -> T:
        """The result of the first attempt that succeeds.

        Raises the last attempt's own error; TimeoutError, caused by the last error seen, when the time is up; Open
        when the circuit is; deadline.Expired when there was no time to begin with.
        """
        last: Exception | None = None

        async def attempt() -> T:
            nonlocal last
            try:
                return await (fn() if self._breaker is None else self._breaker.call(fn))
            except Exception as error:
                last = error
                raise

        attempts = AsyncRetrying(
            retry=retry_if_exception_type(self._retry_on),
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            reraise=True,
        )
        limit = asyncio.timeout(deadline.timeout(self._total_s))
        try:
            async with limit:
                return await attempts(attempt)
        except TimeoutError:
            if limit.expired():
                raise TimeoutError(f"no success within {self._total_s:g} s") from last
            raise
