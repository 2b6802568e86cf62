"""Calls that go out: each has a time limit, none is larger than the other end accepts, and certificates may change.

The channel here stands between generated stubs and gRPC's own. It serialises requests itself, so the size of each is
known, once, before anything is sent; gRPC would report the same mistake as RESOURCE_EXHAUSTED, which looks like one
that waiting cures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import Any, Final, Self

import grpc

from chassis import deadline
from chassis.errors import MessageTooLarge

#: Seconds between a channel's replacement and its closing: calls begun on it have reached the wire by then.
_HAND_OVER_S: Final = 5.0

#: Seconds that calls on a replaced channel may still take; more than the longest call.
_RETIRED_S: Final = 900.0


class Outgoing(grpc.aio.Channel):
    """A channel for generated stubs. Create it in the running event loop; end it with `close`.

    build: makes gRPC's own channel. renew: makes a new one when the old one's certificates are out of date, else None;
    asked before each call. Calls that run on a replaced channel finish there.
    """

    def __init__(
        self,
        build: Callable[[], grpc.aio.Channel],
        *,
        renew: Callable[[], grpc.aio.Channel | None],
        max_message_bytes: int,
        default_timeout_s: float,
    ) -> None:
        self._inner = build()
        self._renew = renew
        self._retiring: dict[asyncio.Task[None], grpc.aio.Channel] = {}
        self.max_message_bytes = max_message_bytes
        self.default_timeout_s = default_timeout_s

    def current(self) -> grpc.aio.Channel:
        """The channel of gRPC itself for the next call."""
        renewed = self._renew()
        if renewed is not None:
            task = asyncio.get_running_loop().create_task(_retire(self._inner))
            self._retiring[task] = self._inner
            task.add_done_callback(self._retiring.pop)
            self._inner = renewed
        return self._inner

    def unary_unary(self, method: str, request_serializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The callable of one method; what generated stubs ask for."""
        return _OneRequest(self, "unary_unary", method, request_serializer, args, kwargs)

    def unary_stream(self, method: str, request_serializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The callable of one method; what generated stubs ask for."""
        return _OneRequest(self, "unary_stream", method, request_serializer, args, kwargs)

    def stream_unary(self, method: str, request_serializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The callable of one method; what generated stubs ask for."""
        return _ManyRequests(self, "stream_unary", method, request_serializer, args, kwargs)

    def stream_stream(self, method: str, request_serializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The callable of one method; what generated stubs ask for."""
        return _ManyRequests(self, "stream_stream", method, request_serializer, args, kwargs)

    async def close(self, grace: float | None = None) -> None:
        """Ends the channel; running calls have `grace` seconds, or are cancelled at once without it."""
        retired = list(self._retiring.values())
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*(channel.close(grace) for channel in (self._inner, *retired)))

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """The state of the connection, of the channel that is in use."""
        return self._inner.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Returns when the state is no longer the one given."""
        await self._inner.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Returns when there is a connection; waits for ever where there is nobody to connect to."""
        await self._inner.channel_ready()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Method:
    """One method of the other end."""

    def __init__(
        self,
        channel: Outgoing,
        kind: str,
        method: str,
        serialize: Callable[[Any], bytes] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._channel = channel
        self._kind = kind
        self._method = method
        self._serialize = serialize
        self._args = args
        self._kwargs = kwargs
        self._made: tuple[grpc.aio.Channel, Any] | None = None

    def _pack(self, request: Any) -> bytes:
        packed: bytes = request if self._serialize is None else self._serialize(request)
        if len(packed) > self._channel.max_message_bytes:
            raise MessageTooLarge(size_bytes=len(packed), limit_bytes=self._channel.max_message_bytes)
        return packed

    def _begin(self, request: Any, timeout: float | None, kwargs: dict[str, Any]) -> Any:
        inner = self._channel.current()
        if self._made is None or self._made[0] is not inner:
            # Serialised already, so gRPC gets bytes and passes them on as they are.
            make = getattr(inner, self._kind)
            self._made = (inner, make(self._method, None, *self._args, **self._kwargs))
        limit = deadline.outgoing(timeout, default_s=self._channel.default_timeout_s)
        return self._made[1](request, timeout=limit, **kwargs)


class _OneRequest(_Method):
    """A method that takes one message."""

    def __call__(self, request: Any, *, timeout: float | None = None, **kwargs: Any) -> Any:
        """The call, begun. Raises MessageTooLarge for a request that no server of ours takes."""
        return self._begin(self._pack(request), timeout, kwargs)


class _ManyRequests(_Method):
    """A method that takes a stream of messages."""

    def __call__(self, request_iterator: Any = None, timeout: float | None = None, **kwargs: Any) -> _StreamingCall:
        """The call, begun, with the messages of an iterator or with those that `write` is given."""
        packing = None if request_iterator is None else _Packing(request_iterator, self._pack)
        return _StreamingCall(self._begin(packing, timeout, kwargs), packing, self._pack)


class _Packing:
    """An async iterator over serialised messages that remembers why it ended early."""

    def __init__(self, messages: Any, pack: Callable[[Any], bytes]) -> None:
        self._messages = aiter(messages) if hasattr(messages, "__aiter__") else _Stepping(iter(messages))
        self._pack = pack
        self.error: MessageTooLarge | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        message = await anext(self._messages)
        try:
            return self._pack(message)
        except MessageTooLarge as error:
            self.error = error
            raise


class _Stepping:
    """A plain iterator as an async one."""

    def __init__(self, messages: Iterator[Any]) -> None:
        self._messages = messages

    async def __anext__(self) -> Any:
        for message in self._messages:
            return message
        raise StopAsyncIteration


class _StreamingCall:
    """A call of gRPC, but a request that is too large is told to the caller instead of looking like a cancel."""

    def __init__(self, call: Any, packing: _Packing | None, pack: Callable[[Any], bytes]) -> None:
        self._call = call
        self._packing = packing
        self._pack = pack

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    async def write(self, request: Any) -> None:
        """Sends one message. Raises MessageTooLarge and sends nothing for one that no server of ours takes."""
        await self._call.write(self._pack(request))

    def __await__(self) -> Generator[Any, None, Any]:
        return self._told(self._call).__await__()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        message = await self.read()
        if message is grpc.aio.EOF:
            raise StopAsyncIteration
        return message

    async def read(self) -> Any:
        """The next response; `grpc.aio.EOF` after the last."""
        return await self._told(self._call.read())

    async def _told(self, outcome: Awaitable[Any]) -> Any:
        try:
            return await outcome
        except asyncio.CancelledError:
            # gRPC cancels a call whose requests cannot be had; the caller is told why.
            if self._packing is not None and self._packing.error is not None:
                raise self._packing.error from None
            raise


async def _retire(channel: grpc.aio.Channel) -> None:
    await asyncio.sleep(_HAND_OVER_S)
    await channel.close(_RETIRED_S)
