"""The one call, when all goes well."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from google.protobuf import duration_pb2

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2
from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import animation_pb2, gateway_pb2
from animatize.generator.v1 import clip_pb2, generation_pb2, generator_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import image_pb2, money_pb2, stage_pb2

from .fakes import CLIP, a_generation, a_move
from .mesh import STILL, a_request, everything, kinds, meshed

WHOLE = [
    "accepted",
    "stage_started analyze",
    "stage_result analyze",
    "stage_started predict",
    "stage_result predict",
    "stage_started expand",
    "stage_result expand",
    "stage_started generate",
    "progress generate",
    "progress generate",
    "progress generate",
    "stage_result generate",
    "finished",
]


async def test_events_come_in_the_order_that_the_contract_states() -> None:
    async with meshed() as mesh:
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert error is None
    assert kinds(events) == WHOLE
    assert list(events[0].accepted.stages) == [1, 2, 3, 4]


async def test_the_last_event_holds_all_that_the_stages_made() -> None:
    async with meshed() as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))

    animation = events[-1].finished
    results = [event.stage_result for event in events if event.HasField("stage_result")]
    assert animation.outcome == animation_pb2.ANIMATION_OUTCOME_COMPLETE
    assert animation.analysis == results[0].analysis
    assert animation.prediction == results[1].prediction
    assert animation.expansion == results[2].expansion
    assert animation.generation.artifact.content == CLIP
    # The bytes are sent once; all else stands in both.
    animation.generation.artifact.ClearField("content")
    assert animation.generation == results[3].generation
    assert animation.plan.camera == a_move()
    assert animation.plan.environment[0].motion == prediction_pb2.ENVIRONMENT_MOTION_CLOUD
    assert animation.cost == money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)
    assert [timing.stage for timing in animation.timings] == [1, 2, 3, 4]
    assert [result.source for result in results] == [
        stage_pb2.RESULT_SOURCE_MEMORY_CACHE,
        stage_pb2.RESULT_SOURCE_MADE,
        stage_pb2.RESULT_SOURCE_MADE,
        stage_pb2.RESULT_SOURCE_MADE,
    ]


async def test_a_subject_that_can_act_is_in_the_plan() -> None:
    async with meshed() as mesh:
        mesh.predictor.prediction.best.subject.action = prediction_pb2.SUBJECT_ACTION_WALK
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))

    assert events[-1].finished.plan.subject.action == prediction_pb2.SUBJECT_ACTION_WALK


async def test_progress_never_falls() -> None:
    async with meshed() as mesh:
        mesh.generator.steps = (0.5, 0.2, 2.0)
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))

    progress = [event.progress for event in events if event.HasField("progress")]
    assert [told.fraction for told in progress] == [0.5, 0.5, 1.0]
    assert (progress[0].step, progress[0].frames_done, progress[0].frames_total) == ("render", 48, 96)


async def test_chunks_pass_through_when_they_are_asked_for() -> None:
    async with meshed() as mesh:
        mesh.generator.generation = a_generation(content=b"")
        request = a_request(delivery=generator_pb2.DELIVERY_CHUNKS)
        events, _ = await everything(mesh.gateway.AnimateImage(request))

    chunks = [event.chunk for event in events if event.HasField("chunk")]
    assert [(chunk.offset, chunk.data) for chunk in chunks] == [(0, CLIP[:4]), (4, CLIP[4:])]
    assert events[-1].finished.generation.artifact.content == b""


async def test_pixels_go_to_analyzer_and_generator_and_maps_to_the_generator_only() -> None:
    async with meshed() as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))

    analyzed, predicted = mesh.analyzer.seen.requests[0], mesh.predictor.seen.requests[0]
    expanded, generated = mesh.expander.seen.requests[0], mesh.generator.seen.requests[0]
    assert analyzed.image.content == generated.image.content == STILL
    assert set(analyzed.options.maps) == {
        analysis_pb2.MAP_KIND_DEPTH,
        analysis_pb2.MAP_KIND_FOREGROUND,
        analysis_pb2.MAP_KIND_REGIONS,
    }
    assert generated.analysis.maps.depth.data == b"depth"
    assert generated.analysis.maps.foreground.data == b"foreground"
    assert generated.analysis.maps.regions.data == b"regions"
    assert [part.motion for part in generated.plan.environment] == [prediction_pb2.ENVIRONMENT_MOTION_CLOUD]
    assert not predicted.analysis.HasField("maps")
    assert not expanded.analysis.HasField("maps")
    assert not events[-1].finished.analysis.HasField("maps")
    assert predicted.analysis.pipeline_version == generated.analysis.pipeline_version == "fake-1"


async def test_maps_that_the_caller_asks_for_come_back_and_no_others() -> None:
    options = analyzer_pb2.AnalysisOptions(maps=[analysis_pb2.MAP_KIND_SALIENCY], working_size_px=1024)
    async with meshed() as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(a_request(analysis=options)))

    told = events[-1].finished.analysis.maps
    assert [field.name for field, _ in told.ListFields()] == ["saliency"]
    assert mesh.analyzer.seen.requests[0].options.working_size_px == 1024
    assert not mesh.generator.seen.requests[0].analysis.maps.HasField("saliency")


async def test_what_the_caller_says_reaches_the_stage_that_it_is_for() -> None:
    request = a_request(
        intent=prediction_pb2.Intent(mood=prediction_pb2.MOOD_CALM),
        user_prompt="at dusk",
        writer=expander_pb2.WRITER_COMPOSER,
        output=clip_pb2.OutputProfile(frames_per_second=30),
        spending=generator_pb2.SpendingRules(max_cost_micro_usd=500, models=["local/renderer"]),
        seed=7,
    )
    request.request_id = "my-name"
    request.image.sha256 = "0" * 64
    async with meshed() as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(request))

    expanded, generated = mesh.expander.seen.requests[0], mesh.generator.seen.requests[0]
    assert mesh.predictor.seen.requests[0].intent.mood == prediction_pb2.MOOD_CALM
    assert (expanded.user_prompt, expanded.writer, expanded.max_cost_micro_usd) == ("at dusk", 2, 500)
    assert (generated.output.frames_per_second, generated.seed) == (30, 7)
    assert generated.spending == request.options.spending
    assert generated.expansion == events[-1].finished.expansion
    assert expanded.request_id == generated.request_id == events[0].accepted.request_id == "my-name"
    assert events[-1].finished.request_id == "my-name"
    assert mesh.analyzer.seen.requests[0].image.sha256 == generated.image.sha256 == "0" * 64


async def test_without_a_limit_nothing_may_be_spent_on_words() -> None:
    async with meshed() as mesh:
        await everything(mesh.gateway.AnimateImage(a_request()))

    expanded = mesh.expander.seen.requests[0]
    assert expanded.HasField("max_cost_micro_usd")
    assert expanded.max_cost_micro_usd == 0
    assert not mesh.generator.seen.requests[0].spending.HasField("max_cost_micro_usd")


async def test_a_call_without_a_name_is_given_one() -> None:
    async with meshed() as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))

    assert uuid.UUID(events[0].accepted.request_id).version == 4


@pytest.mark.parametrize(
    ("words", "clip", "together", "left"),
    [
        (money_pb2.Cost(amount_micro_usd=30, basis=money_pb2.COST_BASIS_SETTLED, price_version="p1"), 0, 30, 970),
        (money_pb2.Cost(amount_micro_usd=30, basis=money_pb2.COST_BASIS_SETTLED), 200, 230, 970),
        (money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN), 200, None, 0),
    ],
)
async def test_costs_add_up_and_what_words_took_is_not_spent_again(
    words: money_pb2.Cost, clip: int, together: int | None, left: int
) -> None:
    async with meshed() as mesh:
        mesh.expander.cost = words
        assert mesh.generator.generation is not None
        mesh.generator.generation.spending.posted_micro_usd = clip
        request = a_request(spending=generator_pb2.SpendingRules(max_cost_micro_usd=1000))
        events, _ = await everything(mesh.gateway.AnimateImage(request))

    cost = events[-1].finished.cost
    assert (cost.amount_micro_usd if cost.HasField("amount_micro_usd") else None) == together
    assert mesh.generator.seen.requests[0].spending.max_cost_micro_usd == left


def attempts(*costs: money_pb2.Cost) -> list[generation_pb2.Attempt]:
    return [generation_pb2.Attempt(cost=cost) for cost in costs]


@pytest.mark.parametrize(
    ("generation", "told"),
    [
        ({"model": "local/renderer"}, money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)),
        ({"model": "a/b"}, money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN)),
        (
            {
                "spending": generation_pb2.Spending(posted_micro_usd=5, presumed_micro_usd=2),
                "attempts": attempts(money_pb2.Cost(amount_micro_usd=7, price_version="p1")),
            },
            money_pb2.Cost(amount_micro_usd=7, basis=money_pb2.COST_BASIS_PRESUMED, price_version="p1"),
        ),
        (
            {"spending": generation_pb2.Spending(posted_micro_usd=5, reserved_micro_usd=2)},
            money_pb2.Cost(amount_micro_usd=7, basis=money_pb2.COST_BASIS_RESERVED),
        ),
        (
            {
                "spending": generation_pb2.Spending(posted_micro_usd=5),
                "attempts": attempts(money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN)),
            },
            money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN),
        ),
    ],
    ids=["local", "no word about money", "presumed", "reserved", "an attempt at an unknown price"],
)
async def test_a_clip_costs_what_is_known_of_it_and_no_less(generation: dict[str, Any], told: money_pb2.Cost) -> None:
    async with meshed() as mesh:
        mesh.generator.generation = generation_pb2.Generation(**generation)
        events, _ = await everything(mesh.gateway.AnimateImage(a_request()))

    assert events[-1].finished.cost == told


async def test_a_photograph_of_the_largest_size_passes() -> None:
    content = bytes(20 << 20)
    async with meshed() as mesh:
        request = gateway_pb2.AnimateImageRequest(image=image_pb2.Image(content=content))
        events, error = await everything(mesh.gateway.AnimateImage(request))

    assert error is None
    assert len(mesh.generator.seen.requests[0].image.content) == len(content)
    assert events[-1].HasField("finished")


async def test_a_reader_who_is_slow_loses_nothing() -> None:
    parts = tuple(bytes([number]) * (256 << 10) for number in range(24))
    async with meshed() as mesh:
        mesh.generator.generation, mesh.generator.parts = a_generation(content=b""), parts
        call = mesh.gateway.AnimateImage(a_request(delivery=generator_pb2.DELIVERY_CHUNKS))
        received = b""
        async for event in call:
            await asyncio.sleep(0.01)
            received += event.chunk.data

    assert received == b"".join(parts)


async def test_the_words_are_for_a_clip_of_the_length_that_was_asked_for() -> None:
    output = clip_pb2.OutputProfile(duration=duration_pb2.Duration(seconds=7))
    async with meshed() as mesh:
        await everything(mesh.gateway.AnimateImage(a_request(output=output)))
        await everything(mesh.gateway.AnimateImage(a_request()))
        asked, unasked = mesh.expander.seen.requests

    assert asked.duration.seconds == 7
    assert not unasked.HasField("duration")
