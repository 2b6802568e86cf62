"""Places that work keeps until it has ended, whoever waits for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from chassis.places import Places
from chassis.testing.servers import until
from chassis.workers import Workers


@pytest.fixture
async def workers():
    workers = Workers(4, name="test")
    yield workers
    workers.close()


async def hold(places: Places, workers: Workers, work) -> None:
    async with places.place() as place:
        await workers.run(work, ended=place.keep())


async def taken(places: Places) -> None:
    async with places.place():
        pass


async def test_a_place_is_free_only_when_the_work_of_a_caller_that_left_has_ended(workers: Workers) -> None:
    places, began, may_end = Places(1), threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        may_end.wait(30)

    caller = asyncio.create_task(hold(places, workers, work))
    await until(began.is_set)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    following = asyncio.create_task(taken(places))
    for _ in range(10):
        await asyncio.sleep(0)

    assert not following.done()
    may_end.set()
    await asyncio.wait_for(following, 30)


async def test_work_that_fails_or_never_starts_frees_its_place(workers: Workers) -> None:
    places = Places(1)
    with pytest.raises(ZeroDivisionError):
        await hold(places, workers, lambda: 1 / 0)
    await asyncio.wait_for(taken(places), 30)

    began, may_end = threading.Event(), threading.Event()
    alone = Workers(1, name="alone")
    busy = asyncio.create_task(alone.run(lambda: (began.set(), may_end.wait(30))))
    await until(began.is_set)
    waiting = asyncio.create_task(hold(places, alone, lambda: None))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.wait_for(taken(places), 30)
    may_end.set()
    await busy
    alone.close()

    with pytest.raises(RuntimeError):
        await hold(places, alone, lambda: None)
    await asyncio.wait_for(taken(places), 30)


async def test_there_are_as_many_places_as_were_given() -> None:
    places = Places(2)
    async with places.place(), places.place():
        third = asyncio.create_task(taken(places))
        await asyncio.sleep(0)
        assert not third.done()
    await asyncio.wait_for(third, 30)
