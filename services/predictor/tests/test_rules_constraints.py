"""What no evidence outweighs: movements that contradict what was measured are refused, with the reason."""

import pytest

from film.movement import Family, Movement, family
from predictor.core.intent import Intent
from predictor.rpc import enums

from . import scenes

TRAVELLING = {Family.DOLLY, Family.TRUCK, Family.PEDESTAL, Family.CRANE, Family.ARC, Family.TRACKING, Family.DOLLY_ZOOM}


def families(prediction):
    return {family(Movement(enums.MOVEMENT.name(item.move.movement))) for item in prediction.camera}


def actions(prediction):
    return {enums.ACTION.name(item.action) for item in prediction.subject}


@pytest.mark.parametrize("name", scenes.SCENES)
def test_no_camera_travels_without_depth(predict, name):
    scene = scenes.SCENES[name]()
    scene.depth.quality = 0.05

    assert not families(predict(scene, None, 20)) & TRAVELLING


@pytest.mark.parametrize("name", scenes.SCENES)
def test_nobody_acts_without_a_person_or_an_animal(predict, name):
    scene = scenes.SCENES[name]()
    del scene.faces[:]
    for item in scene.subjects:
        item.kind = enums.SUBJECT.number("object")

    assert not predict(scene, Intent(mood="energetic", genre="action"), 20).subject


def test_someone_too_small_to_be_seen_does_not_breathe(predict):
    scene = scenes.base()
    scenes.subject(scene, "animal", box=(0.5, 0.5, 0.0625, 0.0625), quality=0.9)

    assert "breathe" not in actions(predict(scene))


def test_a_pan_ends_on_something(predict):
    scene = scenes.panorama()
    scene.composition.open_left.value = scene.composition.open_right.value = 0.02

    assert Family.PAN not in families(predict(scene, None, 20))


def test_a_rack_focus_needs_a_sharp_and_a_blurred_layer(predict):
    scene = scenes.macro()
    before = families(predict(scene, None, 20))
    scene.focus.shallowness.value = 0.1

    assert Family.RACK_FOCUS in before
    assert Family.RACK_FOCUS not in families(predict(scene, None, 20))


def test_tracking_needs_something_that_travels(predict):
    scene = scenes.car()
    before = families(predict(scene, None, 20))
    scene.subjects[0].quality = 0.1

    assert Family.TRACKING in before
    assert Family.TRACKING not in families(predict(scene, None, 20))


def test_a_tilt_needs_height(predict):
    scene = scenes.tower()
    scene.composition.upright_extent.value = 0.1

    assert Family.TILT not in families(predict(scene, None, 20))


def test_an_abstract_picture_gets_no_movement_at_all(predict):
    scene = scenes.heath()
    scenes.kind(scene, abstract=0.8, forest=0.2)

    prediction = predict(scene, Intent(mood="energetic", purpose="background"), 20)

    assert not prediction.HasField("best")
    assert "constraint_abstract" in prediction.abstention.explanation


def test_a_page_is_neither_travelled_nor_racked(predict):
    scene = scenes.page()
    scenes.depth(scene, quality=0.9, reach=0.9, near=0.3, middle=0.4, far=0.3, separation=0.9, ground=0.9)
    scenes.set_measures(scene.focus, shallowness=0.9, near_sharp=0.8)

    found = families(predict(scene, None, 20))

    assert found
    assert not found & {*TRAVELLING, Family.HANDHELD, Family.RACK_FOCUS}


def test_from_straight_above_nothing_is_tilted_or_circled(predict):
    scene = scenes.vase()
    scene.shot.angle, scene.shot.angle_quality = enums.ANGLE.number("overhead"), 0.9

    prediction = predict(scene, None, 20)

    assert not families(prediction) & {Family.ARC, Family.TILT, Family.CRANE, Family.PEDESTAL}
    assert enums.MOVEMENT.name(prediction.best.camera.move.movement) == "static"


def test_an_arc_needs_a_subject_before_its_ground(predict):
    scene = scenes.vase()
    scene.subjects[0].nearness.value = 0.3

    assert Family.ARC not in families(predict(scene, None, 20))
