"""Progress over time."""

import numpy as np
import pytest

from generator.core.order import Easing
from generator.core.render.easing import ease

ONE_WAY = [easing for easing in Easing if easing is not Easing.LOOP]


@pytest.mark.parametrize("easing", ONE_WAY)
def test_every_way_begins_at_nothing_ends_at_all_and_never_turns_back(easing):
    progress = ease(np.linspace(0, 1, 501), easing)

    assert progress[0] == pytest.approx(0.0, abs=1e-12)
    assert progress[-1] == pytest.approx(1.0)
    assert np.diff(progress).min() >= 0


def test_a_smooth_move_has_neither_a_jerk_in_speed_nor_in_acceleration():
    step = 1 / 2000
    progress = ease(np.arange(0, 1 + step, step), Easing.SMOOTH)

    speed = np.diff(progress) / step
    acceleration = np.diff(speed) / step

    assert speed[0] < 1e-6
    assert np.abs(np.diff(speed)).max() < 0.01
    assert np.abs(np.diff(acceleration)).max() < 0.2


def test_a_loop_goes_there_and_back():
    progress = ease(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), Easing.LOOP)

    assert progress == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])


def test_a_gentle_start_leaves_at_rest_and_arrives_at_full_speed():
    progress = ease(np.linspace(0, 1, 101), Easing.IN)

    assert progress[1] - progress[0] < 1e-4
    assert progress[-1] - progress[-2] > 0.01
    assert ease(np.linspace(0, 1, 101), Easing.OUT) == pytest.approx(1 - progress[::-1])
