"""Clients of Redis for each of its kinds: one server, a server that sentinels know, a cluster.

All are redis-py's own, with its waiting and repeating taken out: no retry, and a time limit on every connection and
every answer. How many commands run at once is bounded by who sends them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from chassis.redis_place import RedisPlace

#: Connections to one server. More than there are commands at once: one that was cancelled may be a moment in closing.
_CONNECTIONS: Final = 64


async def _at_once() -> None:
    """Nothing is to be done before the first command."""


@dataclass(frozen=True)
class RedisClient:
    """What commands are sent through, how all of its connections are closed, and what to await before a command."""

    commands: Redis | RedisCluster
    close: Callable[[], Awaitable[None]]
    prepared: Callable[[], Awaitable[None]] = _at_once


def client_of(place: RedisPlace, *, timeout_s: float) -> RedisClient:
    """A client; nothing is connected until its first use. timeout_s: for a connection and for an answer, each."""
    kinds = {"standalone": _of_server, "sentinel": _of_sentinels, "cluster": _of_cluster}
    options: dict[str, Any] = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "health_check_interval": 0,
        "retry": Retry(NoBackoff(), 0),
        "max_connections": _CONNECTIONS,
    }
    if place.tls:
        options |= {"ssl": True, "ssl_ca_certs": None if place.authorities is None else str(place.authorities)}
    return kinds[place.mode](place, options)


def _of_server(place: RedisPlace, options: dict[str, Any]) -> RedisClient:
    [(host, port)] = place.addresses
    redis = Redis(host=host, port=port, db=place.database, credential_provider=place.credentials, **options)
    return RedisClient(redis, redis.aclose)


def _of_sentinels(place: RedisPlace, options: dict[str, Any]) -> RedisClient:
    """Connections go to the server that the sentinels call master at that time."""
    shown_to_sentinels = None if place.credentials is None else place.credentials.of_sentinels()
    # The package leaves this constructor without types.
    sentinel = Sentinel(  # type: ignore[no-untyped-call]
        place.addresses,
        sentinel_kwargs={**options, "credential_provider": shown_to_sentinels},
        db=place.database,
        credential_provider=place.credentials,
        **options,
    )
    redis: Redis = sentinel.master_for(place.master)

    async def close() -> None:
        await redis.aclose()
        await sentinel.aclose()

    return RedisClient(redis, close)


def _of_cluster(place: RedisPlace, options: dict[str, Any]) -> RedisClient:
    redis = RedisCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in place.addresses],
        # The names of the settings outlive the addresses that nodes tell of each other: pods get new ones.
        dynamic_startup_nodes=False,
        # Half a cluster is better than none to a cache.
        require_full_coverage=False,
        credential_provider=place.credentials,
        **options,
    )

    layout = _Layout(redis)

    async def close() -> None:
        await layout.close()
        await redis.aclose()
        # After a failure redis-py counts itself as closed, and would leave its connections to the garbage collector.
        await redis.nodes_manager.aclose()
        await redis.nodes_manager.aclose("startup_nodes")

    return RedisClient(redis, close, layout.known)


class _Layout:
    """Which node has what, learnt beside the commands.

    It takes tens of milliseconds, on a throttled machine longer than a command may, and what a hurried caller broke
    off would begin anew for the next one.
    """

    def __init__(self, redis: RedisCluster) -> None:
        self._redis = redis
        self._learning: asyncio.Task[object] | None = None

    async def known(self) -> None:
        """Returns when the layout is known; a caller that leaves does not end the learning."""
        if self._learning is None or self._learning.done():
            self._learning = asyncio.create_task(self._redis.initialize())
            # Asked for here, as nobody may be left who waits for it.
            self._learning.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(self._learning)

    async def close(self) -> None:
        """Ends the learning."""
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)
