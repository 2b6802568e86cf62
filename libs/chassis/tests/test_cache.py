"""What a cache keeps, drops and shares; with a real Redis, present, silent and gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from redis.asyncio import Redis

from chassis import deadline
from chassis.cache import Cache, Found, RedisTier
from chassis.redis_place import RedisPlace
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.testing.redis import RedisServer
from chassis.testing.servers import until

from .look_ups import counted

HEADER = 56


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Maker:
    """Makes a value, counts how often, and waits for its gate."""

    def __init__(self, value: bytes = b"made") -> None:
        self.value = value
        self.calls = 0
        self.cancelled = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> bytes:
        self.calls += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.value


def memory(clock: Callable[[], float] = time.monotonic, *, entries: int = 10, max_bytes: int = 10_000) -> Cache:
    return Cache(
        "test",
        entries=entries,
        max_bytes=max_bytes,
        ttl_s=60,
        redis=None,
        telemetry=Telemetry.off(),
        clock=clock,
    )


#: Seconds that a command may take where a test is not about a Redis that is slow: a busy machine is no outage.
PATIENCE_S = 5.0

#: What a service gives a command; for tests of a Redis that does not answer.
AS_IN_SERVICE_S = 0.1

#: Less than redis-py's own waiting for a Redis that does not answer, 58 seconds, and more than any machine needs.
FAR_LESS_S = 20.0


@pytest.fixture
async def opened(redis_server: RedisServer) -> AsyncIterator[Callable[..., Cache]]:
    """Makes caches over the same Redis, as two replicas of a service have them."""
    caches: list[Cache] = []

    def make(timeout_s: float = PATIENCE_S) -> Cache:
        # For the circuit no time passes: what is open stays so.
        tier = RedisTier(RedisPlace((redis_server.address,)), timeout_s=timeout_s, clock=Clock())
        caches.append(Cache("test", entries=10, max_bytes=10_000, ttl_s=60, redis=tier, telemetry=Telemetry.off()))
        return caches[-1]

    yield make
    for cache in caches:
        await cache.close()


async def timed(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def test_a_value_is_made_once_and_then_found() -> None:
    cache, make = memory(), Maker()

    assert await cache.get_or_make("a", make) == Found(b"made", "made")
    assert await cache.get_or_make("a", make) == Found(b"made", "memory")
    assert await cache.get("a") == b"made"
    assert await cache.get("b") is None

    stats = cache.stats()
    assert (make.calls, stats.hits, stats.misses, stats.entries, stats.bytes) == (1, 2, 2, 1, HEADER + 4)


async def test_a_value_grows_old() -> None:
    clock = Clock()
    cache = memory(clock)
    await cache.put("a", b"value")
    clock.now += 59
    assert await cache.get("a") == b"value"
    clock.now += 1
    assert await cache.get("a") is None
    assert (cache.stats().entries, cache.stats().evictions) == (0, 1)


async def test_memory_is_bounded_in_entries_and_the_oldest_used_goes_first() -> None:
    cache = memory(entries=2)
    await cache.put("a", b"1")
    await cache.put("b", b"2")
    await cache.get("a")
    await cache.put("c", b"3")

    assert [await cache.get(key) for key in "abc"] == [b"1", None, b"3"]
    assert cache.stats().evictions == 1


async def test_memory_is_bounded_in_bytes() -> None:
    cache = memory(max_bytes=1000)
    for number in range(20):
        await cache.put(str(number), b"x" * 244)

    assert cache.stats().bytes <= 1000
    assert cache.stats().entries == 3


async def test_a_value_that_cannot_fit_is_given_and_not_kept() -> None:
    cache, make = memory(max_bytes=100), Maker(b"x" * 200)

    assert (await cache.get_or_make("a", make)).source == "made"
    assert (await cache.get_or_make("a", make)).source == "made"
    assert cache.stats().entries == 0


async def test_a_cache_without_room_keeps_nothing() -> None:
    cache = memory(entries=0)
    await cache.put("a", b"1")

    assert await cache.get("a") is None


async def test_callers_at_the_same_time_share_one_make() -> None:
    cache, make = memory(), Maker()
    make.gate.clear()
    callers = [asyncio.create_task(cache.get_or_make("a", make)) for _ in range(10)]
    await asyncio.sleep(0)
    make.gate.set()

    found = await asyncio.gather(*callers)

    assert make.calls == 1
    assert sorted(one.source for one in found) == ["made"] + ["shared"] * 9
    assert {one.value for one in found} == {b"made"}
    assert cache.stats().shared == 9


async def test_a_caller_that_leaves_does_not_take_the_others_with_it() -> None:
    cache, make = memory(), Maker()
    make.gate.clear()
    first, second = (asyncio.create_task(cache.get_or_make("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    make.gate.set()

    assert await second == Found(b"made", "shared")
    assert make.cancelled == 0


async def test_the_work_ends_when_the_last_caller_leaves() -> None:
    cache, make = memory(), Maker()
    make.gate.clear()
    callers = [asyncio.create_task(cache.get_or_make("a", make)) for _ in range(3)]
    await until(lambda: make.calls)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    await asyncio.sleep(0)

    assert make.cancelled == 1
    make.gate.set()
    assert (await cache.get_or_make("a", make)).source == "made"


async def test_an_error_goes_to_all_who_wait_and_is_not_kept() -> None:
    cache = memory()

    async def fail() -> bytes:
        await asyncio.sleep(0)
        raise ValueError("not an image")

    ends = await asyncio.gather(*(cache.get_or_make("a", fail) for _ in range(3)), return_exceptions=True)
    assert [str(end) for end in ends] == ["not an image"] * 3
    assert (await cache.get_or_make("a", Maker())).source == "made"


async def test_a_caller_with_more_time_is_not_failed_by_the_first_ones_deadline() -> None:
    cache = memory()
    calls = 0

    async def make() -> bytes:
        nonlocal calls
        calls += 1
        async with asyncio.timeout(deadline.timeout(60)):
            await asyncio.sleep(30 if calls == 1 else 0)
        return b"made"

    async def hurried() -> Found:
        with deadline.within(0.5):
            return await cache.get_or_make("a", make)

    first, second = await asyncio.gather(hurried(), cache.get_or_make("a", make), return_exceptions=True)

    assert isinstance(first, TimeoutError)
    assert second == Found(b"made", "made")


async def test_work_that_fails_after_everyone_left_disturbs_nobody() -> None:
    cache = memory()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))

    async def stubborn() -> bytes:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            raise ValueError("late") from None
        return b""

    caller = asyncio.create_task(cache.get_or_make("a", stubborn))
    await asyncio.sleep(0.01)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await asyncio.sleep(0.01)

    assert complaints == []


async def test_replicas_share_through_redis(opened: Callable[..., Cache]) -> None:
    one, other, make = opened(), opened(), Maker()
    await one.get_or_make("a", make)

    assert await other.get_or_make("a", make) == Found(b"made", "redis")
    assert await other.get_or_make("a", make) == Found(b"made", "memory")
    assert await opened().get("a") == b"made"
    assert make.calls == 1
    assert other.stats().redis_hits == 1


async def test_what_is_kept_in_redis_ends_there_as_well(
    opened: Callable[..., Cache], redis_server: RedisServer
) -> None:
    await opened().put("a", b"value")

    async with Redis.from_url(redis_server.url) as client:
        assert 50_000 < await client.pttl("animatize:test:a") <= 60_000


async def test_a_foreign_value_in_redis_is_a_miss(opened: Callable[..., Cache], redis_server: RedisServer) -> None:
    async with Redis.from_url(redis_server.url) as client:
        await client.set("animatize:test:a", b"short")

    assert await opened().get("a") is None


async def test_a_silent_redis_slows_nothing_by_a_second(
    opened: Callable[..., Cache], redis_server: RedisServer
) -> None:
    cache, make = opened(), Maker()
    tier = cache._redis
    assert tier is not None
    await cache.get_or_make("warm", make)
    redis_server.pause()
    tier._limit_s = 2 * AS_IN_SERVICE_S
    sent = counted(tier)

    took = await timed(cache.get_or_make("a", make))
    await asyncio.gather(*(cache.get_or_make(f"k{number}", make) for number in range(100)))

    assert took < FAR_LESS_S
    # The first look-up alone is waited for; what it would have kept and all that follows is spared.
    assert (len(sent), tier.state) == (1, "open")
    assert cache.stats().redis_errors == 2 + 2 * 100
    redis_server.resume()


async def test_a_redis_that_was_silent_from_the_start_slows_nothing_by_a_second(
    opened: Callable[..., Cache], redis_server: RedisServer
) -> None:
    redis_server.pause()
    cache, make = opened(timeout_s=1.0), Maker()

    took = await timed(asyncio.gather(*(cache.get_or_make(f"k{number}", make) for number in range(200))))

    # An answer is waited for one second and a place with it two; in turns of as many as are sent at once it were seven.
    assert took < 5
    redis_server.resume()


async def test_a_redis_that_comes_back_is_used_again(redis_server: RedisServer) -> None:
    clock = Clock()
    tier = RedisTier(RedisPlace((redis_server.address,)), timeout_s=PATIENCE_S, open_s=5.0, clock=clock)
    redis_server.pause()
    tier._limit_s = 2 * AS_IN_SERVICE_S
    await tier.put("a", b"1", ttl_s=60)
    assert tier.state == "open"
    redis_server.resume()
    tier._limit_s = PATIENCE_S
    await tier.put("a", b"2", ttl_s=60)
    clock.now += 5.0

    await tier.put("a", b"3", ttl_s=60)

    assert tier.state == "closed"
    assert await tier.get("a") == b"3"
    assert tier.errors == 2
    await tier.close()


async def test_a_redis_that_is_gone_costs_nothing(opened: Callable[..., Cache], redis_server: RedisServer) -> None:
    cache, make = opened(AS_IN_SERVICE_S), Maker()
    redis_server.kill()

    assert await timed(cache.get_or_make("a", make)) < FAR_LESS_S
    assert await cache.get("a") == b"made"
    # The look-up, and what it would have kept.
    assert cache.stats().redis_errors == 2


async def test_a_found_value_is_linked_to_the_span_that_made_it(redis_server: RedisServer) -> None:
    exporter = InMemorySpanExporter()
    telemetry = Telemetry.start(
        service="test", settings=ServiceSettings(), span_processors=[SimpleSpanProcessor(exporter)]
    )
    tier = RedisTier(RedisPlace((redis_server.address,)), timeout_s=PATIENCE_S, telemetry=telemetry)
    cache = Cache("test", entries=9, max_bytes=9999, ttl_s=60, redis=tier, telemetry=telemetry)

    with telemetry.tracer.start_as_current_span("first") as first:
        await cache.get_or_make("secret key", Maker())
    with telemetry.tracer.start_as_current_span("second"):
        await cache.get_or_make("secret key", Maker())

    spans = {span.name: span for span in exporter.get_finished_spans()}
    [link] = spans["second"].links
    assert link.context.span_id == first.get_span_context().span_id
    assert link.context.trace_id == first.get_span_context().trace_id
    assert link.attributes == {"animatize.link.kind": "cache"}
    assert set(spans) == {"first", "second", "GET", "SET"}
    assert spans["GET"].attributes == {"db.system.name": "redis", "db.operation.name": "GET"}
    await cache.close()
    await telemetry.shutdown()
