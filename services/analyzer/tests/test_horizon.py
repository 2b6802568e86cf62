"""Where the sky ends on a straight line there is a horizon; where mountains, rooms or pages are, there is none."""

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.core.analysis import Horizon
from analyzer.core.frame import frame_of
from analyzer.core.horizon import find_horizon, trusted
from analyzer.core.segments import find_segments

from . import spaces
from .stills import eye, flat, noise, photograph

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WIDTH, HEIGHT = 512, 342


def seen(pixels):
    frame = frame_of(pixels)
    return find_horizon(frame, find_segments(frame), eye().look(pixels).signs.horizon)


def coast(y=0.45, tilt_deg=0.0, *, seed=0, haze=0.0, water=False):
    """A sky over textured ground or rippled water, parted by one line."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    line = y * HEIGHT + np.tan(np.radians(tilt_deg)) * (columns - WIDTH / 2)
    pale = np.clip(rows / np.maximum(line, 1), 0, 1)[..., None]
    sky = np.array([210, 150, 80]) * (1 - pale) + np.array([235, 215, 190]) * pale
    depth = np.clip((rows - line) / HEIGHT, 0, 1)[..., None]
    rough = cv2.GaussianBlur(rng.normal(0, 60, (HEIGHT, WIDTH)), (0, 0), 2.0 if water else 0.8)[..., None]
    ground = np.array([120, 90, 40] if water else [50, 110, 90]) + rough * (0.3 + depth)
    fog = haze * np.exp(-8 * depth)
    ground = ground * (1 - fog) + np.array([235, 215, 190]) * fog
    picture = np.where((rows < line)[..., None], sky, ground)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8), 0, 255).astype(np.uint8)


def mountains(seed):
    """The same sky over a jagged range."""
    rng = np.random.default_rng(seed)
    peaks = np.interp(np.arange(WIDTH), np.linspace(0, WIDTH, 9), rng.uniform(0.15, 0.65, 9)) * HEIGHT
    pixels = coast(0.99, seed=seed)
    rock = rng.normal(90, 25, (HEIGHT, WIDTH, 1)).clip(0, 255) * np.ones(3)
    below = np.arange(HEIGHT)[:, None] > peaks[None]
    return np.where(below[..., None], rock, pixels).astype(np.uint8)


@pytest.mark.parametrize("y", [0.15, 0.3, 0.5, 0.7, 0.85])
@pytest.mark.parametrize("water", [False, True])
def test_the_horizon_is_where_the_sky_ends(y, water):
    found = seen(coast(y, water=water))

    assert found.y == pytest.approx(y, abs=0.01)
    assert found.tilt_deg == pytest.approx(0, abs=0.5)
    assert found.quality > 0.6


@pytest.mark.parametrize("tilt", [-14, -7, -3, 3, 7, 14])
def test_a_tilted_camera_tilts_the_horizon_and_its_middle_stays(tilt):
    found = seen(coast(0.5, tilt))

    assert found.tilt_deg == pytest.approx(tilt, abs=1.0)
    assert found.y == pytest.approx(0.5, abs=0.02)
    assert found.quality > 0.25


@pytest.mark.parametrize("haze", [0.3, 0.6, 0.8])
def test_haze_does_not_move_the_horizon(haze):
    assert seen(coast(haze=haze)).y == pytest.approx(0.45, abs=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_a_range_of_mountains_is_no_horizon(seed):
    found = seen(mountains(seed))

    assert found is None or found.quality < 0.25


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", [spaces.wall, spaces.page, spaces.corridor])
def test_in_corridors_on_walls_and_on_pages_is_no_trusted_horizon(kind, seed):
    assert trusted(seen(kind(seed).pixels)) is None


@pytest.mark.parametrize("still", [flat(), noise(3), flat(0), flat(255)])
def test_nothing_to_see_has_no_horizon(still):
    assert seen(still) is None


@pytest.mark.parametrize("name", ["astronaut", "flower"])
def test_photographs_without_a_horizon_have_no_trusted_one(name):
    assert trusted(seen(cv2.resize(photograph(name), (WIDTH, HEIGHT)))) is None


def test_open_ground_with_things_on_it_has_its_horizon_at_eye_level():
    """Over many places: found where there is one, at its height, and better trusted than where there is none."""
    there = [spaces.ground_with_boxes(seed) for seed in range(16)]
    none = [kind(seed) for kind in (spaces.room_with_table, spaces.object_before_wall) for seed in range(5)]
    none += [kind(seed) for kind in (spaces.corridor, spaces.wall, spaces.page) for seed in range(5)]
    found = [(space, seen(space.pixels)) for space in there]
    trust = np.array([0.0 if one is None else one.quality for _, one in found])
    false = np.array([0.0 if (one := seen(space.pixels)) is None else one.quality for space in none])

    area = (trust[:, None] > false).mean() + (trust[:, None] == false).mean() / 2
    off = np.array([abs(one.y - space.horizon) for space, one in found if one is not None and one.quality > 0.25])
    assert area > 0.9
    assert len(off) >= 10
    # Thick haze hides the last stretch of ground, and boxes hide the line; what shows is a little lower.
    assert np.median(off) < 0.015
    assert np.mean(off < 0.06) > 0.9


@FEW
@given(
    y=st.floats(0.25, 0.75),
    tilt=st.floats(-8, 8),
    gamma=st.floats(0.6, 1.6),
    seed=st.integers(0, 9),
    water=st.booleans(),
)
def test_brightness_does_not_move_the_horizon(y, tilt, gamma, seed, water):
    plain = coast(y, tilt, seed=seed, water=water)
    changed = (255 * (plain / 255.0) ** gamma).astype(np.uint8)

    one, other = seen(plain), seen(changed)

    assert other.y == pytest.approx(one.y, abs=0.02)
    assert other.tilt_deg == pytest.approx(one.tilt_deg, abs=1.0)


@FEW
@given(y=st.floats(0.25, 0.75), left=st.floats(0, 0.05), top=st.floats(0, 0.05), seed=st.integers(0, 9))
def test_a_crop_moves_the_horizon_as_it_moves_the_picture(y, left, top, seed):
    plain = coast(y, seed=seed)
    x0, y0 = round(left * WIDTH), round(top * HEIGHT)
    high, wide = round(0.95 * HEIGHT), round(0.95 * WIDTH)
    part = np.ascontiguousarray(plain[y0 : y0 + high, x0 : x0 + wide])

    assert seen(part).y * high + y0 == pytest.approx(seen(plain).y * HEIGHT, abs=0.015 * HEIGHT)


def test_a_guess_is_not_trusted():
    assert trusted(None) is None
    assert trusted(Horizon(y=0.5, tilt_deg=0.0, quality=0.1)) is None
    sure = Horizon(y=0.5, tilt_deg=0.0, quality=0.8)
    assert trusted(sure) is sure
