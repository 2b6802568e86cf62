"""A stage that gives nothing ends the animation, keeps what was made, and says which it was and why."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2

from animatize.gateway.v1 import animation_pb2
from animatize.generator.v1 import generator_pb2
from chassis.errors import Answer, Violation, details, info, retry_after, violations

from .fakes import aborting, failing
from .mesh import a_request, everything, kinds, meshed
from .test_animate_image import WHOLE

NAMES = ["analyzer", "predictor", "expander", "generator"]
STAGES = ["analyze", "predict", "expand", "generate"]
BEFORE = [WHOLE[:2], WHOLE[:4], WHOLE[:6], WHOLE[:11]]

REFUSED = Answer(
    grpc.StatusCode.INVALID_ARGUMENT,
    "IMAGE_TRUNCATED",
    "the file ends early",
    metadata={"found": "half a JPEG"},
    violations=(Violation("image.content", "found half a JPEG; accepted: a whole file"),),
)


def error_info(status: Any) -> error_details_pb2.ErrorInfo:
    found = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(found)
    return found


@pytest.mark.parametrize("index", range(4), ids=STAGES)
async def test_a_failing_stage_ends_the_call_with_its_own_error_and_its_name(index: int) -> None:
    async with meshed() as mesh:
        getattr(mesh, NAMES[index]).play = failing(REFUSED)
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

        later = [getattr(mesh, name).seen.requests for name in NAMES[index + 1 :]]

    assert kinds(events) == [*BEFORE[index], f"stage_failed {STAGES[index]}"]
    assert error is not None
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "the file ends early"
    found = info(error)
    assert found is not None
    assert (found.reason, found.domain) == ("IMAGE_TRUNCATED", "animatize")
    assert dict(found.metadata) == {"found": "half a JPEG", "stage": STAGES[index]}
    assert violations(error) == list(REFUSED.violations)
    assert not any(later)


@pytest.mark.parametrize("index", range(4), ids=STAGES)
async def test_the_event_says_what_the_call_ends_with(index: int) -> None:
    async with meshed() as mesh:
        getattr(mesh, NAMES[index]).play = failing(REFUSED)
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert events[-1].stage_failed.error == details(error)


@pytest.mark.parametrize("index", range(4), ids=STAGES)
async def test_a_service_that_is_down_is_named_by_its_stage(index: int) -> None:
    async with meshed() as mesh:
        await mesh.servers[NAMES[index]].stop(None)
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert error.details() == f"the {STAGES[index]} stage cannot be reached; try again"
    found = info(error)
    assert found is not None
    assert found.metadata["stage"] == STAGES[index]
    assert kinds(events)[-1] == f"stage_failed {STAGES[index]}"


async def test_a_gateway_whose_services_are_all_down_is_ready_and_says_so_to_its_callers() -> None:
    async with meshed() as mesh:
        for server in mesh.servers.values():
            await server.stop(None)
        from grpc_health.v1 import health_pb2, health_pb2_grpc

        health = health_pb2_grpc.HealthStub(mesh.channel)
        answer = await health.Check(health_pb2.HealthCheckRequest())

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_the_text_of_a_foreign_error_does_not_leave_the_house() -> None:
    async with meshed() as mesh:
        mesh.predictor.play = aborting(grpc.StatusCode.UNKNOWN, "password=hunter2")
        _, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.INTERNAL
    assert "hunter2" not in str(error)
    found = info(error)
    assert found is not None
    assert found.metadata["stage"] == "predict"


async def test_a_busy_service_says_when_to_come_back() -> None:
    busy = Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", "the service is at its limit", retry_after_s=1.5)
    async with meshed() as mesh:
        mesh.generator.play = failing(busy)
        _, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert retry_after(error) == pytest.approx(1.5)


async def test_a_service_that_breaks_off_is_not_taken_for_the_callers_own_cancel() -> None:
    async with meshed() as mesh:
        mesh.predictor.play = aborting(grpc.StatusCode.CANCELLED, "shutting down")
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert kinds(events)[-1] == "stage_failed predict"


async def test_a_generator_that_breaks_off_is_not_taken_for_the_callers_own_cancel() -> None:
    async with meshed() as mesh:
        mesh.generator.play = aborting(grpc.StatusCode.CANCELLED, "shutting down")
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert kinds(events)[-1] == "stage_failed generate"


async def test_a_generator_that_ends_without_a_clip_is_an_error() -> None:
    async with meshed() as mesh:
        mesh.generator.generation = None
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.INTERNAL
    found = info(error)
    assert found is not None
    assert found.reason == "NO_RESULT"
    assert kinds(events)[-1] == "stage_failed generate"


async def test_a_clip_is_never_asked_for_twice_and_an_analysis_is() -> None:
    """Repeating a clip may pay twice; repeating an analysis costs nothing."""
    async with meshed() as mesh:
        mesh.analyzer.play = aborting(grpc.StatusCode.UNAVAILABLE, "not now")
        await everything(mesh.gateway.AnimateImage(a_request()))
        mesh.analyzer.play = failing_once = _failing_times(1)
        mesh.generator.steps = ()
        mesh.generator.play = aborting(grpc.StatusCode.UNAVAILABLE, "not now")
        await everything(mesh.gateway.AnimateImage(a_request()))

    assert failing_once is not None
    assert len(mesh.analyzer.seen.requests) == 4 + 2
    assert len(mesh.generator.seen.requests) == 1


def _failing_times(times: int) -> Any:
    left = times

    async def play(_request: Any, context: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now")

    return play


@pytest.mark.parametrize(
    ("options", "known"),
    [({}, True), ({"spending": generator_pb2.SpendingRules(max_cost_micro_usd=1000)}, False)],
)
async def test_what_a_failed_stage_may_have_cost_is_unknown_and_not_zero(options: dict[str, Any], known: bool) -> None:
    from .test_animate_images import one_of_many

    async with meshed() as mesh:
        mesh.generator.play = failing(REFUSED)
        failure = (await one_of_many(mesh, **options)).failure

    assert failure.stage == animation_pb2.STAGE_GENERATE
    assert failure.partial.cost.HasField("amount_micro_usd") is known
    assert error_info(failure.error).metadata["stage"] == "generate"
