"""Loops, stillness and determinism of the frames."""

import hashlib

import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import Cancelled
from generator.core.order import Easing
from generator.core.render.frames import Frames
from generator.core.render.path import Path
from generator.core.render.warp import Warp, new_planes


def digests(shot, never) -> list[str]:
    return [hashlib.sha256(frame.tobytes()).hexdigest() for frame in Frames(shot).all(cancelled=never)]


@pytest.mark.parametrize("movement", list(Movement))
def test_a_loop_ends_where_it_began(studio, movement):
    """The frame after the last one would be the first, to the bit."""
    shot = studio.shot(movement, loop=True)
    path: Path = shot.path

    begin, end = path.at(np.array([0.0])), path.at(np.array([1.0]))

    assert shot.times()[-1] < 1.0
    assert path.easing is Easing.LOOP
    for name in ("x", "y", "z", "tilt", "pan", "roll", "focal", "shift_x", "shift_y"):
        assert getattr(begin, name)[0] == pytest.approx(getattr(end, name)[0], abs=1e-9), name


def test_a_looping_easing_makes_a_looping_clip(studio):
    assert studio.shot(Movement.DOLLY_IN, easing=Easing.LOOP).profile.loop


def test_a_static_camera_gives_the_same_frame_throughout(studio):
    assert len(set(digests(studio.shot(Movement.STATIC), studio.never))) == 1


def test_a_static_camera_shows_the_still_itself(studio):
    shot = studio.shot(Movement.STATIC)
    frame = Frames(shot).only(0)[: shot.profile.height_px].astype(int)
    canvas = shot.scenery.canvas
    x = np.rint((np.arange(0, frame.shape[1]) + 0.5) * canvas.scale / frame.shape[1] - 0.5).astype(int)
    y = np.rint((np.arange(0, frame.shape[0]) + 0.5) * canvas.scale / frame.shape[1] - 0.5).astype(int)

    there = canvas.y[np.ix_(np.minimum(y, canvas.y.shape[0] - 1), x)].astype(int)

    assert np.abs(frame - there).mean() < 8


@pytest.mark.parametrize(
    "movement", [Movement.ARC_CLOCKWISE, Movement.HANDHELD, Movement.RACK_FOCUS_FAR_TO_NEAR, Movement.WHIP_PAN_LEFT]
)
def test_the_same_shot_gives_the_same_frames(studio, movement):
    assert digests(studio.shot(movement), studio.never) == digests(studio.shot(movement), studio.never)


def test_single_frames_are_those_of_the_clip(studio):
    for movement in (Movement.TRUCK_LEFT, Movement.RACK_FOCUS_NEAR_TO_FAR):
        shot = studio.shot(movement)
        all_frames = [frame.copy() for frame in Frames(shot).all(cancelled=studio.never)]

        assert np.array_equal(Frames(shot).only(0), all_frames[0])
        assert np.array_equal(Frames(shot).only(len(all_frames) - 1), all_frames[-1])


def test_frames_stop_when_nobody_wants_them(studio):
    wanted = [False, False, True]
    frames = Frames(studio.shot(Movement.PAN_LEFT)).all(cancelled=lambda: wanted.pop(0))

    next(frames)
    next(frames)

    with pytest.raises(Cancelled):
        next(frames)


def test_a_whip_pan_smears_and_a_pan_does_not(studio):
    """In the middle of a whip pan upright edges are gone."""

    def least_detail(movement):
        frames = Frames(studio.shot(movement)).all(cancelled=studio.never)
        return min(np.abs(np.diff(frame[:240].astype(int), axis=1)).mean() for frame in frames)

    assert least_detail(Movement.WHIP_PAN_RIGHT) < 0.75 * least_detail(Movement.PAN_RIGHT)


def test_the_coarse_grid_is_as_good_as_solving_every_pixel(studio):
    """Spreading the grid differs from the grid of half the step by hundredths of a pixel."""
    shot = studio.shot(Movement.ARC_CLOCKWISE)
    profile = shot.profile
    warp = Warp(shot.layers, width_px=profile.width_px, height_px=profile.height_px, cover=shot.cover.zoom)
    x, _ = warp.places(shot.path.at(np.array([0.0])))[0]

    bend = np.abs(x[:, 2:] - 2 * x[:, 1:-1] + x[:, :-2])

    # The error of linear interpolation is an eighth of the second difference.
    assert bend.max() / 8 < 0.1


def test_frames_of_any_even_size_are_filled(studio):
    planes = new_planes(70, 66)

    assert planes.whole.shape == (99, 70)
    planes.u[:] = 1
    planes.v[:] = 2
    assert (planes.whole.reshape(-1)[70 * 66 :] == np.repeat([1, 2], 35 * 33)).all()
