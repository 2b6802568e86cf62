"""A subject that goes along with the camera."""

import numpy as np
import pytest

from film.geometry import Box
from film.movement import Movement
from generator.core.camera import Easing
from generator.core.render.path import About, Path
from generator.core.render.pose import behind, rays
from generator.core.render.tracking import ridden, riding

BOX = Box.from_pixels(0.3, 0.4, 0.2, 0.3, of=(1, 1))
WHOLE = (0.0, 0.0, 1.0, 1.0)


def test_the_subject_goes_along_in_full_and_what_is_far_from_it_not_at_all():
    along = riding((100, 200), BOX, share=WHOLE)

    assert along[55, 80] == 1
    assert along[55, 98] == 1
    assert along[5, 80] == along[55, 180] == 0
    assert along.dtype == np.float32


def test_the_motion_dies_out_without_a_crease():
    row = riding((400, 1000), BOX, share=WHOLE)[220]
    steps = np.diff(row[400:])

    assert steps.max() <= 0
    assert np.abs(np.diff(steps)).max() < 0.002


def test_a_surface_that_is_a_part_of_the_still_has_the_subject_where_it_is():
    part = riding((100, 100), BOX, share=(0.3, 0.4, 0.5, 0.7))

    assert part[50, 50] == 1
    assert part[50, 1] == 1


@pytest.mark.parametrize(
    "movement", [Movement.TRACKING_LEFT, Movement.TRACKING_TAIL, Movement.TRACKING_LEAD, Movement.TRACKING_AERIAL]
)
def test_travel_passes_by_what_goes_along(movement):
    path = Path(
        movement=movement, amplitude=0.2, about=About(w=0.6), easing=Easing.LINEAR, sway_rad=0, duration_s=2, seed=1
    )
    poses = path.at(np.array([0.0, 0.5, 1.0]))
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, 5), np.linspace(-0.3, 0.3, 3))
    w = ridden(np.full((3, 5), 0.6, np.float32), np.ones((3, 5), np.float32))
    there = behind(poses, *rays(poses, u, v, cover=1.0), w)

    assert path.follows
    for index in range(3):
        assert there[0][index] == pytest.approx(u)
        assert there[1][index] == pytest.approx(v)


def test_other_movements_have_no_follower():
    for movement in (Movement.TRUCK_LEFT, Movement.TRACKING_ARC_CLOCKWISE):
        path = Path(
            movement=movement, amplitude=0.1, about=About(), easing=Easing.SMOOTH, sway_rad=0, duration_s=2, seed=1
        )
        assert not path.follows
