"""Results kept by key: in memory, bounded in entries and in bytes, and behind that in Redis, where there is one."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, Self

from cachetools import TTLCache
from opentelemetry.trace import get_current_span

from chassis.redis_place import RedisPlace
from chassis.redis_tier import RedisTier
from chassis.settings import ServiceSettings
from chassis.single_flight import SingleFlight
from chassis.telemetry import Telemetry, names, propagation

__all__ = ["Cache", "Found", "RedisTier", "Source", "Stats"]

Source = Literal["memory", "redis", "made", "shared"]

_HIT: Final = "hit"
_MISS: Final = "miss"
_BYPASS: Final = "bypass"
# What is stored begins with its layout's number and the span that made it, so that a result can be traced back.
_LAYOUT: Final = b"1"
_SPAN_BYTES: Final = 55
_HEADER_BYTES: Final = len(_LAYOUT) + _SPAN_BYTES


@dataclass(frozen=True)
class Stats:
    """What a cache has done since it was made; `entries` and `bytes` are what it holds in memory now.

    hits: answered from memory. misses: not in memory. shared: joined another caller's work. redis_hits: answered by
    Redis. redis_errors: commands Redis failed or was spared. evictions: dropped for room or age.
    """

    hits: int
    misses: int
    shared: int
    redis_hits: int
    redis_errors: int
    entries: int
    bytes: int
    evictions: int


@dataclass(frozen=True)
class Found:
    """A value and where it came from."""

    value: bytes
    source: Source


class _Memory(TTLCache[str, bytes]):
    """A TTL cache weighed in bytes and bounded in entries as well; the least recently used go first."""

    def __init__(self, *, entries: int, max_bytes: int, ttl_s: float, clock: Callable[[], float]) -> None:
        super().__init__(maxsize=max_bytes, ttl=ttl_s, timer=clock, getsizeof=len)
        self._entries = entries
        self.evictions = 0

    def __setitem__(self, key: str, value: bytes, *args: object, **kwargs: object) -> None:
        if self._entries < 1 or len(value) > self.maxsize:
            self.pop(key, None)
            return
        self.expire()
        while key not in self and len(self) >= self._entries:
            self.popitem()
        super().__setitem__(key, value)

    def popitem(self) -> tuple[str, bytes]:
        self.evictions += 1
        return super().popitem()

    def expire(self, time: float | None = None) -> list[tuple[str, bytes]]:
        gone = super().expire(time)
        self.evictions += len(gone)
        return gone


class Cache:
    """Bytes by key. Use it in one event loop.

    A key must hold everything the value depends on, the version of the code that makes it included. Values are
    immutable; errors are never kept.
    """

    def __init__(
        self,
        name: str,
        *,
        entries: int,
        max_bytes: int,
        ttl_s: float,
        redis: RedisTier | None,
        telemetry: Telemetry,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """name: of the closed set of caches; it is a metric's attribute and the beginning of keys in Redis.

        entries, max_bytes: bounds of the memory tier; with 0 nothing is kept in memory. ttl_s: seconds that a value
        stays good, in both tiers. The cache closes the Redis tier it was given.
        """
        self._name = name
        self._ttl_s = ttl_s
        self._redis = redis
        self._telemetry = telemetry
        self._memory = _Memory(entries=entries, max_bytes=max_bytes, ttl_s=ttl_s, clock=clock)
        self._flights: SingleFlight[tuple[bytes, Source]] = SingleFlight()
        self._hits = self._misses = self._shared = self._redis_hits = 0

    @classmethod
    def of(cls, name: str, settings: ServiceSettings, *, telemetry: Telemetry, max_bytes: int | None = None) -> Self:
        """A cache as the settings want it, with a Redis tier of its own where they name one.

        max_bytes: instead of the settings' own bound of the memory tier. Raises SettingsError when the Redis that the
        settings name cannot be used; one that does not answer is no error.
        """
        place = RedisPlace.of(settings)
        redis = None if place is None else RedisTier(place, telemetry=telemetry)
        return cls(
            name,
            entries=settings.cache_entries,
            max_bytes=settings.cache_bytes if max_bytes is None else max_bytes,
            ttl_s=settings.cache_ttl_s,
            redis=redis,
            telemetry=telemetry,
        )

    async def get_or_make(self, key: str, make: Callable[[], Awaitable[bytes]]) -> Found:
        """The kept value, or that of `make()`, which then is kept.

        Callers of one key at the same time share one `make`. One that is cancelled leaves the others alone; the work
        is cancelled when the last has left. Raises what `make` raises, to all who share it.
        """
        kept = self._from_memory(key)
        if kept is not None:
            return Found(self._opened(kept), "memory")

        async def find() -> tuple[bytes, Source]:
            stored = await self._from_redis(key)
            if stored is not None:
                return stored, "redis"
            made = self._sealed(await make())
            await self._keep(key, made)
            return made, "made"

        (stored, source), joined = await self._flights.run(key, find)
        if joined:
            self._shared += 1
            self._count(_HIT)
        if joined or source == "redis":
            return Found(self._opened(stored), "shared" if joined else source)
        return Found(stored[_HEADER_BYTES:], source)

    async def get(self, key: str) -> bytes | None:
        """The kept value, or None."""
        stored = self._from_memory(key)
        if stored is None:
            stored = await self._from_redis(key)
        return None if stored is None else self._opened(stored)

    async def put(self, key: str, value: bytes) -> None:
        """Keeps a value in both tiers; one larger than the memory tier goes to Redis only."""
        await self._keep(key, self._sealed(value))

    def stats(self) -> Stats:
        """What the cache has done and holds."""
        self._memory.expire()
        return Stats(
            hits=self._hits,
            misses=self._misses,
            shared=self._shared,
            redis_hits=self._redis_hits,
            redis_errors=self._redis.errors if self._redis else 0,
            entries=len(self._memory),
            bytes=int(self._memory.currsize),
            evictions=self._memory.evictions,
        )

    async def close(self) -> None:
        """Forgets the memory tier and closes the Redis tier."""
        self._memory.clear()
        if self._redis:
            await self._redis.close()

    def _from_memory(self, key: str) -> bytes | None:
        stored = self._memory.get(key)
        if stored is None:
            self._misses += 1
        else:
            self._hits += 1
            self._count(_HIT)
        return stored

    async def _from_redis(self, key: str) -> bytes | None:
        if self._redis is None:
            self._count(_MISS)
            return None
        errors = self._redis.errors
        stored = await self._redis.get(self._redis_key(key))
        if stored is None or len(stored) < _HEADER_BYTES or not stored.startswith(_LAYOUT):
            self._count(_MISS if self._redis.errors == errors else _BYPASS)
            return None
        self._redis_hits += 1
        self._count(_HIT)
        self._memory[key] = stored
        return stored

    async def _keep(self, key: str, stored: bytes) -> None:
        self._memory[key] = stored
        if self._redis is not None:
            await self._redis.put(self._redis_key(key), stored, ttl_s=self._ttl_s)

    def _redis_key(self, key: str) -> str:
        return f"{names.NAMESPACE}:{self._name}:{key}"

    def _sealed(self, value: bytes) -> bytes:
        maker = propagation.written(get_current_span().get_span_context())
        return _LAYOUT + maker.encode().ljust(_SPAN_BYTES) + value

    def _opened(self, stored: bytes) -> bytes:
        """The value, after linking the current span to the one that made it."""
        maker = propagation.read(stored[len(_LAYOUT) : _HEADER_BYTES].decode("ascii", "replace").strip())
        span = get_current_span()
        if maker.is_valid and maker.span_id != span.get_span_context().span_id:
            span.add_link(maker, {names.LINK_KIND: names.LINK_CACHE})
        return stored[_HEADER_BYTES:]

    def _count(self, result: str) -> None:
        self._telemetry.record(names.CACHE_REQUESTS, 1, {names.CACHE: self._name, names.RESULT: result})
