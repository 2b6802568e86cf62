"""Heavy work in threads, and callers that leave."""

from __future__ import annotations

import asyncio
import threading
import time
from contextvars import ContextVar

import pytest

from chassis import deadline
from chassis.telemetry import Telemetry, Watch
from chassis.workers import Workers

#: Seconds that no machine needs for what is waited for here.
PATIENCE_S = 30

COLOUR: ContextVar[str] = ContextVar("colour", default="none")


@pytest.fixture
async def workers():
    workers = Workers(1, name="test")
    yield workers
    workers.close()


class Render:
    """Work that runs until its watch is cancelled, and then until it may end; each for half a minute at most."""

    def __init__(self) -> None:
        self.watch = Watch(Telemetry.off())
        self.began = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> str:
        self.began.set()
        ends_at = time.monotonic() + PATIENCE_S
        while not self.watch.cancelled() and time.monotonic() < ends_at:
            time.sleep(0.002)
        self.may_end.wait(PATIENCE_S)
        return "late"


async def test_work_gets_its_arguments_and_the_callers_context(workers: Workers) -> None:
    COLOUR.set("red")

    def work(left: int, *, right: int) -> tuple[int, str, str]:
        return left + right, COLOUR.get(), threading.current_thread().name

    total, colour, thread = await workers.run(work, 1, right=2)

    assert (total, colour) == (3, "red")
    assert thread.startswith("test")


async def test_an_error_of_the_work_reaches_the_caller(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        await workers.run(lambda: 1 / 0)

    assert workers.busy == 0


async def test_a_cancelled_caller_leaves_at_once_and_the_slot_stays_taken(workers: Workers) -> None:
    render = Render()
    caller = asyncio.create_task(workers.run(render, watch=render.watch))
    await asyncio.to_thread(render.began.wait, PATIENCE_S)

    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    # The work goes on until it may end: its caller has not waited for that.
    assert workers.busy == 1
    assert render.watch.cancelled()
    following = asyncio.create_task(workers.run(lambda: "next"))
    await asyncio.sleep(0.05)
    assert not following.done()
    render.may_end.set()
    assert await asyncio.wait_for(following, PATIENCE_S) == "next"
    assert workers.busy == 0


async def test_work_that_was_waiting_when_its_caller_left_never_starts(workers: Workers) -> None:
    render = Render()
    busy = asyncio.create_task(workers.run(render, watch=render.watch))
    await asyncio.to_thread(render.began.wait, PATIENCE_S)
    ran: list[str] = []
    waiting = asyncio.create_task(workers.run(ran.append, "ran"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    render.watch.cancel()
    render.may_end.set()
    await busy
    await workers.run(lambda: None)

    assert ran == []


async def test_a_passed_deadline_tells_the_work_to_stop(workers: Workers) -> None:
    with deadline.within(0.05):
        render = Render()
        render.may_end.set()
        started = time.perf_counter()
        await workers.run(render, watch=render.watch)

    assert time.perf_counter() - started < PATIENCE_S / 2


async def test_a_watch_knows_its_deadline_in_threads_that_carry_no_context() -> None:
    with deadline.within(0.02):
        watch = Watch(Telemetry.off())
    seen: list[bool] = []
    await asyncio.sleep(0.03)
    thread = threading.Thread(target=lambda: seen.append(watch.cancelled()))
    thread.start()
    thread.join()

    assert seen == [True]


def test_a_pool_has_at_least_one_worker() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Workers(0, name="test")


async def test_a_closed_pool_takes_no_work() -> None:
    workers = Workers(1, name="test")
    workers.close()

    with pytest.raises(RuntimeError):
        await workers.run(lambda: None)
