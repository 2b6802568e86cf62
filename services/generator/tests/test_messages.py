"""Conversions at the wire, in both directions, value by value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animatize.analyzer.v1 import analysis_pb2
from animatize.generator.v1 import clip_pb2, generator_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import image_pb2, measure_pb2, movement_pb2
from chassis.errors import RpcError
from film.geometry import Point
from film.movement import Movement
from generator.core.motion_check import Alternative, Confidence, Measured, Outcome, Unit, Verdict
from generator.core.order import Aspect, CameraMove, ClipFormat, Easing, Output, Preset, Speed
from generator.core.result import ClipFacts
from generator.rpc import enums, orders, results, verdicts

TABLES = [
    (enums.MOVEMENT, movement_pb2.Movement, Movement, None),
    (enums.EASING, movement_pb2.Easing, Easing, Easing.SMOOTH),
    (enums.SPEED, movement_pb2.Speed, Speed, Speed.REGULAR),
    (enums.UNIT, prediction_pb2.AmplitudeUnit, Unit, None),
    (enums.FORMAT, clip_pb2.ClipFormat, ClipFormat, ClipFormat.MP4_H264),
    (enums.PRESET, clip_pb2.EncodePreset, Preset, Preset.FAST),
    (enums.OUTCOME, verdict_pb2.VerdictOutcome, Outcome, None),
    (enums.ASPECT, clip_pb2.AspectRatio, Aspect, Aspect.OWN),
]


@pytest.mark.parametrize(("pairs", "wire", "core", "unstated"), TABLES)
def test_every_value_has_its_partner_and_comes_back(pairs, wire, core, unstated):
    assert pairs.numbers() == {number for number in wire.values() if number}
    assert {pairs.stated(number) for number in pairs.numbers()} | {unstated} - {None} == set(core)
    assert all(pairs.wire(pairs.stated(number)) == number for number in pairs.numbers())
    assert pairs.core(0) is unstated


def test_a_number_that_validation_would_refuse_is_no_value():
    with pytest.raises(KeyError):
        enums.MOVEMENT.stated(0)


@given(
    movement=st.sampled_from(list(Movement)),
    amplitude=st.floats(0, 10),
    unit=st.sampled_from([None, *Unit]),
    easing=st.sampled_from(list(Easing)),
    speed=st.sampled_from(list(Speed)),
    anchor=st.none() | st.builds(Point, st.floats(0, 1), st.floats(0, 1)),
    sway=st.floats(0, 0.1),
)
def test_a_move_comes_back_as_it_was(movement, amplitude, unit, easing, speed, anchor, sway):
    move = CameraMove(
        movement=movement, amplitude=amplitude, unit=unit, easing=easing, speed=speed, anchor=anchor, sway_rad=sway
    )

    assert orders.move(orders.move_message(move)) == move


def full_verdict(**changes) -> Verdict:
    figure = Measured(value=0.5, quality=0.8)
    values = {
        "outcome": Outcome.EQUIVALENT,
        "asked": Movement.DOLLY_IN,
        "measured": Movement.ZOOM_IN,
        "alternatives": (Alternative(movement=Movement.ZOOM_IN, probability=0.6),),
        "amplitude": figure,
        "unit": Unit.GROWTH,
        "score": Measured(value=0.7, quality=0.4),
        "steadiness": Measured(value=None, quality=0.0, absent_because="too short"),
        "confidence": Confidence(probability=0.6, calibration_id="c1"),
        "unknown_because": "",
        "inlier_share": figure,
        "local_motion_share": figure,
        "has_cut": True,
        "has_freeze": False,
        "has_black_border": True,
        "loops": True,
    }
    return Verdict(**{**values, **changes})


@pytest.mark.parametrize(
    "verdict",
    [
        full_verdict(),
        full_verdict(asked=None, measured=None, unit=None, outcome=Outcome.UNKNOWN, unknown_because="no texture"),
        full_verdict(has_cut=False, has_freeze=True, has_black_border=False, loops=False),
    ],
)
def test_a_verdict_comes_back_as_it_was(verdict):
    assert verdicts.verdict(verdicts.verdict_message(verdict)) == verdict


def test_facts_come_back_as_they_were():
    facts = ClipFacts(width_px=4, height_px=2, fps=24.5, frames=7, duration_s=0.25, container="mp4", codec="h264")

    assert results.facts(results.facts_message(facts)) == facts


def test_what_is_left_out_of_the_output_takes_the_defaults():
    assert orders.output(clip_pb2.OutputProfile()) == Output()


def test_the_output_is_taken_as_stated():
    message = clip_pb2.OutputProfile(
        frames_per_second=30,
        short_side_px=480,
        aspect=clip_pb2.ASPECT_RATIO_1_1,
        format=clip_pb2.CLIP_FORMAT_GIF,
        preset=clip_pb2.ENCODE_PRESET_QUALITY,
        loop=True,
    )
    message.duration.FromMilliseconds(2500)
    message.size.width_px, message.size.height_px = 640, 480

    assert orders.output(message) == Output(
        duration_s=2.5,
        fps=30,
        size_px=(640, 480),
        short_side_px=480,
        aspect=Aspect.SQUARE,
        format=ClipFormat.GIF,
        preset=Preset.QUALITY,
        loop=True,
    )


def test_of_an_analysis_depth_and_the_strongest_subject_are_used():
    message = analysis_pb2.SceneAnalysis()
    message.depth.quality = 0.4
    message.maps.depth.CopyFrom(
        measure_pb2.Map(width=4, height=3, encoding=measure_pb2.MAP_ENCODING_PNG_GRAY16, data=b"png")
    )
    box = message.subjects.add().box
    box.left, box.top, box.width, box.height = 0.25, 0.5, 0.25, 0.25
    message.subjects.add().box.width = 1.0

    scene = orders.scene(message)

    assert (scene.disparity.png, scene.disparity.width, scene.disparity.height, scene.disparity.bits) == (
        b"png",
        4,
        3,
        16,
    )
    assert scene.quality == 0.4
    assert (scene.subject.left, scene.subject.bottom) == (0.25, 0.75)
    message.maps.depth.quality = 0.9
    assert orders.scene(message).quality == 0.9


@pytest.mark.parametrize(("left", "width"), [(0.4, 1e-9), (1.0, 0.5), (0.2, 0.0)])
def test_a_sliver_that_has_no_area_is_no_subject(left, width):
    message = analysis_pb2.SceneAnalysis()
    box = message.subjects.add().box
    box.left, box.top, box.width, box.height = left, 0.5, width, 0.25

    assert orders.scene(message).subject is None


def test_without_an_analysis_nothing_is_known():
    scene = orders.scene(analysis_pb2.SceneAnalysis())

    assert (scene.disparity, scene.quality, scene.subject) == (None, 0.0, None)


def test_a_plan_names_what_else_should_move():
    message = generator_pb2.MotionPlan(
        camera=prediction_pb2.CameraMove(movement=movement_pb2.MOVEMENT_STATIC),
        environment=[prediction_pb2.EnvironmentCandidate(motion=prediction_pb2.ENVIRONMENT_MOTION_WATER)],
        subject=prediction_pb2.SubjectCandidate(action=prediction_pb2.SUBJECT_ACTION_TURN_HEAD),
    )

    plan = orders.plan(message)

    assert [move.motion for move in plan.environment] == ["water"]
    assert plan.subject == "turn_head"


def test_a_still_must_match_its_hash():
    with pytest.raises(RpcError) as refused:
        orders.still(image_pb2.Image(content=b"abc", sha256="0" * 64))

    assert refused.value.answer.violations[0].field == "image.sha256"
    right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert orders.still(image_pb2.Image(content=b"abc", sha256=right)) == b"abc"


def test_lengths_of_time_keep_their_microseconds():
    assert math.isclose(results.duration(1.25).ToTimedelta().total_seconds(), 1.25)
