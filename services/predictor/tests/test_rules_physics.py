"""What moves by itself obeys physics: its class, its direction, its range, and the material that it needs."""

import pytest

from predictor.core.intent import Intent
from predictor.core.motion import ACTIONS, FALLS_DEG, HAZE, MATERIALS, RISES_DEG, of_material
from predictor.rpc import enums

from . import scenes


def moving(prediction):
    return {enums.MOTION.name(item.motion): item for item in prediction.environment}


def hillside(**regions):
    scene = scenes.base()
    for name, share in regions.items():
        scenes.region(scene, name, share)
    return scene


def test_every_motion_and_action_of_the_contract_has_physics():
    assert set(MATERIALS) == set(enums.MOTION.names())
    assert set(ACTIONS) == set(enums.ACTION.names())


@pytest.mark.parametrize("name", [*MATERIALS, *ACTIONS])
def test_ranges_are_natural_and_grow_with_intensity(name):
    physics = (MATERIALS | ACTIONS)[name]

    assert physics.motion_class in enums.MOTION_CLASS.names()
    assert 0 <= physics.speed(0.0) <= physics.speed(1.0) <= 10
    assert 0 <= physics.frequency(0.0) <= physics.frequency(1.0) <= 60
    assert physics.source


@pytest.mark.parametrize("name", ["smoke", "fire"])
def test_what_is_warm_rises(name):
    assert MATERIALS[name].direction_deg == RISES_DEG == -90


@pytest.mark.parametrize("name", ["rain", "snow"])
def test_what_is_heavy_falls(name):
    assert MATERIALS[name].direction_deg == FALLS_DEG == 90


def test_nothing_supported_falls_up():
    assert {name for name, physics in MATERIALS.items() if physics.direction_deg == RISES_DEG} == {"smoke", "fire"}


def test_haze_lies_while_a_plume_rises():
    assert of_material("smoke", "") is HAZE
    assert HAZE.direction_deg is None
    assert of_material("smoke", "smoke").direction_deg == RISES_DEG


def test_the_wind_has_no_direction_in_one_still():
    assert all(MATERIALS[name].direction_deg is None for name in ("cloud", "foliage", "cloth", "hair", "dust", "water"))


def test_leaves_swing_between_a_third_of_a_hertz_and_two(predict):
    item = moving(predict(hillside(vegetation=0.5)))["foliage"]

    assert enums.MOTION_CLASS.name(item.motion_class) == "oscillating"
    assert 0.3 <= item.frequency_hz <= 2.0
    assert item.speed_per_s == 0
    assert not item.HasField("direction_deg")


def test_smoke_rises_on_the_wire(predict):
    item = moving(predict(hillside(smoke=0.2)))["smoke"]

    assert item.direction_deg == -90
    assert item.speed_per_s > 0
    assert enums.MOTION_CLASS.name(item.motion_class) == "fluid"


def test_energy_moves_within_the_natural_range(predict):
    calm = moving(predict(hillside(cloud=0.4), Intent(energy=0.0)))["cloud"]
    lively = moving(predict(hillside(cloud=0.4), Intent(energy=1.0)))["cloud"]

    assert (calm.speed_per_s, lively.speed_per_s) == (0.003, 0.02)


@pytest.mark.parametrize(
    ("material", "motion"),
    [("water", "water"), ("vegetation", "foliage"), ("cloud", "cloud"), ("fire", "fire"), ("cloth", "cloth")],
)
def test_a_material_moves_where_it_is_and_nowhere_else(predict, material, motion):
    assert motion in moving(predict(hillside(**{material: 0.4})))
    assert motion not in moving(predict(hillside(rock=0.4)))


def test_hair_stirs_on_a_person_only(predict):
    scene = hillside(hair=0.1)
    alone = moving(predict(scene))
    scenes.subject(scene, "person", box=(0.25, 0.25, 0.25, 0.5))

    assert "hair" not in alone
    assert "hair" in moving(predict(scene))


def test_no_cloud_drifts_in_a_room(predict):
    scene = hillside(cloud=0.4)
    scene.scene.outdoor.value = 0.1

    assert "cloud" not in moving(predict(scene))


def test_light_changes_only_with_a_source(predict):
    scene = scenes.base()
    scenes.set_measures(scene.light, night=0.9, light_sources=0.0)
    dark = moving(predict(scene))
    scenes.set_measures(scene.light, light_sources=0.01)

    assert "light" not in dark
    assert enums.MOTION_CLASS.name(moving(predict(scene))["light"].motion_class) == "light"


def test_a_vehicle_travels_as_one_body_and_a_person_by_limbs(predict):
    item = next(iter(predict(scenes.car()).subject))
    person = next(iter(predict(scenes.portrait()).subject))

    assert (enums.ACTION.name(item.action), enums.MOTION_CLASS.name(item.motion_class)) == ("travel", "rigid")
    assert 0.08 <= item.speed_per_s <= 0.5
    assert enums.MOTION_CLASS.name(person.motion_class) == "articulated"
    assert person.speed_per_s == 0
