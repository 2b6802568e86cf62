"""Where a server listens: every family, ports that are taken, and the port for health alone."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2 import HealthCheckResponse

from chassis.errors import ErrorTable
from chassis.server import Server
from chassis.settings import ServiceSettings, SettingsError
from chassis.telemetry import Telemetry
from chassis.testing.servers import PATIENCE_S, SERVICE, channel_to, endpoint, handler, method, serving

HELLO = StringValue(value="hello")
SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING
NAMES = ("liveness", "", SERVICE)


async def echo(request: StringValue, context: Any) -> StringValue:
    return request


def server_of(**settings: Any) -> Server:
    echoing = endpoint({"Echo": echo})
    return Server(ServiceSettings(**settings), [echoing], errors=ErrorTable("test", {}), telemetry=Telemetry.off())


async def states(address: str | None) -> list[int]:
    """What the address says of the three names, over a connection of its own, as a probe asks."""
    found = []
    for name in NAMES:
        async with channel_to(str(address), health_check=False) as channel:
            check = method(channel, "Check", service="grpc.health.v1.Health", response=HealthCheckResponse)
            found.append((await check(health_pb2.HealthCheckRequest(service=name), timeout=10)).status)
    return found


async def test_the_health_port_tells_the_same_states_from_the_start_to_the_end_of_the_drain(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate, key, roots = (tmp_path / name for name in ("certificate.pem", "key.pem", "roots.pem"))
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    authority.cert_pem.write_to_path(roots)
    server = server_of(
        health_port=0,
        drain_pause_s=30,
        tls_certificate=certificate,
        tls_key=key,
        tls_authorities=roots,
        tls_require_client=True,
    )
    await server.start()
    started = await states(server.health_address)
    await server.ready()
    ready = await states(server.health_address)
    draining = asyncio.ensure_future(server.drain())
    # The pause is longer than all of this takes, and is not waited for.
    while (drained := await states(server.health_address)) != [SERVING, NOT_SERVING, NOT_SERVING]:
        assert not draining.done()
    still_draining = not draining.done()
    assert server._draining is not None
    server._draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    await server.stop()

    assert started == [SERVING, NOT_SERVING, NOT_SERVING]
    assert ready == [SERVING, SERVING, SERVING]
    assert drained == [SERVING, NOT_SERVING, NOT_SERVING]
    assert still_draining
    with pytest.raises(grpc.aio.AioRpcError):
        await states(server.health_address)


async def test_the_health_port_answers_while_a_call_is_given_its_grace() -> None:
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def slow(request: StringValue, context: Any) -> StringValue:
        begun.set()
        await let_go.wait()
        return request

    async with (
        serving(endpoint({"Slow": slow}), drain_pause_s=0, grace_s=40, health_port=0) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Slow")(HELLO)
        await begun.wait()
        draining = asyncio.ensure_future(server.drain())
        # Until the main port is closed to new callers.
        while await answers(server.address):
            pass
        found = await states(server.health_address)
        let_go.set()
        await draining
        ended = not await answers(str(server.health_address))

        assert found == [SERVING, NOT_SERVING, NOT_SERVING]
        assert await call == HELLO
        assert ended


async def answers(address: str) -> bool:
    try:
        await states(address)
    except grpc.aio.AioRpcError:
        return False
    return True


async def test_the_health_port_serves_nothing_but_health() -> None:
    async with (
        serving(endpoint({"Echo": echo}), health_port=0, reflection=True) as server,
        channel_to(str(server.health_address), health_check=False) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Echo")(HELLO, timeout=10)

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_without_a_health_port_there_is_none() -> None:
    async with serving(endpoint({"Echo": echo})) as server:
        assert server.health_address is None


@pytest.mark.parametrize("taken", ["health_port", "port"])
async def test_a_port_that_is_taken_is_told_by_the_setting_that_named_it(taken: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = server_of(**{"health_port": 0, taken: port})
        with pytest.raises(SettingsError, match=rf"cannot listen on 127\.0\.0\.1:{port} \({taken}\): choose a host"):
            await server.start()
        await server.stop()


async def test_two_ports_of_one_server_cannot_be_the_same() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

    with pytest.raises(SettingsError, match=r"\(port\)"):
        await server_of(health_port=port, port=port).start()


@pytest.mark.parametrize("host", ["::", "0.0.0.0"])
async def test_a_server_on_every_address_answers_on_loopback(host: str) -> None:
    async with serving(endpoint({"Echo": echo}), host=host, health_port=0) as server:
        ways = ("127.0.0.1", "[::1]") if host == "::" else ("127.0.0.1",)
        for way in ways:
            for address in (server.address, server.health_address):
                port = str(address).rpartition(":")[2]
                assert await states(f"{way}:{port}") == [SERVING] * 3

    assert server.address.startswith("[::]:" if host == "::" else "0.0.0.0:")


@pytest.mark.parametrize(("age_s", "connections"), [(1, 2), (0, 1)])
async def test_a_connection_ends_at_its_age_or_never(age_s: float, connections: int) -> None:
    seen: set[str] = set()

    async def who(request: StringValue, context: Any) -> StringValue:
        seen.add(context.peer())
        return request

    async with (
        serving(endpoint({"Who": handler(who)}), connection_age_s=age_s) as server,
        channel_to(server) as channel,
    ):
        # gRPC lets a connection live up to a tenth longer or shorter.
        ends_at = time.monotonic() + (1.3 if connections == 1 else PATIENCE_S)
        while len(seen) < 2 and time.monotonic() < ends_at:
            await method(channel, "Who")(HELLO, timeout=10)
            await asyncio.sleep(0.05)

    assert len(seen) == connections
