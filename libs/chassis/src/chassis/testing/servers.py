"""Small real servers and channels for tests: handlers made of functions, well-known messages, free ports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import grpc
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import StringValue

from chassis.channel import Peer, open_channel
from chassis.errors import ErrorTable
from chassis.outgoing import Outgoing
from chassis.server import Endpoint, Server
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry

#: The service that test handlers belong to unless they say otherwise.
SERVICE: Final = "chassis.test.v1.TestService"

#: The domain of answers in tests.
DOMAIN: Final = "test"

#: Longest wait for what must happen, in seconds, on a machine that has other work; less than pytest gives a test.
PATIENCE_S: Final = 50.0

_MAKERS: Final[Mapping[str, Callable[..., Any]]] = {
    "unary_unary": grpc.unary_unary_rpc_method_handler,
    "unary_stream": grpc.unary_stream_rpc_method_handler,
    "stream_unary": grpc.stream_unary_rpc_method_handler,
    "stream_stream": grpc.stream_stream_rpc_method_handler,
}


def handler(
    behaviour: Callable[..., Any],
    *,
    kind: str = "unary_unary",
    request: type[Message] = StringValue,
) -> grpc.RpcMethodHandler[Any, Any]:
    """A method handler; kind is `unary_unary`, `unary_stream`, `stream_unary` or `stream_stream`."""
    made: grpc.RpcMethodHandler[Any, Any] = _MAKERS[kind](behaviour, request.FromString, _serialised)
    return made


def endpoint(
    handlers: Mapping[str, Any],
    *,
    service: str = SERVICE,
    exempt: frozenset[str] = frozenset(),
    floor_s: Mapping[str, float] | None = None,
) -> Endpoint:
    """An endpoint of handlers by method name; a plain function is a unary handler of StringValue."""
    made = {
        name: given if isinstance(given, grpc.RpcMethodHandler) else handler(given) for name, given in handlers.items()
    }

    def add(server: grpc.aio.Server) -> None:
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, made),))

    return Endpoint(service=service, add=add, exempt=exempt, floor_s=floor_s or {})


@asynccontextmanager
async def serving(
    *endpoints: Endpoint, errors: ErrorTable | None = None, telemetry: Telemetry | None = None, **settings: Any
) -> AsyncIterator[Server]:
    """A server that is started and ready, on a free port; ended at once when the block ends."""
    server = Server(
        ServiceSettings(**settings),
        endpoints,
        errors=errors or ErrorTable(DOMAIN, {}),
        telemetry=telemetry or Telemetry.off(),
    )
    await server.start()
    await server.ready()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def channel_to(
    target: str | Server, *, telemetry: Telemetry | None = None, service: str = SERVICE, **peer: Any
) -> AsyncIterator[Outgoing]:
    """A channel to a server, or to an address; closed when the block ends."""
    address = target.address if isinstance(target, Server) else target
    channel = open_channel(Peer(target=address, service=service, **peer), telemetry=telemetry or Telemetry.off())
    try:
        yield channel
    finally:
        await channel.close()


def method(
    channel: grpc.aio.Channel,
    name: str,
    *,
    kind: str = "unary_unary",
    response: type[Message] = StringValue,
    service: str = SERVICE,
) -> Any:
    """The callable of one method, as a generated stub would hold it."""
    return getattr(channel, kind)(
        f"/{service}/{name}", request_serializer=_serialised, response_deserializer=response.FromString
    )


async def until(condition: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    """Returns when the condition holds; asked every few milliseconds, for what announces itself by no event.

    Raises AssertionError when it does not hold in time, which is far longer than a busy machine takes for anything.
    """
    ends_at = time.monotonic() + within_s
    # Polling is the point here: the condition belongs to code that knows nothing of tests.
    while not condition():
        assert time.monotonic() < ends_at, f"it did not become true within {within_s:g} s"  # noqa: S101
        await asyncio.sleep(0.005)


async def quickest(took: Callable[[], Awaitable[float]], *, bound_s: float, tries: int = 20) -> float:
    """The smallest of what several tries took, in seconds; no more are made after one within the bound.

    What is promised in fractions of a second is measured so: a busy machine may hold any one try up by more than the
    promise, and not all of them.
    """
    best = await took()
    for _ in range(tries - 1):
        if best < bound_s:
            break
        best = min(best, await took())
    return best


def _serialised(message: Message) -> bytes:
    content: bytes = message.SerializeToString()
    return content
