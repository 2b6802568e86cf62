"""Every figure of an analysis becomes the reading of its name, and what was looked for and not found is told as 0."""

import pytest

from animatize.type.v1 import geometry_pb2
from predictor.core.vocabulary import PLACES
from predictor.rpc.analysis import facts

from . import scenes


def values(scene):
    return {name: reading.value for name, reading in facts(scene).readings.items()}


def pair(*, left=0.125, right=0.625):
    """Two things: the stronger at the left, the other beyond a gap at its right."""
    scene = scenes.base()
    scenes.subject(scene, box=(left, 0.25, 0.25, 0.5), prominence=0.6, nearness=0.75)
    scenes.subject(scene, box=(right, 0.25, 0.25, 0.25), prominence=0.25, nearness=0.25)
    return scene


def test_every_measure_of_light_and_composition_is_a_reading():
    scene = scenes.Analysis()
    for group in (scene.light, scene.composition, scene.focus, scene.stability):
        for field in group.DESCRIPTOR.fields:
            if field.message_type is not None and field.message_type.name == "Measure":
                getattr(group, field.name).CopyFrom(scenes.measure(0.5))

    found = values(scene)

    assert {"light.practicals", "light.temperature_contrast", "light.warm_side", "light.rim_light", "light.fill"} <= {
        *found
    }
    assert {"composition.thirds_lines", "composition.diagonal_dominance", "composition.near_edge_figure"} <= {*found}
    assert {"focus.bokeh", "composition.near_edge_side", "stability.under_crop", "stability.under_flip"} <= {*found}


def test_a_horizon_and_a_vanishing_point_that_are_not_there_are_a_finding():
    found = values(scenes.base())

    assert found["horizon.quality"] == found["vanishing_point.quality"] == 0.0


def test_an_analysis_that_looked_for_nothing_tells_of_no_horizon():
    assert not {"horizon.quality", "vanishing_point.quality"} & {*values(scenes.Analysis())}


def test_the_second_subject_is_seen_from_the_first():
    found = values(pair())

    assert found["subject.second_prominence"] == 0.25
    assert found["subject.pair_direction"] == 0.5
    assert found["subject.pair_gap"] == 0.25
    assert found["subject.pair_depth"] == 0.5
    assert found["subject.second_size"] == 0.0625


def test_the_relation_of_two_subjects_mirrors():
    found, mirrored = values(pair()), values(scenes.mirror(pair()))

    assert mirrored["subject.pair_direction"] == -found["subject.pair_direction"]
    assert mirrored["subject.pair_gap"] == found["subject.pair_gap"]


def test_two_that_overlap_have_no_gap():
    assert values(pair(right=0.25))["subject.pair_gap"] == 0.0


def test_one_subject_alone_has_no_relation():
    scene = pair()
    del scene.subjects[1]

    assert not {"subject.pair_gap", "subject.second_prominence"} & {*values(scene)}


@pytest.mark.parametrize(("one", "other", "facing"), [(0.8, -0.6, 0.7), (-0.8, 0.6, -0.7), (0.0, 0.0, 0.0)])
def test_faces_that_look_at_each_other_face_each_other(one, other, facing):
    scene = scenes.base()
    for left, gaze in ((0.125, one), (0.625, other)):
        face = scene.faces.add(quality=0.8, box=geometry_pb2.Box(left=left, top=0.25, width=0.125, height=0.25))
        face.gaze.CopyFrom(scenes.measure(gaze))

    assert values(scene)["face.facing"] == pytest.approx(facing)
    assert values(scenes.mirror(scene))["face.facing"] == values(scene)["face.facing"]


def test_faces_above_each_other_do_not_face():
    scene = scenes.base()
    for top, gaze in ((0.125, 0.5), (0.625, -0.5)):
        face = scene.faces.add(quality=0.8, box=geometry_pb2.Box(left=0.25, top=top, width=0.25, height=0.25))
        face.gaze.CopyFrom(scenes.measure(gaze))

    assert values(scene)["face.facing"] == 0.0


def test_standing_people_are_counted_as_far_as_they_are_trusted():
    scene = scenes.base()
    nobody = facts(scene).readings
    scene.people.add(quality=0.4, box=geometry_pb2.Box(left=0.25, top=0.25, width=0.25, height=0.5))
    somebody = facts(scene).readings

    assert (nobody["people.count"].value, nobody["people.count"].quality) == (0.0, 0.3)
    assert (somebody["people.count"].value, somebody["people.count"].quality) == (1.0, 0.4)
    assert somebody["people.quality"].value == 0.4
    assert somebody["people.size"].value == 0.5


def test_the_ellipse_of_the_vanishing_point_is_read_and_its_slant_mirrors():
    scene = scenes.corridor()
    scene.vanishing_point.ellipse.semi_major = 0.25
    scene.vanishing_point.ellipse.angle_deg = 30.0

    assert values(scene)["vanishing_point.spread"] == 0.25
    assert values(scene)["vanishing_point.spread_angle_deg"] == 30.0
    assert values(scenes.mirror(scene))["vanishing_point.spread_angle_deg"] == -30.0


def test_the_strongest_light_is_a_place_that_a_movement_can_be_about():
    scene = scenes.base()
    scene.light.strongest_source.x, scene.light.strongest_source.y = 0.75, 0.25

    found = facts(scene)

    assert found.places["light_source"].x == 0.75
    assert found.readings["light.source_offset"].value == 0.5
    assert found.readings["light.source_y"].value == 0.25


def test_both_subjects_are_places():
    found = facts(pair()).places

    assert (found["subject"].x, found["second_subject"].x) == (0.25, 0.75)
    assert {*found} <= {*PLACES}


def test_one_relation_of_hues_holds_and_the_others_do_not():
    scene = scenes.base()
    scene.composition.colour_scheme = 4

    found = values(scene)

    assert found["colour.complementary"] == 1.0
    assert found["colour.triad"] == found["colour.neutral"] == 0.0


def test_the_time_of_day_is_as_sure_as_it_was_told():
    scene = scenes.base()
    scene.scene.time_of_day, scene.scene.time_of_day_quality = 3, 0.6

    found = facts(scene).readings

    assert (found["time.twilight"].value, found["time.twilight"].quality) == (1.0, 0.6)
    assert found["time.day"].value == 0.0


def test_who_can_act_has_a_pose_and_room():
    scene = scenes.base()
    scenes.subject(scene, "object")
    scenes.subject(scene, "person", box=(0.5, 0.25, 0.25, 0.5), asymmetry=0.6, lead_room=-0.25)

    found = values(scene)

    assert found["actor.count"] == 1.0
    assert (found["actor.asymmetry"], found["actor.height"], found["actor.lead_room"]) == (0.6, 0.5, -0.25)
