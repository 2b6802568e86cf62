"""What both ends of a call tell of it, however it ends. The cases are those the stock instrumentation gets wrong."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
import weakref
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from opentelemetry import baggage, context, trace
from opentelemetry.sdk.trace import ReadableSpan

from chassis.telemetry import addresses, client
from chassis.testing.servers import channel_to, endpoint, method, serving, until

from .telephone import SERVICE, Heard, Line

#: Half of what a handler sleeps that nobody wakes, in seconds.
BEFORE_IT_WAKES_S = 10


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with Line() as line:
        yield line


async def both(line: Line) -> tuple[ReadableSpan, ReadableSpan]:
    """The server's and the client's span of the one call made."""
    return await line.server_side.one("SERVER"), await line.client_side.one("CLIENT")


def told(span: ReadableSpan) -> tuple[str, str, str | None]:
    """Code, status and error.type of a span."""
    attributes = span.attributes or {}
    error = attributes.get("error.type")
    return str(attributes["rpc.response.status_code"]), span.status.status_code.name, error and str(error)


def exceptions(span: ReadableSpan) -> list[str]:
    return [str((event.attributes or {})["exception.type"]) for event in span.events if event.name == "exception"]


async def woken(event: asyncio.Event) -> None:
    """Returns when the handler has ended, which must be long before it would by itself."""
    await asyncio.wait_for(event.wait(), BEFORE_IT_WAKES_S)


async def test_a_good_call_is_one_child_span_on_each_side(line: Line) -> None:
    assert await line.unary_call(b"hello", timeout=60) == b"hello"

    server, client = await both(line)
    assert server.name == client.name == f"{SERVICE}/Unary"
    assert told(server) == told(client) == ("OK", "UNSET", None)
    assert server.context.trace_id == client.context.trace_id
    assert server.parent is not None
    assert server.parent.span_id == client.context.span_id
    assert client.attributes == {
        "rpc.system.name": "grpc",
        "rpc.method": f"{SERVICE}/Unary",
        "rpc.response.status_code": "OK",
        "server.address": "127.0.0.1",
        "server.port": line.port,
        "animatize.rpc.deadline_ms": client.attributes["animatize.rpc.deadline_ms"],
    }
    assert 30_000 < client.attributes["animatize.rpc.deadline_ms"] <= 60_000
    assert server.attributes is not None
    assert server.attributes["network.peer.address"] == "127.0.0.1"
    assert (server.attributes["server.address"], server.attributes["server.port"]) == ("127.0.0.1", line.port)
    assert server.attributes["animatize.rpc.attempt"] == 1


@pytest.mark.parametrize(
    ("request_", "code", "server_status", "recorded"),
    [
        (b"abort", "NOT_FOUND", "UNSET", []),
        (b"unavailable", "UNAVAILABLE", "ERROR", []),
        (b"rich", "INTERNAL", "ERROR", []),
        (b"raise", "UNKNOWN", "ERROR", ["ValueError"]),
        (b"mapped", "INTERNAL", "ERROR", ["KeyError"]),
        (b"set_code", "INVALID_ARGUMENT", "UNSET", []),
    ],
)
async def test_a_failed_call_has_its_true_code_on_both_sides(
    line: Line, request_: bytes, code: str, server_status: str, recorded: list[str]
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await line.unary_call(request_)

    server, client = await both(line)
    assert caught.value.code().name == code
    assert told(client) == (code, "ERROR", code)
    assert told(server) == (code, server_status, code if server_status == "ERROR" else None)
    assert exceptions(server) == recorded


async def test_a_stage_in_a_worker_thread_is_a_child_of_the_call(line: Line) -> None:
    await line.unary_call(b"thread")

    server, _ = await both(line)
    stage = await line.server_side.one("INTERNAL")
    assert stage.name == "analyze depth"
    assert stage.parent is not None
    assert stage.parent.span_id == server.context.span_id


async def test_an_error_inside_a_stage_is_written_on_the_stage_and_not_again_on_the_call(line: Line) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await line.unary_call(b"stage")

    called, _ = await both(line)
    assert exceptions(await line.server_side.one("INTERNAL")) == ["ValueError"]
    assert exceptions(called) == []
    assert told(called) == ("UNKNOWN", "ERROR", "UNKNOWN")


async def test_only_allowed_baggage_travels(line: Line) -> None:
    carried = baggage.set_baggage("animatize.tenant.class", "free")
    carried = baggage.set_baggage("animatize.synthetic", "true", carried)
    carried = baggage.set_baggage("user.email", "a@b.example", carried)
    token = context.attach(carried)

    await line.unary_call(b"baggage")
    context.detach(token)

    assert line.baggage == {"animatize.tenant.class": "free", "animatize.synthetic": "true"}


async def test_baggage_a_foreign_caller_sends_is_dropped_at_the_door(line: Line) -> None:
    sent = f"user.email=a,animatize.synthetic=true,animatize.tenant.class={'x' * 100}"
    async with grpc.aio.insecure_channel(line.target) as bare:
        await bare.unary_unary(f"/{SERVICE}/Unary")(b"baggage", metadata=(("baggage", sent),))

    assert line.baggage == {"animatize.synthetic": "true"}


async def test_a_deadline_ends_both_spans_and_the_handler(line: Line) -> None:
    await line.warmed()

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await line.unary_call(b"sleep", timeout=2)
    await woken(line.ended)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    server, client = await both(line)
    assert told(server) == told(client) == ("DEADLINE_EXCEEDED", "ERROR", "DEADLINE_EXCEEDED")
    assert exceptions(server) == []


async def test_cancelling_the_task_reaches_the_handler(line: Line) -> None:
    call = line.unary_call(b"sleep", timeout=50)

    async def caller() -> None:
        await call

    task = asyncio.create_task(caller())
    await line.began.wait()
    task.cancel()

    await woken(line.ended)
    with pytest.raises(asyncio.CancelledError):
        await task
    server, client = await both(line)
    assert told(server) == ("CANCELLED", "UNSET", None)
    assert told(client) == ("CANCELLED", "ERROR", "CANCELLED")
    assert exceptions(server) == exceptions(client) == []


async def test_cancelling_the_call_reaches_the_handler(line: Line) -> None:
    call = line.unary_call(b"sleep")
    await line.began.wait()

    assert call.cancel()

    await woken(line.ended)
    server, client = await both(line)
    assert told(server) == ("CANCELLED", "UNSET", None)
    assert told(client) == ("CANCELLED", "ERROR", "CANCELLED")


async def test_a_cancel_after_the_deadline_is_the_deadlines(line: Line) -> None:
    await line.warmed()
    call = line.stream_call(b"sleep", timeout=2)
    await line.began.wait()
    # A loop that is held up: nobody here has heard of the end of the call when its caller gives it up.
    time.sleep(2.1)  # noqa: ASYNC251

    call.cancel()

    await woken(line.ended)
    server, client = await both(line)
    assert told(server) == told(client) == ("DEADLINE_EXCEEDED", "ERROR", "DEADLINE_EXCEEDED")


async def test_a_call_cancelled_before_it_is_made_leaves_no_span_open(line: Line) -> None:
    task = asyncio.ensure_future(asyncio.wait_for(line.unary_call(b"sleep"), 0))

    with pytest.raises(TimeoutError):
        await task

    assert all(span.end_time for span in line.client_side.spans())


async def test_a_good_stream_is_one_span_on_each_side(line: Line) -> None:
    assert [message async for message in line.stream_call(b"")] == [b"0", b"1", b"2"]

    server, client = await both(line)
    assert told(server) == told(client) == ("OK", "UNSET", None)


async def test_a_stream_whose_handler_fails_says_so_on_both_sides(line: Line) -> None:
    call = line.stream_call(b"raise")
    assert await call.read() == b"0"
    with pytest.raises(grpc.aio.AioRpcError):
        await call.read()

    server, client = await both(line)
    assert told(server) == told(client) == ("UNKNOWN", "ERROR", "UNKNOWN")
    assert exceptions(server) == ["ValueError"]


@pytest.mark.parametrize("request_", [b"sleep", b"flood"])
async def test_leaving_a_stream_and_cancelling_it_reaches_the_handler(line: Line, request_: bytes) -> None:
    call = line.stream_call(request_)
    async for _ in call:
        break

    assert call.cancel()

    await woken(line.ended)
    server, client = await both(line)
    assert told(server) == ("CANCELLED", "UNSET", None)
    assert told(client) == ("CANCELLED", "ERROR", "CANCELLED")


async def test_cancelling_a_task_that_reads_a_stream_reaches_the_handler(line: Line) -> None:
    async def caller() -> None:
        async for _ in line.stream_call(b"sleep"):
            pass

    task = asyncio.create_task(caller())
    await line.began.wait()
    await asyncio.sleep(0.02)
    task.cancel()

    await woken(line.ended)
    with pytest.raises(asyncio.CancelledError):
        await task
    server, client = await both(line)
    assert told(server) == ("CANCELLED", "UNSET", None)
    assert told(client) == ("CANCELLED", "ERROR", "CANCELLED")


async def test_a_streams_deadline_ends_both_spans(line: Line) -> None:
    await line.warmed()

    with pytest.raises(grpc.aio.AioRpcError):
        async for _ in line.stream_call(b"sleep", timeout=2):
            pass

    server, client = await both(line)
    assert told(server) == told(client) == ("DEADLINE_EXCEEDED", "ERROR", "DEADLINE_EXCEEDED")


async def test_a_stream_can_be_read_message_by_message(line: Line) -> None:
    call = line.stream_call(b"")

    got = [await call.read(), await call.read(), await call.read(), await call.read()]

    assert got == [b"0", b"1", b"2", grpc.aio.EOF]
    server, client = await both(line)
    assert told(server) == told(client) == ("OK", "UNSET", None)


async def test_a_handler_that_writes_its_stream_itself_works(line: Line) -> None:
    assert [message async for message in line.write_call(b"")] == [b"0", b"1", b"2"]

    server, client = await both(line)
    assert told(server) == told(client) == ("OK", "UNSET", None)


async def test_a_handler_that_writes_its_stream_itself_sees_the_cancel(line: Line) -> None:
    call = line.write_call(b"sleep")
    async for message in call:
        if message == b"2":
            break
    call.cancel()

    await woken(line.ended)
    server, _ = await both(line)
    assert told(server) == ("CANCELLED", "UNSET", None)


async def test_a_client_that_writes_its_requests_itself_is_not_held_up(line: Line) -> None:
    call = line.collect_call(timeout=30)
    for part in (b"a", b"b"):
        await call.write(part)
    await call.done_writing()

    assert await call == b"ab"
    server, client = await both(line)
    assert told(server) == told(client) == ("OK", "UNSET", None)


async def test_a_client_stream_from_an_iterator_is_one_span_on_each_side(line: Line) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    assert await line.collect_call(parts()) == b"ab"

    server, client = await both(line)
    assert told(server) == told(client) == ("OK", "UNSET", None)


async def test_a_client_stream_that_is_cancelled_ends_the_handler(line: Line) -> None:
    call = line.collect_call()
    await call.write(b"a")
    await line.began.wait()
    call.cancel()

    await woken(line.ended)
    server, client = await both(line)
    assert told(server) == ("CANCELLED", "UNSET", None)
    assert told(client) == ("CANCELLED", "ERROR", "CANCELLED")


async def test_a_caller_that_leaves_while_it_sends_has_not_said_all(line: Line) -> None:
    await line.warmed()

    # Some leave before their handler has begun, and have no span of it.
    while len(line.server_side.spans("SERVER")) < 10:
        call = line.collect_call()
        await call.write(b"a")
        call.cancel()
        await asyncio.sleep(0.005)

    assert {told(span)[0] for span in line.server_side.spans("SERVER")} == {"CANCELLED"}


async def test_both_sides_of_a_stream_can_read_and_write_in_turn(line: Line) -> None:
    call = line.echo_call(timeout=30)
    await call.write(b"ping")
    assert await call.read() == b"ping"
    await call.done_writing()
    assert await call.read() == grpc.aio.EOF

    server, client = await both(line)
    assert told(server) == told(client) == ("OK", "UNSET", None)


async def test_a_server_that_is_away_is_an_error_of_the_client_alone(line: Line) -> None:
    await line.server.stop(0)

    with pytest.raises(grpc.aio.AioRpcError):
        await line.unary_call(b"hello", timeout=30)

    assert told(await line.client_side.one("CLIENT")) == ("UNAVAILABLE", "ERROR", "UNAVAILABLE")


async def test_an_unknown_method_has_one_name_however_it_is_spelled(line: Line) -> None:
    for number in range(3):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await line.channel.unary_unary(f"/{SERVICE}/Odd{number}")(b"")
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED

    # A caller may have its answer before the span of it has ended.
    await until(lambda: len(line.server_side.spans("SERVER")) == 3)
    spans = line.server_side.spans("SERVER")
    assert [span.name for span in spans] == ["_OTHER"] * 3
    assert told(spans[0]) == ("UNIMPLEMENTED", "ERROR", "UNIMPLEMENTED")


async def test_health_checks_and_reflection_are_not_traced(line: Line) -> None:
    with pytest.raises(grpc.aio.AioRpcError):
        await line.channel.unary_unary("/grpc.health.v1.Health/Check")(b"")

    assert line.server_side.spans() == line.client_side.spans() == []


class Refusing(grpc.aio.UnaryUnaryClientInterceptor):
    """An interceptor nearer to the wire that ends calls itself: with an error, or with an answer it has."""

    def __init__(self, end: BaseException | bytes) -> None:
        self.end = end

    async def intercept_unary_unary(self, continuation: object, details: object, request: object) -> bytes:
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end


REFUSED = grpc.aio.AioRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.aio.Metadata(), grpc.aio.Metadata())


@pytest.mark.parametrize(
    ("end", "code", "recorded"),
    [
        (REFUSED, "RESOURCE_EXHAUSTED", []),
        (asyncio.CancelledError(), "CANCELLED", []),
        (ValueError("too large"), "UNKNOWN", ["ValueError"]),
    ],
)
async def test_a_call_that_never_leaves_ends_its_span_too(
    line: Line, end: BaseException, code: str, recorded: list[str]
) -> None:
    interceptors = [*line.client_side.telemetry.client_interceptors(target=line.target), Refusing(end)]
    async with grpc.aio.insecure_channel(line.target, interceptors=interceptors) as channel:
        with pytest.raises(type(end)):
            await channel.unary_unary(f"/{SERVICE}/Unary")(b"hello")

    client = await line.client_side.one("CLIENT")
    assert told(client) == (code, "ERROR", code)
    assert exceptions(client) == recorded


async def test_a_call_answered_on_the_way_is_a_good_one(line: Line) -> None:
    interceptors = [*line.client_side.telemetry.client_interceptors(target=line.target), Refusing(b"kept")]
    async with grpc.aio.insecure_channel(line.target, interceptors=interceptors) as channel:
        assert await channel.unary_unary(f"/{SERVICE}/Unary")(b"hello") == b"kept"

    assert told(await line.client_side.one("CLIENT")) == ("OK", "UNSET", None)


@pytest.mark.parametrize(
    ("target", "told_of"),
    [
        ("dns:///analyzer.mesh:50051", {"server.address": "analyzer.mesh", "server.port": 50051}),
        ("ipv6:[::1]:5", {"server.address": "::1", "server.port": 5}),
        ("analyzer", {"server.address": "analyzer"}),
        ("", {}),
    ],
)
def test_the_servers_address_is_read_from_the_target(target: str, told_of: dict[str, object]) -> None:
    assert addresses.of_target(target) == told_of


@pytest.mark.parametrize(
    ("peer", "told_of"),
    [
        ("ipv4:10.2.1.1:57284", {"network.peer.address": "10.2.1.1", "network.peer.port": 57284}),
        ("ipv6:%5B::1%5D:5", {"network.peer.address": "::1", "network.peer.port": 5}),
        ("unix:/run/a.sock", {"network.peer.address": "/run/a.sock"}),
    ],
)
def test_the_callers_address_is_read_from_the_peer(peer: str, told_of: dict[str, object]) -> None:
    assert addresses.of_peer(peer) == told_of


@pytest.mark.parametrize(
    ("address", "told_of"),
    [
        ("127.0.0.1:5", {"server.address": "127.0.0.1", "server.port": 5}),
        ("0.0.0.0:5", {"server.address": socket.gethostname(), "server.port": 5}),
        ("[::]:5", {"server.address": socket.gethostname(), "server.port": 5}),
        ("", {}),
    ],
)
def test_a_server_that_listens_everywhere_is_called_by_its_machines_name(
    address: str, told_of: dict[str, object]
) -> None:
    assert addresses.of_listener(address) == told_of


async def test_a_server_of_the_chassis_tells_where_it_listens() -> None:
    heard = Heard("callee")

    async def echo(request: StringValue, context: Any) -> StringValue:
        return request

    async with (
        serving(endpoint({"Echo": echo}), telemetry=heard.telemetry) as served,
        channel_to(served) as channel,
    ):
        await method(channel, "Echo")(StringValue(), timeout=30)
        span = await heard.one("SERVER")
    await heard.telemetry.shutdown()

    assert span.attributes is not None
    assert f"{span.attributes['server.address']}:{span.attributes['server.port']}" == served.address


async def test_a_code_that_is_not_known_yet_is_not_waited_for() -> None:
    assert client._at_once(asyncio.sleep(1)) is None


async def test_two_calls_made_side_by_side_share_the_callers_span_and_nothing_else(line: Line) -> None:
    with line.client_side.telemetry.tracer.start_as_current_span("outer") as outer:
        await asyncio.gather(line.unary_call(b"a"), line.unary_call(b"b"))
        assert trace.get_current_span() is outer

    await until(lambda: len(line.client_side.spans("CLIENT")) == 2)
    clients = line.client_side.spans("CLIENT")
    assert {span.parent.span_id for span in clients if span.parent} == {outer.get_span_context().span_id}
    assert len({span.context.span_id for span in clients}) == 2


async def test_a_finished_call_is_not_kept_alive(line: Line) -> None:
    """Requests hold images: they must go when the call ends, not when the collector of cycles comes round."""

    class Still:
        pass

    call = line.channel.unary_unary(f"/{SERVICE}/Unary", request_serializer=lambda _: b"hello")
    still = Still()
    kept = weakref.ref(still)
    gc.collect()
    gc.disable()
    try:
        await call(still)
        del still
        await until(lambda: kept() is None, within_s=10)
    finally:
        gc.enable()


async def test_spans_end_when_the_server_stops_under_a_call(line: Line) -> None:
    call = line.unary_call(b"sleep")
    await line.began.wait()

    await line.server.stop(0)

    with pytest.raises(grpc.aio.AioRpcError):
        await call
    server, client = await both(line)
    assert told(server)[0] == "CANCELLED"
    assert told(client)[0] == "UNAVAILABLE"
