"""The server's half of RPC telemetry: one span, one duration and one access log line per call, all telling the truth.

`opentelemetry-instrumentation-grpc` 0.66b2 gives the interceptor, its filter and the wrapping of handlers. Its two
call wrappers are replaced, because they cannot be corrected from outside:
rich answers and uncaught errors leave code 0 and no status, a cancelled or expired call looks like a good one,
exceptions are written twice, and handlers that write their stream themselves crash
(open-telemetry/opentelemetry-python-contrib#3066; a generator that a cancel leaves suspended also ends its span in a
foreign context, #2357). Its attributes are those of the old conventions (#4279).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import grpc
import grpc.aio
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.instrumentation.grpc._aio_server import OpenTelemetryAioServerInterceptor
from opentelemetry.trace import Span, SpanKind

from chassis.telemetry import addresses, logs, names, outcome, propagation

if TYPE_CHECKING:
    from chassis.telemetry.telemetry import Telemetry

_LOG: Final = logging.getLogger("chassis.rpc")
_ATTEMPTS_BEFORE: Final = "grpc-previous-rpc-attempts"
_REQUEST_ID: Final = "request_id"

# gRPC writes a deadline with three digits, rounded up (doc/PROTOCOL-HTTP2.md, Timeout), so the caller's clock may stop
# up to a hundredth earlier than ours, and its reset then arrives as a cancel.
_ROUNDED: Final = 0.01
_LATE_S: Final = 0.02


class ServerInterceptor(OpenTelemetryAioServerInterceptor):
    """Traces, measures and logs every call except those of gRPC's own services (health, reflection, channelz)."""

    def __init__(self, telemetry: Telemetry, address: Callable[[], str]) -> None:
        """address: where the server listens; known only after its interceptors are made."""
        # The upstream package has no types.
        super().__init__(telemetry.tracer, filter_=is_traced)  # type: ignore[no-untyped-call]
        self._telemetry = telemetry
        self._address = address

    # Upstream this class is at once a server interceptor of both kinds, whose signatures exclude each other.
    async def intercept_service(  # type: ignore[override]
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """The handler of the call, watched; for an unknown method one that answers as gRPC does, watched too."""
        # The upstream package has no types.
        handler: grpc.RpcMethodHandler[Any, Any] | None = await super().intercept_service(  # type: ignore[no-untyped-call]
            continuation, handler_call_details
        )
        if handler is None and is_traced(handler_call_details):
            return grpc.stream_stream_rpc_method_handler(self._watched(_unknown_method, names.OTHER))
        if handler is None:
            return None
        # The handler is a named tuple, which its stubs do not tell.
        replace: Callable[..., grpc.RpcMethodHandler[Any, Any]] = handler._replace  # type: ignore[attr-defined]
        return replace(
            request_deserializer=_counting_in(handler.request_deserializer),
            response_serializer=_counting_out(handler.response_serializer),
        )

    def _intercept_aio_server_unary(self, behavior: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._watched(behavior, method_of(handler_call_details.method))

    def _intercept_aio_server_stream(self, behavior: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._watched(behavior, method_of(handler_call_details.method))

    def _watched(self, behavior: Any, method: str) -> Any:
        """One coroutine for all four kinds of handler.

        A stream is written here and not yielded on: a cancel then lands in this coroutine, which closes the handler's
        generator at once, and not in a generator that waits for the garbage collector.
        """

        async def watched(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            with _Call(self._telemetry, method, request, context, self._address()) as call:
                answer = await self._answer(behavior(request, context), context, call)
                if hasattr(request, "__aiter__"):
                    # A caller that leaves while it sends first looks like one that has said all; the cancel comes in
                    # the same turn of the loop, right behind.
                    await asyncio.sleep(0)
                return answer

        return watched

    @staticmethod
    async def _answer(result: Any, context: grpc.aio.ServicerContext[Any, Any], call: _Call) -> Any:
        """The answer of a handler that gives one; a stream is written as it comes, and its generator closed."""
        if not hasattr(result, "__aiter__"):
            return call.answered(await result)
        try:
            async for message in result:
                await context.write(message)
        finally:
            if hasattr(result, "aclose"):
                await result.aclose()
        return None


class _Call:
    """One call under watch, from its arrival until its status is known."""

    def __init__(
        self,
        telemetry: Telemetry,
        method: str,
        request: Any,
        context: grpc.aio.ServicerContext[Any, Any],
        listener: str,
    ) -> None:
        self._telemetry = telemetry
        self._method = method
        self._context = context
        self._request = request
        self._listener = listener
        self._deadline_s = context.time_remaining()
        # Read now: when the deadline has passed gRPC no longer knows it.
        self._peer = context.peer()
        self._traffic = _traffic()

    def answered(self, message: Any) -> Any:
        """Counts the one message of an answer, which is packed only after the call has been told of."""
        self._traffic.sent += _size(message)
        return message

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        metadata = self._context.invocation_metadata() or ()
        parent = propagation.extracted(metadata)
        attributes: dict[str, str | int] = {names.RPC_SYSTEM_NAME: names.GRPC, names.RPC_METHOD: self._method}
        attributes |= addresses.of_peer(self._peer) | addresses.of_listener(self._listener)
        attempts_before = str(next((value for key, value in metadata if key == _ATTEMPTS_BEFORE), "0"))
        attributes[names.RPC_ATTEMPT] = 1 + (int(attempts_before) if attempts_before.isdecimal() else 0)
        if self._deadline_s is not None:
            attributes[names.RPC_DEADLINE_MS] = round(self._deadline_s * 1000)
        self._span: Span = self._telemetry.tracer.start_span(
            self._method, context=parent, kind=SpanKind.SERVER, attributes=attributes
        )
        self._token = attach(trace.set_span_in_context(self._span, parent))
        self._speaker = logs.speak_for(self._telemetry.identity, self._method)
        self._telemetry.record(names.RPC_ACTIVE, 1, {names.RPC_METHOD: self._method})
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        code = self._code(error)
        failed = code in outcome.SERVER_ERRORS
        if failed and error is not None and not isinstance(error, asyncio.CancelledError):
            outcome.record_once(self._span, error)
        duration_s = time.perf_counter() - self._started
        told = outcome.attributes(self._method, code, error=failed)
        self._telemetry.record(names.RPC_SERVER_CALL_DURATION, duration_s, told)
        self._telemetry.record(names.RPC_ACTIVE, -1, {names.RPC_METHOD: self._method})
        self._log(code, duration_s)
        outcome.close(self._span, code, error=failed)
        logs.fall_silent(self._speaker)
        detach(self._token)

    def _code(self, error: BaseException | None) -> grpc.StatusCode:
        """The status that the caller gets, or would have got had it waited."""
        said = outcome.code_of(self._context.code())
        if error is None:
            return said or grpc.StatusCode.OK
        if isinstance(error, asyncio.CancelledError):
            return grpc.StatusCode.DEADLINE_EXCEEDED if self._expired() else grpc.StatusCode.CANCELLED
        if said is None or said is grpc.StatusCode.OK:
            return grpc.StatusCode.UNKNOWN
        return said

    def _expired(self) -> bool:
        left = self._context.time_remaining()
        return self._deadline_s is not None and left is not None and left <= self._deadline_s * _ROUNDED + _LATE_S

    def _log(self, code: grpc.StatusCode, duration_s: float) -> None:
        left = self._context.time_remaining()
        fields: dict[str, Any] = {
            names.EVENT_NAME: names.EVENT_RPC_SERVED,
            names.RPC_RESPONSE_STATUS_CODE: code.name,
            names.RPC_DURATION_S: round(duration_s, 6),
            names.NETWORK_PEER_ADDRESS: self._peer,
            names.RPC_REQUEST_BYTES: self._traffic.received,
            names.RPC_RESPONSE_BYTES: self._traffic.sent,
        }
        if left is not None:
            fields[names.RPC_DEADLINE_LEFT_S] = round(left, 3)
        request_id = getattr(self._request, _REQUEST_ID, None)
        if isinstance(request_id, str) and request_id:
            fields[names.REQUEST_ID] = request_id
        if code in outcome.SERVER_ERRORS:
            fields[names.ERROR_TYPE] = code.name
        level = logging.ERROR if code in outcome.SERVER_ERRORS else logging.INFO
        _LOG.log(level, "%s %s", self._method, code.name, extra=fields)


def is_traced(details: grpc.HandlerCallDetails | grpc.ClientCallDetails) -> bool:
    """Whether a call is told of; the calls of gRPC's own services are not."""
    return not method_of(details.method).startswith("grpc.")


def method_of(path: str | bytes) -> str:
    """The fully qualified method of a call's path: "/a.v1.B/C" gives "a.v1.B/C"."""
    return (path.decode() if isinstance(path, bytes) else path).lstrip("/")


async def _unknown_method(_requests: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
    """Answers a method that no one serves, in gRPC's own words."""
    await context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")


@dataclass
class _Traffic:
    """How many bytes of requests and of streamed responses a call has seen so far."""

    received: int = 0
    sent: int = 0


_TRAFFIC: Final[ContextVar[_Traffic | None]] = ContextVar("traffic", default=None)


def _traffic() -> _Traffic:
    """The count of the call that this context belongs to."""
    count = _TRAFFIC.get()
    if count is None:
        count = _Traffic()
        _TRAFFIC.set(count)
    return count


def _counting_in(deserialize: Callable[[bytes], Any] | None) -> Callable[[bytes], Any]:
    """The deserializer, counting what it is given: asking a message for its size packs it again (9 ms for 20 MB)."""

    def counted(packed: bytes) -> Any:
        _traffic().received += len(packed)
        return packed if deserialize is None else deserialize(packed)

    return counted


def _counting_out(serialize: Callable[[Any], bytes] | None) -> Callable[[Any], bytes]:
    """The serializer, counting what it gives; layers inside may write a stream without showing it."""

    def counted(message: Any) -> bytes:
        packed: bytes = message if serialize is None else serialize(message)
        _traffic().sent += len(packed)
        return packed

    return counted


def _size(message: Any) -> int:
    """The bytes of a response on the wire; our servers pack it before it comes here, others' messages are asked."""
    if isinstance(message, bytes):
        return len(message)
    size = getattr(message, "ByteSize", None)
    return int(size()) if size is not None else 0
