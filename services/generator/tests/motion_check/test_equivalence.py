"""Movements that look the same are reported as such, instead of a certainty that the picture does not give."""

import math

import numpy as np
import pytest

from film.movement import Family, Movement, family
from generator.core.motion_check import Asked, Known, Outcome, Unit, check
from generator.core.motion_check.scoring import SEEN_AS, UNITS, in_unit, outcome, score

from .scene import RATE, Clips, Layer, clip, known, texture


def test_a_dolly_before_a_plane_looks_like_a_zoom(clips: Clips) -> None:
    asked = Asked(movement=Movement.DOLLY_IN, amplitude=0.2, unit=Unit.GROWTH)
    verdict = check(clips.get("plane", Movement.DOLLY_IN, 0.2), fps=RATE, asked=asked, known=Known(focal=1.05))
    assert verdict.outcome is Outcome.EQUIVALENT
    assert {one.movement for one in verdict.alternatives} >= {Movement.DOLLY_IN, Movement.ZOOM_IN}
    assert verdict.measured is verdict.alternatives[0].movement
    shares = [one.probability for one in verdict.alternatives]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-9
    assert verdict.amplitude.value == pytest.approx(0.2, rel=0.05)
    assert verdict.score.value == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("movement", [Movement.DOLLY_OUT, Movement.ZOOM_OUT])
def test_a_known_world_that_is_almost_flat_tells_a_dolly_from_a_zoom(movement: Movement) -> None:
    slope = (Layer(texture(6), lambda u, v: (0.6 + 0.04 * v).astype(np.float32)),)
    frames = clip(slope, movement, 0.15)
    verdict = check(frames, fps=RATE, known=known(slope))
    assert verdict.measured is movement, verdict.alternatives
    assert verdict.alternatives[0].probability < 0.9


@pytest.mark.parametrize(
    ("movement", "twin"), [(Movement.TRUCK_LEFT, Movement.PAN_LEFT), (Movement.PEDESTAL_UP, Movement.TILT_UP)]
)
def test_travel_before_a_plane_leaves_a_turn_possible(movement: Movement, twin: Movement, clips: Clips) -> None:
    verdict = check(clips.get("plane", movement, 0.06), fps=RATE, known=Known(focal=1.05))
    assert {movement, twin} <= {one.movement for one in verdict.alternatives}


def test_without_depths_a_dolly_zoom_may_be_its_reverse(clips: Clips) -> None:
    asked = Asked(movement=Movement.DOLLY_ZOOM_IN)
    verdict = check(clip(clips.layers["corridor"], Movement.DOLLY_ZOOM_IN, 0.25), fps=RATE, asked=asked)
    assert verdict.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    assert verdict.alternatives[0].probability < 0.99


def test_the_wrong_direction_is_different_and_scores_nothing(clips: Clips) -> None:
    asked = Asked(movement=Movement.PAN_RIGHT, amplitude=0.04, unit=Unit.RADIAN)
    verdict = check(clips.get("ground", Movement.PAN_LEFT, 0.04), fps=RATE, asked=asked, known=Known(focal=1.05))
    assert (verdict.outcome, verdict.measured, verdict.score.value) == (Outcome.DIFFERENT, Movement.PAN_LEFT, 0.0)


def test_half_the_amplitude_costs_the_factor_it_should(clips: Clips) -> None:
    frames, known = clips.get("ground", Movement.PAN_LEFT, 0.04), Known(focal=1.05)
    exact, double = (
        check(frames, fps=RATE, known=known, asked=Asked(movement=Movement.PAN_LEFT, amplitude=a, unit=Unit.RADIAN))
        for a in (0.04, 0.08)
    )
    assert exact.score.value is not None
    assert double.score.value == pytest.approx(exact.score.value * math.exp(-math.log(2) / 0.5), rel=0.05)


