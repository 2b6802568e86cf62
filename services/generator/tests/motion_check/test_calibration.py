"""The confidence is the probability that the label is right, and little of it means that nothing is named."""

from dataclasses import replace

import pytest

from film.movement import Movement
from generator.core.motion_check.calibration import Signs, coarse, coarse_confidence, confidence, names
from generator.core.motion_check.calibration_data import COARSE, EXACT, LEAST_COARSE


def signs(measured: Movement = Movement.PAN_LEFT, share: float = 0.99, **changes: float) -> Signs:
    found = Signs.of(
        measured,
        {measured: share, Movement.ROLL_CLOCKWISE: 1.0 - share},
        tracks=200,
        used=180,
        inliers=0.97,
        error_px=0.1,
        free_px=0.1,
        moved_px=12.0,
        span=1.0,
        measured_depth=True,
    )
    return replace(found, **changes)


def test_a_plain_finding_is_sure_and_a_poor_one_is_not() -> None:
    sure = confidence(signs())
    poor = confidence(signs(share=0.4, outliers=0.6, misfit=2.0, excess=1.5))
    assert 0.9 < sure <= 1.0
    assert poor < 0.7


def test_one_of_two_that_look_alike_is_as_sure_as_both_together() -> None:
    found = signs(odds=0.0, class_odds=6.0)
    assert coarse_confidence(found) >= confidence(found)


def test_a_movement_is_no_surer_than_against_its_reverse() -> None:
    twins = {Movement.DOLLY_ZOOM_IN: 0.55, Movement.DOLLY_ZOOM_OUT: 0.45}
    found = Signs.of(
        Movement.DOLLY_ZOOM_IN, twins, tracks=200, used=180, inliers=0.99, error_px=0.05, free_px=0.05,
        moved_px=12.0, span=1.0, measured_depth=False,
    )  # fmt: skip
    assert found.reverse == pytest.approx(0.45)
    assert coarse_confidence(found) <= 0.55
    assert confidence(found) <= 0.55


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Movement.PAN_LEFT, Movement.TRUCK_LEFT, True),
        (Movement.PAN_LEFT, Movement.TRUCK_RIGHT, False),
        (Movement.ZOOM_IN, Movement.DOLLY_IN, True),
        (Movement.ZOOM_IN, Movement.DOLLY_ZOOM_IN, False),
        (Movement.TILT_UP, Movement.PEDESTAL_UP, True),
        (Movement.ROLL_CLOCKWISE, Movement.ARC_CLOCKWISE, False),
    ],
)
def test_what_looks_alike_where_all_is_equally_far_is_one(one: Movement, other: Movement, *, same: bool) -> None:
    assert (coarse(one) == coarse(other)) is same


def test_every_weight_belongs_to_a_sign() -> None:
    for weights in (EXACT, COARSE):
        assert set(weights) <= {"constant", *names()}
    assert 0.0 < LEAST_COARSE < 1.0
