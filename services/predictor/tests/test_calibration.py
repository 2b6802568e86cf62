"""From log-odds to a frequency: which calibration holds, what it says, and what an answer tells of it."""

import json
import math

import pytest

from film.movement import Family, Movement
from predictor.adapters import calibration_files
from predictor.adapters.calibration_files import CalibrationFileError
from predictor.core.calibration import Calibration, Curve, logistic, logit
from predictor.core.intent import Intent
from predictor.core.predictor import Predictor
from predictor.rpc import analysis, prediction

from . import scenes
from .conftest import Unwatched


def content(book, **changes):
    """What a calibration file holds."""
    curve = {"slope": 0.8, "intercept": -0.4, "covariance": [0.01, -0.002, 0.02]}
    plain = {
        "id": "camera-test",
        "rules_version": book.version,
        "pipeline_version": "7",
        "families": {family.value: curve for family in Family},
        "floor": 0.4,
        "set_threshold": 0.3,
        "coverage": 0.9,
        "n": 100,
        "groups": 40,
        "data_digest": "0" * 64,
        "method": "made by hand",
    }
    return plain | changes


@pytest.fixture
def calibrated(book, tmp_path):
    """Predicts with a calibration that differs from the usual one as asked."""

    def run(scene, *, intent=None, max_candidates=20, measured_by="7", **changes):
        path = tmp_path / "camera.json"
        path.write_text(json.dumps(content(book, **changes)))
        predictor = Predictor(book, calibration_files.load(path))
        found = predictor.predict(
            analysis.facts(scene),
            intent or Intent(),
            max_candidates=max_candidates,
            watch=Unwatched(),
            measured_by=measured_by,
        )
        return prediction.prediction(found)

    return run


def test_a_curve_turns_log_odds_into_a_probability_with_an_interval():
    curve = Curve(0.5, -1.0, (0.04, 0.01, 0.09))
    calibration = Calibration("id", "rules", "7", dict.fromkeys(Family, curve), 0.4, 0.3, 0.9)

    found = calibration.confidence(Family.PAN, 2.0)

    spread = 1.6448536 * math.sqrt(4 * 0.04 + 4 * 0.01 + 0.09)
    assert found.probability == pytest.approx(0.5)
    assert found.lower == pytest.approx(1 / (1 + math.exp(spread)))
    assert found.upper == pytest.approx(1 / (1 + math.exp(-spread)))


def test_the_interval_grows_away_from_where_the_data_was():
    curve = Curve(1.0, 0.0, (0.04, 0.0, 0.01))

    assert curve.spread(0.0) < curve.spread(3.0)


@pytest.mark.parametrize("log_odds", [-1e6, -800.0, -1.0, 0.0, 1.0, 800.0, 1e6])
def test_the_logistic_function_never_overflows_and_its_inverse_is_finite(log_odds):
    assert 0 <= logistic(log_odds) <= 1
    assert math.isfinite(logit(logistic(log_odds)))


def test_a_calibrated_answer_says_by_which_calibration_and_how_sure(calibrated, predict):
    raw, found = predict(scenes.tower()).best.camera, calibrated(scenes.tower()).best.camera

    expected = logistic(0.8 * logit(raw.confidence.probability) - 0.4)
    assert found.confidence.probability == pytest.approx(expected)
    assert found.confidence.lower < found.confidence.probability < found.confidence.upper
    assert found.confidence.calibration_id == "camera-test"
    assert "calibrated; 90 % interval" in found.justification
    assert "uncalibrated" not in found.justification
    assert "uncalibrated" in raw.justification


def test_a_calibration_for_other_rules_is_not_used(calibrated, predict):
    found = calibrated(scenes.tower(), rules_version="rules-of-someone")

    assert found.best.camera.confidence.calibration_id == ""
    assert not found.best.camera.confidence.HasField("lower")
    assert found == predict(scenes.tower(), max_candidates=20)


def test_a_calibration_for_another_way_of_measuring_is_not_used(calibrated):
    assert calibrated(scenes.tower(), measured_by="8").best.camera.confidence.calibration_id == ""
    assert calibrated(scenes.tower(), measured_by="").best.camera.confidence.calibration_id == "camera-test"


def test_a_family_that_is_seldom_right_makes_way_for_one_that_is_recommended(calibrated, book):
    families = content(book)["families"]
    plain = calibrated(scenes.sea(), floor=0.3)
    first, second = (family_of(item) for item in plain.camera[:2])
    doubtful = families | {first: {"slope": 0.8, "intercept": -5.0, "covariance": [0, 0, 0]}}

    found = calibrated(scenes.sea(), families=doubtful, floor=0.3)

    assert family_of(found.camera[0]) == second
    assert "It would be recommended from 0.30 on" in next(
        item.would_change for item in found.camera if family_of(item) == first
    )


