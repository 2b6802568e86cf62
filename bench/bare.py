"""What the bare servers share: a plain grpc.aio server on loopback, and plain spans; nothing of the project's own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import grpc
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Tracer

try:
    import uvloop
except ImportError:
    _new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    _new_loop = uvloop.new_event_loop

_BYTES: Final = 24 << 20

#: The size limits of the mesh; all else is gRPC's default.
LARGE: Final = (("grpc.max_receive_message_length", _BYTES), ("grpc.max_send_message_length", _BYTES))


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a program on the same kind of event loop as the services use."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(main())


def adding(service: str, method: str, handler: grpc.RpcMethodHandler[Any, Any]) -> Callable[[grpc.aio.Server], None]:
    """What adds one method of a service, and no other, to a server."""
    generic = grpc.method_handlers_generic_handler(service, {method: handler})
    return lambda server: server.add_generic_rpc_handlers((generic,))


@asynccontextmanager
async def listening(*adds: Callable[[grpc.aio.Server], None]) -> AsyncIterator[str]:
    """The address of a started server that holds what was added."""
    server = grpc.aio.server(options=LARGE)
    for add in adds:
        add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)


async def until_told(told: Mapping[str, str]) -> None:
    """Says that all is ready, in the line that whoever started the process waits for; returns on SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sys.stdout.write(json.dumps({"event.name": "server.started", **told}) + "\n")
    sys.stdout.flush()
    await ended.wait()


class Spans:
    """Plain spans of the SDK, sent in batches to an OTLP receiver; without an endpoint there are none at all."""

    def __init__(self, service: str, endpoint: str | None) -> None:
        self._tracer: Tracer | None = None
        if endpoint:
            provider = TracerProvider(resource=Resource.create({"service.name": service}))
            exporter = OTLPSpanExporter(endpoint=endpoint, insecure=True)
            provider.add_span_processor(BatchSpanProcessor(exporter))
            self._tracer = provider.get_tracer("bench")

    @contextmanager
    def span(self, name: str, kind: SpanKind, parent: Span | None = None) -> Iterator[Span | None]:
        """A span around the block, of that kind, perhaps in another."""
        if self._tracer is None:
            yield None
            return
        context = None if parent is None else trace.set_span_in_context(parent)
        span = self._tracer.start_span(name, context=context, kind=kind)
        try:
            yield span
        finally:
            span.end()


def endpoint_of(arguments: Sequence[str]) -> str | None:
    """The value after --otlp, when there is one."""
    return arguments[arguments.index("--otlp") + 1] if "--otlp" in arguments else None
