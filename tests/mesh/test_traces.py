"""One call is one trace, with the spans that the work has and no others, however the call ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import cv2
import grpc
import numpy as np
import pytest

from analyzer.core.stages import STAGES
from chassis.testing.otlp import Collector, Span
from chassis.testing.servers import quickest, until

from . import meshes
from .meshes import photograph, request, small

GATEWAY = "animatize.gateway.v1.GatewayService/AnimateImage"
STAGE_CALLS = {
    "analyze": ("animatize-analyzer", "animatize.analyzer.v1.AnalyzerService/AnalyzeImage"),
    "predict": ("animatize-predictor", "animatize.predictor.v1.PredictorService/PredictMovement"),
    "expand": ("animatize-expander", "animatize.expander.v1.ExpanderService/ExpandPrompt"),
    "generate": ("animatize-generator", "animatize.generator.v1.GeneratorService/Generate"),
}
STEPS = {
    "analyze": [f"analyze {stage}" for stage in STAGES],
    "predict": ["predict scene", "predict camera"],
    "expand": ["expand prompt"],
    "generate": ["generate decode", "generate plan", "generate render", "generate motion_check"],
}

# Everything behind a call has ended this soon after its caller left, in seconds.
LEFT_WITHIN_S = 0.2

Edge = tuple[str, str, str, str]


def edges(spans: Sequence[Span]) -> list[Edge]:
    """Each span as service, kind, name and its parent's name, in a fixed order."""
    named = {span.span_id: span.name for span in spans}
    return sorted((span.service, span.kind, span.name, named.get(span.parent_id, "")) for span in spans)


def tree(stages: Sequence[str], steps: dict[str, list[str]] | None = None) -> list[Edge]:
    """The spans of a call that came through these stages."""
    found: list[Edge] = [("animatize-gateway", "SERVER", GATEWAY, "")]
    for stage in stages:
        service, method = STAGE_CALLS[stage]
        found.append(("animatize-gateway", "INTERNAL", stage, GATEWAY))
        found.append(("animatize-gateway", "CLIENT", method, stage))
        found.append((service, "SERVER", method, method))
        found += [(service, "INTERNAL", step, method) for step in (steps or STEPS)[stage]]
    return sorted(found)


async def only_trace(otlp: Collector, count: int) -> list[Span]:
    """All spans, when at least so many have come, the call's own is among them and no more follow; of one trace."""
    await otlp.wait_for(count)
    # The root ends last and may be sent last.
    await until(lambda: any(not span.parent_id for span in otlp.spans()))
    # What comes too much comes a moment later: the exporters send every few milliseconds here.
    await asyncio.sleep(0.5)
    spans = otlp.spans()
    assert len({span.trace_id for span in spans}) == 1
    assert all(span.end_ns >= span.start_ns > 0 for span in spans)
    return spans


async def collected(call: Any) -> tuple[list[str], grpc.aio.AioRpcError | None]:
    kinds: list[str] = []
    try:
        async for event in call:
            kinds.append(event.WhichOneof("event"))
    except grpc.aio.AioRpcError as error:
        return kinds, error
    return kinds, None


async def test_a_call_that_succeeds(otlp: Collector) -> None:
    async with meshes.inside(collector=otlp.endpoint) as mesh:
        call = mesh.gateway.AnimateImage(request(photograph("china")), timeout=60)
        kinds, error = await collected(call)
        trailing = dict(await call.trailing_metadata())

    expected = tree(["analyze", "predict", "expand", "generate"])
    spans = await only_trace(otlp, len(expected))
    assert error is None
    assert kinds[-1] == "finished"
    assert edges(spans) == expected
    assert {span.service for span in spans} == {"animatize-gateway", *(service for service, _ in STAGE_CALLS.values())}
    assert {span.status for span in spans} == {"UNSET"}
    assert trailing["x-trace-id"] == spans[0].trace_id


async def test_a_call_that_fails(otlp: Collector) -> None:
    async with meshes.inside(collector=otlp.endpoint) as mesh:
        kinds, error = await collected(mesh.gateway.AnimateImage(request(b"\xff\xd8 no photograph"), timeout=60))

    expected = tree(["analyze"], {"analyze": ["analyze decode"]})
    spans = await only_trace(otlp, len(expected))
    assert error is not None
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert kinds == ["accepted", "stage_started", "stage_failed"]
    assert edges(spans) == expected
    told = {(span.kind, span.attributes.get("rpc.response.status_code"), span.status) for span in spans}
    # A caller's mistake is no fault of the servers, but the call that got the refusal failed.
    assert {each for each in told if each[0] != "INTERNAL"} == {
        ("SERVER", "INVALID_ARGUMENT", "UNSET"),
        ("CLIENT", "INVALID_ARGUMENT", "ERROR"),
    }


