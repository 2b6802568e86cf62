"""A call is one trace, and the caller is told which."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import pytest

from chassis.errors import info
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.testing.otlp import Collector

from .fakes import failing
from .mesh import a_request, everything, meshed
from .test_animate_images import an_item
from .test_failures import REFUSED


@pytest.fixture
async def traced(otlp: Collector) -> AsyncIterator[Telemetry]:
    settings = ServiceSettings(otlp_endpoint=otlp.endpoint)
    telemetry = Telemetry.start(service="animatize-gateway", settings=settings)
    yield telemetry
    await telemetry.shutdown()


async def test_the_trace_is_named_first_last_and_in_the_trailers(traced: Telemetry) -> None:
    async with meshed(telemetry=traced) as mesh:
        call = mesh.gateway.AnimateImage(a_request())
        events, _ = await everything(call)
        trailers = dict(await call.trailing_metadata())

    trace_id = trailers["x-trace-id"]
    assert len(trace_id) == 32
    assert events[0].accepted.trace_id == events[-1].finished.trace_id == trace_id


async def test_a_failure_names_the_trace_in_the_event_and_in_the_error(traced: Telemetry) -> None:
    async with meshed(telemetry=traced) as mesh:
        mesh.predictor.play = failing(REFUSED)
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    from .test_failures import error_info

    assert error is not None
    found = info(error)
    assert found is not None
    assert found.metadata["trace_id"] == events[0].accepted.trace_id
    assert error_info(events[-1].stage_failed.error) == found


async def test_stages_and_calls_hang_under_the_callers_call(traced: Telemetry, otlp: Collector) -> None:
    async with meshed(telemetry=traced) as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))
        await traced.flush()
    spans = await otlp.wait_for(9, trace_id=events[0].accepted.trace_id)

    names = {span.span_id: span.name for span in spans}
    edges = {(names.get(span.parent_id, ""), span.name, span.kind) for span in spans}
    root = "animatize.gateway.v1.GatewayService/AnimateImage"
    calls = {
        "analyze": "animatize.analyzer.v1.AnalyzerService/AnalyzeImage",
        "predict": "animatize.predictor.v1.PredictorService/PredictMovement",
        "expand": "animatize.expander.v1.ExpanderService/ExpandPrompt",
        "generate": "animatize.generator.v1.GeneratorService/Generate",
    }
    assert edges == {
        ("", root, "SERVER"),
        *((root, stage, "INTERNAL") for stage in calls),
        *((stage, call, "CLIENT") for stage, call in calls.items()),
    }
    assert len(spans) == 9
    assert {span.status for span in spans} == {"UNSET"}


async def test_how_long_animations_take_is_counted_by_their_outcome(traced: Telemetry, otlp: Collector) -> None:
    async with meshed(telemetry=traced) as mesh:
        await everything(mesh.gateway.AnimateImage(a_request()))
        mesh.predictor.play = failing(REFUSED)
        await everything(mesh.gateway.AnimateImages(iter([an_item("a")])))
        await traced.flush()

    outcomes = {
        attribute.value.string_value
        for resource in otlp.metrics()
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == "animatize.pipeline.duration"
        for point in metric.histogram.data_points
        for attribute in point.attributes
        if attribute.key == "outcome"
    }
    assert outcomes == {"complete", "failed"}


async def test_without_tracing_no_trace_is_named() -> None:
    async with meshed() as mesh:
        call = mesh.gateway.AnimateImage(a_request())
        events, _ = await everything(call)
        trailers = dict(await call.trailing_metadata())

    assert "x-trace-id" not in trailers
    assert events[-1].finished.trace_id == ""
    assert await call.code() is grpc.StatusCode.OK
