"""What our channels do, seen from a server that writes down what it gets."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue, StringValue

from chassis.channel import MessageTooLarge, Peer, open_channel, service_config
from chassis.errors import Answer, RpcError
from chassis.telemetry import Telemetry
from chassis.testing.servers import SERVICE, channel_to, endpoint, handler, method, serving

HELLO = StringValue(value="hello")
LIMIT = 64 << 10


class Flaky:
    """A handler that fails a number of times before it answers."""

    def __init__(self, failures: int, answer: Answer | None = None, trailers: tuple[Any, ...] = ()) -> None:
        self.calls: list[float] = []
        self._failures = failures
        self._answer = answer or Answer(grpc.StatusCode.UNAVAILABLE, "NOT_NOW", "not now")
        self._trailers = trailers

    async def serve(self, request: Any, context: Any) -> Any:
        self.calls.append(time.monotonic())
        if len(self.calls) <= self._failures:
            if self._trailers:
                await context.abort(self._answer.code, self._answer.message, self._trailers)
            raise RpcError(self._answer)
        return request


async def called(flaky: Flaky, **peer: Any) -> StringValue:
    async with serving(endpoint({"Serve": flaky.serve})) as server, channel_to(server, **peer) as channel:
        answer: StringValue = await method(channel, "Serve")(HELLO)
        return answer


async def test_a_method_that_is_safe_to_repeat_is_repeated() -> None:
    flaky = Flaky(2)

    assert await called(flaky, retried=frozenset({"Serve"})) == HELLO
    assert len(flaky.calls) == 3


async def test_a_method_that_is_not_named_safe_is_never_repeated() -> None:
    flaky = Flaky(1)

    with pytest.raises(grpc.aio.AioRpcError, match="not now"):
        await called(flaky, retried=frozenset({"Other"}))
    assert len(flaky.calls) == 1


async def test_at_most_four_attempts_are_made() -> None:
    flaky = Flaky(9)

    with pytest.raises(grpc.aio.AioRpcError):
        await called(flaky, retried=frozenset({"Serve"}))
    assert len(flaky.calls) == 4


async def test_a_refusal_that_waiting_does_not_cure_is_not_repeated() -> None:
    flaky = Flaky(1, Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "BUDGET_SPENT", "no money left"))

    with pytest.raises(grpc.aio.AioRpcError, match="no money left"):
        await called(flaky, retried=frozenset({"Serve"}))
    assert len(flaky.calls) == 1


async def test_the_servers_word_on_when_to_return_is_kept() -> None:
    exhausted = Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "", "later")
    flaky = Flaky(1, exhausted, trailers=(("grpc-retry-pushback-ms", "300"),))

    await called(flaky, retried=frozenset({"Serve"}))

    # Our own first wait would be at most 0.12 s.
    assert flaky.calls[1] - flaky.calls[0] >= 0.29


async def test_the_largest_request_is_repeated_like_the_smallest() -> None:
    flaky = Flaky(1)
    serve = handler(flaky.serve, request=BytesValue)
    large = BytesValue(value=bytes(20 << 20))
    async with (
        serving(endpoint({"Serve": serve})) as server,
        channel_to(server, retried=frozenset({"Serve"})) as channel,
    ):
        answer = await method(channel, "Serve", response=BytesValue)(large)

    assert len(answer.value) == 20 << 20
    assert len(flaky.calls) == 2


async def echo(request: BytesValue, context: Any) -> BytesValue:
    return request


async def join(requests: AsyncIterator[BytesValue], context: Any) -> BytesValue:
    return BytesValue(value=b"".join([message.value async for message in requests]))


async def talk(requests: AsyncIterator[BytesValue], context: Any) -> AsyncIterator[BytesValue]:
    async for message in requests:
        yield message


def sized() -> Any:
    return endpoint(
        {
            "Echo": handler(echo, request=BytesValue),
            "Join": handler(join, kind="stream_unary", request=BytesValue),
            "Talk": handler(talk, kind="stream_stream", request=BytesValue),
        }
    )


SMALL, LARGE = BytesValue(value=b"small"), BytesValue(value=bytes(LIMIT + 1))


async def all_of(call: Any) -> list[Any]:
    return [message async for message in call]


async def test_a_request_over_the_limit_is_refused_before_it_is_sent() -> None:
    async with serving(sized()) as server, channel_to(server, max_message_bytes=LIMIT) as channel:
        with pytest.raises(MessageTooLarge, match=f"at most {LIMIT} are accepted") as caught:
            await method(channel, "Echo", response=BytesValue)(LARGE)

    assert (caught.value.size_bytes, caught.value.limit_bytes) == (LARGE.ByteSize(), LIMIT)


async def test_a_message_over_the_limit_within_an_iterator_is_told_to_the_caller() -> None:
    async with serving(sized()) as server, channel_to(server, max_message_bytes=LIMIT) as channel:
        with pytest.raises(MessageTooLarge):
            await method(channel, "Join", kind="stream_unary", response=BytesValue)(iter([SMALL, LARGE]))
        call = method(channel, "Talk", kind="stream_stream", response=BytesValue)(iter([SMALL, LARGE]))
        with pytest.raises(MessageTooLarge):
            await all_of(call)


async def test_a_message_over_the_limit_that_is_written_leaves_the_call_alive() -> None:
    async with serving(sized()) as server, channel_to(server, max_message_bytes=LIMIT) as channel:
        call = method(channel, "Talk", kind="stream_stream", response=BytesValue)()
        with pytest.raises(MessageTooLarge):
            await call.write(LARGE)
        await call.write(SMALL)
        assert await call.read() == SMALL
        await call.done_writing()


async def test_a_cancelled_stream_is_a_cancel_and_nothing_else() -> None:
    async with serving(sized()) as server, channel_to(server) as channel:
        call = method(channel, "Talk", kind="stream_stream", response=BytesValue)()
        await call.write(SMALL)
        await call.read()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call.read()


async def test_a_message_over_the_limit_from_a_raw_caller_is_refused_by_grpc_itself() -> None:
    async with serving(sized(), max_message_bytes=LIMIT) as server:
        raw = grpc.aio.insecure_channel(server.address)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(raw, "Echo", response=BytesValue)(LARGE)
        await raw.close()

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_request_that_a_handler_cannot_send_on_is_the_callers_mistake() -> None:
    async with serving(sized()) as last, channel_to(last, max_message_bytes=LIMIT) as onward:

        async def middle(request: BytesValue, context: Any) -> Any:
            return await method(onward, "Echo", response=BytesValue)(request)

        pass_on = handler(middle, request=BytesValue)
        async with serving(endpoint({"Middle": pass_on})) as first, channel_to(first) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await method(channel, "Middle", response=BytesValue)(LARGE)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_the_service_config_says_what_it_must_and_has_no_timeout() -> None:
    config = service_config(Peer(target="a:1", service=SERVICE, retried=frozenset({"B", "A"})))

    assert config["loadBalancingConfig"] == [{"round_robin": {}}]
    assert config["healthCheckConfig"] == {"serviceName": SERVICE}
    assert config["retryThrottling"] == {"maxTokens": 100, "tokenRatio": 0.1}
    [methods] = config["methodConfig"]
    assert methods["name"] == [{"service": SERVICE, "method": "A"}, {"service": SERVICE, "method": "B"}]
    assert "timeout" not in json.dumps(config)


def test_a_peer_with_nothing_safe_to_repeat_has_no_retry_policy() -> None:
    config = service_config(Peer(target="a:1", service=SERVICE, health_check=False))

    assert "retryPolicy" not in json.dumps(config)
    assert "healthCheckConfig" not in config


async def test_with_pick_first_calls_keep_to_one_address_and_nobody_is_asked_for_its_health() -> None:
    served: dict[str, int] = {"one": 0, "other": 0}

    def counting(name: str) -> Any:
        async def count(request: StringValue, context: Any) -> StringValue:
            served[name] += 1
            return request

        return endpoint({"Count": count})

    async with serving(counting("one")) as one, serving(counting("other")) as other:
        # The sidecar in front would leave it out; here it is called all the same.
        await one._health.not_serving()
        both = f"ipv4:{one.address},{other.address}"
        async with channel_to(both, balancing="pick_first") as channel:
            for _ in range(6):
                await method(channel, "Count")(StringValue(), timeout=30)
    config = service_config(Peer(target="a:1", service=SERVICE, balancing="pick_first"))

    assert served == {"one": 6, "other": 0}
    assert config["loadBalancingConfig"] == [{"pick_first": {}}]
    assert "healthCheckConfig" not in config


async def test_a_proxy_for_the_outside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("grpc_proxy", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(sized()) as server, channel_to(server) as channel:
        assert await method(channel, "Echo", response=BytesValue)(SMALL, timeout=30) == SMALL


async def test_a_channel_knows_its_state_and_waits_for_its_server() -> None:
    async with (
        serving(sized()) as server,
        open_channel(Peer(f"dns:///{server.address}", SERVICE), telemetry=Telemetry.off()) as channel,
    ):
        assert channel.get_state(try_to_connect=True) is not grpc.ChannelConnectivity.READY
        await channel.wait_for_state_change(grpc.ChannelConnectivity.IDLE)
        await channel.channel_ready()
        assert channel.get_state() is grpc.ChannelConnectivity.READY


async def test_what_another_channel_failed_to_reach_is_tried_anew() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    async with channel_to(f"127.0.0.1:{port}") as early:
        with pytest.raises(grpc.aio.AioRpcError, match="refused"):
            await method(early, "Echo", response=BytesValue)(SMALL, timeout=30)

        async with serving(sized(), port=port) as server, channel_to(server) as channel:
            assert await method(channel, "Echo", response=BytesValue)(SMALL, timeout=30) == SMALL
