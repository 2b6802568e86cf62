"""A caller who leaves, or whose time is up, stops everything behind the gateway at once, with tracing on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from animatize.gateway.v1 import gateway_pb2
from chassis.errors import info
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry

from .fakes import after, never
from .mesh import Mesh, a_request, an_image, everything, kinds, meshed, until

NAMES = ["analyzer", "predictor", "expander", "generator"]
STAGES = ["analyze", "predict", "expand", "generate"]

#: The bound of the contract, in seconds.
BOUND_S = 0.2


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
        call = mesh.gateway.AnimateImage(a_request())
        reading = asyncio.create_task(everything(call))
        await asyncio.wait_for(hanging.wait(), 5)
        left_at = time.monotonic()
        call.cancel()
        await asyncio.wait_for(fake.seen.cancelled.wait(), 5)
        with pytest.raises(asyncio.CancelledError):
            await reading

        assert fake.seen.cancelled_at - left_at < BOUND_S
        assert not later(mesh, index)


@pytest.mark.parametrize("index", range(4), ids=STAGES)
async def test_a_deadline_that_passes_stops_the_running_stage_and_no_later_one_begins(
    index: int, traced: Telemetry
) -> None:
    async with meshed(telemetry=traced, floor_generate_s=0.01) as mesh:
        fake = getattr(mesh, NAMES[index])
        fake.play = never
        began_at = time.monotonic()
        _, error = await everything(mesh.gateway.AnimateImage(a_request(), timeout=0.8))
        await asyncio.wait_for(fake.seen.cancelled.wait(), 5)

        assert error is not None
        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert fake.seen.cancelled_at - began_at < 0.8 + BOUND_S
        assert not later(mesh, index)


async def test_a_stage_gets_its_share_of_the_time_and_no_more() -> None:
    async with meshed(share_analyze=0.1, share_predict=0.5) as mesh:
        mesh.analyzer.play = never
        began_at = time.monotonic()
        events, error = await everything(mesh.gateway.AnimateImage(a_request(), timeout=3))
        took_s = time.monotonic() - began_at

    assert error is not None
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert took_s < 1
    assert kinds(events)[-1] == "stage_failed analyze"
    assert error.details() == "the analyze stage did not answer in time"


async def test_services_see_a_deadline_within_the_callers() -> None:
    async with meshed(share_predict=0.25) as mesh:
        await everything(mesh.gateway.AnimateImage(a_request(), timeout=10))

    seen = [getattr(mesh, name).seen.deadlines[0] for name in NAMES]
    assert all(left is not None and left <= 10 for left in seen)
    # A quarter of what the analysis left, and no less than a slow machine makes of it.
    assert 1 < seen[1] <= 2.5


async def test_a_call_without_a_deadline_is_given_one() -> None:
    async with meshed(default_deadline_s=100) as mesh:
        await everything(mesh.gateway.AnimateImage(a_request()))

    assert mesh.generator.seen.deadlines[0] == pytest.approx(100, abs=3)


async def test_a_late_stage_is_not_begun_when_it_could_not_be_finished() -> None:
    async with meshed(floor_generate_s=5) as mesh:
        mesh.predictor.play = after(0.1)
        events, error = await everything(mesh.gateway.AnimateImage(a_request(), timeout=5))

    assert error is not None
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    found = info(error)
    assert found is not None
    assert found.reason == "DEADLINE_TOO_SHORT"
    assert (found.metadata["stage"], found.metadata["floor_s"]) == ("generate", "5")
    assert "stage_started generate" not in kinds(events)
    assert kinds(events)[-1] == "stage_failed generate"
    assert not mesh.generator.seen.requests


async def test_leaving_a_batch_stops_all_of_its_stills(traced: Telemetry) -> None:
    async with meshed(telemetry=traced, batch_at_once=3) as mesh:
        mesh.analyzer.play = never
        call = mesh.gateway.AnimateImages()
        for number in range(5):
            await call.write(gateway_pb2.AnimateImagesRequest(id=str(number), image=an_image()))
        await until(lambda: mesh.analyzer.seen.busy == 3)
        left_at = time.monotonic()
        call.cancel()
        await until(lambda: not mesh.analyzer.seen.busy)

        assert time.monotonic() - left_at < BOUND_S
        assert len(mesh.analyzer.seen.requests) == 3
        assert not later(mesh, 0)


async def test_leaving_an_estimate_stops_it() -> None:
    async with meshed() as mesh:
        mesh.predictor.play = never
        call = mesh.gateway.EstimateAnimation(gateway_pb2.EstimateAnimationRequest(image=an_image()))
        waiting = asyncio.create_task(_outcome(call))
        await mesh.predictor.seen.started.wait()
        left_at = time.monotonic()
        call.cancel()
        await asyncio.wait_for(mesh.predictor.seen.cancelled.wait(), 5)
        await waiting

    assert mesh.predictor.seen.cancelled_at is not None
    assert mesh.predictor.seen.cancelled_at - left_at < BOUND_S


async def _outcome(call: Any) -> None:
    with pytest.raises(asyncio.CancelledError):
        await call
