"""Progress over time."""

import numpy as np
import pytest

from generator.core.camera import Bezier, Easing, Ramp
from generator.core.render.easing import burst, ease
from generator.core.render.pace import paced

SWINGING = {easing for easing in Easing if easing.startswith("back_")}
ONE_WAY = [easing for easing in Easing if easing is not Easing.LOOP]
MONOTONE = [easing for easing in ONE_WAY if easing not in SWINGING]
PAIRED = ("sine", "quad", "cubic", "quart", "quint", "expo", "circ", "back")


def curve(easing, count: int = 501) -> np.ndarray:
    return paced(np.linspace(0, 1, count), easing)


@pytest.mark.parametrize("easing", ONE_WAY)
def test_every_way_begins_at_nothing_and_ends_at_all(easing):
    progress = curve(easing)

    assert progress[0] == pytest.approx(0.0, abs=1e-12)
    assert progress[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("easing", MONOTONE)
def test_no_way_turns_back(easing):
    assert np.diff(curve(easing)).min() >= 0


@pytest.mark.parametrize("easing", sorted(SWINGING))
def test_ways_that_swing_leave_the_range_by_a_tenth(easing):
    progress = curve(easing)

    assert max(-progress.min(), progress.max() - 1) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("name", PAIRED)
def test_out_is_in_from_the_other_end_and_both_are_halves(name):
    start, end, both = (curve(Easing(f"{name}_{form}")) for form in ("in", "out", "in_out"))

    assert end == pytest.approx(1 - start[::-1])
    assert both == pytest.approx(1 - both[::-1])
    assert both[250] == pytest.approx(0.5)
    if name != "back":
        assert both[:251] == pytest.approx(start[::2] / 2)


@pytest.mark.parametrize(
    ("easing", "at", "progress"),
    [
        (Easing.SINE_IN, 0.5, 1 - np.sqrt(0.5)),
        (Easing.QUAD_IN, 0.5, 0.25),
        (Easing.CUBIC_OUT, 0.5, 0.875),
        (Easing.QUART_IN_OUT, 0.25, 0.03125),
        (Easing.QUINT_IN, 0.5, 0.03125),
        (Easing.EXPO_IN, 0.5, (2**5 - 1) / (2**10 - 1)),
        (Easing.CIRC_OUT, 0.5, np.sqrt(0.75)),
        (Easing.BACK_IN, 0.5, 0.25 * (2.70158 * 0.5 - 1.70158)),
        (Easing.HOLD, 0.999, 0.0),
    ],
)
def test_named_curves_are_those_of_style_sheets(easing, at, progress):
    assert ease(np.array([at]), easing)[0] == pytest.approx(progress)


def speeds(progress: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Speed and acceleration by finite differences."""
    step = 1 / (len(progress) - 1)
    speed = np.diff(progress) / step
    return speed, np.diff(speed) / step


@pytest.mark.parametrize(
    "progress",
    [
        curve(Easing.SMOOTH, 2001),
        burst(np.linspace(0, 1, 2001), peak=0.5),
        burst(np.linspace(0, 1, 2001), peak=0.14),
    ],
)
def test_a_smooth_move_has_neither_a_jerk_in_speed_nor_in_acceleration(progress):
    speed, acceleration = speeds(progress)

    assert speed[0] < 1e-5
    assert speed[-1] < 1e-5
    assert np.abs(np.diff(speed)).max() < 0.02
    # Halving the step halves the largest jump of the acceleration: there is none.
    coarse = speeds(progress[::2])[1]
    assert np.abs(np.diff(acceleration)).max() < 0.6 * np.abs(np.diff(coarse)).max()


def test_a_loop_goes_there_and_back():
    assert ease(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), Easing.LOOP) == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])


def test_a_gentle_start_leaves_at_rest_and_arrives_at_full_speed():
    progress = curve(Easing.IN, 101)

    assert progress[1] - progress[0] < 1e-4
    assert progress[-1] - progress[-2] > 0.01
    assert curve(Easing.OUT, 101) == pytest.approx(1 - progress[::-1])


def test_a_whip_is_fastest_in_the_middle_and_a_crash_at_once():
    whip, crash = (np.diff(burst(np.linspace(0, 1, 1001), peak=peak)) for peak in (0.5, 0.14))

    assert np.argmax(whip) == pytest.approx(500, abs=2)
    assert np.argmax(crash) == pytest.approx(140, abs=2)
    assert whip.max() == pytest.approx(2 / 1000, rel=0.01)


@pytest.mark.parametrize(
    ("handles", "at", "progress"),
    [
        ((0.25, 0.1, 0.25, 1.0), 0.5, 0.802403),
        ((0.42, 0.0, 0.58, 1.0), 0.25, 0.129162),
        ((0.0, 0.0, 1.0, 1.0), 0.3, 0.3),
        ((0.5, -1.0, 0.5, 2.0), 0.5, 0.5),
    ],
)
def test_a_curve_with_handles_is_that_of_style_sheets(handles, at, progress):
    """The first two are `ease` and `ease-in-out`."""
    drawn = Bezier(**dict(zip(("x1", "y1", "x2", "y2"), handles, strict=True)))

    assert paced(np.array([at]), drawn)[0] == pytest.approx(progress, abs=1e-5)
    assert paced(np.array([-1.0, 0.0, 1.0, 2.0]), drawn) == pytest.approx([0, 0, 1, 1])


def test_a_speed_ramp_keeps_the_ratios_of_its_speeds():
    ramp = Ramp(points=((0.0, 1.0), (0.4, 1.0), (0.5, 8.0), (0.6, 1.0), (1.0, 1.0)))

    progress = paced(np.linspace(0, 1, 10001), ramp)
    speed = np.diff(progress)

    assert progress[-1] == pytest.approx(1)
    assert speed[5000] / speed[1000] == pytest.approx(8, rel=1e-3)
    assert speed[9000] == pytest.approx(speed[1000])
    assert np.abs(np.diff(speed)).max() < 0.002 * speed.max()


def test_a_ramp_keeps_its_first_and_last_speed_to_the_ends():
    progress = paced(np.linspace(0, 1, 1001), Ramp(points=((0.25, 0.0), (0.75, 3.0))))

    assert np.abs(progress[:250]).max() == 0
    assert np.diff(progress[750:]) == pytest.approx(np.diff(progress[750:])[0])
