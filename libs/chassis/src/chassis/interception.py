"""One shape for every kind of call, so that what surrounds a handler is written once.

gRPC has four cardinalities and two styles of stream handler (async generators, and coroutines that call `read` and
`write`, as the stock health service does). `Layers` turns all of them into `proceed(request, context)`, a coroutine;
a layer is a coroutine around it. The request is a message or, for request streams, an async iterator of messages.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

import grpc
from google.protobuf.message import DecodeError

from chassis.answer import DETAILS_KEY, Answer, encode
from chassis.errors import RpcError

#: The trailer that names the trace of a call, on every answer when tracing is on.
TRACE_KEY: Final = "x-trace-id"

#: The trailer by which a server tells gRPC's own retries when to come back; -1 means not at all.
PUSHBACK_KEY: Final = "grpc-retry-pushback-ms"

_Pairs = tuple[tuple[str, str | bytes], ...]

#: Bytes of the request that was read last in this call's context. Kept when it is read, because asking a message for
#: its size packs it again (9 ms for 20 MB).
_REQUEST_BYTES: Final[ContextVar[int]] = ContextVar("request_bytes", default=0)


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: `/package.Service/Method`, its two halves, and whether requests or responses are streams."""

    path: str
    service: str
    method: str
    streams_requests: bool
    streams_responses: bool


