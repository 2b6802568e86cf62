"""The fixtures that all houses' tests stand on."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry import trace
from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry, record_exception
from chassis.testing.otlp import Collector
from chassis.testing.redis import RedisServer


async def test_the_collector_gives_back_what_a_span_said(otlp: Collector) -> None:
    telemetry = Telemetry.start(service="test", settings=ServiceSettings(otlp_endpoint=otlp.endpoint))
    with telemetry.tracer.start_as_current_span("first") as first:
        record_exception(ValueError("no sky"))
    link = trace.Link(first.get_span_context(), {"animatize.link.kind": "cache"})
    with telemetry.tracer.start_as_current_span("second", links=[link], attributes={"sizes": [1, 2], "share": 0.5}):
        pass
    one, two = await otlp.wait_for(2)

    assert (one.kind, one.status, one.parent_id) == ("INTERNAL", "UNSET", "")
    assert one.events[0].attributes["exception.message"] == "no sky"
    assert two.links[0].span_id == one.span_id
    assert two.attributes == {"sizes": [1, 2], "share": 0.5}
    assert one.start_ns <= one.end_ns <= two.end_ns
    assert otlp.spans(trace_id=two.trace_id) == [two]
    await telemetry.shutdown()


async def test_spans_that_do_not_arrive_are_missed_by_name(otlp: Collector) -> None:
    telemetry = Telemetry.start(service="test", settings=ServiceSettings(otlp_endpoint=otlp.endpoint))
    with telemetry.tracer.start_as_current_span("alone"):
        pass
    await telemetry.flush()

    with pytest.raises(AssertionError, match=r"1 of 2 spans arrived: .*alone"):
        await otlp.wait_for(2, timeout_s=0.05)
    otlp.clear()
    assert otlp.spans() == []
    await telemetry.shutdown()


def test_a_redis_of_ones_own_answers_stops_and_goes_on(redis_server: RedisServer) -> None:
    with Redis.from_url(redis_server.url) as client:
        client.set("a", b"1")
        redis_server.pause()
        with Redis.from_url(redis_server.url, socket_timeout=0.1) as hurried, pytest.raises(RedisTimeoutError):
            hurried.get("a")
        redis_server.resume()
        assert client.get("a") == b"1"


def test_a_redis_that_cannot_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with status"):
        RedisServer(tmp_path / "nowhere")
