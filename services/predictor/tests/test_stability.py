"""Whether the verdict stays when the still is changed a little."""

import grpc
import pytest

from animatize.analyzer.v1 import analysis_pb2
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import movement_pb2
from predictor import bootstrap, settings
from predictor.core.prediction import Prediction
from predictor.core.stability import compared

from . import scenes

CROP, DARKER = analysis_pb2.STABILITY_CHANGE_CROP, analysis_pb2.STABILITY_CHANGE_DARKER
FLIP = analysis_pb2.STABILITY_CHANGE_FLIP


@pytest.fixture
async def stub():
    async with (
        bootstrap.running(settings.Settings(port=0, drain_pause_s=0, grace_s=1)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        yield predictor_pb2_grpc.PredictorServiceStub(channel)


def changed(scene, *variants):
    """The scene with the analyses of what became of it."""
    for change, analysis in variants:
        scene.stability.variants.add(change=change, analysis=analysis)
    return scene


async def predicted(stub, scene):
    answer = await stub.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=scene))
    return answer.prediction


async def test_a_verdict_that_stays_is_stable(stub):
    scene = changed(scenes.corridor(), (CROP, scenes.corridor()), (FLIP, scenes.corridor()))

    found = (await predicted(stub, scene)).stability

    assert (found.share, found.family_share) == (1.0, 1.0)
    assert [item.change for item in found.variants] == [CROP, FLIP]
    assert {item.movement for item in found.variants} == {movement_pb2.MOVEMENT_DOLLY_IN}
    assert all(0 < item.confidence.probability < 1 for item in found.variants)


async def test_each_change_counts_by_movement_and_by_family(stub):
    scene = changed(
        scenes.heath(),
        (CROP, scenes.heath()),
        (DARKER, scenes.mirror(scenes.heath())),
        (FLIP, scenes.tower()),
        (FLIP, scenes.flat()),
    )

    found = (await predicted(stub, scene)).stability

    assert (found.share, found.family_share) == (0.25, 0.5)
    assert found.variants[3].movement == movement_pb2.MOVEMENT_UNSPECIFIED
    assert not found.variants[3].HasField("confidence")


async def test_an_abstention_that_stays_is_stable(stub):
    found = (await predicted(stub, changed(scenes.flat(), (CROP, scenes.flat())))).stability

    assert (found.share, found.family_share) == (1.0, 1.0)


async def test_without_changed_stills_nothing_is_said(stub):
    assert not (await predicted(stub, scenes.heath())).HasField("stability")


async def test_stability_mirrors(stub):
    variants = [(CROP, scenes.heath()), (DARKER, scenes.panorama()), (FLIP, scenes.flat())]
    mirrored = [(change, scenes.mirror(analysis)) for change, analysis in variants]

    original = await predicted(stub, changed(scenes.heath(), *variants))
    other = await predicted(stub, changed(scenes.mirror(scenes.heath()), *mirrored))

    assert other == scenes.mirror_prediction(original)


async def test_the_original_is_told_as_without_variants(stub):
    alone = await predicted(stub, scenes.heath())
    together = await predicted(stub, changed(scenes.heath(), (CROP, scenes.sea())))
    together.ClearField("stability")

    assert together == alone


def test_nothing_is_compared_with_nothing():
    assert compared(Prediction([], [], [], [], None, None, "rules"), []) is None
