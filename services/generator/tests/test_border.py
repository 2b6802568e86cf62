"""The border guarantee: every frame lies inside the still, and what that costs is told."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from film.movement import Movement
from generator.core.order import Aspect, Easing
from generator.core.render.amplitude import UNIT, family
from generator.core.render.cover import MOST_ZOOM
from generator.core.render.frames import Frames

MOVING = [movement for movement in Movement if movement is not Movement.STATIC]


def outside_px(shot) -> float:
    """How far, in canvas pixels, any frame samples beyond the outermost pixel centres."""
    frames = Frames(shot)
    height, width = shot.scenery.canvas.y.shape
    worst = 0.0
    # Cells are centred at 3.5, 11.5, 19.5 ... clip pixels; those beyond the outermost pixel centres are not shown.
    columns, rows = (int((side - 1 - 3.5) // 8) + 1 for side in (shot.profile.width_px, shot.profile.height_px))
    for index in range(shot.profile.frames):
        for place in frames.places(index):
            x, y = (grid[1 : 1 + rows, 1 : 1 + columns] for grid in place)
            worst = max(worst, -x.min(), x.max() - (width - 1), -y.min(), y.max() - (height - 1))
    return float(worst)


@pytest.mark.parametrize("movement", list(Movement))
def test_no_movement_looks_beyond_the_still(studio, movement):
    shot = studio.shot(movement)

    assert outside_px(shot) <= 0.5
    assert 1.0 <= shot.cover.zoom <= MOST_ZOOM * 1.01


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    movement=st.sampled_from(MOVING),
    amplitude=st.floats(0, 10),
    easing=st.sampled_from(list(Easing)),
    aspect=st.sampled_from(list(Aspect)),
    sway=st.floats(0, 0.1),
)
def test_not_even_for_absurd_amplitudes(studio, movement, amplitude, easing, aspect, sway):
    shot = studio.shot(
        movement, amplitude=amplitude or 1e-6, easing=easing, aspect=aspect, sway_rad=sway, short_side_px=120
    )

    assert outside_px(shot) <= 0.5
    assert shot.amplitude <= shot.asked + 1e-12
    assert np.isfinite(shot.amplitude)
    assert (shot.amplitude < shot.asked * 0.999) <= bool(shot.reduced_because)


def test_advancing_and_standing_still_need_no_zoom(studio):
    for movement in (Movement.STATIC, Movement.DOLLY_IN, Movement.DOLLY_OUT, Movement.ZOOM_IN, Movement.ZOOM_OUT):
        assert studio.shot(movement).cover.zoom == pytest.approx(1.0, abs=0.004), movement


def test_a_pan_that_is_too_wide_is_shortened_and_says_by_how_much(studio):
    shot = studio.shot(Movement.PAN_RIGHT, amplitude=0.5)

    assert shot.asked == 0.5
    assert 0.1 < shot.amplitude < 0.3
    assert shot.cover.zoom == pytest.approx(MOST_ZOOM, rel=0.01)
    assert f"room for {shot.amplitude / 0.5:.0%} of the movement" in shot.reduced_because


def test_an_amplitude_beyond_sense_is_capped_and_says_so(studio):
    shot = studio.shot(Movement.DOLLY_IN, amplitude=9.0)

    assert shot.amplitude == 2.0
    assert "at most 2 of the 9" in shot.reduced_because


def test_a_still_with_room_beside_the_frame_pays_less(studio):
    """A square cut from a wide still can pan over what the cut left out."""
    own = studio.shot(Movement.PAN_RIGHT)
    square = studio.shot(Movement.PAN_RIGHT, aspect=Aspect.SQUARE)

    assert square.cover.zoom < own.cover.zoom - 0.03


def test_what_is_not_made_is_said(studio):
    assert "no subject stands apart" in studio.shot(Movement.TRACKING_LEFT).reduced_because
    assert "sway is kept to" in studio.shot(Movement.STATIC, sway_rad=0.09).reduced_because
    assert "without sway" in studio.shot(Movement.RACK_FOCUS_FAR_TO_NEAR, sway_rad=0.01).reduced_because
    assert studio.shot(Movement.TRUCK_LEFT).reduced_because == ""
    assert family(Movement.TRUCK_LEFT) in UNIT
