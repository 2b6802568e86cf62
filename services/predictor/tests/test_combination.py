"""The recommended shot holds only what goes together, and what would change each part is told."""

import pytest

from film.movement import Movement
from predictor.adapters import rule_files
from predictor.core.calibration import Confidence
from predictor.core.combination import shot
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent
from predictor.core.prediction import CameraCandidate, EnvironmentCandidate, Move, SubjectCandidate
from predictor.core.predictor import Predictor

from . import scenes
from .conftest import Unwatched


def camera(movement, speed="regular"):
    move = Move(Movement(movement), 0.1, "", "smooth", speed, None, 0.0)
    return CameraCandidate(move, 1.0, Confidence(0.7), (), (), "", "", ())


def subject(action, heading=0.0, probability=0.7):
    return SubjectCandidate(action, 0, heading, 0.5, probability, (), (), "", ())


def motion(name, region, probability=0.7):
    return EnvironmentCandidate(name, region, None, 0.0, 0.5, probability, (), (), "", ())


WALK_LEFT, WALK_RIGHT, BREATHE = subject("walk", -0.8), subject("walk", 0.8), subject("breathe", 0.0, 0.9)
WATER, CLOUD, FOLIAGE = motion("water", "water", 0.9), motion("cloud", "sky", 0.8), motion("foliage", "vegetation")


def chosen(best, subjects=(), environment=()):
    return shot(best, subjects, environment, floor=0.5)


@pytest.mark.parametrize("movement", ["whip_pan_left", "crash_zoom_in"])
def test_a_camera_that_is_over_in_a_blink_moves_alone(movement):
    found = chosen(camera(movement, "fast"), [BREATHE], [WATER])

    assert found.subject is None
    assert found.environment == ()


@pytest.mark.parametrize("movement", ["arc_clockwise", "rack_focus_near_to_far", "dolly_zoom_in"])
def test_what_a_move_is_about_stays_in_its_place(movement):
    assert chosen(camera(movement), [WALK_LEFT, BREATHE]).subject is BREATHE
    assert chosen(camera(movement), [WALK_LEFT]).subject is None


def test_a_subject_does_not_leave_against_the_cameras_way():
    assert chosen(camera("pan_right"), [WALK_LEFT]).subject is None
    assert chosen(camera("pan_left"), [WALK_LEFT]).subject is WALK_LEFT
    assert chosen(camera("dolly_in"), [WALK_LEFT]).subject is WALK_LEFT


def test_tracking_wants_a_subject_that_goes_its_way():
    assert chosen(camera("tracking_right"), [BREATHE, WALK_LEFT, WALK_RIGHT]).subject is WALK_RIGHT


def test_what_is_unlikely_is_left_out():
    found = chosen(camera("static"), [subject("walk", 0.0, 0.4)], [motion("water", "water", 0.4)])

    assert found.subject is None
    assert found.environment == ()


@pytest.mark.parametrize(("speed", "count"), [("slow", 3), ("regular", 2), ("fast", 1)])
def test_the_faster_the_camera_the_less_else_moves(speed, count):
    assert len(chosen(camera("truck_left", speed), [], [WATER, CLOUD, FOLIAGE]).environment) == count


def test_a_camera_that_stands_still_shows_what_lives_and_takes_its_time():
    found = chosen(camera("static", "fast"), [], [WATER, CLOUD, FOLIAGE])

    assert [item.motion for item in found.environment] == ["water", "cloud", "foliage"]
    assert found.duration_s == 5.0


def test_one_material_does_one_thing_and_one_thing_falls():
    dust, snow, rain = motion("dust", "vegetation", 0.6), motion("snow", "", 0.9), motion("rain", "", 0.8)

    assert chosen(camera("static"), [], [FOLIAGE, dust]).environment == (FOLIAGE,)
    assert chosen(camera("static"), [], [snow, rain]).environment == (snow,)


def test_what_moves_by_itself_tells_what_would_change_its_verdict(predict):
    for name in ("sea", "portrait", "valley"):
        found = predict(scenes.SCENES[name](), max_candidates=20)
        for item in [*found.subject, *found.environment]:
            likely = item.confidence.probability >= 0.5
            words = ("not be recommended", "No single kind of fact") if likely else ("more log-odds",)
            assert any(word in item.would_change for word in words)


PACK = """
pack: mine
rules:
  - {id: rule_900, name: Truck, kind: propose, lateral: true, movements: [truck_right], reason: "r", citation: "c",
     evidence: [{expression: composition.open_right, weight: 3.0}]}
  - {id: rule_901, name: Tilt, kind: propose, movements: [tilt_up], reason: "r", citation: "c",
     evidence: [{expression: composition.upright_extent, weight: 3.0}]}
  - {id: rule_902, name: Crash, kind: propose, movements: [crash_zoom_in], reason: "r", citation: "c",
     evidence: [{expression: composition.concentration, weight: 4.0}]}
  - {id: rule_903, name: Hand, kind: shape, movements: [tilt_up, crash_zoom_in], reason: "r", citation: "c",
     parameters: {sway_rad: "0.01"}}
"""


@pytest.fixture
def small(tmp_path):
    """Predicts by four rules from named figures."""
    (tmp_path / "policy.yaml").write_text((rule_files.SHIPPED / "policy.yaml").read_text())
    (tmp_path / "mine.yaml").write_text(PACK)
    predictor = Predictor(rule_files.load(tmp_path))

    def run(most=20, **composition):
        readings = {f"composition.{name}": Reading(value, 1.0) for name, value in composition.items()}
        return predictor.predict(Facts(readings), Intent(), max_candidates=most, watch=Unwatched())

    return run


def test_a_tie_of_sides_does_not_silence_another_family_and_is_told(small):
    found = small(open_left=0.8, open_right=0.8, upright_extent=0.5)

    assert [item.move.movement for item in found.camera] == [Movement.TILT_UP]
    assert "More speaks for a truck, but both sides are supported exactly alike." in found.camera[0].would_change


def test_a_tie_of_sides_that_would_not_have_led_is_not_worth_a_word(small):
    found = small(open_left=0.4, open_right=0.4, upright_extent=0.9)

    assert "alike" not in found.camera[0].would_change


def test_a_tie_of_sides_alone_abstains(small):
    found = small(open_left=0.8, open_right=0.8)

    assert found.best is None
    assert found.abstention.reason == "weak_evidence"
    assert "exactly alike (truck)" in found.abstention.explanation


def test_the_side_for_which_more_speaks_is_chosen(small):
    assert small(open_left=0.8, open_right=0.7).best.camera.move.movement is Movement.TRUCK_LEFT


def test_a_hand_is_seen_in_a_slow_move_and_not_in_one_that_is_over_in_a_blink(small):
    sway = {item.move.movement: item.move.sway_rad for item in small(upright_extent=0.9, concentration=0.9).camera}

    assert sway == {Movement.TILT_UP: 0.01, Movement.CRASH_ZOOM_IN: 0.0}


def test_one_candidate_is_the_least_that_is_given(small):
    assert len(small(most=0, upright_extent=0.9).camera) == 1
