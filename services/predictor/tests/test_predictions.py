"""What the shipped rules predict for scenes that a cinematographer knows."""

import pytest

from film.movement import Family, Movement, family
from predictor.core.intent import Intent
from predictor.rpc import enums

from . import scenes

EXPECTED = {
    "corridor": "dolly_in",
    "sea": "static",
    "valley": "crane_up",
    "tower": "tilt_up",
    "vase": "arc_counterclockwise",
    "macro": "rack_focus_near_to_far",
    "portrait": "dolly_in",
    "page": "static",
    "facade": "dolly_in",
    "gate": "dolly_in",
    "heath": "truck_right",
    "panorama": "pan_left",
    "slanted_sea": "roll_clockwise",
    "car": "tracking_left",
}


def best(prediction) -> str:
    return enums.MOVEMENT.name(prediction.best.camera.move.movement)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_of_scene_gets_the_movement_that_film_grammar_gives_it(predict, name):
    prediction = predict(scenes.SCENES[name]())

    assert best(prediction) == EXPECTED[name]


def test_no_family_of_movements_dominates():
    families = [family(Movement(name)) for name in EXPECTED.values()]

    assert max(families.count(name) for name in Family) <= len(families) / 3
    assert len(set(families)) >= 8


@pytest.mark.parametrize("name", scenes.SCENES)
def test_candidates_are_ranked_and_each_of_another_family(predict, name):
    candidates = predict(scenes.SCENES[name](), max_candidates=20).camera

    probabilities = [item.confidence.probability for item in candidates]
    families = [family(Movement(enums.MOVEMENT.name(item.move.movement))) for item in candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len(families) == len(set(families))
    assert all(item.evidence and item.justification and item.would_change for item in candidates)
    assert all(item.confidence.calibration_id == "" for item in candidates)


def test_confidence_grows_with_the_quality_of_what_was_measured(predict):
    sure, unsure = scenes.tower(), scenes.tower()
    unsure.composition.upright_extent.quality = 0.4
    unsure.lines.upright_share.quality = 0.4

    assert predict(sure).best.camera.confidence.probability > predict(unsure).camera[0].confidence.probability


def test_evidence_adds_up_to_the_probability(predict, book):
    import math

    candidate = predict(scenes.tower()).best.camera
    facts = [*candidate.evidence, *candidate.counter_evidence]

    log_odds = book.policy.priors[Family.TILT] + sum(item.log_odds for item in facts)
    assert candidate.confidence.probability == pytest.approx(1 / (1 + math.exp(-log_odds)))
    assert all(item.log_odds > 0 for item in candidate.evidence)
    assert all(item.log_odds < 0 for item in candidate.counter_evidence)


@pytest.mark.parametrize("name", scenes.SCENES)
def test_nothing_is_told_that_weighs_nothing(predict, name):
    for candidate in predict(scenes.SCENES[name]()).camera:
        told = [*candidate.evidence, *candidate.counter_evidence]

        assert all(f"{abs(item.log_odds):.2f}" != "0.00" for item in told)


def test_justification_carries_the_measured_values(predict):
    scene = scenes.tower()
    scene.composition.upright_extent.value = 0.87

    assert "spans 0.87 of the height" in predict(scene).best.camera.justification


def test_a_flat_still_gives_no_prediction(predict):
    prediction = predict(scenes.flat())

    assert not prediction.HasField("best")
    assert enums.ABSTENTION.name(prediction.abstention.reason) == "no_information"
    assert "0.02" in prediction.abstention.explanation


def test_an_analysis_without_figures_gives_no_prediction(predict):
    prediction = predict(scenes.Analysis())

    assert enums.ABSTENTION.name(prediction.abstention.reason) == "no_rule_holds"


def test_weak_evidence_abstains_and_names_what_came_nearest(predict):
    scene = scenes.base(upright_extent=0.5)
    scenes.set_measures(scene.lines, upright_convergence=0.12)

    prediction = predict(scene)

    assert enums.ABSTENTION.name(prediction.abstention.reason) == "weak_evidence"
    assert prediction.abstention.nearest.confidence.probability < 0.5
    assert not prediction.camera


def test_a_movement_that_the_caller_refuses_is_not_predicted(predict):
    prediction = predict(scenes.corridor(), Intent(never=frozenset({Movement.DOLLY_IN})))

    assert enums.ABSTENTION.name(prediction.abstention.reason) == "refused_by_intent"
    assert enums.MOVEMENT.name(prediction.abstention.nearest.move.movement) == "dolly_in"


def test_only_what_the_caller_allows_is_predicted(predict):
    prediction = predict(scenes.sea(), Intent(only=frozenset({Movement.CRANE_UP})))

    assert best(prediction) == "crane_up"
    assert len(prediction.camera) == 1


def test_rules_about_mood_stay_silent_until_a_mood_is_told(predict):
    without = predict(scenes.heath(), max_candidates=20)
    told = predict(scenes.heath(), Intent(mood="tense"), max_candidates=20)

    def handheld(found):
        return any(enums.MOVEMENT.name(item.move.movement) == "handheld" for item in found.camera)

    assert not handheld(without)
    assert handheld(told)


@pytest.mark.parametrize(("energy", "amplitude"), [(0.0, 0.03), (0.5, 0.05), (1.0, 0.09)])
def test_energy_chooses_the_amplitude_from_the_table(predict, energy, amplitude):
    move = predict(scenes.tower(), Intent(energy=energy)).best.camera.move

    assert move.amplitude == pytest.approx(amplitude)
    assert enums.UNIT.name(move.amplitude_unit) == "radian"


def test_a_slanted_horizon_is_levelled_by_as_much_as_it_slants(predict):
    move = predict(scenes.slanted_sea()).best.camera.move

    assert enums.MOVEMENT.name(move.movement) == "roll_clockwise"
    assert move.amplitude == pytest.approx(0.10)


def test_a_push_along_leading_lines_goes_to_their_vanishing_point(predict):
    move = predict(scenes.corridor()).best.camera.move

    assert (move.anchor.x, move.anchor.y) == (0.5625, 0.5)


def test_nobody_acts_where_nobody_is(predict):
    for name in ("corridor", "sea", "valley", "tower", "vase", "macro", "page", "facade", "heath"):
        assert not predict(scenes.SCENES[name]()).subject, name


def test_a_person_breathes_and_turns_towards_the_look(predict):
    found = predict(scenes.portrait()).subject

    assert [enums.ACTION.name(item.action) for item in found] == ["breathe", "turn_head"]
    assert found[1].heading == pytest.approx(0.7)


def test_a_plant_that_is_taken_for_a_face_of_low_trust_does_not_act(predict):
    scene = scenes.portrait()
    scene.faces[0].quality = 0.1
    scene.subjects[0].kind = enums.SUBJECT.number("plant")

    assert not predict(scene).subject


def test_water_moves_where_water_is(predict):
    candidate = predict(scenes.sea()).environment[0]

    assert enums.MOTION.name(candidate.motion) == "water"
    assert enums.REGION.name(candidate.region) == "water"
    assert (candidate.box.top, candidate.box.height) == (0.5, 0.5)


def test_a_dry_scene_has_no_moving_water(predict):
    assert all(enums.MOTION.name(item.motion) != "water" for item in predict(scenes.tower()).environment)


def test_no_camera_travels_through_a_page(predict):
    scene = scenes.page()
    scenes.depth(scene, quality=0.9, reach=0.9, near=0.3, middle=0.4, far=0.3, separation=0.9, ground=0.9)

    families = {family(Movement(enums.MOVEMENT.name(item.move.movement))) for item in predict(scene).camera}

    assert not families & {Family.DOLLY, Family.TRUCK, Family.ARC, Family.PEDESTAL, Family.CRANE, Family.HANDHELD}


def test_no_camera_travels_without_depth(predict):
    scene = scenes.corridor()
    scene.depth.quality = 0.05

    families = {family(Movement(enums.MOVEMENT.name(item.move.movement))) for item in predict(scene).camera}

    assert not families & {Family.DOLLY, Family.TRUCK, Family.ARC, Family.PEDESTAL, Family.CRANE}


def test_a_pan_ends_on_something(predict):
    scene = scenes.panorama()
    scene.composition.open_left.value = 0.0

    assert all("pan" not in enums.MOVEMENT.name(item.move.movement) for item in predict(scene).camera)


def test_symmetry_excludes_moves_to_the_side(predict):
    scene = scenes.heath()
    scene.composition.symmetry.value = 0.9

    assert all("truck" not in enums.MOVEMENT.name(item.move.movement) for item in predict(scene, None, 20).camera)


def test_equal_sides_choose_neither(predict):
    scene = scenes.heath()
    scene.composition.open_left.value = scene.composition.open_right.value = 0.8
    scene.composition.salient_centre.x = 0.5

    prediction = predict(scene, max_candidates=20)

    lateral = {"truck_left", "truck_right", "pan_left", "pan_right"}
    assert not lateral & {enums.MOVEMENT.name(item.move.movement) for item in prediction.camera}
    assert "both sides are supported exactly alike" in prediction.abstention.explanation


def test_golden_light_slows_the_move_and_shows_in_the_look(predict):
    scene = scenes.tower()
    before = predict(scene).best.camera.move.amplitude
    scene.light.golden_hour.value = 0.9

    after = predict(scene)

    assert after.best.camera.move.amplitude < before
    assert "warm golden hour light" in [look.phrase for look in after.looks]


def test_the_shot_lasts_as_long_as_its_speed_wants(predict):
    slow = predict(scenes.tower(), Intent(energy=0.0)).best.natural_duration
    fast = predict(scenes.tower(), Intent(energy=1.0)).best.natural_duration

    assert (slow.seconds, fast.ToMilliseconds()) == (6, 2500)


def test_would_change_names_the_next_movement(predict):
    prediction = predict(scenes.sea())

    assert "a crane up" in prediction.best.camera.would_change


def test_an_anchor_outside_the_frame_moves_to_its_border(predict):
    scene = scenes.vase()
    scene.subjects[0].centre.x = 1.5

    prediction = predict(scene)

    assert prediction.camera[0].move.anchor.x == 1.0