def test_the_stills_own_evidence_ranks_what_is_recommended(calibrated, book):
    families = content(book)["families"]
    plain = [family_of(item) for item in calibrated(scenes.sea(), floor=0.01).camera]
    usual = families | {plain[1]: {"slope": 0.8, "intercept": 3.0, "covariance": [0, 0, 0]}}

    found = calibrated(scenes.sea(), families=usual, floor=0.01)

    assert [family_of(item) for item in found.camera] == plain


def family_of(candidate):
    from film.movement import family
    from predictor.rpc import enums

    return family(Movement(enums.MOVEMENT.name(candidate.move.movement))).value


def test_the_calibrated_floor_decides_whether_anything_is_recommended(calibrated):
    found = calibrated(scenes.tower(), floor=0.99)

    assert not found.HasField("best")
    assert "of the 0.99 it needs" in found.abstention.explanation
    assert found.abstention.nearest.confidence.calibration_id == "camera-test"
    assert not found.prediction_set
    assert not found.HasField("prediction_set_coverage")


def test_the_prediction_set_holds_what_is_probable_enough(calibrated):
    found = calibrated(scenes.sea(), set_threshold=0.3)
    wide = calibrated(scenes.sea(), set_threshold=0.0)

    expected = [item.move.movement for item in found.camera if item.confidence.probability >= 0.3]
    assert list(found.prediction_set) == expected
    assert found.prediction_set_coverage == 0.9
    assert list(wide.prediction_set) == [item.move.movement for item in wide.camera]


def test_the_prediction_set_is_never_empty_and_independent_of_how_many_are_asked_for(calibrated):
    assert len(calibrated(scenes.sea(), set_threshold=1.0).prediction_set) == 1
    few, many = calibrated(scenes.sea(), max_candidates=1), calibrated(scenes.sea())
    assert list(few.prediction_set) == list(many.prediction_set)


@pytest.mark.parametrize("wish", [Intent(mood="calm"), Intent(never=frozenset({Movement.WHIP_PAN_LEFT}))])
def test_where_a_wish_has_a_say_no_coverage_is_promised(calibrated, wish):
    found = calibrated(scenes.sea(), intent=wish)

    assert not found.prediction_set
    assert not found.HasField("prediction_set_coverage")


def test_how_strongly_to_move_is_no_such_wish(calibrated):
    assert calibrated(scenes.sea(), intent=Intent(energy=0.2)).prediction_set


def test_without_a_threshold_there_is_no_prediction_set(calibrated):
    assert not calibrated(scenes.sea(), set_threshold=None).prediction_set


@pytest.mark.parametrize("name", scenes.SCENES)
def test_calibrated_answers_mirror(calibrated, name):
    original = calibrated(scenes.SCENES[name]())
    mirrored = calibrated(scenes.mirror(scenes.SCENES[name]()))

    assert mirrored == scenes.mirror_prediction(original)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"families": {}}, "there is no curve for static, pan"),
        ({"floor": 0}, "floor"),
        ({"set_threshold": 2}, "set_threshold"),
        ({"id": ""}, "id"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(book, tmp_path, change, words):
    path = tmp_path / "camera.json"
    path.write_text(json.dumps(content(book, **change)))

    with pytest.raises(CalibrationFileError, match=words) as caught:
        calibration_files.load(path)

    assert caught.value.path == path


@pytest.mark.parametrize("slope", [0, -1, None])
def test_a_curve_that_calls_more_evidence_less_sure_is_refused(book, tmp_path, slope):
    plain = content(book)
    plain["families"] = plain["families"] | {"pan": {"slope": slope, "intercept": 0, "covariance": [0, 0, 0]}}
    path = tmp_path / "camera.json"
    path.write_text(json.dumps(plain))

    with pytest.raises(CalibrationFileError, match=r"families\.pan\.slope"):
        calibration_files.load(path)


def test_a_file_that_is_not_there_or_no_json_is_refused(tmp_path):
    (tmp_path / "odd.json").write_text("{")

    with pytest.raises(CalibrationFileError, match="cannot be read"):
        calibration_files.load(tmp_path / "none.json")
    with pytest.raises(CalibrationFileError, match="Invalid JSON"):
        calibration_files.load(tmp_path / "odd.json")


@pytest.mark.skipif(not calibration_files.SHIPPED.exists(), reason="no calibration ships: answers are uncalibrated")
def test_the_calibration_that_ships_was_fitted_on_the_rules_that_ship(book):
    assert calibration_files.load(calibration_files.SHIPPED).rules_version == book.version
