"""Motions of the environment and the map of materials, from the wire to core."""

import pytest

from animatize.analyzer.v1 import analysis_pb2, space_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import geometry_pb2
from film.geometry import Box
from generator.core.order import EnvironmentMotion, EnvironmentMove, Material, MotionClass, RegionMap
from generator.rpc import enums, orders, surroundings


@pytest.mark.parametrize(
    ("pairs", "wire", "core"),
    [
        (enums.ENVIRONMENT, prediction_pb2.EnvironmentMotion, EnvironmentMotion),
        (enums.MATERIAL, space_pb2.RegionKind, Material),
        (enums.MOTION_CLASS, prediction_pb2.MotionClass, MotionClass),
    ],
)
def test_every_value_has_its_partner_and_comes_back(pairs, wire, core):
    assert pairs.numbers() == {number for number in wire.values() if number}
    assert {pairs.stated(number) for number in pairs.numbers()} == set(core)
    assert pairs.core(0) is None


def test_a_motion_is_taken_as_stated():
    message = prediction_pb2.EnvironmentCandidate(
        motion=prediction_pb2.ENVIRONMENT_MOTION_SMOKE,
        region=space_pb2.REGION_KIND_SMOKE,
        box=geometry_pb2.Box(left=0.25, top=0.5, width=0.5, height=0.25),
        heading=-0.5,
        intensity=0.75,
        motion_class=prediction_pb2.MOTION_CLASS_FLUID,
        direction_deg=-90.0,
        speed_per_s=0.125,
        frequency_hz=2.0,
    )

    assert surroundings.environment_move(message) == EnvironmentMove(
        motion=EnvironmentMotion.SMOKE,
        region=Material.SMOKE,
        box=Box(0.25, 0.5, 0.5, 0.25),
        heading=-0.5,
        intensity=0.75,
        motion_class=MotionClass.FLUID,
        direction_deg=-90.0,
        speed_per_s=0.125,
        frequency_hz=2.0,
    )


def test_what_is_left_out_of_a_motion_stays_open():
    message = prediction_pb2.EnvironmentCandidate(motion=prediction_pb2.ENVIRONMENT_MOTION_RAIN)

    assert surroundings.environment_move(message) == EnvironmentMove(motion=EnvironmentMotion.RAIN)


def test_the_map_comes_with_the_kinds_of_its_regions():
    message = analysis_pb2.SceneAnalysis(
        regions=[
            space_pb2.Region(kind=space_pb2.REGION_KIND_WATER),
            space_pb2.Region(kind=space_pb2.REGION_KIND_UNSPECIFIED),
        ]
    )
    assert orders.scene(message).regions is None

    message.maps.regions.data, message.maps.regions.width, message.maps.regions.height = b"png", 4, 3

    assert orders.scene(message).regions == RegionMap(png=b"png", width=4, height=3, kinds=(Material.WATER, None))
