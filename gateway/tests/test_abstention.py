"""A still that gives no movement, and a caller who chose one."""

from __future__ import annotations

import pytest

from animatize.gateway.v1 import animation_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2

from .fakes import CLIP, a_move, an_abstention
from .mesh import a_request, everything, kinds, meshed
from .test_animate_image import WHOLE


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        (animation_pb2.ABSTENTION_POLICY_UNSPECIFIED, animation_pb2.ANIMATION_OUTCOME_MINIMAL),
        (animation_pb2.ABSTENTION_POLICY_MINIMAL_CLIP, animation_pb2.ANIMATION_OUTCOME_MINIMAL),
    ],
)
async def test_a_still_without_a_movement_gets_a_push_that_is_hardly_noticed(policy: int, outcome: int) -> None:
    async with meshed() as mesh:
        mesh.predictor.prediction = an_abstention()
        events, error = await everything(mesh.gateway.AnimateImage(a_request(on_abstention=policy)))

    animation = events[-1].finished
    assert error is None
    assert animation.outcome == outcome
    assert animation.plan.camera.movement == movement_pb2.MOVEMENT_ZOOM_IN
    assert animation.plan.camera.amplitude == pytest.approx(0.02)
    assert animation.plan == mesh.generator.seen.requests[0].plan
    assert animation.prediction.abstention.explanation == "The still is flat."
    assert not animation.HasField("expansion")
    assert not mesh.expander.seen.requests
    assert animation.generation.artifact.content == CLIP


async def test_a_still_without_a_movement_gets_no_clip_when_the_caller_wants_none() -> None:
    async with meshed() as mesh:
        mesh.predictor.prediction = an_abstention()
        request = a_request(on_abstention=animation_pb2.ABSTENTION_POLICY_NO_CLIP)
        events, error = await everything(mesh.gateway.AnimateImage(request))

    animation = events[-1].finished
    assert error is None
    assert kinds(events) == [*WHOLE[:5], "finished"]
    assert animation.outcome == animation_pb2.ANIMATION_OUTCOME_ABSTAINED
    assert not animation.HasField("generation")
    assert not animation.HasField("plan")
    assert not mesh.generator.seen.requests
    assert not mesh.expander.seen.requests


async def test_a_movement_that_the_caller_chose_is_made_and_the_prediction_told_beside_it() -> None:
    chosen = a_move(movement_pb2.MOVEMENT_PAN_LEFT)
    async with meshed() as mesh:
        events, _ = await everything(mesh.gateway.AnimateImage(a_request(camera=chosen)))

    animation = events[-1].finished
    said = mesh.expander.seen.requests[0].prediction.best.camera
    assert animation.outcome == animation_pb2.ANIMATION_OUTCOME_COMPLETE
    assert animation.plan.camera == chosen
    assert animation.prediction.best.camera.move == a_move()
    assert said == prediction_pb2.CameraCandidate(move=chosen)


async def test_a_movement_that_the_caller_chose_is_made_also_when_the_still_gives_none() -> None:
    chosen = a_move(movement_pb2.MOVEMENT_PAN_LEFT)
    request = a_request(camera=chosen, on_abstention=animation_pb2.ABSTENTION_POLICY_NO_CLIP)
    async with meshed() as mesh:
        mesh.predictor.prediction = an_abstention()
        events, _ = await everything(mesh.gateway.AnimateImage(request))

    assert events[-1].finished.outcome == animation_pb2.ANIMATION_OUTCOME_COMPLETE
    assert events[-1].finished.plan.camera == chosen
