"""A small service and its channel for the telemetry tests: every way a call can end, without any protos."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Self

import grpc
import grpc.aio
from google.rpc import code_pb2, status_pb2
from grpc_status import rpc_status
from opentelemetry import baggage
from opentelemetry.instrumentation.grpc import _aio_client
from opentelemetry.instrumentation.grpc._aio_server import OpenTelemetryAioServerInterceptor
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry, Watch
from chassis.testing.servers import until
from chassis.workers import Workers

SERVICE = "test.v1.Telephone"


class Heard:
    """Spans that ended, of one side."""

    def __init__(self, service: str, settings: ServiceSettings | None = None) -> None:
        self._exporter = InMemorySpanExporter()
        self.telemetry = Telemetry.start(
            service=service,
            settings=settings or ServiceSettings(),
            version="1.2.3",
            span_processors=[SimpleSpanProcessor(self._exporter)],
        )

    def spans(self, kind: str = "") -> list[ReadableSpan]:
        return [span for span in self._exporter.get_finished_spans() if not kind or span.kind.name == kind]

    async def one(self, kind: str) -> ReadableSpan:
        """The only span of that kind, as soon as it has ended; more than one is an error."""
        await until(lambda: self.spans(kind))
        await asyncio.sleep(0.01)
        found = self.spans(kind)
        assert len(found) == 1, [span.name for span in found]
        return found[0]

    def forget(self) -> None:
        """Leaves out what ended before."""
        self._exporter.clear()


class Line:
    """A server and a channel to it, each with telemetry of its own."""

    def __init__(self, *, settings: ServiceSettings | None = None, stock: bool = False) -> None:
        """stock: with the upstream instrumentation as it comes, instead of ours."""
        self.stock = stock
        self.server_side = Heard("callee", settings)
        self.client_side = Heard("caller")
        self.workers = Workers(2, name="test")
        self.began = asyncio.Event()
        self.ended = asyncio.Event()
        self.baggage: dict[str, object] = {}
        self.received: list[bytes] = []

    async def __aenter__(self) -> Self:
        server_interceptors = self.server_side.telemetry.server_interceptors(address=lambda: self.target)
        if self.stock:
            server_interceptors = [OpenTelemetryAioServerInterceptor(self.server_side.telemetry.tracer)]
        self.server = grpc.aio.server(interceptors=server_interceptors)
        handlers = {
            "Unary": grpc.unary_unary_rpc_method_handler(self.unary),
            "Stream": grpc.unary_stream_rpc_method_handler(self.stream),
            "Write": grpc.unary_stream_rpc_method_handler(self.write),
            "Collect": grpc.stream_unary_rpc_method_handler(self.collect),
            "Echo": grpc.stream_stream_rpc_method_handler(self.echo),
        }
        self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        self.target = f"127.0.0.1:{self.port}"
        interceptors = self.client_side.telemetry.client_interceptors(target=self.target)
        if self.stock:
            tracer = self.client_side.telemetry.tracer
            kinds = (_aio_client.UnaryUnaryAioClientInterceptor, _aio_client.StreamUnaryAioClientInterceptor)
            interceptors = [kind(tracer) for kind in kinds]
        self.channel = grpc.aio.insecure_channel(self.target, interceptors=interceptors)
        self.unary_call = self.channel.unary_unary(f"/{SERVICE}/Unary")
        self.stream_call = self.channel.unary_stream(f"/{SERVICE}/Stream")
        self.write_call = self.channel.unary_stream(f"/{SERVICE}/Write")
        self.collect_call = self.channel.stream_unary(f"/{SERVICE}/Collect")
        self.echo_call = self.channel.stream_stream(f"/{SERVICE}/Echo")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.close()
        await self.server.stop(0)
        self.workers.close()
        await self.server_side.telemetry.shutdown()
        await self.client_side.telemetry.shutdown()

    async def warmed(self) -> None:
        """Has made a call and forgotten it: the next one finds a connection, and begins long before its deadline."""
        await self.unary_call(b"hello")
        await self.server_side.one("SERVER")
        await self.client_side.one("CLIENT")
        self.server_side.forget()
        self.client_side.forget()
        self.began.clear()
        self.ended.clear()

    async def unary(self, request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        self.began.set()
        try:
            return await self._act(request, context)
        finally:
            self.ended.set()

    async def _act(self, request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        match request:
            case b"abort":
                await context.abort(grpc.StatusCode.NOT_FOUND, "no such still")
            case b"unavailable":
                await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
            case b"rich":
                await context.abort_with_status(rpc_status.to_status(status_pb2.Status(code=code_pb2.INTERNAL)))
            case b"raise":
                raise ValueError("a bug")
            case b"mapped":
                try:
                    raise KeyError("inner")
                except KeyError:
                    await context.abort(grpc.StatusCode.INTERNAL, "id 7")
            case b"stage":
                with Watch(self.server_side.telemetry).stage("analyze depth"):
                    raise ValueError("a bug")
            case b"set_code":
                context.set_code(grpc.StatusCode.INVALID_ARGUMENT)
                context.set_details("not an image")
            case b"thread":
                watch = Watch(self.server_side.telemetry)
                await self.workers.run(self._stage, watch)
            case b"baggage":
                self.baggage = dict(baggage.get_all())
            case b"sleep":
                await asyncio.sleep(20)
        return request

    @staticmethod
    def _stage(watch: Watch) -> None:
        with watch.stage("analyze depth"):
            pass

    async def stream(self, request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[bytes]:
        self.began.set()
        try:
            for number in range(3):
                yield b"%d" % number
                if request == b"raise":
                    raise ValueError("a bug")
                if request == b"sleep":
                    await asyncio.sleep(20)
            while request == b"flood":
                yield b"x" * 1000
        finally:
            self.ended.set()

    async def write(self, request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        self.began.set()
        try:
            for number in range(3):
                await context.write(b"%d" % number)
            if request == b"sleep":
                await asyncio.sleep(20)
        finally:
            self.ended.set()

    async def collect(self, requests: AsyncIterator[bytes], context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        self.began.set()
        try:
            self.received = [message async for message in requests]
            return b"".join(self.received)
        finally:
            self.ended.set()

    async def echo(self, requests: AsyncIterator[bytes], context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        self.began.set()
        try:
            async for message in requests:
                yield message
        finally:
            self.ended.set()
