"""When which camera movement is right, rule by rule, where scenes differ in one figure."""

import pytest

from animatize.type.v1 import movement_pb2
from predictor.core.intent import GENRES, Intent
from predictor.rpc import enums

from . import scenes


def ranked(prediction):
    return [enums.MOVEMENT.name(item.move.movement) for item in prediction.camera]


def best(prediction):
    return ranked(prediction)[0] if prediction.HasField("best") else ""


def detail():
    """A small bright detail in a plain picture, of which nobody can tell how deep it is."""
    scene = scenes.base(concentration=0.7, subject_size=0.05, negative_space=0.3)
    scenes.set_measures(scene.lines, edge_density=0.02)
    scenes.subject(scene, prominence=0.8)
    scene.depth.quality = 0.15
    return scene


def test_a_small_detail_in_a_flat_picture_is_zoomed(predict):
    assert best(predict(detail())) == "zoom_in"


def test_depth_takes_the_zoom_away(predict):
    scene = detail()
    scene.depth.quality = 0.7

    assert "zoom_in" not in ranked(predict(scene, None, 20))


def test_a_large_subject_is_not_zoomed_into(predict):
    scene = detail()
    scene.composition.subject_size.value = 0.5

    assert "zoom_in" not in ranked(predict(scene, None, 20))


def test_a_face_is_approached(predict):
    scene = scenes.portrait()
    with_face = ranked(predict(scene, None, 20))
    del scene.faces[:]

    assert with_face[0] == "dolly_in"
    assert "dolly_in" not in ranked(predict(scene, None, 20))


def test_many_faces_that_pose_are_held(predict):
    scene = scenes.portrait()
    first = scene.faces[0]
    first.gaze.Clear()
    first.box.height = 0.0625
    for left in (0.5, 0.625, 0.75):
        scene.faces.add(quality=0.8).box.CopyFrom(first.box)
        scene.faces[-1].box.left = left

    assert best(predict(scene)) == "static"


def test_an_empty_quiet_picture_is_held(predict):
    scene = scenes.base(negative_space=0.8, concentration=0.2)
    scenes.set_measures(scene.lines, edge_density=0.01)

    assert best(predict(scene)) == "static"


@pytest.mark.parametrize(("kind", "rule"), [("still_life", "static_table"), ("night", "static_night")])
def test_arranged_things_and_lights_in_the_dark_are_held(predict, kind, rule):
    scene = scenes.base(negative_space=0.6)
    scenes.kind(scene, **{kind: 0.9})
    scenes.set_measures(scene.light, night=0.8, clipped_shadows=0.3)

    prediction = predict(scene)

    assert best(prediction) == "static"
    assert rule in prediction.best.camera.rule_ids


def test_the_side_of_a_silhouette_of_two_sides_is_never_guessed(predict):
    scene = scenes.heath()
    scene.composition.salient_centre.x = 0.5
    scene.composition.open_left.value = scene.composition.open_right.value = 0.6

    assert not {"truck_left", "truck_right"} & set(ranked(predict(scene, None, 20)))


def test_the_focus_goes_from_the_layer_that_is_sharp(predict):
    near = scenes.base()
    scenes.depth(near, quality=0.5, reach=0.5, near=0.3, middle=0.3, far=0.4, separation=0.3, ground=0.0)
    scenes.set_measures(near.focus, shallowness=0.95, near_sharp=0.8, bokeh=0.7)
    scenes.subject(near)
    scenes.subject(near, box=(0.75, 0.25, 0.125, 0.25))
    scenes.kind(near, close_up=0.9)
    far = scenes.base()
    far.CopyFrom(near)
    far.focus.near_sharp.value = -0.8

    assert "rack_focus_near_to_far" in ranked(predict(near, None, 20))
    assert "rack_focus_far_to_near" in ranked(predict(far, None, 20))


@pytest.mark.parametrize(
    ("wish", "movement"),
    [
        (Intent(mood="tense"), "dolly_zoom_in"),
        (Intent(mood="epic"), "dolly_zoom_out"),
        (Intent(genre="documentary"), "handheld"),
        (Intent(purpose="background"), "static"),
    ],
)
def test_what_the_caller_asks_for_is_found_only_when_asked(predict, wish, movement):
    scene = scenes.vase()

    assert movement in ranked(predict(scene, wish, 20))
    assert movement != best(predict(scene))


def made(prediction):
    """Each movement with what speaks for it and how it is made."""
    return [item.SerializeToString() for item in prediction.camera]


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_changes_what_is_predicted_and_how_it_is_made(predict, genre):
    assert made(predict(scenes.corridor(), Intent(genre=genre), 20)) != made(predict(scenes.corridor(), None, 20))


def test_the_genre_decides_how_far_the_camera_goes(predict):
    drama, plain, action = (
        next(item.move.amplitude for item in found.camera if item.move.movement == movement_pb2.MOVEMENT_DOLLY_IN)
        for found in (
            predict(scenes.corridor(), wish, 20) for wish in (Intent(genre="drama"), None, Intent(genre="action"))
        )
    )

    assert drama < plain < action


def test_an_active_genre_whips_into_the_room_ahead(predict):
    scene = scenes.vase()
    scene.composition.open_right.value = 0.8
    scenes.set_measures(scene.focus, motion_blur=0.9)

    assert "whip_pan_right" in ranked(predict(scene, Intent(genre="action"), 20))


def test_the_lens_strikes_at_a_detail_or_bursts_from_it(predict):
    large = scenes.base(subject_size=0.6)

    assert "crash_zoom_in" in ranked(predict(detail(), Intent(mood="energetic"), 20))
    assert "crash_zoom_out" in ranked(predict(large, Intent(mood="joyful"), 20))


def test_a_walker_is_led_or_followed(predict):
    scene = scenes.corridor()
    scenes.subject(scene, "person", box=(0.375, 0.25, 0.25, 0.5), quality=0.9, asymmetry=0.8)
    following = ranked(predict(scene, None, 20))
    scene.faces.add(quality=0.8, box={"left": 0.45, "top": 0.25, "width": 0.0625, "height": 0.125})
    leading = ranked(predict(scene, None, 20))

    assert "tracking_tail" in following
    assert "tracking_lead" in leading


def test_a_small_vehicle_from_above_is_followed_from_the_air(predict):
    scene = scenes.valley()
    scenes.subject(scene, "vehicle", box=(0.5, 0.5, 0.125, 0.125), quality=0.9)
    scene.shot.angle, scene.shot.angle_quality = enums.ANGLE.number("high"), 0.9

    assert "tracking_aerial" in ranked(predict(scene, None, 20))


def test_symmetry_without_depth_is_zoomed_on_its_axis(predict):
    scene = scenes.facade()
    scene.depth.quality = 0.1

    assert best(predict(scene)) == "zoom_in"


def shore(water):
    """A clear horizon under which so much is open water and the rest meadow, and where a pan is near at hand."""
    scene = scenes.valley()
    scenes.set_measures(scene.lines, level_share=0.6)
    scenes.set_measures(scene.composition, open_left=0.5, open_right=0.6)
    scene.composition.salient_centre.x = 0.7
    del scene.regions[:]
    scenes.region(scene, "sky", 0.3, box=(0.0, 0.0, 1.0, 0.3))
    scenes.region(scene, "water", water)
    scenes.region(scene, "vegetation", 0.6 - water)
    return scene


def test_a_crane_rises_over_land_and_not_over_open_water(predict):
    assert best(predict(shore(0.05))) == "crane_up"
    assert best(predict(shore(0.5))) == "pan_right"
