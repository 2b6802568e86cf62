"""Rain, snow and dust: they fall, at their speed, near ones larger, and chroma pales under them."""

import numpy as np
import pytest

from generator.core.order import EnvironmentMotion


@pytest.mark.parametrize("loop", [True, False])
@pytest.mark.parametrize(("motion", "speed"), [(EnvironmentMotion.SNOW, 0.12), (EnvironmentMotion.SNOW, 0.25)])
def test_snow_falls_at_its_speed(place, motion, speed, loop):
    right, down = place.fall(place.make(motion, None, speed_per_s=speed, frequency_hz=0.3, loop=loop))

    assert down == pytest.approx(speed, rel=0.15)
    assert abs(right) < 0.25 * speed


@pytest.mark.parametrize("speed", [0.8, 1.6])
def test_rain_falls_at_its_speed(place, speed):
    """Followed drop by drop: a bright streak is found again lower down."""
    made = place.make(EnvironmentMotion.RAIN, None, speed_per_s=speed)
    step = 1 / 400
    ways = []
    for t in np.linspace(0, 1, 30, endpoint=False):
        one, other = (place.drawn(made, moment).y.astype(float) - 60 for moment in (t, t + step))
        shifts = np.arange(0, 24)
        match = [(one[60:280] * other[60 + by : 280 + by]).sum() for by in shifts]
        ways.append(shifts[int(np.argmax(match))])
    assert np.mean(ways) / (step * 4.0 * 640) == pytest.approx(speed, rel=0.15)


def test_rain_leaves_streaks_and_snow_does_not(place):
    def slenderness(motion):
        drawn = place.drawn(place.make(motion, None), 0.3).y.astype(float) - 60
        along, across = (np.abs(np.diff(drawn, axis=axis)).sum() for axis in (0, 1))
        return across / along

    assert slenderness(EnvironmentMotion.RAIN) > 4
    assert slenderness(EnvironmentMotion.SNOW) < 2.5


def test_a_heading_drives_the_rain(place):
    made = place.make(EnvironmentMotion.SNOW, None, heading=-1.0, speed_per_s=0.2, frequency_hz=0.3)

    right, down = place.fall(made)

    assert right < -0.05
    assert down > 0.1


def test_stronger_weather_is_denser(place):
    light, heavy = (
        (place.drawn(place.make(EnvironmentMotion.SNOW, None, intensity=strength), 0.3).y > 64).mean()
        for strength in (0.05, 1.0)
    )

    assert heavy > 1.5 * light > 0


def test_all_of_the_frame_is_weathered_alike(place):
    made = place.make(EnvironmentMotion.RAIN, None)
    shown = np.mean([place.drawn(made, t).y > 64 for t in np.linspace(0, 1, 24)], axis=0)

    quarters = [
        shown[rows, columns].mean()
        for rows in (slice(0, 180), slice(180, 360))
        for columns in (slice(0, 320), slice(320, 640))
    ]

    assert min(quarters) > 0.6 * max(quarters)


def test_colour_pales_under_the_flakes(place):
    drawn = place.drawn(place.make(EnvironmentMotion.SNOW, None, intensity=1.0), 0.3)

    white = drawn.y[::2, ::2] > 150
    assert drawn.u[white].mean() > 114
    assert drawn.v[white].mean() < 136
    assert drawn.u[drawn.y[::2, ::2] == 60].min() >= 109


def test_dust_drifts_slowly_and_goes_nowhere_in_common(place):
    made = place.make(EnvironmentMotion.DUST, None)
    one, other = (place.drawn(made, t).y.astype(int) for t in (0.3, 0.3 + 1 / 96))

    assert (one > 62).mean() > 0.0005
    assert np.abs(one - other).max() < 90
