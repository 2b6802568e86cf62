"""The shared tier over each kind of Redis, with passwords that change, TLS, and servers that hang."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from redis import Redis

from chassis.cache import Cache
from chassis.redis_client import client_of
from chassis.redis_place import Credentials, RedisPlace
from chassis.redis_tier import RedisTier
from chassis.settings import ServiceSettings, SettingsError
from chassis.telemetry import Telemetry
from chassis.testing.redis import RedisServer, cluster_node, sentinel_of
from chassis.testing.servers import until

from .look_ups import counted

#: What a look-up may take when Redis hangs, and what a busy machine adds; redis-py's own waiting is 58 seconds.
LOOK_UP_S = 20.0


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[..., RedisServer]]:
    """Starts servers, each with a folder of its own: `starting(RedisServer, "--requirepass", "x")`."""
    servers: list[RedisServer] = []

    def start(make: Callable[..., RedisServer], *arguments: Any) -> RedisServer:
        folder = tmp_path / f"redis{len(servers)}"
        folder.mkdir()
        given = (arguments[0], folder, *arguments[1:]) if make is sentinel_of else (folder, *arguments)
        servers.append(make(*given))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@asynccontextmanager
async def tier_of(clock: Clock | None = None, *, timeout_s: float = 5.0, **settings: Any) -> AsyncIterator[RedisTier]:
    """A tier that is patient with a busy machine, unless it is told to be as hurried as in a service (0.1 s)."""
    place = RedisPlace.of(ServiceSettings(**settings))
    assert place is not None
    tier = RedisTier(place, timeout_s=timeout_s, open_s=5.0, clock=clock or Clock())
    try:
        yield tier
    finally:
        await tier.close()


async def kept(tier: RedisTier) -> bool:
    """Whether a value that is put can be got."""
    await tier.put("a", b"value", ttl_s=60)
    return await tier.get("a") == b"value"


async def timed(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def test_a_password_from_a_file_is_shown(starting: Callable[..., RedisServer], tmp_path: Path) -> None:
    server = starting(RedisServer, "--requirepass", "first")
    password = tmp_path / "password"
    password.write_text("first\n")

    async with tier_of(redis_url=server.url, redis_password_file=password) as tier:
        assert await kept(tier)
    async with tier_of(redis_url=server.url) as tier:
        assert not await kept(tier)


async def test_a_password_that_changes_needs_no_restart(
    starting: Callable[..., RedisServer], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server, clock = starting(RedisServer, "--requirepass", "first"), Clock()
    password = tmp_path / "password"
    password.write_text("first")
    async with tier_of(clock, redis_url=server.url, redis_password_file=password) as tier:
        assert await kept(tier)
        with Redis(port=server.port, password="first") as admin, caplog.at_level(logging.INFO):
            admin.config_set("requirepass", "second")
            admin.execute_command("CLIENT KILL TYPE normal SKIPME yes")
            assert not await kept(tier)
            password.write_text("second")
            clock.now += 5

            assert await kept(tier)
    said = [record.getMessage() for record in caplog.records if record.name == "chassis.redis_tier"]
    assert said[0].startswith("Redis is left out: ")
    assert said[1:] == ["Redis is used again"]
    assert "second" not in caplog.text


async def test_a_password_file_that_goes_later_fails_open(starting: Callable[..., RedisServer], tmp_path: Path) -> None:
    server, clock = starting(RedisServer, "--requirepass", "first"), Clock()
    password = tmp_path / "password"
    password.write_text("first")
    async with tier_of(clock, redis_url=server.url, redis_password_file=password) as tier:
        password.unlink()
        assert not await kept(tier)
        clock.now += 5
        password.write_bytes(b"\xff")
        assert not await kept(tier)
        clock.now += 5
        password.write_text("first")
        assert await kept(tier)


async def test_a_user_is_who_the_settings_or_the_url_say(starting: Callable[..., RedisServer], tmp_path: Path) -> None:
    server = starting(RedisServer, "--requirepass", "other")
    with Redis(port=server.port, password="other") as admin:
        admin.execute_command("ACL", "SETUSER", "app", "on", ">p@ss", "~*", "+@all")
    password = tmp_path / "password"
    password.write_text("p@ss")
    hosts = f"127.0.0.1:{server.port}"
    url = tmp_path / "url"
    url.write_text(f"redis://app:p%40ss@{hosts}/1\n")

    for settings in (
        {"redis_url": f"redis://{hosts}", "redis_username": "app", "redis_password_file": password},
        {"redis_url": f"redis://app:p%40ss@{hosts}"},
        {"redis_url": f"redis://:other@{hosts}"},
        {"redis_url_file": url},
    ):
        async with tier_of(**settings) as tier:
            assert await kept(tier)


async def test_a_cache_is_made_of_a_url_in_a_file(redis_server: RedisServer, tmp_path: Path) -> None:
    url = tmp_path / "url"
    url.write_text(redis_server.url)
    settings = ServiceSettings(redis_url_file=url)
    one, other = (Cache.of("test", settings, telemetry=Telemetry.off()) for _ in range(2))
    await one.put("a", b"value")

    assert await other.get("a") == b"value"
    await one.close()
    await other.close()


async def test_a_server_is_found_through_its_sentinels(starting: Callable[..., RedisServer]) -> None:
    server = starting(RedisServer)
    sentinel = starting(sentinel_of, server)
    # The first one is not there.
    url = f"redis://127.0.0.1:1,127.0.0.1:{sentinel.port}/3"

    async with tier_of(redis_url=url, redis_mode="sentinel") as tier:
        assert await kept(tier)
    async with tier_of(redis_url=url, redis_mode="sentinel", redis_sentinel_master="other") as tier:
        assert not await kept(tier)
    with Redis(port=server.port, db=3) as client:
        assert client.get("a") == b"value"


@pytest.mark.parametrize("guarded", [True, False], ids=["the same password", "no password"])
async def test_sentinels_are_shown_the_password_whether_they_want_it_or_not(
    starting: Callable[..., RedisServer], tmp_path: Path, guarded: bool
) -> None:
    server = starting(RedisServer, "--requirepass", "first")
    lines = ["sentinel auth-pass mymaster first", *(["requirepass first"] if guarded else [])]
    sentinel = starting(sentinel_of, server, *lines)
    with Redis(port=server.port, password="first") as admin:
        admin.execute_command("ACL", "SETUSER", "app", "on", ">first", "~*", "+@all")
    password = tmp_path / "password"
    password.write_text("first")

    async with tier_of(
        redis_url=f"redis://127.0.0.1:{sentinel.port}",
        redis_mode="sentinel",
        redis_username="app",
        redis_password_file=password,
    ) as tier:
        assert await kept(tier)


async def test_after_a_fail_over_the_new_server_is_used(starting: Callable[..., RedisServer]) -> None:
    server, clock = starting(RedisServer), Clock()
    replica = starting(RedisServer, "--replicaof", "127.0.0.1", str(server.port))
    with Redis(port=server.port) as teller:
        await until(lambda: teller.info("replication")["connected_slaves"] == 1)
    sentinel = starting(sentinel_of, server, "sentinel down-after-milliseconds mymaster 200")
    async with tier_of(clock, redis_url=f"redis://127.0.0.1:{sentinel.port}", redis_mode="sentinel") as tier:
        assert await kept(tier)
        with Redis(port=sentinel.port) as teller:
            await until(lambda: teller.sentinel_master("mymaster")["num-slaves"] == 1)
            server.kill()
            assert await timed(tier.get("a")) < LOOK_UP_S
            assert tier.state == "open"
            await until(lambda: teller.sentinel_master("mymaster")["port"] == replica.port)
        clock.now += 5

        assert await kept(tier)


async def test_a_cluster_is_read_and_written(starting: Callable[..., RedisServer]) -> None:
    node = starting(cluster_node)
    url = f"redis://127.0.0.1:1,127.0.0.1:{node.port}"
    async with tier_of(redis_url=url, redis_mode="cluster") as tier:
        await asyncio.gather(*(tier.put(f"k{number}", b"%d" % number, ttl_s=60) for number in range(100)))
        found = await asyncio.gather(*(tier.get(f"k{number}") for number in range(100)))
        assert found == [b"%d" % number for number in range(100)]


async def test_a_cluster_that_hangs_and_comes_back_is_used_again(starting: Callable[..., RedisServer]) -> None:
    node, clock = starting(cluster_node), Clock()
    async with tier_of(clock, redis_url=node.url, redis_mode="cluster") as tier:
        assert await kept(tier)
        tier._limit_s = 0.2
        sent = counted(tier)
        node.pause()
        assert await timed(tier.get("a")) < LOOK_UP_S
        assert await tier.get("a") is None
        assert len(sent) == 1
        node.resume()
        tier._limit_s = 10
        clock.now += 5
        assert await tier.get("a") == b"value"


async def test_a_cluster_that_answers_slowly_is_learnt_beside_the_commands(
    starting: Callable[..., RedisServer],
) -> None:
    node, clock = starting(cluster_node), Clock()
    place = RedisPlace((node.address,), mode="cluster")
    tier = RedisTier(place, timeout_s=0.0005, clock=clock)
    # Too short for the layout, whose own limits are the connection's.
    tier._client = client_of(place, timeout_s=5)
    first = await tier.get("a")
    assert (first, tier.errors) == (None, 1)
    tier._limit_s = 10
    clock.now += 5

    assert await kept(tier)
    assert tier.errors == 1
    await tier.close()


async def test_closing_ends_the_learning_of_a_cluster_that_hangs(starting: Callable[..., RedisServer]) -> None:
    server = starting(RedisServer)
    server.pause()
    place = RedisPlace((server.address,), mode="cluster")
    tier = RedisTier(place, timeout_s=0.01)
    tier._client = client_of(place, timeout_s=50)
    await tier.get("a")

    assert await timed(tier.close()) < LOOK_UP_S
    server.resume()


@pytest.mark.parametrize("mode", ["standalone", "sentinel", "cluster"])
async def test_a_hung_redis_costs_one_look_up_and_then_nothing(starting: Callable[..., RedisServer], mode: str) -> None:
    server = starting(RedisServer)
    server.pause()
    async with tier_of(timeout_s=0.1, redis_url=server.url, redis_mode=mode) as tier:
        first = await timed(asyncio.gather(*(tier.get(f"k{number}") for number in range(100))))
        sent = counted(tier)
        await asyncio.gather(*(tier.get(f"k{number}") for number in range(100)))

        # One after the other would be twenty seconds.
        assert first < 10
        assert sent == []
        assert tier.errors == 200
        assert tier.state == "open"
    server.resume()


async def test_a_server_that_is_no_cluster_is_left_out(redis_server: RedisServer) -> None:
    async with tier_of(redis_url=redis_server.url, redis_mode="cluster") as tier:
        assert not await kept(tier)
        assert tier.state == "open"


@asynccontextmanager
async def behind_tls(server: RedisServer, folder: Path, *, known: bool = True) -> AsyncIterator[tuple[int, Path]]:
    """The port of a server with TLS in front of Redis, and the roots that know it, or do not."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    roots = folder / "roots.pem"
    (authority if known else trustme.CA()).cert_pem.write_to_path(roots)

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while content := await reader.read(65536):
                writer.write(content)
                await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(*server.address)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    front = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
    async with front:
        yield front.sockets[0].getsockname()[1], roots


