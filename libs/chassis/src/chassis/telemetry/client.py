"""The channel's half of RPC telemetry: one span and one duration per call, whichever way the call ends.

`opentelemetry-instrumentation-grpc` 0.66b2 gives the four interceptors and their filter. What follows a call is
replaced: its wrapper awaits the call's code inside the interceptor, where a cancel neither reaches the call nor ends
the span (open-telemetry/opentelemetry-python-contrib#3271), so the server works on for a caller that has left; for a
stream of requests that await also blocks the caller's first `write`. Here the call is handed back untouched and the
span ends when gRPC says that the call is done.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
import grpc.aio
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.instrumentation.grpc import _aio_client
from opentelemetry.trace import Span, SpanKind

from chassis.telemetry import addresses, names, outcome, propagation
from chassis.telemetry.server import is_traced, method_of

if TYPE_CHECKING:
    from chassis.telemetry.telemetry import Telemetry

T = TypeVar("T")


def client_interceptors(telemetry: Telemetry, target: str) -> list[grpc.aio.ClientInterceptor]:
    """One interceptor for each kind of call: gRPC registers an object under one kind only."""
    return [kind(telemetry, target) for kind in (_UnaryUnary, _UnaryStream, _StreamUnary, _StreamStream)]


class _Watching:
    """Replaces what the upstream interceptors do around a call; mixed in before them."""

    def __init__(self, telemetry: Telemetry, target: str) -> None:
        # The upstream classes sit behind this one and take the tracer and the filter.
        super().__init__(telemetry.tracer, filter_=is_traced)  # type: ignore[call-arg]
        self._telemetry = telemetry
        self._server = addresses.of_target(target)

    @contextmanager
    def _start_interceptor_span(self, path: str | bytes) -> Iterator[_Call]:
        """Opens the span and makes it current while the call is made; a call that is not made ends it at once."""
        call = _Call(self._telemetry, method_of(path), self._server)
        with trace.use_span(call.span, record_exception=False, set_status_on_exception=False):
            try:
                yield call
            except asyncio.CancelledError:
                call.end(grpc.StatusCode.CANCELLED)
                raise
            except grpc.aio.AioRpcError as error:
                call.end(error.code())
                raise
            except Exception as error:
                outcome.record_once(call.span, error)
                call.end(grpc.StatusCode.UNKNOWN)
                raise

    def propagate_trace_in_details(self, details: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
        """The call's details with the trace context and the allowed baggage in their metadata."""
        return grpc.aio.ClientCallDetails(
            details.method,
            details.timeout,
            propagation.injected(details.metadata, otel_context.get_current()),
            details.credentials,
            details.wait_for_ready,
        )

    async def _wrap_unary_response(self, continuation: Callable[[], Awaitable[T]], call: _Call) -> T:
        return call.follow(await continuation())

    def _wrap_stream_response(self, call: _Call, underlying: T) -> T:
        return call.follow(underlying)


class _Call:
    """One call under watch."""

    def __init__(self, telemetry: Telemetry, method: str, server: dict[str, str | int]) -> None:
        self._telemetry = telemetry
        self._method = method
        self._server = server
        self._started = time.perf_counter()
        self._ends_at: float | None = None
        self.span: Span = telemetry.tracer.start_span(
            method,
            kind=SpanKind.CLIENT,
            attributes={names.RPC_SYSTEM_NAME: names.GRPC, names.RPC_METHOD: method, **server},
        )

    def follow(self, underlying: T) -> T:
        """Ends the span when the call is done; an inner interceptor's ready answer is done already."""
        call: Any = underlying
        try:
            left = call.time_remaining()
            if left is not None:
                self.span.set_attribute(names.RPC_DEADLINE_MS, round(left * 1000))
                self._ends_at = time.perf_counter() + left
            call.add_done_callback(self._done)
        except (AttributeError, NotImplementedError):
            self.end(grpc.StatusCode.OK)
        return underlying

    def _done(self, call: Any) -> None:
        # A call that is done knows its code: the coroutine ends without waiting.
        code = _at_once(call.code()) or grpc.StatusCode.UNKNOWN
        # A caller whose own time is over cancels what it called: on a busy machine before gRPC has said the same here.
        late = self._ends_at is not None and time.perf_counter() >= self._ends_at
        self.end(grpc.StatusCode.DEADLINE_EXCEEDED if late and code is grpc.StatusCode.CANCELLED else code)

    def end(self, code: grpc.StatusCode) -> None:
        """Closes the span and records the duration."""
        failed = code is not grpc.StatusCode.OK
        told = outcome.attributes(self._method, code, error=failed)
        if names.SERVER_ADDRESS in self._server:
            told[names.SERVER_ADDRESS] = str(self._server[names.SERVER_ADDRESS])
        self._telemetry.record(
            names.RPC_CLIENT_CALL_DURATION,
            time.perf_counter() - self._started,
            told,
            context=trace.set_span_in_context(self.span),
        )
        outcome.close(self.span, code, error=failed)


# The upstream classes have no types, so mypy takes their base for Any.
class _UnaryUnary(_Watching, _aio_client.UnaryUnaryAioClientInterceptor):  # type: ignore[misc]
    pass


# As above.
class _UnaryStream(_Watching, _aio_client.UnaryStreamAioClientInterceptor):  # type: ignore[misc]
    pass


# As above.
class _StreamUnary(_Watching, _aio_client.StreamUnaryAioClientInterceptor):  # type: ignore[misc]
    pass


# As above.
class _StreamStream(_Watching, _aio_client.StreamStreamAioClientInterceptor):  # type: ignore[misc]
    pass


def _at_once(coroutine: Coroutine[Any, Any, T]) -> T | None:
    """The result of a coroutine that does not wait; None, and the coroutine closed, if it would."""
    try:
        coroutine.send(None)
    except StopIteration as result:
        # StopIteration does not know the type of its value.
        return result.value  # type: ignore[no-any-return]
    coroutine.close()
    return None
