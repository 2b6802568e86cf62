"""The shared tier of a cache: Redis, whose absence or silence costs a fifth of a second now and then, and no more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from opentelemetry.trace import SpanKind, Status, StatusCode

from chassis.redis_client import client_of
from chassis.redis_place import RedisPlace
from chassis.resilience import Breaker, Open
from chassis.telemetry import Telemetry, names

T = TypeVar("T")

_log = logging.getLogger(__name__)

_COMMANDS_AT_ONCE: Final = 32
# One command may take as long as a connection and an answer, each within its own limit.
_LIMITS_PER_COMMAND: Final = 2
_CIRCUIT: Final = "redis"


class RedisTier:
    """Bytes by key in Redis. Every method fails open: it never raises for Redis' sake and never waits long.

    redis-py's own defaults turn an outage into 4.5 s (refused) or 58 s (hung) per command: here there is no retry, a
    bounded number of commands at once whose callers wait no longer than a command may, one time limit over all, and a
    breaker that opens on the first failure, so that a hung server costs one call its limit and the following calls
    nothing.
    """

    def __init__(
        self,
        place: RedisPlace,
        *,
        timeout_s: float = 0.1,
        open_s: float = 5.0,
        telemetry: Telemetry | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is connected until the first use.

        timeout_s: for a connection and for an answer, each. open_s: how long Redis is left alone after a failure.
        """
        self._telemetry = telemetry or Telemetry.off()
        self._limit_s = timeout_s * _LIMITS_PER_COMMAND
        self._breaker = Breaker(_CIRCUIT, failures=1, open_s=open_s, telemetry=self._telemetry, clock=clock)
        self._errors = 0
        self._missed = False
        self._places = asyncio.Semaphore(_COMMANDS_AT_ONCE)
        self._client = client_of(place, timeout_s=timeout_s)

    @property
    def errors(self) -> int:
        """Commands that failed, or were not sent because the circuit was open."""
        return self._errors

    @property
    def state(self) -> str:
        """The circuit's state: "closed", "half_open" or "open"."""
        return self._breaker.state

    async def get(self, key: str) -> bytes | None:
        """The bytes under the key; None when there are none or Redis did not say."""
        answer = await self._command("GET", lambda: self._client.commands.get(key))
        return answer if isinstance(answer, bytes) else None

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keeps the bytes for `ttl_s` seconds, if Redis can."""
        await self._command("SET", lambda: self._client.commands.set(key, value, px=max(1, round(ttl_s * 1000))))

    async def close(self) -> None:
        """Closes all connections."""
        await self._client.close()

    async def _command(self, name: str, send: Callable[[], Awaitable[T]]) -> T | None:
        """The answer of Redis, or None for any failure."""

        async def limited() -> T:
            async with asyncio.timeout(self._limit_s), self._places:
                return await self._told(name, send)

        try:
            answer = await self._breaker.call(limited)
        except Exception as error:
            # Whatever it is: a cache that cannot be asked fails no call. Not all of redis-py's errors have one base.
            self._errors += 1
            if not self._missed and not isinstance(error, Open):
                self._missed = True
                # Its kind says what is wrong; its text could name hosts and users.
                _log.warning("Redis is left out: %s", type(error).__qualname__)
            return None
        if self._missed:
            self._missed = False
            _log.info("Redis is used again")
        return answer

    async def _told(self, name: str, send: Callable[[], Awaitable[T]]) -> T:
        """The answer, with a span and a duration around the command; keys and values stay out of both."""
        told = {names.DB_SYSTEM_NAME: names.REDIS, names.DB_OPERATION_NAME: name}
        started = time.perf_counter()
        attributes: dict[str, Any] = dict(told)
        with self._telemetry.tracer.start_as_current_span(
            name, kind=SpanKind.CLIENT, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                await self._client.prepared()
                return await send()
            except BaseException as error:
                told[names.ERROR_TYPE] = type(error).__qualname__
                span.set_attribute(names.ERROR_TYPE, type(error).__qualname__)
                span.set_status(Status(StatusCode.ERROR, type(error).__qualname__))
                raise
            finally:
                self._telemetry.record(names.DB_CLIENT_OPERATION_DURATION, time.perf_counter() - started, told)