@pytest.mark.parametrize("known", [True, False], ids=["known authority", "unknown authority"])
async def test_redis_is_spoken_to_through_tls(redis_server: RedisServer, tmp_path: Path, known: bool) -> None:
    async with behind_tls(redis_server, tmp_path, known=known) as (port, roots):
        place = RedisPlace.of(ServiceSettings(redis_url=f"rediss://127.0.0.1:{port}/0", redis_tls_authorities=roots))
        assert place is not None
        tier = RedisTier(place, timeout_s=5.0)
        found = await kept(tier)
        await tier.close()

    assert found is known


def place_of(**settings: Any) -> RedisPlace | None:
    return RedisPlace.of(ServiceSettings(**settings))


def test_where_redis_is_is_read_from_the_settings() -> None:
    assert place_of() is None
    assert place_of(redis_url="redis://a") == RedisPlace((("a", 6379),))
    assert place_of(redis_url="rediss://a:1/2") == RedisPlace((("a", 1),), database=2, tls=True)
    several = place_of(redis_url="redis://a,[::1]:5,c:6/1", redis_mode="sentinel", redis_sentinel_master="m")
    assert several == RedisPlace((("a", 26379), ("::1", 5), ("c", 6)), mode="sentinel", database=1, master="m")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"redis_url": "redis://a:1,b:1"}, "redis_url names several hosts"),
        ({"redis_url": "redis://a:1/2", "redis_mode": "cluster"}, "a cluster has database 0 only"),
        ({"redis_url": "redis://a:99999"}, "a port that cannot be"),
        ({"redis_url": "redis://a,,b", "redis_mode": "cluster"}, "a host or a port that cannot be"),
        ({"redis_url": "redis://me:hush@"}, "not of the form"),
        ({"redis_url_file": Path("none")}, "redis_url_file cannot be read"),
        ({"redis_url": "redis://a", "redis_password_file": Path("none")}, "redis_password_file cannot be read"),
        ({"redis_url": "redis://a", "redis_tls_authorities": Path("none")}, "needs a redis_url that begins with"),
        ({"redis_url": "rediss://a", "redis_tls_authorities": Path("none")}, "redis_tls_authorities cannot be read"),
        ({"redis_url": "redis://:hush@a", "redis_password_file": Path(__file__)}, "set one of them"),
    ],
)
def test_what_cannot_be_meant_is_told_without_what_is_secret(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        place_of(**settings)

    assert "hush" not in str(caught.value)


def test_a_url_file_that_holds_no_url_is_refused_without_its_words(tmp_path: Path) -> None:
    url = tmp_path / "url"
    url.write_text("hush hush")

    with pytest.raises(SettingsError, match="redis_url_file is not of the form") as caught:
        place_of(redis_url_file=url)
    assert "hush" not in str(caught.value)


def test_a_password_is_in_no_representation(tmp_path: Path) -> None:
    settings = ServiceSettings(redis_url="redis://:hush@a")
    place = RedisPlace.of(settings)

    assert place is not None
    assert place.credentials is not None
    assert place.credentials.get_credentials() == ("default", "hush")
    assert "hush" not in repr(settings) + str(settings) + repr(place)
    assert isinstance(place.credentials, Credentials)
