"""The gateway's decisions by themselves: time, money, and work on many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from chassis.testing.servers import until
from gateway.core.animation import Progress
from gateway.core.batch import as_ready
from gateway.core.cost import FREE, UNKNOWN, Basis, Cost, capped, left_of, total
from gateway.core.failure import CutOff, StageFailed, TooLate
from gateway.core.order import OnAbstention, Order, Still
from gateway.core.pace import Countdown, Pace, Share
from gateway.core.run import Run
from gateway.core.stage import ORDER, Stage


def a_pace(*, fraction: float = 0.5, floor_s: float = 1.0) -> Pace:
    return Pace(dict.fromkeys(ORDER, Share(fraction, floor_s)))


def test_a_stage_gets_its_share_of_what_is_left() -> None:
    assert a_pace().limit_s(Stage.ANALYZE, 10) == 5


def test_a_stage_never_gets_less_than_it_needs() -> None:
    assert a_pace().limit_s(Stage.ANALYZE, 1.2) == 1


@pytest.mark.parametrize("remaining_s", [0.99, 0.0])
def test_a_stage_is_not_begun_when_less_is_left_than_it_needs(remaining_s: float) -> None:
    with pytest.raises(TooLate) as caught:
        a_pace().limit_s(Stage.GENERATE, remaining_s)
    assert (caught.value.floor_s, caught.value.remaining_s) == (1.0, remaining_s)


def test_nothing_is_begun_when_nothing_is_left() -> None:
    with pytest.raises(TooLate):
        a_pace(floor_s=0).limit_s(Stage.GENERATE, 0)


def test_every_stage_needs_a_share() -> None:
    with pytest.raises(ValueError, match="generate"):
        Pace({stage: Share(1, 0) for stage in ORDER[:3]})


@pytest.mark.parametrize(("fraction", "floor_s"), [(0, 0), (1.1, 0), (0.5, -1)])
def test_a_share_outside_its_range_is_refused(fraction: float, floor_s: float) -> None:
    with pytest.raises(ValueError, match="is"):
        Share(fraction, floor_s)


def test_a_countdown_ends_at_zero() -> None:
    times = iter([100.0, 103.0, 200.0])
    countdown = Countdown(10, now=lambda: next(times))

    assert [countdown.remaining(), countdown.remaining()] == [7, 0]


def test_a_sum_is_known_as_well_as_its_least_sure_part() -> None:
    assert total([Cost(5, Basis.SETTLED, "p2"), Cost(7, Basis.PRESUMED, "p1")]) == Cost(12, Basis.PRESUMED, "p1, p2")


def test_a_sum_with_an_unknown_part_is_unknown_and_not_the_rest() -> None:
    assert total([Cost(5, Basis.SETTLED), UNKNOWN]) == UNKNOWN


def test_a_sum_of_nothing_is_free() -> None:
    assert total([]) == FREE == total([FREE, FREE])


@pytest.mark.parametrize(("amount", "basis"), [(None, Basis.FREE), (0, Basis.UNKNOWN), (-1, Basis.SETTLED)])
def test_a_cost_that_contradicts_itself_is_refused(amount: int | None, basis: Basis) -> None:
    with pytest.raises(ValueError, match=r"cost|amount"):
        Cost(amount, basis)


@pytest.mark.parametrize(
    ("limit", "spent", "left"), [(None, FREE, None), (10, Cost(4, Basis.SETTLED), 6), (10, UNKNOWN, 0)]
)
def test_what_is_left_of_a_limit(limit: int | None, spent: Cost, left: int | None) -> None:
    assert left_of(limit, spent) == left


def test_more_than_the_limit_is_never_left() -> None:
    assert left_of(10, Cost(14, Basis.SETTLED)) == 0


def test_a_cost_is_capped_by_what_may_be_spent() -> None:
    assert capped(UNKNOWN, 10) == Cost(10, Basis.ESTIMATED)
    assert capped(Cost(4, Basis.ESTIMATED), 10) == Cost(4, Basis.ESTIMATED)
    assert capped(UNKNOWN, None) == UNKNOWN


class Unwatched:
    def stage(self, name: str) -> AbstractContextManager[None]:
        return nullcontext()


def a_run() -> Run:
    options: dict[str, Any] = dict.fromkeys(("analysis", "intent", "camera", "writer", "output", "spending"))
    order = Order(
        request_id="r",
        still=Still(content=b"x"),
        on_abstention=OnAbstention.NO_CLIP,
        user_prompt="",
        composed=False,
        max_cost_micro_usd=None,
        delivery=0,
        seed=0,
        **options,
    )
    return Run(order, pace=a_pace(), countdown=Countdown(10, now=lambda: 0.0), watch=Unwatched())


async def test_a_call_that_ends_as_cancelled_while_nobody_cancelled_is_a_failure() -> None:
    """What a closed connection does to its calls; taken for a cancel, it would leave the caller without an answer."""

    async def broken(_limit_s: float) -> None:
        raise asyncio.CancelledError

    with pytest.raises(StageFailed) as caught:
        await a_run().do(Stage.PREDICT, broken)
    assert isinstance(caught.value.cause, CutOff)


async def test_a_stream_that_ends_as_cancelled_while_nobody_cancelled_is_a_failure() -> None:
    async def broken(_limit_s: float) -> AsyncIterator[Any]:
        yield Progress(Stage.GENERATE, "render", 0.5)
        raise asyncio.CancelledError

    made = []
    with pytest.raises(StageFailed) as caught:  # noqa: PT012 - what came before the failure counts too
        async for step in a_run().stream(Stage.GENERATE, broken):
            made.append(step)
    assert isinstance(caught.value.cause, CutOff)
    assert len(made) == 1


@pytest.mark.parametrize(("content", "uri"), [(b"", ""), (b"x", "http://x")])
def test_a_still_is_given_in_one_way(content: bytes, uri: str) -> None:
    with pytest.raises(ValueError, match="not by both"):
        Still(content=content, uri=uri)


async def given(items: Iterable[int]) -> AsyncIterator[int]:
    for item in items:
        yield item


async def test_a_failure_of_the_work_ends_the_rest() -> None:
    begun: list[int] = []
    cut = []

    async def work(item: int) -> int:
        begun.append(item)
        try:
            if item == 0:
                await until(lambda: len(begun) == 3)
            else:
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            cut.append(item)
            raise
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        async for _ in as_ready(given(range(3)), work, at_once=3):
            pass
    assert sorted(cut) == [1, 2]


async def test_a_failure_of_the_reading_ends_the_rest() -> None:
    async def items() -> AsyncIterator[int]:
        yield 1
        raise RuntimeError("broken")

    async def work(_item: int) -> int:
        await asyncio.sleep(60)
        return 0

    with pytest.raises(RuntimeError, match="broken"):
        async for _ in as_ready(items(), work, at_once=2):
            pass


async def test_nothing_is_read_ahead_of_a_consumer_who_has_stopped() -> None:
    read = []

    async def items() -> AsyncIterator[int]:
        for item in range(100):
            read.append(item)
            yield item

    async def work(item: int) -> int:
        return item

    results = as_ready(items(), work, at_once=3)
    await anext(results)
    await asyncio.sleep(0.05)
    await results.aclose()

    assert len(read) <= 3


async def test_work_on_nothing_at_once_is_refused() -> None:
    async def work(item: int) -> int:
        return item

    with pytest.raises(ValueError, match="at least one"):
        await anext(as_ready(given([1]), work, at_once=0))
