"""What happens to calls when what they call fails, with a clock that the tests move."""

from __future__ import annotations

import asyncio
import time

import grpc
import pytest
from tenacity import wait_fixed

from chassis import deadline
from chassis.resilience import Breaker, Guard, Open

NO_WAIT = wait_fixed(0)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Remote:
    """Something to call: fails while `broken`, waits for `gate`."""

    def __init__(self) -> None:
        self.broken = True
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> str:
        self.calls += 1
        broken = self.broken
        await self.gate.wait()
        if broken:
            raise ConnectionError(f"call {self.calls}")
        return "answer"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("remote", failures=2, open_s=10.0, clock=clock)


async def trip(breaker: Breaker, remote: Remote) -> None:
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await breaker.call(remote)


async def test_failures_in_a_row_open_the_circuit_and_each_caller_gets_its_own_error(breaker: Breaker) -> None:
    remote = Remote()

    with pytest.raises(ConnectionError, match="call 1"):
        await breaker.call(remote)
    with pytest.raises(ConnectionError, match="call 2") as tripping:
        await breaker.call(remote)

    assert breaker.state == "open"
    assert tripping.value.__cause__ is tripping.value.__context__ is None
    with pytest.raises(Open) as refused:
        await breaker.call(remote)
    assert refused.value.retry_after_s == pytest.approx(10.0)
    assert remote.calls == 2


async def test_a_success_between_failures_keeps_the_circuit_closed(breaker: Breaker) -> None:
    remote = Remote()
    for broken in (True, False, True, False):
        remote.broken = broken
        await asyncio.gather(breaker.call(remote), return_exceptions=True)

    assert breaker.state == "closed"


async def test_one_probe_alone_passes_a_half_open_circuit(breaker: Breaker, clock: Clock) -> None:
    remote = Remote()
    await trip(breaker, remote)
    clock.now += 10.0
    assert breaker.state == "half_open"
    remote.broken = False
    remote.gate.clear()

    callers = [asyncio.create_task(breaker.call(remote)) for _ in range(50)]
    await asyncio.sleep(0.01)
    remote.gate.set()
    ends = await asyncio.gather(*callers, return_exceptions=True)

    assert ends.count("answer") == 1
    assert sum(isinstance(end, Open) for end in ends) == 49
    assert remote.calls == 3
    assert breaker.state == "closed"


async def test_a_failed_probe_opens_the_circuit_anew_with_its_own_error(breaker: Breaker, clock: Clock) -> None:
    remote = Remote()
    await trip(breaker, remote)
    clock.now += 10.0

    with pytest.raises(ConnectionError, match="call 3"):
        await breaker.call(remote)

    assert breaker.state == "open"
    clock.now += 9.0
    assert breaker.state == "open"
    clock.now += 1.0
    assert breaker.state == "half_open"


async def test_a_cancelled_call_counts_for_nothing(breaker: Breaker) -> None:
    remote = Remote()
    with pytest.raises(ConnectionError):
        await breaker.call(remote)
    remote.gate.clear()
    for _ in range(5):
        task = asyncio.create_task(breaker.call(remote))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert breaker.state == "closed"

    remote.gate.set()
    with pytest.raises(ConnectionError):
        await breaker.call(remote)
    assert breaker.state == "open"


async def test_a_cancelled_probe_leaves_the_circuit_half_open_for_the_next(breaker: Breaker, clock: Clock) -> None:
    remote = Remote()
    await trip(breaker, remote)
    clock.now += 10.0
    remote.gate.clear()
    task = asyncio.create_task(breaker.call(remote))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert breaker.state == "half_open"
    remote.gate.set()
    remote.broken = False
    assert await breaker.call(remote) == "answer"
    assert breaker.state == "closed"


async def test_failures_of_calls_that_began_earlier_do_not_prolong_the_open_time(
    breaker: Breaker, clock: Clock
) -> None:
    slow, remote = Remote(), Remote()
    slow.gate.clear()
    late = asyncio.create_task(breaker.call(slow))
    await asyncio.sleep(0)
    await trip(breaker, remote)
    clock.now += 9.0
    slow.gate.set()
    with pytest.raises(ConnectionError):
        await late
    clock.now += 1.0

    assert breaker.state == "half_open"


