"""What is written on standard output, and what is not."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry, redaction
from chassis.telemetry.logs import Identity, JsonHandler, line
from chassis.testing.servers import channel_to, endpoint, handler, method, serving, until

from .telephone import SERVICE, Line

LOG = logging.getLogger("test.logs")
ME = Identity("animatize-test", "1.2.3")

SECRETS = (
    "sk-proj-Abc123def456ghi789",
    "r8_0123456789abcdefABCDEF",
    "hunter2hunter2",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "X-Amz-Signature=0a1b2c",
    "iVBORw0KGgo" * 30,
    "MIIEvQIBADANBg",
)
PLANTED = (
    f"key {SECRETS[0]} and {SECRETS[1]}",
    f"redis://user:{SECRETS[2]}@cache:6379/0 is away",
    f"Authorization: Bearer {SECRETS[3]}",
    f"see https://bucket.example/a.png?{SECRETS[4]}&X-Amz-Date=1",
    f"data:image/png;base64,{SECRETS[5]}",
    f"raw {SECRETS[5]}",
    f"-----BEGIN PRIVATE KEY-----\n{SECRETS[6]}\n-----END PRIVATE KEY-----",
    f"password={SECRETS[2]}",
    f'{{"api_key": "{SECRETS[2]}"}}',
)


def record(message: str, *args: object, **extra: Any) -> logging.LogRecord:
    return LOG.makeRecord(LOG.name, logging.INFO, __file__, 1, message, args, None, extra=extra)


def served(text: str, service: str) -> list[dict[str, Any]]:
    lines = [json.loads(one) for one in text.splitlines() if one.startswith("{")]
    return [one for one in lines if one.get("event.name") == "rpc.served" and one["service.name"] == service]


def test_a_line_is_one_json_object_with_time_level_and_fields() -> None:
    written = line(record("two\nlines of %s", "text", **{"event.name": "server.started", "address": "a:1"}), ME)

    fields = json.loads(written)
    assert "\n" not in written
    assert fields["body"] == "two\nlines of text"
    assert fields["severity"] == "INFO"
    assert fields["service.name"] == "animatize-test"
    assert fields["service.version"] == "1.2.3"
    assert (fields["event.name"], fields["address"]) == ("server.started", "a:1")
    assert datetime.fromisoformat(fields["timestamp"]).utcoffset() is not None


async def test_a_line_written_inside_a_span_names_it() -> None:
    telemetry = Telemetry.start(service="test", settings=ServiceSettings())
    with telemetry.tracer.start_as_current_span("work") as span:
        fields = json.loads(line(record("hello"), ME))
        assert telemetry.trace_id() == fields["trace_id"] == f"{span.get_span_context().trace_id:032x}"

    assert fields["span_id"] == f"{span.get_span_context().span_id:016x}"
    assert telemetry.trace_id() == ""
    await telemetry.shutdown()


def test_an_error_is_told_with_its_kind_and_without_its_secrets() -> None:
    try:
        raise ValueError(PLANTED[0])
    except ValueError:
        with_error = LOG.makeRecord(LOG.name, logging.ERROR, __file__, 1, "failed", (), sys.exc_info())

    fields = json.loads(line(with_error, ME))

    assert fields["error.type"] == "ValueError"
    assert "Traceback" in fields["exception.stacktrace"]
    assert SECRETS[0] not in json.dumps(fields)


@pytest.mark.parametrize("planted", PLANTED)
def test_no_secret_is_written_wherever_it_stands(planted: str) -> None:
    written = line(record("%s", planted, note=planted, nested={"a": [planted]}, thing=Exception(planted)), ME)

    assert not [secret for secret in SECRETS if secret in written]
    assert "redacted" in written


def test_fields_whose_name_is_secret_are_emptied_and_prompts_and_bytes_are_measured() -> None:
    fields = {
        "authorization": "x",
        "openai.api_key": "x",
        "prompt": "a fox in the snow",
        "content": b"\x89PNG",
        "count": 3,
        "flags": (True, None),
    }

    assert redaction.field("all", fields) == {
        "authorization": "[redacted]",
        "openai.api_key": "[redacted]",
        "prompt": "[17 characters, sha256 9f51c3ccc2b9]",
        "content": "[4 bytes]",
        "count": 3,
        "flags": [True, None],
    }


@pytest.mark.parametrize(
    "innocent",
    [
        "skeleton_of_the_thing is not found",
        "call to http://127.0.0.1:4317 failed after 3 tokens",
        "0123456789abcdef" * 4,
        "/usr/lib/python3.11/site-packages/grpc/aio/_interceptor.py",
    ],
)
def test_ordinary_text_stays_as_it_is(innocent: str) -> None:
    assert redaction.text(innocent) == innocent


async def test_spans_leave_without_secrets_too() -> None:
    exporter = InMemorySpanExporter()
    telemetry = Telemetry.start(
        service="test", settings=ServiceSettings(), span_processors=[SimpleSpanProcessor(exporter)]
    )
    with (
        pytest.raises(ValueError, match="key"),
        telemetry.tracer.start_as_current_span("work", attributes={"note": PLANTED[1], "sizes": (1, 2)}),
    ):
        raise ValueError(PLANTED[0])
    await telemetry.shutdown()

    [span] = exporter.get_finished_spans()
    assert span.attributes == {"note": "redis://[redacted]@cache:6379/0 is away", "sizes": (1, 2)}
    assert not [secret for secret in SECRETS if secret in span.to_json()]
    assert span.status.status_code.name == "ERROR"


def test_values_json_does_not_know_do_not_lose_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    handler = JsonHandler(ME)
    handler.handle(record("hello", thing=object()))

    assert json.loads(capsys.readouterr().out)["body"] == "hello"


def test_a_record_that_cannot_be_written_is_reported_and_not_raised(capsys: pytest.CaptureFixture[str]) -> None:
    JsonHandler(ME).handle(record("hello", share=float("nan")))

    assert "Logging error" in capsys.readouterr().err


def test_complaints_of_the_exporters_are_written_once() -> None:
    class Kept(JsonHandler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record.getMessage())

    kept: list[str] = []
    handler = Kept(ME)
    for attempt in range(100):
        away = logging.LogRecord(
            "opentelemetry.exporter", logging.WARNING, __file__, 1, "away, attempt %d", (attempt,), None
        )
        handler.handle(away)
        handler.handle(record("ours %d", attempt))

    assert sum(one.startswith("away") for one in kept) == 1
    assert sum(one.startswith("ours") for one in kept) == 100


async def test_each_call_is_one_line_with_its_service_trace_code_and_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    async with Line() as first:
        capsys.readouterr()
        await first.unary_call(b"hello", timeout=30)
        with pytest.raises(grpc.aio.AioRpcError):
            await first.unary_call(b"raise")
        with pytest.raises(grpc.aio.AioRpcError):
            await first.unary_call(b"abort")
        async for _ in first.stream_call(b""):
            pass
        # A caller may have its refusal before the line of it is written.
        await until(lambda: len(first.server_side.spans("SERVER")) == 4)
        trace_id = first.server_side.spans("SERVER")[0].context.trace_id

    good, bad, refused, streamed = served(capsys.readouterr().out, "callee")
    assert good["rpc.method"] == f"{SERVICE}/Unary"
    assert good["rpc.response.status_code"] == "OK"
    assert (good["rpc.request.bytes"], good["rpc.response.bytes"]) == (5, 5)
    assert good["trace_id"] == f"{trace_id:032x}"
    # gRPC rounds a deadline up to three digits on the wire.
    assert 10 < good["rpc.deadline_left_s"] <= 30.5
    assert 0 < good["rpc.duration_s"] < 20
    assert good["network.peer.address"].startswith("ipv4:127.0.0.1")
    assert (bad["severity"], bad["error.type"]) == ("ERROR", "UNKNOWN")
    assert (refused["severity"], refused["rpc.response.status_code"]) == ("INFO", "NOT_FOUND")
    assert streamed["rpc.response.bytes"] == 3


async def test_a_line_carries_the_request_id_of_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    class Ask:
        request_id = "b5c1"

    async def answer(_request: Ask, _context: object) -> bytes:
        return b"hello"

    async with Line() as here:
        handler = grpc.unary_unary_rpc_method_handler(answer, request_deserializer=lambda _: Ask())
        here.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.v1.Other", {"Ask": handler}),))
        await here.channel.unary_unary("/test.v1.Other/Ask")(b"seven B")

    [told] = served(capsys.readouterr().out, "callee")
    assert (told["request.id"], told["rpc.request.bytes"]) == ("b5c1", 7)


async def test_a_stream_that_comes_through_the_servers_layers_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    async def repeat(request: StringValue, _context: object) -> AsyncIterator[StringValue]:
        for _ in range(3):
            yield request

    telemetry = Telemetry.start(service="callee", settings=ServiceSettings())
    repeating = endpoint({"Repeat": handler(repeat, kind="unary_stream")})
    async with serving(repeating, telemetry=telemetry) as server, channel_to(server) as channel:
        asked = StringValue(value="hello")
        async for _ in method(channel, "Repeat", kind="unary_stream")(asked):
            pass
    await telemetry.shutdown()

    [told] = served(capsys.readouterr().out, "callee")
    assert (told["rpc.request.bytes"], told["rpc.response.bytes"]) == (asked.ByteSize(), 3 * asked.ByteSize())
