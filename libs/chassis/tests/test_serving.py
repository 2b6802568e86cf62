"""A real server and a real channel, with all layers on."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, cast

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc import status_pb2
from grpc_status import rpc_status

from chassis import deadline, errors
from chassis.errors import Answer, ErrorTable, RpcError, unbuilt
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.telemetry.logs import Identity
from chassis.testing.servers import SERVICE, channel_to, endpoint, handler, method, serving

HELLO = StringValue(value="hello")


async def echo(request: StringValue, context: Any) -> StringValue:
    return request


async def test_a_unary_call_goes_through_every_layer() -> None:
    async with serving(endpoint({"Echo": echo})) as server, channel_to(server) as channel:
        assert await method(channel, "Echo")(HELLO) == HELLO


async def repeat_by_yield(request: StringValue, context: Any) -> AsyncIterator[StringValue]:
    for _ in range(3):
        yield request


async def repeat_by_write(request: StringValue, context: Any) -> None:
    for _ in range(3):
        await context.write(request)


@pytest.mark.parametrize("style", [repeat_by_yield, repeat_by_write])
async def test_both_styles_of_response_stream_give_all_messages(style: Any) -> None:
    async with (
        serving(endpoint({"Repeat": handler(style, kind="unary_stream")})) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Repeat", kind="unary_stream")(HELLO)
        assert [message async for message in call] == [HELLO] * 3


async def join_by_loop(requests: AsyncIterator[StringValue], context: Any) -> StringValue:
    return StringValue(value="".join([message.value async for message in requests]))


async def join_by_read(requests: Any, context: Any) -> StringValue:
    text = ""
    while (message := await context.read()) is not grpc.aio.EOF:
        text += message.value
    return StringValue(value=text)


@pytest.mark.parametrize("style", [join_by_loop, join_by_read])
async def test_both_styles_of_request_stream_take_all_messages(style: Any) -> None:
    async with (
        serving(endpoint({"Join": handler(style, kind="stream_unary")})) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Join", kind="stream_unary")(iter([HELLO, HELLO]))
        assert (await call).value == "hellohello"


async def answer_by_yield(requests: AsyncIterator[StringValue], context: Any) -> AsyncIterator[StringValue]:
    async for message in requests:
        yield message


async def answer_by_write(requests: Any, context: Any) -> None:
    while (message := await context.read()) is not grpc.aio.EOF:
        await context.write(message)


@pytest.mark.parametrize("style", [answer_by_yield, answer_by_write])
async def test_both_styles_of_conversation_answer_message_by_message(style: Any) -> None:
    async with (
        serving(endpoint({"Talk": handler(style, kind="stream_stream")})) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Talk", kind="stream_stream")()
        for word in ("a", "b"):
            await call.write(StringValue(value=word))
            assert (await call.read()).value == word
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert await call.code() is grpc.StatusCode.OK


async def test_a_conversation_over_an_iterator_ends_with_it() -> None:
    async def words() -> AsyncIterator[StringValue]:
        yield HELLO
        yield HELLO

    async with (
        serving(endpoint({"Talk": handler(answer_by_yield, kind="stream_stream")})) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Talk", kind="stream_stream")(words())
        assert [message async for message in call] == [HELLO, HELLO]


class NotThereError(Exception):
    pass


class LostForeverError(NotThereError):
    pass


TABLE = ErrorTable(
    "animatize",
    {
        NotThereError: lambda error: Answer(
            grpc.StatusCode.NOT_FOUND, "NOT_THERE", f"no {error}", metadata={"name": str(error)}, retry_after_s=1.5
        )
    },
)


async def failure(raised: BaseException, *, telemetry: Telemetry | None = None, **kinds: Any) -> grpc.aio.AioRpcError:
    async def fail(request: StringValue, context: Any) -> StringValue:
        raise raised

    async with (
        serving(endpoint({"Fail": fail}), errors=TABLE, telemetry=telemetry) as server,
        channel_to(server) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Fail")(HELLO, timeout=30)
    return caught.value


async def test_an_exception_of_the_table_becomes_its_rich_answer() -> None:
    error = await failure(NotThereError("attic"))

    found = errors.info(error)
    assert found is not None
    assert (error.code(), error.details()) == (grpc.StatusCode.NOT_FOUND, "no attic")
    assert (found.reason, found.domain, dict(found.metadata)) == ("NOT_THERE", "animatize", {"name": "attic"})
    assert errors.retry_after(error) == 1.5


async def test_a_class_without_a_row_is_answered_by_its_nearest_base() -> None:
    error = await failure(LostForeverError("attic"))

    assert error.code() is grpc.StatusCode.NOT_FOUND


async def test_what_is_promised_and_not_built_says_so() -> None:
    error = await failure(unbuilt("Moons come later."))

    found = errors.info(error)
    assert found is not None
    assert (error.code(), error.details(), found.reason) == (
        grpc.StatusCode.UNIMPLEMENTED,
        "Moons come later.",
        "NOT_BUILT",
    )


async def test_the_text_of_an_unknown_exception_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "chassis"):
        error = await failure(ValueError("secret"))

    found = errors.info(error)
    assert found is not None
    assert error.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in str(error)
    assert b"secret" not in b"".join(bytes(str(value), "utf8") for _, value in error.trailing_metadata())
    assert found.metadata["error_id"] in caplog.text
    assert "secret" in caplog.text


async def test_a_cancel_that_the_handler_raises_itself_is_a_fault_and_never_hangs_its_caller() -> None:
    async with asyncio.timeout(2):
        error = await failure(asyncio.CancelledError())

    assert error.code() is grpc.StatusCode.INTERNAL


async def test_several_failures_at_once_are_answered_by_the_first_when_all_are_known() -> None:
    error = await failure(ExceptionGroup("two", [NotThereError("attic"), NotThereError("cellar")]))

    assert error.details() == "no attic"


async def test_several_failures_at_once_are_a_fault_when_one_is_unknown() -> None:
    error = await failure(ExceptionGroup("two", [NotThereError("attic"), ValueError("secret")]))

    assert error.code() is grpc.StatusCode.INTERNAL


async def test_a_row_that_fails_is_a_fault_like_any_other() -> None:
    def broken(error: Exception) -> Answer:
        raise KeyError("secret")

    async def fail(request: StringValue, context: Any) -> StringValue:
        raise NotThereError

    table = ErrorTable("test", {NotThereError: broken})
    async with serving(endpoint({"Fail": fail}), errors=table) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Fail")(HELLO)

    assert caught.value.code() is grpc.StatusCode.INTERNAL


async def test_work_after_the_deadline_is_told_as_such() -> None:
    error = await failure(deadline.Expired())

    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_an_exhausted_answer_tells_retries_to_stay_away() -> None:
    error = await failure(RpcError(Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "BUDGET_SPENT", "no money left")))

    assert error.trailing_metadata()["grpc-retry-pushback-ms"] == "-1"


async def test_a_code_set_without_an_answer_needs_none() -> None:
    async def set_code(request: StringValue, context: Any) -> None:
        context.set_code(grpc.StatusCode.ABORTED)

    async with serving(endpoint({"Set": set_code})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Set")(HELLO, timeout=30)

    assert caught.value.code() is grpc.StatusCode.ABORTED


async def test_a_plain_abort_of_a_handler_keeps_its_code_text_and_trailers() -> None:
    async def abort(request: StringValue, context: Any) -> StringValue:
        context.set_trailing_metadata((("x-own", "1"),))
        await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "enough")
        return request

    async with serving(endpoint({"Abort": abort})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Abort")(HELLO)

    error = caught.value
    assert (error.code(), error.details()) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "enough")
    assert error.trailing_metadata()["x-own"] == "1"
    assert error.trailing_metadata()["grpc-retry-pushback-ms"] == "-1"


@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream"])
async def test_a_response_over_the_limit_is_refused_once_and_not_tried_again(kind: str) -> None:
    calls = []

    async def large(request: StringValue, context: Any) -> StringValue | None:
        calls.append(request)
        answer = StringValue(value="x" * 5000)
        if kind == "unary_unary":
            return answer
        await context.write(answer)
        return None

    async with (
        serving(endpoint({"Large": handler(large, kind=kind)}), max_message_bytes=4096) as server,
        channel_to(server, retried=frozenset({"Large"})) as channel,
    ):
        call = method(channel, "Large", kind=kind)(HELLO)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await (call if kind == "unary_unary" else call.read())

    found = errors.info(caught.value)
    assert found is not None
    assert (caught.value.code(), found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RESPONSE_TOO_LARGE")
    assert calls == [HELLO]


async def test_a_handler_that_gives_nothing_is_a_fault() -> None:
    async def nothing(request: StringValue, context: Any) -> None:
        return None

    async with serving(endpoint({"Nothing": nothing})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Nothing")(HELLO, timeout=30)

    assert caught.value.code() is grpc.StatusCode.INTERNAL


async def test_a_rich_abort_of_a_handler_passes_as_it_is() -> None:
    async def abort(request: StringValue, context: Any) -> StringValue:
        status = status_pb2.Status(code=grpc.StatusCode.ABORTED.value[0], message="rich")
        await context.abort_with_status(rpc_status.to_status(status))
        return request

    async with serving(endpoint({"Abort": abort})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Abort")(HELLO)

    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.ABORTED, "rich")
    assert errors.details(caught.value) == status_pb2.Status(code=10, message="rich")


async def test_a_code_that_a_handler_sets_without_raising_reaches_the_caller() -> None:
    async def exhausted(request: StringValue, context: Any) -> StringValue:
        context.set_code(grpc.StatusCode.RESOURCE_EXHAUSTED)
        context.set_details("enough")
        return request

    async with serving(endpoint({"Set": exhausted})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Set")(HELLO)

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert caught.value.trailing_metadata()["grpc-retry-pushback-ms"] == "-1"


@pytest.mark.parametrize("kind", ["unary_stream", "stream_unary", "stream_stream"])
async def test_every_kind_of_call_gives_the_rich_answer(kind: str) -> None:
    async def fail(request: Any, context: Any) -> StringValue:
        raise NotThereError("attic")

    async with (
        serving(endpoint({"Fail": handler(fail, kind=kind)}), errors=TABLE) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Fail", kind=kind)(HELLO if kind == "unary_stream" else iter([HELLO]))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await (call if kind == "stream_unary" else call.read())

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert errors.info(caught.value) is not None


async def test_a_stream_that_fails_late_gives_its_messages_first() -> None:
    async def fail(request: StringValue, context: Any) -> AsyncIterator[StringValue]:
        yield request
        raise NotThereError("attic")

    async with (
        serving(endpoint({"Fail": handler(fail, kind="unary_stream")}), errors=TABLE) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Fail", kind="unary_stream")(HELLO)
        got = await call.read()
        with pytest.raises(grpc.aio.AioRpcError, match="no attic"):
            await call.read()

    assert got == HELLO


async def test_a_caller_who_leaves_ends_the_handlers_await_at_once() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(request: StringValue, context: Any) -> AsyncIterator[StringValue]:
        try:
            yield request
            begun.set()
            await asyncio.sleep(30)
        finally:
            ended.set()

    async with (
        serving(endpoint({"Wait": handler(wait, kind="unary_stream")})) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Wait", kind="unary_stream")(HELLO)
        await call.read()
        await begun.wait()
        call.cancel()
        # Half of what the handler would sleep.
        async with asyncio.timeout(15):
            await ended.wait()


async def test_a_failure_after_the_caller_left_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(request: StringValue, context: Any) -> StringValue:
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()
            raise ValueError("too late")
        return request

    async with serving(endpoint({"Wait": wait})) as server, channel_to(server) as channel:
        call = method(channel, "Wait")(HELLO)
        await begun.wait()
        call.cancel()
        await ended.wait()

    assert "too late" not in caplog.text


async def test_a_method_that_does_not_exist_is_unimplemented() -> None:
    async with serving(endpoint({"Echo": echo})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Nothing")(HELLO)

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


class Traced(Telemetry):
    """Telemetry that is off, and always in the same trace."""

    def __init__(self) -> None:
        super().__init__(Identity("", ""), None)

    def trace_id(self) -> str:
        return "ab" * 16


async def test_every_answer_names_its_trace() -> None:
    async def own_trailers(request: StringValue, context: Any) -> StringValue:
        context.set_trailing_metadata((("x-own", "1"),))
        return request

    async def fail(request: StringValue, context: Any) -> StringValue:
        raise NotThereError("attic")

    endpoints = endpoint({"Own": own_trailers, "Fail": fail, "Echo": echo})
    async with serving(endpoints, errors=TABLE, telemetry=Traced()) as server, channel_to(server) as channel:
        good = method(channel, "Echo")(HELLO)
        await good
        own = method(channel, "Own")(HELLO)
        await own
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Fail")(HELLO)

        assert (await good.trailing_metadata())["x-trace-id"] == "ab" * 16
        assert (await own.trailing_metadata())["x-trace-id"] == "ab" * 16
        assert (await own.trailing_metadata())["x-own"] == "1"

    found = errors.info(caught.value)
    assert found is not None
    assert found.metadata["trace_id"] == "ab" * 16
    assert caught.value.trailing_metadata()["x-trace-id"] == "ab" * 16


async def test_with_tracing_on_the_trailer_and_the_details_name_the_trace_that_the_caller_is_in() -> None:
    telemetry = Telemetry.start(service="test", settings=ServiceSettings())
    async with (
        serving(endpoint({"Echo": echo, "Fail": _not_there}), errors=TABLE, telemetry=telemetry) as server,
        channel_to(server, telemetry=telemetry) as channel,
    ):
        with telemetry.tracer.start_as_current_span("caller"):
            trace_id = telemetry.trace_id()
            good = method(channel, "Echo")(HELLO)
            await good
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await method(channel, "Fail")(HELLO)
        trailers = await good.trailing_metadata()
    await telemetry.shutdown()

    found = errors.info(caught.value)
    assert found is not None
    assert trailers["x-trace-id"] == caught.value.trailing_metadata()["x-trace-id"] == trace_id
    assert found.metadata["trace_id"] == trace_id


async def test_the_leaf_of_two_hops_has_less_time_than_the_caller_gave_and_is_cancelled_in_time() -> None:
    seen: dict[str, float | None] = {}
    cancelled = asyncio.Event()

    async def leaf(request: StringValue, context: Any) -> StringValue:
        if request.value == "first":
            return request
        seen["leaf"] = deadline.remaining()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return request

    async with serving(endpoint({"Leaf": leaf})) as last, channel_to(last) as onward:

        async def middle(request: StringValue, context: Any) -> StringValue:
            seen["middle"] = deadline.remaining()
            answer: StringValue = await method(onward, "Leaf")(request)
            return answer

        async with serving(endpoint({"Middle": middle})) as first, channel_to(first) as channel:
            # Connects both, so that the time is the call's alone.
            await method(channel, "Middle")(StringValue(value="first"), timeout=30)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await method(channel, "Middle")(HELLO, timeout=1.5)
            # Half of what the leaf would sleep.
            async with asyncio.timeout(15):
                await cancelled.wait()

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert seen["leaf"] is not None
    assert seen["middle"] is not None
    # gRPC rounds a deadline up to three digits on the wire.
    assert 0 < seen["leaf"] < seen["middle"] < 1.6


async def test_a_call_without_a_wish_has_the_channels_default_time() -> None:
    seen: list[float | None] = []

    async def look(request: StringValue, context: Any) -> StringValue:
        seen.append(deadline.remaining())
        return request

    async with serving(endpoint({"Look": look})) as server, channel_to(server) as channel:
        await method(channel, "Look")(HELLO)
        raw = grpc.aio.insecure_channel(server.address)
        await method(raw, "Look")(HELLO)
        await raw.close()

    assert seen[0] == pytest.approx(30.0, abs=1.0)
    assert seen[1] is None


async def test_work_that_cannot_be_finished_in_time_is_refused_before_it_begins() -> None:
    begun = []

    async def long(request: StringValue, context: Any) -> StringValue:
        begun.append(request)
        return request

    slow = endpoint({"Long": long}, floor_s={"Long": 10.0})
    async with serving(slow) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Long")(HELLO, timeout=5)
        await method(channel, "Long")(HELLO, timeout=20)

    found = errors.info(caught.value)
    assert found is not None
    assert (caught.value.code(), found.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_TOO_SHORT")
    assert begun == [HELLO]


async def test_a_dependencys_own_answer_passes_with_its_stage() -> None:
    async with serving(endpoint({"Fail": _not_there}), errors=TABLE) as last, channel_to(last) as onward:

        async def middle(request: StringValue, context: Any) -> StringValue:
            try:
                answer: StringValue = await method(onward, "Fail")(request)
            except grpc.aio.AioRpcError as error:
                raise RpcError(errors.dependency(error, stage="analyze", domain="animatize")) from error
            return answer

        async with serving(endpoint({"Middle": middle}), errors=TABLE) as first, channel_to(first) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await method(channel, "Middle")(HELLO)

    found = errors.info(caught.value)
    assert found is not None
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.NOT_FOUND, "no attic")
    assert dict(found.metadata) == {"name": "attic", "stage": "analyze"}


async def _not_there(request: StringValue, context: Any) -> StringValue:
    raise NotThereError("attic")


async def test_reflection_lists_the_services_when_it_is_on_and_only_then() -> None:
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    async def listed(**settings: Any) -> list[str]:
        async with serving(endpoint({"Echo": echo}), **settings) as server, channel_to(server) as channel:
            stub: Any = reflection_pb2_grpc.ServerReflectionStub(cast("Any", channel))
            question = reflection_pb2.ServerReflectionRequest(list_services="")
            answers = [answer async for answer in stub.ServerReflectionInfo(iter([question]))]
            return [service.name for service in answers[0].list_services_response.service]

    assert SERVICE in await listed(reflection=True)
    with pytest.raises(grpc.aio.AioRpcError, match="UNIMPLEMENTED"):
        await listed()


NOT_UTF8 = b"\x0a\x03\xff\xfe\xfd"


async def test_bytes_that_are_no_message_are_refused_without_the_parsers_words() -> None:
    async with serving(endpoint({"Echo": echo})) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary(f"/{SERVICE}/Echo")(NOT_UTF8)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "StringValue" not in (caught.value.details() or "")
    told = errors.info(caught.value)
    assert told is not None
    assert told.reason == "INVALID_REQUEST"


async def test_a_stream_of_such_bytes_is_refused_likewise() -> None:
    joining = endpoint({"Join": handler(join_by_loop, kind="stream_unary")})
    async with serving(joining) as server, channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.stream_unary(f"/{SERVICE}/Join")(iter([NOT_UTF8]))

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
