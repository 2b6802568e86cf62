"""Water, clouds, smoke and fire: which way they go and how fast."""

from itertools import pairwise

import numpy as np
import pytest

from generator.core.order import EnvironmentMotion, Material

BANDS = {"water": (0.45, 1.0), "cloud": (0.0, 0.6), "smoke": (0.2, 0.8), "fire": (0.2, 0.8)}
INSIDE = {
    "water": np.s_[190:390, 120:580],
    "cloud": np.s_[10:210, 120:580],
    "smoke": np.s_[110:290, 120:580],
    "fire": np.s_[110:290, 120:580],
}


def made_of(place, name, **move):
    return place.make(EnvironmentMotion(name), place.map(**{name: BANDS[name]}), region=Material(name), **move)


@pytest.mark.parametrize("loop", [True, False])
@pytest.mark.parametrize(
    ("name", "degrees", "speed"),
    [
        ("water", 0.0, 0.03),
        ("water", 180.0, 0.06),
        ("water", 180.0, 0.1),
        ("cloud", 0.0, 0.02),
        ("cloud", 180.0, 0.05),
        ("smoke", -90.0, 0.05),
        ("smoke", -30.0, 0.04),
        ("fire", -90.0, 0.12),
    ],
)
def test_a_flow_goes_where_and_as_fast_as_it_was_asked_to(place, name, degrees, speed, loop):
    made = made_of(place, name, direction_deg=degrees, speed_per_s=speed, intensity=0.1, loop=loop)

    right, down = place.drift(made, INSIDE[name], frames=3 if speed < 0.08 else 1)

    assert np.hypot(right, down) == pytest.approx(speed, rel=0.15)
    off = np.degrees(np.arctan2(down, right)) - degrees
    assert abs((off + 180) % 360 - 180) < 12


def test_water_slows_down_towards_its_far_edge(place):
    made = made_of(place, "water", direction_deg=0.0, speed_per_s=0.04, intensity=0.1)

    far, near = (place.drift(made, np.s_[rows, 120:580])[0] for rows in (slice(236, 276), slice(346, 386)))

    assert 0 < far < 0.65 * near


def test_ripples_grow_towards_the_viewer(place):
    """What moves up and down does so the more the nearer it is, and at the far edge not at all."""
    made = made_of(place, "water", direction_deg=0.0, speed_per_s=0.001, intensity=1.0)
    moments = [place.painted(made, t).y.astype(int) for t in np.linspace(0, 1, 16, endpoint=False)]

    stirred = np.std(moments, axis=0).mean(axis=1)

    assert stirred[370:390].mean() > 1.5 * stirred[250:270].mean()
    assert stirred[:170].max() == 0


def test_high_clouds_are_faster_than_low_ones(place):
    made = made_of(place, "cloud", direction_deg=0.0, speed_per_s=0.05)

    high, low = (place.drift(made, np.s_[rows, 120:580])[0] for rows in (slice(10, 70), slice(140, 200)))

    assert high > 1.2 * low > 0


@pytest.mark.parametrize(("heading", "sign"), [(1.0, 1), (-1.0, -1)])
def test_a_heading_alone_decides_the_side(place, heading, sign):
    made = made_of(place, "cloud", heading=heading, speed_per_s=0.05)

    assert place.drift(made, INSIDE["cloud"])[0] * sign > 0.03


def test_a_heading_leans_what_rises(place):
    right, down = place.drift(made_of(place, "smoke", heading=1.0, speed_per_s=0.06, intensity=0.05), INSIDE["smoke"])

    assert right > 0.01
    assert down < -0.03


def test_without_any_direction_the_seed_decides_the_side(place):
    sides = {
        np.sign(place.drift(made_of(place, "cloud", speed_per_s=0.05, seed=seed), INSIDE["cloud"], moments=4)[0])
        for seed in range(6)
    }

    assert sides == {-1.0, 1.0}


def test_a_stronger_motion_without_figures_is_a_faster_one(place):
    slow, fast = (
        abs(place.drift(made_of(place, "cloud", intensity=strength), INSIDE["cloud"])[0]) for strength in (0.1, 1.0)
    )

    assert fast > 2 * slow > 0


def test_the_clip_begins_with_the_still(place):
    """Where nothing ripples, the first moment differs from the still by rounding alone, and at rims by little."""
    first = place.painted(made_of(place, "cloud", speed_per_s=0.05), 0.0)

    assert np.abs(first.y.astype(int) - place.canvas.y).max() <= 8
    assert (np.abs(first.y.astype(int) - place.canvas.y) > 1).mean() < 0.01


def test_a_flow_keeps_its_contrast_while_its_copies_change(place):
    """Two copies mixed halves would lose a third of it; an eye sees that as a pulse."""
    made = made_of(place, "water", direction_deg=0.0, speed_per_s=0.08, intensity=0.1)

    contrast = [place.painted(made, t).y[300:390, 120:580].std() for t in np.linspace(0, 1, 40, endpoint=False)]

    assert min(contrast) > 0.85 * max(contrast)


def test_no_moment_jumps(place):
    """Steps from frame to frame stay alike, also where a copy begins anew."""
    for loop in (True, False):
        made = made_of(place, "water", direction_deg=0.0, speed_per_s=0.06, loop=loop)
        frames = [place.painted(made, k / 96).y.astype(int) for k in range(97)]
        steps = [np.abs(two - one).mean() for one, two in pairwise(frames)]

        assert max(steps) < 2.2 * np.median(steps)


def test_fire_flickers_and_its_foot_stays(place):
    made = made_of(place, "fire", intensity=1.0, frequency_hz=4.0)

    light = [place.painted(made, t).y[110:290].mean() for t in np.linspace(0, 1, 48, endpoint=False)]

    assert np.ptp(light) > 4
    assert (np.diff(np.sign(light - np.mean(light))) != 0).sum() >= 8
