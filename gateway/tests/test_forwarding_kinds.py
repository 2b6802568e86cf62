"""Every kind of call passes through the gateway, and ends when its caller leaves.

Held with a service made for it: the contracts have no call that streams requests only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Self

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, wrappers_pb2

from chassis.channel import Peer, open_channel
from chassis.errors import ErrorTable
from chassis.server import Server
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.testing.servers import PATIENCE_S, quickest, until
from gateway.core.stage import Stage
from gateway.rpc import forwarding

from .mesh import everything


def echo_service() -> Any:
    proto = descriptor_pb2.FileDescriptorProto(
        name="gateway_test/echo.proto",
        package="gateway_test",
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    service = proto.service.add(name="Echo")
    kind = ".google.protobuf.StringValue"
    for name, many_in, many_out in (("One", 0, 0), ("Many", 0, 1), ("Gather", 1, 0), ("Exchange", 1, 1)):
        service.method.add(
            name=name,
            input_type=kind,
            output_type=kind,
            client_streaming=bool(many_in),
            server_streaming=bool(many_out),
        )
    pool = descriptor_pool.Default()
    try:
        return pool.FindServiceByName("gateway_test.Echo")
    except KeyError:
        pool.AddSerializedFile(proto.SerializeToString())
        return pool.FindServiceByName("gateway_test.Echo")


class Echo:
    """Says what it hears; hangs when it hears "hang", and tells when it was cut off."""

    def __init__(self) -> None:
        self.hanging = asyncio.Event()
        self.cut_at: list[float] = []

    async def heard(self, message: Any) -> Any:
        if message.value == "hang":
            self.hanging.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cut_at.append(time.monotonic())
                raise
        return message

    async def one(self, request: Any, _context: Any) -> Any:
        return await self.heard(request)

    async def many(self, request: Any, _context: Any) -> AsyncIterator[Any]:
        yield wrappers_pb2.StringValue(value="first")
        yield await self.heard(request)

    async def gather(self, requests: AsyncIterator[Any], _context: Any) -> Any:
        return wrappers_pb2.StringValue(
            value="".join([(await self.heard(message)).value async for message in requests])
        )

    async def exchange(self, requests: AsyncIterator[Any], _context: Any) -> AsyncIterator[Any]:
        async for message in requests:
            yield await self.heard(message)


class Line:
    """An echo, a gateway in front of it, and a caller's channel."""

    async def __aenter__(self) -> Self:
        read, write = wrappers_pb2.StringValue.FromString, wrappers_pb2.StringValue.SerializeToString
        self.echo = Echo()
        handlers = {
            "One": grpc.unary_unary_rpc_method_handler(self.echo.one, read, write),
            "Many": grpc.unary_stream_rpc_method_handler(self.echo.many, read, write),
            "Gather": grpc.stream_unary_rpc_method_handler(self.echo.gather, read, write),
            "Exchange": grpc.stream_stream_rpc_method_handler(self.echo.exchange, read, write),
        }
        self.behind = grpc.aio.server()
        self.behind.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("gateway_test.Echo", handlers),))
        port = self.behind.add_insecure_port("127.0.0.1:0")
        await self.behind.start()
        self.telemetry = Telemetry.start(service="animatize-gateway", settings=ServiceSettings())
        self.forth = open_channel(
            Peer(target=f"127.0.0.1:{port}", service="gateway_test.Echo"), telemetry=self.telemetry
        )
        fronted = forwarding.Fronted(Stage.ANALYZE, echo_service(), frozenset())
        self.server = Server(
            ServiceSettings(),
            [forwarding.endpoint(fronted, self.forth)],
            errors=ErrorTable("animatize", {}),
            telemetry=self.telemetry,
        )
        self.channel = grpc.aio.insecure_channel(await self.server.start())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.close()
        await self.server.stop()
        await self.forth.close()
        await self.behind.stop(None)
        await self.telemetry.shutdown()

    def call(self, kind: str, name: str) -> Any:
        read, write = wrappers_pb2.StringValue.FromString, wrappers_pb2.StringValue.SerializeToString
        return getattr(self.channel, kind)(f"/gateway_test.Echo/{name}", write, read)


KINDS = [
    ("unary_unary", "One"),
    ("unary_stream", "Many"),
    ("stream_unary", "Gather"),
    ("stream_stream", "Exchange"),
]


def said(*values: str) -> list[wrappers_pb2.StringValue]:
    return [wrappers_pb2.StringValue(value=value) for value in values]


async def test_all_kinds_of_call_pass() -> None:
    async with Line() as line:
        one = await line.call("unary_unary", "One")(said("a")[0])
        many, _ = await everything(line.call("unary_stream", "Many")(said("a")[0]))
        gathered = await line.call("stream_unary", "Gather")(iter(said("a", "b")))
        exchanged, _ = await everything(line.call("stream_stream", "Exchange")(iter(said("a", "b"))))

    assert one.value == "a"
    assert [message.value for message in many] == ["first", "a"]
    assert gathered.value == "ab"
    assert [message.value for message in exchanged] == ["a", "b"]


@pytest.mark.parametrize(("kind", "name"), KINDS)
async def test_a_caller_who_leaves_stops_every_kind_of_call(kind: str, name: str) -> None:
    async with Line() as line:
        hang = said("hang")

        async def took() -> float:
            line.echo.hanging.clear()
            line.echo.cut_at.clear()
            call = line.call(kind, name)(iter(hang) if kind.startswith("stream") else hang[0])
            waiting = asyncio.create_task(_ended(call))
            await asyncio.wait_for(line.echo.hanging.wait(), PATIENCE_S)
            left_at = time.monotonic()
            call.cancel()
            await until(lambda: line.echo.cut_at)
            await waiting
            return line.echo.cut_at[0] - left_at

        assert await quickest(took, bound_s=0.2) < 0.2


async def test_a_connection_that_is_closed_under_a_call_is_not_the_callers_own_cancel() -> None:
    async with Line() as line:
        call = line.call("unary_unary", "One")(said("hang")[0])
        waiting = asyncio.ensure_future(_failed(call))
        await asyncio.wait_for(line.echo.hanging.wait(), PATIENCE_S)
        await line.forth.close()
        code = await asyncio.wait_for(waiting, PATIENCE_S)

    assert code is grpc.StatusCode.UNAVAILABLE


async def _failed(call: Any) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code()


async def _ended(call: Any) -> None:
    with pytest.raises(asyncio.CancelledError):
        await (everything(call) if hasattr(call, "__aiter__") else call)
