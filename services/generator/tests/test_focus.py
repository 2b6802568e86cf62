"""Rack focus: what is in focus is sharp, and blur grows with the distance from it."""

import numpy as np
import pytest

from film.geometry import Box
from generator.core.render.focus import FocusStack, focus_of, shades_of
from generator.core.render.warp import new_planes


def scene(width: int = 320, height: int = 180):
    """Fine noise, far on the left and near on the right."""
    planes = new_planes(width, height)
    planes.whole[:] = np.random.default_rng(2).integers(60, 200, planes.whole.shape, dtype=np.uint8)
    disparity = np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))
    return planes, disparity


def detail(plane: np.ndarray) -> tuple[float, float, float]:
    """Contrast of the left, middle and right sixth."""
    width = plane.shape[1]
    parts = (plane[:, : width // 6], plane[:, 5 * width // 12 : 7 * width // 12], plane[:, 5 * width // 6 :])
    return tuple(float(part[20:-20].std()) for part in parts)


@pytest.mark.parametrize(("focus", "sharp"), [(0.0, 0), (0.5, 1), (1.0, 2)])
def test_what_is_in_focus_is_sharp_and_what_is_not_is_spread(focus, sharp):
    planes, disparity = scene()
    made = new_planes(320, 180)
    FocusStack(planes, shades_of(disparity)).render(focus, made)
    left = detail(made.y)

    assert max(left) == left[sharp]
    assert min(left) < 0.6 * left[sharp]
    column = round(focus * 319)
    assert np.abs(made.y[:, column].astype(int) - planes.y[:, column]).max() <= 4


def test_brightness_is_kept():
    planes, disparity = scene()
    made = new_planes(320, 180)
    stack = FocusStack(planes, shades_of(disparity))
    for focus in np.linspace(0, 1, 7):
        stack.render(float(focus), made)
        assert made.y.mean() == pytest.approx(planes.y.mean(), abs=1.5)
        assert made.u.mean() == pytest.approx(planes.u.mean(), abs=1.5)


def test_a_point_of_light_becomes_a_disc():
    planes = new_planes(1280, 720)
    planes.whole[:] = 0
    planes.y[358:362, 638:642] = 255
    made = new_planes(1280, 720)
    FocusStack(planes, np.zeros((720, 1280), np.uint8)).render(1.0, made)
    lit = made.y.astype(float)
    y, x = np.nonzero(lit > lit.max() / 2)

    radius = np.hypot(x - 639.5, y - 359.5).max()
    assert radius == pytest.approx(14, abs=2.5)
    assert len(x) == pytest.approx(np.pi * radius**2, rel=0.2)


def test_a_canvas_finer_than_the_frame_is_spread_alike_on_the_picture():
    planes, disparity = scene()
    spreads = []
    for frame_px in (320.0, 160.0):
        made = new_planes(320, 180)
        FocusStack(planes, shades_of(disparity), frame_px=frame_px).render(1.0, made)
        spreads.append(detail(made.y)[0])

    assert spreads[0] < spreads[1]


def test_focus_moves_without_leaps():
    planes, disparity = scene()
    stack, made = FocusStack(planes, shades_of(disparity)), new_planes(320, 180)
    before = None
    for focus in np.linspace(0, 1, 97):
        stack.render(float(focus), made)
        now = made.y.astype(float)
        if before is not None:
            assert np.abs(now - before).mean() < 2.5
        before = now


def test_the_focus_of_a_box_is_what_fills_it():
    disparity = np.zeros((40, 60), np.float32)
    disparity[10:30, 20:40] = 0.8

    assert focus_of(disparity, Box.from_pixels(20, 10, 20, 20, of=(60, 40))) == pytest.approx(0.8)
    assert focus_of(disparity, Box.from_pixels(50, 30, 10, 10, of=(60, 40))) == 0
