"""Lines that run into the depth meet in one point, which is found with how far it may be off."""

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.core.frame import frame_of
from analyzer.core.segments import find_segments
from analyzer.core.vanishing import find_vanishing_point

from . import spaces
from .stills import corridor, flat, noise

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def seen(pixels):
    frame = frame_of(pixels)
    return find_vanishing_point(frame, find_segments(frame))


def road(x=0.5, y=0.4, *, seed=0, width=512, height=342):
    """A road with stripes and ditches that run to one point under the sky, on rough ground."""
    rng = np.random.default_rng(seed)
    scene = np.full((height, width, 3), (60, 110, 90), np.uint8)
    scene[: round(y * height)] = (220, 180, 140)
    point = np.array([x * width, y * height])
    for foot in (-0.8, -0.35, -0.05, 0.05, 0.35, 0.8, 1.4, -1.4):
        # A stripe narrows towards the point, so that both its borders run there.
        feet = np.array([[(0.5 + foot + side) * width, height] for side in (-0.012, 0.012)])
        near = point + (feet - point) * 0.08
        corners = np.concatenate([near, feet[::-1]])
        shade = (230, 230, 230) if abs(foot) < 0.1 else (40, 60, 60)
        cv2.fillPoly(scene, [(corners * 16).round().astype(np.int32)], shade, cv2.LINE_AA, 4)
    grainy = scene + rng.normal(0, 6, (height, width, 1)) * (np.arange(height) > y * height)[:, None, None]
    return np.clip(cv2.GaussianBlur(grainy, (0, 0), 0.8), 0, 255).astype(np.uint8)


def strokes(seed, *, count=60, width=512, height=342):
    """Straight lines at random."""
    rng = np.random.default_rng(seed)
    scene = np.full((height, width, 3), 200, np.uint8)
    for _ in range(count):
        at, angle, long = rng.uniform(0, 1, 2) * (width, height), rng.uniform(0, np.pi), rng.uniform(30, 160)
        end = at + long * np.array([np.cos(angle), np.sin(angle)])
        shade = int(rng.integers(0, 120))
        cv2.line(scene, tuple(at.astype(int).tolist()), tuple(end.astype(int).tolist()), (shade,) * 3, 2)
    return scene


@pytest.mark.parametrize("x", [0.2, 0.4, 0.5, 0.75])
@pytest.mark.parametrize("y", [0.3, 0.5, 0.7])
def test_the_lines_of_a_corridor_meet_at_its_end(x, y):
    found = seen(corridor(x=x, y=y))

    assert found.point.x == pytest.approx(x, abs=0.01)
    assert found.point.y == pytest.approx(y, abs=0.01)
    assert found.quality > 0.5


@pytest.mark.parametrize("place", [(0.3, 0.35), (0.5, 0.4), (0.7, 0.45), (0.5, 0.2)])
def test_a_road_runs_to_its_end(place):
    found = seen(road(*place))

    assert found.point.x == pytest.approx(place[0], abs=0.015)
    assert found.point.y == pytest.approx(place[1], abs=0.015)


def test_the_trusted_points_of_built_corridors_are_where_geometry_puts_them():
    found = [(space, seen(space.pixels)) for space in map(spaces.corridor, range(12))]
    trusted = [(space, one) for space, one in found if one is not None and one.quality >= 0.4]

    assert len(trusted) >= 5
    for space, one in trusted:
        assert one.point.x == pytest.approx(space.vanishing[0], abs=0.02)
        assert one.point.y == pytest.approx(space.vanishing[1], abs=0.02)


@pytest.mark.parametrize("seed", range(12))
def test_lines_at_random_meet_nowhere(seed):
    found = seen(strokes(seed))

    assert found is None or found.quality < 0.2


@pytest.mark.parametrize("still", [flat(), noise(1), spaces.wall(1).pixels, spaces.page(1).pixels])
def test_where_nothing_runs_into_the_depth_no_point_is_trusted(still):
    found = seen(still)

    assert found is None or found.quality < 0.25


def test_the_ellipse_is_long_where_the_lines_come_from_one_side():
    """Lines from the left fix the height of the point better than how far along it lies."""
    scene = corridor(x=0.5, y=0.5)
    scene[:, 120:] = 150
    found = seen(scene)
    whole = seen(corridor(x=0.5, y=0.5))

    assert found.ellipse.semi_major > 1.5 * found.ellipse.semi_minor
    assert abs(found.ellipse.angle_deg) < 25
    assert found.ellipse.semi_major > whole.ellipse.semi_major
    assert found.uncertainty >= found.ellipse.semi_major


def test_the_ellipse_tells_how_far_the_point_is_off():
    """Over many noisy roads nine in ten misses lie within three deviations, and not all within a third of one."""
    off = []
    for seed in range(20):
        x, y = 0.3 + 0.02 * seed, 0.3 + 0.01 * seed
        found = seen(road(x, y, seed=seed))
        ellipse, turn = found.ellipse, np.radians(found.ellipse.angle_deg)
        miss = np.array([(found.point.x - x) * 512, (found.point.y - y) * 342]) / np.hypot(512, 342)
        along = miss @ [np.cos(turn), np.sin(turn)] / ellipse.semi_major
        across = miss @ [-np.sin(turn), np.cos(turn)] / ellipse.semi_minor
        off.append(np.hypot(along, across))

    assert np.mean(np.array(off) < 3) >= 0.85
    assert np.median(off) > 0.2


@FEW
@given(x=st.floats(0.25, 0.75), y=st.floats(0.3, 0.7), gamma=st.floats(0.6, 1.6))
def test_brightness_does_not_move_the_point(x, y, gamma):
    plain = corridor(x=x, y=y)
    changed = (255 * (plain / 255.0) ** gamma).astype(np.uint8)

    one, other = seen(plain), seen(changed)

    assert other.point.x == pytest.approx(one.point.x, abs=0.01)
    assert other.point.y == pytest.approx(one.point.y, abs=0.01)


@FEW
@given(x=st.floats(0.25, 0.75), y=st.floats(0.3, 0.7), left=st.floats(0, 0.05), top=st.floats(0, 0.05))
def test_a_crop_moves_the_point_as_it_moves_the_picture(x, y, left, top):
    plain = corridor(x=x, y=y)
    height, width = plain.shape[:2]
    x0, y0, wide, high = round(left * width), round(top * height), round(0.95 * width), round(0.95 * height)

    found = seen(np.ascontiguousarray(plain[y0 : y0 + high, x0 : x0 + wide]))

    assert found.point.x * wide + x0 == pytest.approx(x * width, abs=0.012 * width)
    assert found.point.y * high + y0 == pytest.approx(y * height, abs=0.012 * height)
