"""Memory shared out among the work of calls."""

import asyncio
import random
import threading

import pytest

from generator.core.motion_check import Cancelled
from generator.rpc.room import NoTime, Room


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_many_at_once_never_hold_more_than_there_is():
    room, chance, seen = Room(100), random.Random(3), []

    async def call(size: int, rounds: int) -> None:
        async with room.share(size):
            for _ in range(rounds):
                seen.append(room.held)
                await asyncio.sleep(0)

    await asyncio.gather(*(call(chance.randint(1, 100), chance.randint(1, 5)) for _ in range(300)))

    assert max(seen) <= 100
    assert max(seen) > 90
    assert (room.held, room.waiting) == (0, 0)


async def test_a_large_share_is_not_passed_over_by_small_ones_behind_it():
    room, order = Room(100), []

    async def call(name: str, size: int) -> None:
        async with room.share(size):
            order.append(name)
            await asyncio.sleep(0)

    async with room.share(60):
        calls = [asyncio.create_task(call(name, size)) for name, size in (("large", 90), ("small", 10))]
        await settled()
        assert order == []
    await asyncio.gather(*calls)

    assert order == ["large", "small"]


async def test_a_failed_call_gives_its_share_back():
    room = Room(100)

    with pytest.raises(ArithmeticError):
        async with room.share(70):
            raise ArithmeticError

    assert room.held == 0


async def test_a_call_cancelled_while_it_waits_lets_those_behind_it_in():
    room, entered = Room(100), asyncio.Event()

    async def call(size: int) -> None:
        async with room.share(size):
            entered.set()

    async with room.share(50):
        large = asyncio.create_task(call(90))
        await settled()
        small = asyncio.create_task(call(40))
        await settled()
        assert not entered.is_set()
        large.cancel()
        await asyncio.wait_for(entered.wait(), 30)
    await small

    assert (room.held, room.waiting) == (0, 0)


async def test_a_share_given_in_the_moment_of_a_cancel_goes_to_the_next():
    room = Room(100)
    done = []

    async def call(name: str) -> None:
        async with room.share(100):
            done.append(name)

    async with room.share(100):
        first, second = asyncio.create_task(call("first")), asyncio.create_task(call("second"))
        await settled()
    # The share was given to the first just now; it has not yet woken.
    first.cancel()
    await asyncio.wait_for(second, 30)

    assert done == ["second"]
    assert room.held == 0


async def test_who_waits_too_long_is_told_how_much_was_wanted():
    room = Room(100)

    async with room.share(80):
        with pytest.raises(NoTime) as refused:
            async with room.share(30, patience_s=0.01):
                pass
        assert room.waiting == 0

    assert (refused.value.size, refused.value.most) == (30, 100)
    assert room.held == 0


async def test_a_share_larger_than_all_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="more than all"):
        async with Room(100).share(101):
            pass


async def test_work_in_a_thread_keeps_its_share_after_its_call_has_left():
    room, began, go = Room(100), threading.Event(), threading.Event()

    def stay() -> None:
        began.set()
        go.wait(30)

    async with room.share(70) as share:
        work = asyncio.create_task(asyncio.to_thread(share.keeping(stay)))
        await asyncio.to_thread(began.wait, 30)
    assert room.held == 70
    go.set()
    await work
    await settled()

    assert room.held == 0


async def test_work_that_begins_after_its_call_has_left_does_nothing():
    room, done = Room(100), []
    async with room.share(70) as share:
        late = share.keeping(lambda: done.append(1))

    with pytest.raises(Cancelled):
        await asyncio.to_thread(late)

    assert done == []
    assert room.held == 0
