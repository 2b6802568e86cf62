"""A caller who leaves, or whose time is up, stops everything behind the gateway at once, with tracing on."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from animatize.gateway.v1 import gateway_pb2
from chassis.errors import info
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.testing.servers import PATIENCE_S, quickest, until

from .fakes import after, never
from .mesh import Mesh, a_request, an_image, everything, kinds, meshed

NAMES = ["analyzer", "predictor", "expander", "generator"]
STAGES = ["analyze", "predict", "expand", "generate"]

#: The bound of the contract, in seconds.
BOUND_S = 0.2

#: What a call is given that shall run out of time; more when a busy machine has not come to the stage by then.
FIRST_TIMEOUT_S = 0.8


@pytest.fixture
async def traced() -> AsyncIterator[Telemetry]:
    telemetry = Telemetry.start(service="animatize-gateway", settings=ServiceSettings())
    yield telemetry
    await telemetry.shutdown()


def later(mesh: Mesh, index: int) -> list[Any]:
    return [request for name in NAMES[index + 1 :] for request in getattr(mesh, name).seen.requests]


@pytest.mark.parametrize("index", range(4), ids=STAGES)
async def test_a_caller_who_leaves_stops_the_running_stage_and_no_later_one_begins(
    index: int, traced: Telemetry
) -> None:
    async with meshed(telemetry=traced) as mesh:
        fake = getattr(mesh, NAMES[index])
        hanging = asyncio.Event()

        async def hang(request: Any, context: Any) -> None:
            hanging.set()
            await never(request, context)

        fake.play = hang

        async def took() -> float:
            hanging.clear()
            fake.seen.cancelled.clear()
            call = mesh.gateway.AnimateImage(a_request())
            reading = asyncio.create_task(everything(call))
            await asyncio.wait_for(hanging.wait(), PATIENCE_S)
            left_at = time.monotonic()
            call.cancel()
            await asyncio.wait_for(fake.seen.cancelled.wait(), PATIENCE_S)
            with pytest.raises(asyncio.CancelledError):
                await reading
            return float(fake.seen.cancelled_at - left_at)

        assert await quickest(took, bound_s=BOUND_S) < BOUND_S
        assert not later(mesh, index)


@pytest.mark.parametrize("index", range(4), ids=STAGES)
async def test_a_deadline_that_passes_stops_the_running_stage_and_no_later_one_begins(
    index: int, traced: Telemetry
) -> None:
    async with meshed(telemetry=traced, floor_generate_s=0.01) as mesh:
        fake = getattr(mesh, NAMES[index])
        fake.play = never
        timeout_s = FIRST_TIMEOUT_S

        async def took() -> float:
            """From the deadline to the cancel, without end when the stage did not begin in time."""
            nonlocal timeout_s
            fake.seen.started.clear()
            fake.seen.cancelled.clear()
            began_at = time.monotonic()
            _, error = await everything(mesh.gateway.AnimateImage(a_request(), timeout=timeout_s))
            assert error is not None
            assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            if not fake.seen.started.is_set():
                timeout_s *= 2
                return math.inf
            await asyncio.wait_for(fake.seen.cancelled.wait(), PATIENCE_S)
            return float(fake.seen.cancelled_at - began_at) - timeout_s

        assert await quickest(took, bound_s=BOUND_S) < BOUND_S
        assert not later(mesh, index)


async def test_a_stage_gets_its_share_of_the_time_and_no_more() -> None:
    async with meshed(share_analyze=0.1, share_predict=0.5) as mesh:
        mesh.analyzer.play = never
        began_at = time.monotonic()
        events, error = await everything(mesh.gateway.AnimateImage(a_request(), timeout=10))
        took_s = time.monotonic() - began_at

    assert error is not None
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    # A tenth of the time is the stage's, more than half is spared.
    assert took_s < 6
    assert kinds(events)[-1] == "stage_failed analyze"
    assert error.details() == "the analyze stage did not answer in time"


async def test_services_see_a_deadline_within_the_callers() -> None:
    async with meshed(share_predict=0.25) as mesh:
        await everything(mesh.gateway.AnimateImage(a_request(), timeout=50))

    seen = [getattr(mesh, name).seen.deadlines[0] for name in NAMES]
    assert all(left is not None and left <= 50 for left in seen)
    # A quarter of what the analysis left, and no less than a slow machine makes of it.
    assert 5 < seen[1] <= 12.5


async def test_a_call_without_a_deadline_is_given_one() -> None:
    async with meshed(default_deadline_s=100) as mesh:
        await everything(mesh.gateway.AnimateImage(a_request()))

    assert 60 < mesh.generator.seen.deadlines[0] <= 100


async def test_a_late_stage_is_not_begun_when_it_could_not_be_finished() -> None:
    async with meshed(floor_generate_s=30) as mesh:
        mesh.predictor.play = after(0.1)
        events, error = await everything(mesh.gateway.AnimateImage(a_request(), timeout=30))

    assert error is not None
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    found = info(error)
    assert found is not None
    assert found.reason == "DEADLINE_TOO_SHORT"
    assert (found.metadata["stage"], found.metadata["floor_s"]) == ("generate", "30")
    assert "stage_started generate" not in kinds(events)
    assert kinds(events)[-1] == "stage_failed generate"
    assert not mesh.generator.seen.requests


async def test_leaving_a_batch_stops_all_of_its_stills(traced: Telemetry) -> None:
    async with meshed(telemetry=traced, batch_at_once=3) as mesh:
        mesh.analyzer.play = never

        async def took() -> float:
            mesh.analyzer.seen.requests.clear()
            call = mesh.gateway.AnimateImages()
            for number in range(5):
                await call.write(gateway_pb2.AnimateImagesRequest(id=str(number), image=an_image()))
            await until(lambda: mesh.analyzer.seen.busy == 3)
            left_at = time.monotonic()
            call.cancel()
            await until(lambda: not mesh.analyzer.seen.busy)
            assert len(mesh.analyzer.seen.requests) == 3
            return time.monotonic() - left_at

        assert await quickest(took, bound_s=BOUND_S) < BOUND_S
        assert not later(mesh, 0)


async def test_leaving_an_estimate_stops_it() -> None:
    async with meshed() as mesh:
        mesh.predictor.play = never
        seen = mesh.predictor.seen

        async def took() -> float:
            seen.started.clear()
            seen.cancelled.clear()
            call = mesh.gateway.EstimateAnimation(gateway_pb2.EstimateAnimationRequest(image=an_image()))
            waiting = asyncio.create_task(_outcome(call))
            await seen.started.wait()
            left_at = time.monotonic()
            call.cancel()
            await asyncio.wait_for(seen.cancelled.wait(), PATIENCE_S)
            await waiting
            assert seen.cancelled_at is not None
            return seen.cancelled_at - left_at

        assert await quickest(took, bound_s=BOUND_S) < BOUND_S


async def _outcome(call: Any) -> None:
    with pytest.raises(asyncio.CancelledError):
        await call