@dataclass(frozen=True, slots=True)
class Undecodable:
    """What stands in for a request whose bytes are no message; gRPC would answer UNKNOWN with the parser's text."""

    def refusal(self) -> RpcError:
        """What the caller is told."""
        sentence = "the request's bytes are not a message of the method's type; text must be valid UTF-8"
        return RpcError(Answer(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", sentence))


class Context:
    """The servicer context that handlers get: gRPC's own, plus what every answer of ours must carry.

    Everything not defined here is the inner context's.
    """

    def __init__(
        self, inner: Any, *, domain: str, trace_id: str, pack: Callable[[Any], bytes], request_bytes: int = 0
    ) -> None:
        self._inner = inner
        #: Size of the one request on the wire; 0 for a stream of requests.
        self.request_bytes: Final = request_bytes
        self._pack = pack
        self._domain = domain
        self._trace_id = trace_id
        self._always: _Pairs = ((TRACE_KEY, trace_id),) if trace_id else ()
        self._given: _Pairs = ()
        #: Called with each message that `read` hands out; raises to refuse it.
        self.check: Callable[[Any], None] | None = None
        if self._always:
            inner.set_trailing_metadata(self._always)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def fail(self, answer: Answer, *, pushback_ms: int = -1) -> NoReturn:
        """Ends the call with `answer`; RESOURCE_EXHAUSTED tells gRPC's retries to come back after `pushback_ms`."""
        if self._trace_id:
            answer = dataclasses.replace(answer, metadata={"trace_id": self._trace_id, **answer.metadata})
        message, packed = encode(answer, domain=self._domain)
        trailers: _Pairs = ((DETAILS_KEY, packed),)
        if answer.code is grpc.StatusCode.RESOURCE_EXHAUSTED:
            trailers += ((PUSHBACK_KEY, str(pushback_ms)),)
        await self.abort(answer.code, message, trailers)

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Iterable[Any] = ()) -> NoReturn:
        """Ends the call with a code, a text and these trailers, with what every answer carries added."""
        given = tuple(trailing_metadata) or self._given
        await self._inner.abort(code, details, (*given, *self._always, *_pushback(code, given)))
        raise grpc.aio.AbortError  # for the reader of types only: abort above never returns

    async def abort_with_status(self, status: grpc.Status) -> NoReturn:
        """Ends the call with a status, with what every answer carries added to its trailers."""
        await self.abort(status.code, status.details, status.trailing_metadata or ())

    def set_trailing_metadata(self, trailing_metadata: Iterable[Any]) -> None:
        """These trailers go with the answer, beside what every answer carries."""
        self._given = tuple(trailing_metadata)
        self._inner.set_trailing_metadata((*self._given, *self._always))

    def set_code(self, code: grpc.StatusCode) -> None:
        """The call will end with this code when the handler returns."""
        self._inner.set_code(code)
        extra = _pushback(code, self._given)
        if extra:
            self.set_trailing_metadata((*self._given, *extra))

    async def write(self, message: Any) -> None:
        """Sends one message of the response stream; raises RpcError for one that no caller of ours takes."""
        await self._inner.write(self._pack(message))

    async def read(self) -> Any:
        """The next message of the request stream, checked; `grpc.aio.EOF` after the last."""
        message = await self._inner.read()
        if isinstance(message, Undecodable):
            raise message.refusal()
        if self.check is not None and message is not grpc.aio.EOF:
            self.check(message)
        return message


def _decoding(deserialize: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
    """The deserializer, noting the size of what it reads, and giving Undecodable where it would raise."""
    if deserialize is None:
        return None

    def decode(packed: bytes) -> Any:
        _REQUEST_BYTES.set(len(packed))
        try:
            return deserialize(packed)
        except DecodeError:
            return Undecodable()

    return decode


Proceed = Callable[[Any, Context], Awaitable[Any]]


class Layer(Protocol):
    """Something around every handler."""

    async def __call__(self, call: Call, request: Any, context: Context, proceed: Proceed) -> Any:
        """The result of `proceed(request, context)`, or the call ended some other way."""


class Layers(grpc.aio.ServerInterceptor):
    """The interceptor that puts layers around every handler, the first outermost.

    domain: for ErrorInfo. trace_id: the id of the current trace, "" when there is none; asked once per call.
    max_message_bytes: of a response. Responses are serialised here, so that one over the limit gets an answer of ours:
    gRPC's own would be repeated by retries, which cannot know that the next one will be as large.
    """

    def __init__(
        self, layers: Sequence[Layer], *, domain: str, trace_id: Callable[[], str], max_message_bytes: int
    ) -> None:
        self._layers = tuple(layers)
        self._max_message_bytes = max_message_bytes
        self._domain = domain
        self._trace_id = trace_id
        self._wrapped: dict[str, tuple[Any, Any]] = {}

    async def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The handler with all layers around it; None, as gRPC gives it, for a method that does not exist."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        path = str(handler_call_details.method)
        kept = self._wrapped.get(path)
        if kept is None or kept[0] is not handler:
            kept = (handler, self._wrap(path, handler))
            self._wrapped[path] = kept
        return kept[1]

    def _wrap(self, path: str, handler: Any) -> Any:
        service, _, method = path.lstrip("/").rpartition("/")
        call = Call(path, service, method, handler.request_streaming, handler.response_streaming)
        make, behaviour = {
            (False, False): (grpc.unary_unary_rpc_method_handler, handler.unary_unary),
            (False, True): (grpc.unary_stream_rpc_method_handler, handler.unary_stream),
            (True, False): (grpc.stream_unary_rpc_method_handler, handler.stream_unary),
            (True, True): (grpc.stream_stream_rpc_method_handler, handler.stream_stream),
        }[call.streams_requests, call.streams_responses]
        pack = self._packing(handler.response_serializer)
        proceed = _as_coroutine(behaviour, pack, unary=not call.streams_responses)
        for layer in reversed(self._layers):
            proceed = _around(layer, call, proceed)

        async def serve(request: Any, context: Any) -> Any:
            size = 0 if call.streams_requests else _REQUEST_BYTES.get()
            own = Context(context, domain=self._domain, trace_id=self._trace_id(), pack=pack, request_bytes=size)
            if isinstance(request, Undecodable):
                await own.fail(request.refusal().answer)
            return await proceed(request, own)

        return make(serve, _decoding(handler.request_deserializer), None)

    def _packing(self, serialise: Callable[[Any], bytes] | None) -> Callable[[Any], bytes]:
        limit = self._max_message_bytes

        def pack(message: Any) -> bytes:
            packed: bytes = message if serialise is None else serialise(message)
            if len(packed) > limit:
                sizes = {"size_bytes": str(len(packed)), "limit_bytes": str(limit)}
                sentence = f"the response has {len(packed)} bytes; at most {limit} are sent"
                raise RpcError(Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "RESPONSE_TOO_LARGE", sentence, sizes))
            return packed

        return pack


def _as_coroutine(behaviour: Callable[[Any, Any], Any], pack: Callable[[Any], bytes], *, unary: bool) -> Proceed:
    async def proceed(request: Any, context: Context) -> Any:
        result = behaviour(request, context)
        if not hasattr(result, "__aiter__"):
            message = await result
            if message is not None:
                return pack(message)
            # gRPC would send an empty message for it. Nothing is right for a stream, and beside a code that was set.
            if unary and context.code() in (None, 0, grpc.StatusCode.OK):
                raise TypeError("the handler gave no answer")
            return None
        # Closed here and not by the garbage collector: a cancelled call must end its handler's awaits at once.
        async with aclosing(result):
            async for message in result:
                await context.write(message)
        return None

    return proceed


def _around(layer: Layer, call: Call, inner: Proceed) -> Proceed:
    async def proceed(request: Any, context: Context) -> Any:
        return await layer(call, request, context, inner)

    return proceed


def _pushback(code: grpc.StatusCode, given: Iterable[tuple[str, Any]]) -> _Pairs:
    # gRPC's retries count RESOURCE_EXHAUSTED as worth repeating; only admission knows when that is so.
    if code is not grpc.StatusCode.RESOURCE_EXHAUSTED or any(key == PUSHBACK_KEY for key, _ in given):
        return ()
    return ((PUSHBACK_KEY, "-1"),)
