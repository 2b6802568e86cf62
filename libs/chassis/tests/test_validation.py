"""Rules beside the fields, kept by the server."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from buf.validate import validate_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import StringValue

from chassis import errors
from chassis.errors import RpcError, Violation
from chassis.testing.servers import channel_to, endpoint, handler, method, serving
from chassis.validation import Validation

PACKAGE = "chassis.test.validation.v1"
RULED_SERVICE = f"{PACKAGE}.RuledService"


def _ruled() -> type[Message]:
    """A message with rules: a name of three letters or more, tags and labels of at most two, not grey."""
    kind = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="chassis/test/validation.proto",
        package=PACKAGE,
        syntax="proto3",
        dependency=["buf/validate/validate.proto"],
    )
    ruled = file.message_type.add(name="Ruled")
    name = ruled.field.add(name="name", number=1, type=kind.TYPE_STRING, label=kind.LABEL_OPTIONAL)
    name.options.Extensions[validate_pb2.field].string.min_len = 3
    tags = ruled.field.add(name="tags", number=2, type=kind.TYPE_STRING, label=kind.LABEL_REPEATED)
    tags.options.Extensions[validate_pb2.field].repeated.items.string.max_len = 2
    entry = ruled.nested_type.add(name="LabelsEntry", options=descriptor_pb2.MessageOptions(map_entry=True))
    entry.field.add(name="key", number=1, type=kind.TYPE_STRING, label=kind.LABEL_OPTIONAL)
    entry.field.add(name="value", number=2, type=kind.TYPE_STRING, label=kind.LABEL_OPTIONAL)
    labels = ruled.field.add(
        name="labels",
        number=3,
        type=kind.TYPE_MESSAGE,
        label=kind.LABEL_REPEATED,
        type_name=f".{PACKAGE}.Ruled.LabelsEntry",
    )
    labels.options.Extensions[validate_pb2.field].map.values.string.max_len = 2
    colours = file.enum_type.add(name="Colour")
    for number, colour in enumerate(("COLOUR_UNSPECIFIED", "COLOUR_RED", "COLOUR_GREEN", "COLOUR_GREY")):
        colours.value.add(name=colour, number=number)
    colour = ruled.field.add(
        name="colour", number=4, type=kind.TYPE_ENUM, label=kind.LABEL_OPTIONAL, type_name=f".{PACKAGE}.Colour"
    )
    colour.options.Extensions[validate_pb2.field].enum.defined_only = True
    colour.options.Extensions[validate_pb2.field].enum.not_in.append(3)
    service = file.service.add(name="RuledService")
    service.method.add(name="Take", input_type=f".{PACKAGE}.Ruled", output_type=f".{PACKAGE}.Ruled")
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Ruled"))


Ruled: Any = _ruled()
GOOD = Ruled(name="good")


async def refused(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def test_a_request_that_breaks_rules_is_refused_with_each_field_named() -> None:
    seen = []

    async def take(request: Any, context: Any) -> StringValue:
        seen.append(request)
        return StringValue()

    async with (
        serving(endpoint({"Take": handler(take, request=Ruled)})) as server,
        channel_to(server) as channel,
    ):
        bad = Ruled(name="x", tags=["ok", "long"], labels={"a": "long"})
        error = await refused(method(channel, "Take")(bad))
        await method(channel, "Take")(GOOD)

    found = errors.info(error)
    assert found is not None
    assert (error.code(), found.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
    assert errors.violations(error) == [
        Violation("name", "must be at least 3 characters"),
        Violation("tags[1]", "must be at most 2 characters"),
        Violation('labels["a"]', "must be at most 2 characters"),
    ]
    assert error.details() == "name: must be at least 3 characters (and 2 more)"
    assert seen == [GOOD]


@pytest.mark.parametrize("colour", [3, 99])
def test_a_wrong_choice_is_answered_with_all_that_there_are(colour: int) -> None:
    with pytest.raises(RpcError) as caught:
        Validation().check(Ruled(name="good", colour=colour))

    assert caught.value.answer.violations == (Violation("colour", "must be one of COLOUR_RED, COLOUR_GREEN"),)


async def join_by_loop(requests: AsyncIterator[Any], context: Any) -> StringValue:
    return StringValue(value=",".join([message.name async for message in requests]))


async def join_by_read(requests: Any, context: Any) -> StringValue:
    names = []
    while (message := await context.read()) is not grpc.aio.EOF:
        names.append(message.name)
    return StringValue(value=",".join(names))


@pytest.mark.parametrize("style", [join_by_loop, join_by_read])
async def test_each_message_of_a_request_stream_is_held_against_its_rules(style: Any) -> None:
    async with (
        serving(endpoint({"Join": handler(style, kind="stream_unary", request=Ruled)})) as server,
        channel_to(server) as channel,
    ):
        join = method(channel, "Join", kind="stream_unary")
        error = await refused(join(iter([GOOD, Ruled(name="x")])))
        good = await join(iter([GOOD, GOOD]))

    assert [violation.field for violation in errors.violations(error)] == ["name"]
    assert good.value == "good,good"


async def test_a_handler_that_takes_messages_one_by_one_may_go_on_after_a_bad_one() -> None:
    async def patient(requests: Any, context: Any) -> StringValue:
        names = []
        while True:
            try:
                names.append((await anext(requests)).name)
            except RpcError as error:
                names.append(error.answer.reason)
            except StopAsyncIteration:
                return StringValue(value=",".join(names))

    async with (
        serving(endpoint({"Join": handler(patient, kind="stream_unary", request=Ruled)})) as server,
        channel_to(server) as channel,
    ):
        answer = await method(channel, "Join", kind="stream_unary")(iter([GOOD, Ruled(name="x"), GOOD]))

    assert answer.value == "good,INVALID_REQUEST,good"


async def test_a_thousand_violations_still_fit_into_the_trailers() -> None:
    async def take(request: Any, context: Any) -> StringValue:
        return StringValue()

    async with (
        serving(endpoint({"Take": handler(take, request=Ruled)})) as server,
        channel_to(server) as channel,
    ):
        error = await refused(method(channel, "Take")(Ruled(name="good", tags=["long"] * 1000)))

    found = errors.info(error)
    assert found is not None
    named = len(errors.violations(error))
    assert 0 < named < 1000
    assert int(found.metadata["violations_left_out"]) == 1000 - named
    assert sum(len(key) + len(value) for key, value in error.trailing_metadata()) < 4096


def test_rules_are_compiled_for_each_request_type_of_known_services() -> None:
    assert Validation().warm([RULED_SERVICE, "not.known.v1.Service"]) == 1


def test_what_is_no_message_has_no_rules() -> None:
    Validation().check(b"bytes")
