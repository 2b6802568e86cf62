"""The main job, through all five services: a still goes in, a clip that really moves comes out."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator

import av
import cv2
import grpc
import numpy as np
import pytest
import pytest_asyncio

from animatize.gateway.v1 import animation_pb2, gateway_pb2
from animatize.generator.v1 import generator_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import image_pb2, money_pb2, movement_pb2
from chassis.errors import violations

from . import meshes
from .meshes import MEDIA, Mesh, photograph, request, small

STILLS = [still["name"] for still in json.loads((MEDIA / "stills.json").read_text())["stills"]]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def mesh() -> AsyncIterator[Mesh]:
    async with meshes.inside() as made:
        yield made


pytestmark = pytest.mark.asyncio(loop_scope="module")


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


async def test_a_photograph_becomes_a_clip_that_moves_as_predicted(mesh: Mesh) -> None:
    animation = await mesh.animate(photograph("sunset"), small(2.0))

    assert animation.outcome == animation_pb2.ANIMATION_OUTCOME_COMPLETE
    generation = animation.generation
    with av.open(io.BytesIO(generation.artifact.content)) as clip:
        stream = clip.streams.video[0]
        frames = [frame.to_ndarray(format="gray") for frame in clip.decode(stream)]
        assert stream.codec_context.name == "h264"
    assert len(frames) == generation.artifact.facts.frames == 48
    assert hashlib.sha256(generation.artifact.content).hexdigest() == generation.artifact.sha256
    assert np.abs(frames[0].astype(int) - frames[-1].astype(int)).mean() > 1
    assert generation.delivered.asked == animation.prediction.best.camera.move == animation.plan.camera
    assert generation.verdict.outcome in (
        verdict_pb2.VERDICT_OUTCOME_AS_ASKED,
        verdict_pb2.VERDICT_OUTCOME_EQUIVALENT,
    )


async def test_every_stage_is_told_before_the_next_begins(mesh: Mesh) -> None:
    told = []
    async for event in mesh.gateway.AnimateImage(request(photograph("china")), timeout=60):
        kind = event.WhichOneof("event")
        if kind in ("stage_started", "stage_result"):
            told.append((kind, getattr(event, kind).stage))
        elif kind in ("accepted", "finished"):
            told.append((kind, 0))

    stages = [
        animation_pb2.STAGE_ANALYZE,
        animation_pb2.STAGE_PREDICT,
        animation_pb2.STAGE_EXPAND,
        animation_pb2.STAGE_GENERATE,
    ]
    pairs = [pair for stage in stages for pair in (("stage_started", stage), ("stage_result", stage))]
    assert told == [("accepted", 0), *pairs, ("finished", 0)]


async def test_it_costs_nothing_and_says_so(mesh: Mesh) -> None:
    animation = await mesh.animate(photograph("coffee"))

    assert animation.cost.HasField("amount_micro_usd")
    assert animation.cost.amount_micro_usd == 0
    assert animation.cost.basis == money_pb2.COST_BASIS_FREE
    assert animation.generation.model == "local/renderer"


async def test_the_same_request_gives_the_same_bytes(mesh: Mesh) -> None:
    first = await mesh.animate(photograph("flower"))
    second = await mesh.animate(photograph("flower"))

    assert first.generation.artifact.sha256 == second.generation.artifact.sha256


async def test_chunks_put_together_are_the_clip(mesh: Mesh) -> None:
    options = small(delivery=generator_pb2.DELIVERY_CHUNKS)
    pieces, finished = bytearray(), None
    async for event in mesh.gateway.AnimateImage(request(photograph("life"), options), timeout=60):
        if event.WhichOneof("event") == "chunk":
            assert event.chunk.offset == len(pieces)
            pieces += event.chunk.data
        elif event.WhichOneof("event") == "finished":
            finished = event.finished.generation.artifact

    assert finished is not None
    assert not finished.content
    assert (len(pieces), hashlib.sha256(pieces).hexdigest()) == (finished.size_bytes, finished.sha256)


async def test_different_photographs_get_different_predictions(mesh: Mesh) -> None:
    seen = {}
    for name in STILLS:
        prediction = await mesh.predict(photograph(name))
        best = prediction.best.camera.move if prediction.HasField("best") else None
        seen[name] = (best.movement if best else 0, round(best.anchor.x, 2) if best else None)

    movements = [movement for movement, _ in seen.values()]
    assert len(set(movements)) >= 4, seen
    assert max(movements.count(movement) for movement in set(movements)) <= len(movements) / 2, seen
    assert len(set(seen.values())) >= len(seen) // 2, seen


async def test_a_clip_that_does_something_else_is_told_so(mesh: Mesh) -> None:
    """The check is no echo of the request: a push that is held against a pan is found to be a push."""
    push = prediction_pb2.CameraMove(
        movement=movement_pb2.MOVEMENT_DOLLY_IN,
        amplitude=0.2,
        amplitude_unit=prediction_pb2.AMPLITUDE_UNIT_GROWTH,
    )
    pan = prediction_pb2.CameraMove(
        movement=movement_pb2.MOVEMENT_PAN_LEFT,
        amplitude=0.1,
        amplitude_unit=prediction_pb2.AMPLITUDE_UNIT_RADIAN,
    )
    made = await mesh.animate(photograph("china"), small(2.0, camera=push))
    clip = made.generation.artifact.content

    as_asked = (await mesh.generator.VerifyMotion(verify(clip, push), timeout=30)).verdict
    otherwise = (await mesh.generator.VerifyMotion(verify(clip, pan), timeout=30)).verdict

    assert as_asked.outcome in (verdict_pb2.VERDICT_OUTCOME_AS_ASKED, verdict_pb2.VERDICT_OUTCOME_EQUIVALENT)
    assert otherwise.outcome == verdict_pb2.VERDICT_OUTCOME_DIFFERENT
    assert otherwise.measured in (movement_pb2.MOVEMENT_DOLLY_IN, movement_pb2.MOVEMENT_ZOOM_IN)
    assert otherwise.score.value < 0.2 < as_asked.score.value


def verify(clip: bytes, asked: prediction_pb2.CameraMove) -> generator_pb2.VerifyMotionRequest:
    return generator_pb2.VerifyMotionRequest(content=clip, asked=asked)


@pytest.mark.parametrize("kind", ["grey", "noise"])
async def test_a_still_that_tells_nothing_gets_a_minimal_clip_marked_as_such(mesh: Mesh, kind: str) -> None:
    pixels = np.full((360, 640, 3), 128, np.uint8)
    if kind == "noise":
        pixels = np.random.default_rng(5).integers(0, 256, pixels.shape, np.uint8)

    animation = await mesh.animate(png(pixels))

    assert animation.outcome == animation_pb2.ANIMATION_OUTCOME_MINIMAL
    assert animation.prediction.HasField("abstention")
    assert animation.prediction.abstention.explanation
    assert not animation.prediction.HasField("best")
    assert animation.generation.artifact.size_bytes > 0
    assert animation.plan.camera.amplitude <= 0.02


async def test_a_caller_may_have_the_abstention_instead(mesh: Mesh) -> None:
    options = small(on_abstention=animation_pb2.ABSTENTION_POLICY_NO_CLIP)

    animation = await mesh.animate(png(np.full((360, 640, 3), 90, np.uint8)), options)

    assert animation.outcome == animation_pb2.ANIMATION_OUTCOME_ABSTAINED
    assert not animation.HasField("generation")


async def test_many_stills_come_back_with_their_ids_and_one_bad_one_spoils_nothing(mesh: Mesh) -> None:
    stills = {name: photograph(name) for name in STILLS[:4]} | {"broken": b"\xff\xd8 not a photograph"}

    async def requests() -> AsyncIterator[gateway_pb2.AnimateImagesRequest]:
        for name, content in stills.items():
            image = image_pb2.Image(content=content)
            yield gateway_pb2.AnimateImagesRequest(id=name, image=image, options=small())

    answers = {answer.id: answer async for answer in mesh.gateway.AnimateImages(requests(), timeout=120)}

    assert set(answers) == set(stills)
    failed = {name for name, answer in answers.items() if answer.WhichOneof("outcome") == "failure"}
    assert failed == {"broken"}
    assert answers["broken"].failure.stage == animation_pb2.STAGE_ANALYZE
    assert all(answers[name].animation.generation.artifact.size_bytes for name in set(stills) - failed)


async def test_many_callers_at_once_all_get_their_own_clip(mesh: Mesh) -> None:
    names = STILLS[:6]

    animations = await asyncio.gather(*(mesh.animate(photograph(name)) for name in names))

    digests = [animation.analysis.pixel_digest for animation in animations]
    assert len(set(digests)) == len(names)
    assert len({animation.generation.artifact.sha256 for animation in animations}) == len(names)


async def test_a_field_that_is_refused_late_has_the_callers_name(mesh: Mesh) -> None:
    """The generator refuses a pan measured in shares of the width; the caller wrote it under options."""
    wrong = prediction_pb2.CameraMove(
        movement=movement_pb2.MOVEMENT_PAN_LEFT,
        amplitude=0.1,
        amplitude_unit=prediction_pb2.AMPLITUDE_UNIT_FRAME_WIDTH,
    )

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await mesh.animate(photograph("china"), small(camera=wrong))

    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert [violation.field for violation in violations(caught.value)] == ["options.camera.amplitude_unit"]
