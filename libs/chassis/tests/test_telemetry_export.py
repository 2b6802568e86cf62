"""Where signals arrive, how many series they make, and how the end is bounded."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import time
import urllib.request
from pathlib import Path

import grpc
import pytest

from chassis.resilience import Breaker
from chassis.settings import ServiceSettings, SettingsError
from chassis.telemetry import Telemetry, names
from chassis.testing.otlp import Collector
from chassis.testing.servers import quickest, until

from .telephone import SERVICE, Line

BOUND_S = 2.0


def started(endpoint: str | None = None, **settings: object) -> Telemetry:
    return Telemetry.start(
        service="animatize-test", settings=ServiceSettings(otlp_endpoint=endpoint, **settings), version="1.2.3"
    )


def scrape(address: str | None) -> list[str]:
    with urllib.request.urlopen(f"http://{address}/metrics") as answer:
        return answer.read().decode().splitlines()


def points(otlp: Collector, name: str) -> list[object]:
    """The data points of a histogram as last exported."""
    found: list[object] = []
    for resource in otlp.metrics():
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                if metric.name == name:
                    found = list(metric.histogram.data_points)
    return found


async def test_spans_arrive_with_who_made_them(otlp: Collector) -> None:
    one, other = started(otlp.endpoint), started(otlp.endpoint)
    for telemetry in (one, other):
        with telemetry.tracer.start_as_current_span("work"):
            pass
        await telemetry.shutdown()

    first, second = await otlp.wait_for(2)
    assert first.resource["service.name"] == first.service == "animatize-test"
    assert first.resource["service.namespace"] == "animatize"
    assert first.resource["service.version"] == "1.2.3"
    assert first.resource["deployment.environment.name"] == "local"
    assert first.resource["process.runtime.name"] == "cpython"
    assert first.resource["telemetry.sdk.language"] == "python"
    assert first.resource["service.instance.id"] != second.resource["service.instance.id"]
    assert first.trace_id != second.trace_id


async def test_the_deployment_may_name_the_instance(otlp: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=pod-1,service.instance.id=uid-1,service.name=wrong")
    telemetry = started(otlp.endpoint.removeprefix("http://"))
    with telemetry.tracer.start_as_current_span("work"):
        pass
    await telemetry.flush()
    await telemetry.shutdown()

    [span] = otlp.spans()
    assert span.resource["k8s.pod.name"] == "pod-1"
    assert span.resource["service.instance.id"] == "uid-1"
    assert span.service == "animatize-test"


@pytest.mark.parametrize(("sampler", "kept"), [("always_off", 0), ("traceidratio", 0), ("parentbased_always_on", 1)])
async def test_the_deployment_may_say_which_traces_are_kept(
    otlp: Collector, monkeypatch: pytest.MonkeyPatch, sampler: str, kept: int
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.0")
    telemetry = started(otlp.endpoint)
    with telemetry.tracer.start_as_current_span("work"):
        pass
    await telemetry.shutdown()

    assert len(otlp.spans()) == kept


async def test_headers_of_a_file_go_with_every_export_and_into_no_line(
    otlp: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = tmp_path / "headers"
    headers.write_text("# for the collector\n\nX-Api-Key = hush=hush\nx-tenant=a\n")
    telemetry = started(otlp.endpoint, otlp_headers_file=headers, log_level="DEBUG")
    telemetry.record(names.CACHE_REQUESTS, 1, {"cache": "one", "result": "hit"})
    with telemetry.tracer.start_as_current_span("work"):
        pass
    await telemetry.shutdown()

    assert (len(otlp.spans()), otlp.metric_names()) == (1, {"animatize.cache.requests"})
    for given in otlp.headers():
        assert given.items() >= {"x-api-key": "hush=hush", "x-tenant": "a"}.items()
    assert "hush" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("line", ["hush", "=hush", "hush hush=a", "a-bin=hush", "a=", "a=hush\x01", "a=hüsh"])
async def test_a_header_that_cannot_be_is_refused_by_its_line(tmp_path: Path, line: str) -> None:
    headers = tmp_path / "headers"
    headers.write_text(f"a=b\n{line}\n")

    with pytest.raises(SettingsError, match="line 2 of otlp_headers_file") as caught:
        started("http://127.0.0.1:1", otlp_headers_file=headers)
    assert "hush" not in str(caught.value)


async def test_a_file_of_headers_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="otlp_headers_file cannot be read"):
        started("http://127.0.0.1:1", otlp_headers_file=tmp_path / "none")


async def test_the_duration_of_calls_is_measured_on_both_sides_and_leads_to_a_trace(otlp: Collector) -> None:
    async with Line(settings=ServiceSettings(otlp_endpoint=otlp.endpoint)) as line:
        await line.unary_call(b"hello")
        with pytest.raises(grpc.aio.AioRpcError):
            await line.unary_call(b"raise")
        spans = {f"{span.context.span_id:016x}" for span in line.server_side.spans("SERVER")}

    good, bad = points(otlp, "rpc.server.call.duration")
    attributes = {pair.key: pair.value.string_value for pair in bad.attributes}
    assert attributes == {
        "rpc.system.name": "grpc",
        "rpc.method": f"{SERVICE}/Unary",
        "rpc.response.status_code": "UNKNOWN",
        "error.type": "UNKNOWN",
    }
    assert tuple(good.explicit_bounds) == names.RPC_SERVER_CALL_DURATION.buckets
    assert {exemplar.span_id.hex() for point in (good, bad) for exemplar in point.exemplars} == spans
    assert "animatize.rpc.active" in otlp.metric_names()


async def test_a_page_for_prometheus_has_the_standard_names() -> None:
    async with Line(settings=ServiceSettings(metrics_port=0)) as line:
        await line.unary_call(b"hello")
        page = await asyncio.to_thread(scrape, line.server_side.telemetry.metrics_address)

    text = "\n".join(page)
    assert 'rpc_server_call_duration_seconds_bucket{le="600.0",rpc_method="test.v1.Telephone/Unary"' in text
    assert 'animatize_rpc_active{rpc_method="test.v1.Telephone/Unary"} 0.0' in text
    assert 'service_name="callee"' in text
    assert "process_resident_memory_bytes" in text
    assert "python_gc_collections_total" in text


async def test_a_page_on_every_address_answers_over_both_families() -> None:
    telemetry = started(host="::", metrics_port=0)
    assert telemetry.metrics_address is not None
    host, _, port = telemetry.metrics_address.rpartition(":")
    pages = [await asyncio.to_thread(scrape, f"{one}:{port}") for one in ("127.0.0.1", "[::1]")]
    await telemetry.shutdown()

    assert host == "[::]"
    assert all("python_gc_collections_total" in "".join(page) for page in pages)


async def test_pages_of_two_services_in_one_process_are_apart() -> None:
    one, other = started(metrics_port=0), started(metrics_port=0)
    one.record(names.CACHE_REQUESTS, 1, {"cache": "one", "result": "hit"})

    assert 'cache="one"' in "\n".join(await asyncio.to_thread(scrape, one.metrics_address))
    assert 'cache="one"' not in "\n".join(await asyncio.to_thread(scrape, other.metrics_address))

    address = one.metrics_address
    await one.shutdown()
    await other.shutdown()
    assert one.metrics_address is None
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(scrape, address)


async def test_odd_requests_do_not_add_series() -> None:
    async with Line(settings=ServiceSettings(metrics_port=0)) as line:
        odd = [line.channel.unary_unary(f"/{SERVICE}/Odd{number}")(b"") for number in range(1000)]
        await asyncio.gather(*odd, return_exceptions=True)
        # A caller may have its refusal before the call is counted.
        await until(lambda: len(line.server_side.spans("SERVER")) == len(odd))
        page = await asyncio.to_thread(scrape, line.server_side.telemetry.metrics_address)

    # One method, one code: 19 bounds and infinity, sum, count; and the calls under way.
    series = [one for one in page if "rpc_" in one and not one.startswith("#")]
    assert len(series) <= 19 + 1 + 2 + 1
    assert any('rpc_method="_OTHER"' in one and one.endswith(" 1000.0") for one in series)


async def test_an_attribute_that_is_not_declared_is_refused() -> None:
    telemetry = started()

    with pytest.raises(ValueError, match="tenant"):
        telemetry.record(names.STAGE_DURATION, 1.0, {"stage": "a", "outcome": "ok", "tenant": "t"})
    with pytest.raises(ValueError, match="watch_circuit"):
        telemetry.record(names.CIRCUIT_STATE, 1.0, {"circuit": "a"})
    await telemetry.shutdown()


async def test_the_state_of_a_circuit_is_a_gauge_while_its_owner_lives() -> None:
    telemetry = started(metrics_port=0)
    breaker = Breaker("peer", failures=1, open_s=60, telemetry=telemetry)

    async def fail() -> None:
        raise ConnectionError

    assert 'animatize_circuit_state{circuit="peer"} 0.0' in await asyncio.to_thread(scrape, telemetry.metrics_address)
    await asyncio.gather(breaker.call(fail), return_exceptions=True)
    assert 'animatize_circuit_state{circuit="peer"} 2.0' in await asyncio.to_thread(scrape, telemetry.metrics_address)
    del breaker
    gc.collect()
    assert not [one for one in await asyncio.to_thread(scrape, telemetry.metrics_address) if 'circuit="peer"' in one]
    await telemetry.shutdown()


async def test_every_metric_of_the_contract_can_be_recorded_and_has_no_other_name(otlp: Collector) -> None:
    telemetry = started(otlp.endpoint)
    owner = threading.Event()
    telemetry.watch_circuit(owner, lambda _: ("peer", "half_open"))
    for metric in names.METRICS:
        if metric is not names.CIRCUIT_STATE:
            telemetry.record(metric, 1, dict.fromkeys(metric.attributes, "x"))
    await telemetry.shutdown()

    assert otlp.metric_names() == {metric.name for metric in names.METRICS}


@pytest.mark.parametrize("kind", ["refused", "silent"])
async def test_a_dead_collector_neither_holds_up_the_end_nor_floods_the_log(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        if kind == "silent":
            silent.listen(64)

        async def took() -> float:
            capsys.readouterr()
            telemetry = started(f"http://127.0.0.1:{port}", metrics_port=0)
            for number in range(3000):
                with telemetry.tracer.start_as_current_span(str(number)):
                    pass
            started_at = time.perf_counter()
            await telemetry.shutdown()
            return time.perf_counter() - started_at

        assert await quickest(took, bound_s=BOUND_S, tries=8) < BOUND_S
    lines = [one for one in capsys.readouterr().out.splitlines() if "opentelemetry" in one]
    assert len(lines) < 20


async def test_the_end_can_be_told_twice_and_spans_after_it_harm_nobody() -> None:
    telemetry = started()
    await telemetry.shutdown()
    await telemetry.shutdown()
    await telemetry.flush()

    with telemetry.tracer.start_as_current_span("late"):
        pass


async def test_telemetry_that_is_off_adds_nothing() -> None:
    handlers = list(logging.getLogger().handlers)
    off = Telemetry.off()

    assert off.server_interceptors() == off.client_interceptors(target="a:1") == []
    assert off.metrics_address is None
    off.record(names.STAGE_DURATION, 1.0, {})
    off.watch_circuit(off, lambda _: ("peer", "open"))
    with off.tracer.start_as_current_span("work"):
        assert off.trace_id() == ""
    await off.shutdown()
    assert logging.getLogger().handlers == handlers