@pytest.mark.parametrize(("asked", "seen"), [(asked, next(iter(sorted(seen)))) for asked, seen in SEEN_AS.items()])
def test_movements_that_differ_by_subject_or_pace_are_equivalent(asked: Movement, seen: Movement) -> None:
    assert outcome(Asked(movement=asked), seen, {seen: 0.9}) is Outcome.EQUIVALENT


@pytest.mark.parametrize("movement", list(Movement))
def test_each_movement_is_as_asked_when_measured_and_different_from_static(movement: Movement) -> None:
    asked = Asked(movement=movement)
    assert outcome(asked, movement, {movement: 1.0}) is Outcome.AS_ASKED
    assert outcome(asked, None, {}) is Outcome.UNKNOWN
    assert outcome(None, movement, {movement: 1.0}) is Outcome.MEASURED
    if movement is not Movement.STATIC:
        assert outcome(asked, Movement.STATIC, {Movement.STATIC: 0.95, movement: 0.05}) is Outcome.DIFFERENT
        assert family(movement) in UNITS


def test_only_static_has_no_unit() -> None:
    assert set(Family) - set(UNITS) == {Family.STATIC}


def test_turns_and_shifts_are_bridged_and_nothing_else() -> None:
    assert in_unit(0.1, Unit.RADIAN, Unit.FRAME_WIDTH) == pytest.approx(math.tan(0.1))
    assert in_unit(math.tan(0.1), Unit.FRAME_WIDTH, Unit.RADIAN) == pytest.approx(0.1)
    assert in_unit(0.2, Unit.GROWTH, Unit.GROWTH) == 0.2
    assert in_unit(0.2, Unit.GROWTH, Unit.RADIAN) is None


def test_an_unbridgeable_amplitude_does_not_count_and_flaws_halve() -> None:
    asked = Asked(movement=Movement.PAN_LEFT, amplitude=0.1, unit=Unit.RADIAN)
    facts = {"value": 0.3, "unit": Unit.GROWTH, "steadiness": 0.8}
    assert score(Outcome.AS_ASKED, asked, flaws=0, **facts) == pytest.approx(0.8)
    assert score(Outcome.AS_ASKED, asked, flaws=2, **facts) == pytest.approx(0.2)


@pytest.mark.parametrize("movement", [Movement.DOLLY_ZOOM_IN, Movement.DOLLY_ZOOM_OUT])
@pytest.mark.parametrize("name", ["two layers", "hill"])
def test_a_subject_that_keeps_its_size_is_not_called_endlessly_far(name: str, movement: Movement, clips: Clips) -> None:
    verdict = check(clips.get(name, movement, 0.25), fps=RATE)
    assert verdict.measured in (None, Movement.DOLLY_ZOOM_IN, Movement.DOLLY_ZOOM_OUT), verdict.alternatives


def test_a_dolly_zoom_of_a_fraction_of_a_pixel_does_not_rest() -> None:
    layers = (Layer(texture(21), lambda u, v: np.clip(0.6 + 0.12 * v + 0.05 * np.abs(u), 0.1, 1).astype(np.float32)),)
    verdict = check(clip(layers, Movement.DOLLY_ZOOM_IN, 0.15), fps=RATE, known=known(layers))
    assert verdict.measured is not Movement.STATIC, verdict
    assert verdict.alternatives[0].movement is Movement.DOLLY_ZOOM_IN


@pytest.mark.parametrize("movement", [Movement.DOLLY_ZOOM_IN, Movement.DOLLY_ZOOM_OUT])
def test_a_known_relief_however_gentle_tells_a_dolly_zoom_from_its_reverse(movement: Movement) -> None:
    layers = (Layer(texture(22), lambda u, v: np.clip(0.8 + 0.2 * v - 0.1 * u, 0.1, 1).astype(np.float32)),)
    verdict = check(clip(layers, movement, 0.35), fps=RATE, known=known(layers))
    assert verdict.measured is movement
    assert verdict.alternatives[0].probability > 0.9