async def test_a_late_success_does_not_close_an_open_circuit(breaker: Breaker) -> None:
    slow, remote = Remote(), Remote()
    slow.broken = False
    slow.gate.clear()
    late = asyncio.create_task(breaker.call(slow))
    await asyncio.sleep(0)
    await trip(breaker, remote)
    slow.gate.set()

    assert await late == "answer"
    assert breaker.state == "open"


async def test_an_answer_that_is_an_error_shows_that_the_other_side_lives(clock: Clock) -> None:
    breaker = Breaker(
        "remote", failures=1, open_s=1.0, counts=lambda error: isinstance(error, ConnectionError), clock=clock
    )
    remote = Remote()
    with pytest.raises(ConnectionError):
        await breaker.call(remote)
    clock.now += 1.0

    async def refuse() -> None:
        raise ValueError("no such still")

    with pytest.raises(ValueError, match="no such still"):
        await breaker.call(refuse)

    assert breaker.state == "closed"


class Flaky:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def guard(**changes: object) -> Guard:
    given: dict[str, object] = {
        "breaker": None,
        "retry_on": (ConnectionError,),
        "attempts": 3,
        "total_s": 5.0,
        "wait": NO_WAIT,
    }
    return Guard(**(given | changes))  # type: ignore[arg-type]


async def test_a_named_error_is_tried_again_up_to_the_number_of_attempts() -> None:
    mended = Flaky(ConnectionError("1"), ConnectionError("2"))
    assert await guard().call(mended) == "answer"

    broken = Flaky(*(ConnectionError(str(number)) for number in range(5)))
    with pytest.raises(ConnectionError, match="2"):
        await guard().call(broken)
    assert broken.calls == 3


async def test_an_error_that_is_not_named_is_not_tried_again() -> None:
    broken = Flaky(ValueError("no"))

    with pytest.raises(ValueError, match="no"):
        await guard().call(broken)

    assert broken.calls == 1


async def test_all_attempts_together_are_bounded_in_time() -> None:
    calls = 0

    async def slow() -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            await asyncio.sleep(60)
        raise ConnectionError(f"call {calls}")

    started = time.perf_counter()
    with pytest.raises(TimeoutError) as caught:
        await guard(attempts=100, total_s=0.5).call(slow)

    assert time.perf_counter() - started < 30
    assert calls == 2
    assert str(caught.value.__cause__) == "call 1"


async def test_the_deadline_bounds_the_attempts_as_well() -> None:
    with deadline.within(0.5), pytest.raises(TimeoutError):
        await guard().call(lambda: asyncio.sleep(60))
    with deadline.within(0), pytest.raises(deadline.Expired):
        await guard().call(lambda: asyncio.sleep(60))


async def test_a_timeout_of_the_call_itself_passes_unchanged() -> None:
    with pytest.raises(TimeoutError, match="their own"):
        await guard().call(Flaky(TimeoutError("their own")))


@pytest.mark.parametrize("wait_s", [0, 10])
async def test_a_cancel_ends_the_attempts_at_once(wait_s: float) -> None:
    calls = 0

    async def call() -> None:
        nonlocal calls
        calls += 1
        if wait_s:
            raise ConnectionError
        await asyncio.sleep(10)

    task = asyncio.create_task(guard(wait=wait_fixed(wait_s)).call(call))
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls == 1


def test_a_cancel_cannot_be_named_as_an_error_to_retry() -> None:
    with pytest.raises(ValueError, match="Exception"):
        guard(retry_on=(asyncio.CancelledError,))


async def test_an_open_circuit_ends_the_attempts(breaker: Breaker) -> None:
    remote = Remote()

    with pytest.raises(Open):
        await guard(breaker=breaker, attempts=5).call(remote)

    assert remote.calls == 2


async def test_a_grpc_error_keeps_its_status_when_it_opens_the_circuit(clock: Clock) -> None:
    breaker = Breaker("peer", failures=1, open_s=1.0, clock=clock)
    away = grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), "away")

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await guard(breaker=breaker, attempts=1).call(Flaky(away))

    assert caught.value is away