def long_clip() -> Any:
    """Options for a clip that takes far longer than any test waits."""
    options = small(30.0)
    options.output.short_side_px = 1080
    options.output.frames_per_second = 60
    return options


async def test_a_call_that_its_caller_leaves(otlp: Collector) -> None:
    async with meshes.inside(collector=otlp.endpoint) as mesh:

        async def left() -> int:
            """When a caller has left whose clip is being rendered, in nanoseconds since 1970."""
            call = mesh.gateway.AnimateImage(request(photograph("china"), long_clip()), timeout=60)
            async for event in call:
                if event.WhichOneof("event") == "progress" and event.progress.frames_done:
                    break
            left_ns = time.time_ns()
            call.cancel()
            return left_ns

        async def took() -> float:
            otlp.clear()
            left_ns = await left()
            # Of all that ends the renderer ends last, but for those that wait for it.
            await until(lambda: {"generate render", GATEWAY} <= {span.name for span in otlp.spans()})
            await asyncio.sleep(0.5)
            return (max(span.end_ns for span in otlp.spans()) - left_ns) / 1e9

        left_ns = await left()
        expected = tree(
            ["analyze", "predict", "expand", "generate"],
            {**STEPS, "generate": ["generate decode", "generate plan", "generate render"]},
        )
        spans = await only_trace(otlp, len(expected))
        first_s = (max(span.end_ns for span in spans) - left_ns) / 1e9
        best_s = first_s if first_s < LEFT_WITHIN_S else await quickest(took, bound_s=LEFT_WITHIN_S, tries=8)

    assert edges(spans) == expected
    ends = {(span.kind, span.name): span.attributes.get("rpc.response.status_code") for span in spans}
    assert ends["SERVER", GATEWAY] == "CANCELLED"
    assert ends["CLIENT", STAGE_CALLS["generate"][1]] == "CANCELLED"
    assert ends["SERVER", STAGE_CALLS["generate"][1]] == "CANCELLED"
    assert ends["SERVER", STAGE_CALLS["analyze"][1]] == "OK"
    assert best_s < LEFT_WITHIN_S


async def test_a_call_whose_time_is_over(otlp: Collector) -> None:
    async with meshes.inside(collector=otlp.endpoint) as mesh:
        # Longer each time, until a busy machine has come to the clip before the deadline.
        for timeout_s in (4, 12, 36):
            otlp.clear()
            call = mesh.gateway.AnimateImage(request(photograph("china"), long_clip()), timeout=timeout_s)
            kinds, error = await collected(call)
            spans = await only_trace(otlp, 3)
            if "progress" in kinds:
                break

    assert error is not None
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    ends = {(span.kind, span.name): (span.attributes.get("rpc.response.status_code"), span.status) for span in spans}
    assert ends["SERVER", GATEWAY] == ("DEADLINE_EXCEEDED", "ERROR")
    assert ends["CLIENT", STAGE_CALLS["generate"][1]] == ("DEADLINE_EXCEEDED", "ERROR")
    assert ends["SERVER", STAGE_CALLS["generate"][1]] == ("DEADLINE_EXCEEDED", "ERROR")
    assert "generate motion_check" not in {span.name for span in spans}


async def test_a_still_that_tells_nothing_asks_for_no_words(otlp: Collector) -> None:
    grey = cv2.imencode(".png", np.full((200, 300, 3), 128, np.uint8))[1].tobytes()
    async with meshes.inside(collector=otlp.endpoint) as mesh:
        await mesh.animate(grey)

    expected = tree(["analyze", "predict", "generate"], {**STEPS, "predict": []})
    assert edges(await only_trace(otlp, len(expected))) == expected


@pytest.mark.parametrize(
    "name", ["rpc.server.call.duration", "animatize.stage.duration", "animatize.pipeline.duration"]
)
async def test_the_call_is_measured(otlp: Collector, name: str) -> None:
    async with meshes.inside(collector=otlp.endpoint) as mesh:
        await mesh.animate(photograph("coffee"))

    assert name in otlp.metric_names()
