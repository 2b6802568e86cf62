"""A clip that follows its subject: the subject stays in its place while the rest passes."""

import numpy as np
import pytest

from film.geometry import Box
from film.movement import Movement
from generator.core.motion_check import Outcome
from generator.core.order import Scene
from generator.core.render.following import following
from generator.core.render.frames import Frames
from generator.core.render.known import known_of
from generator.core.render.layers import Layers, cut_out

SUBJECT = Box(0.35, 0.3, 0.3, 0.4)


def with_subject(studio, box=SUBJECT) -> Scene:
    return Scene(disparity=studio.scene.disparity, quality=1.0, subject=box)


def shift(first: np.ndarray, last: np.ndarray, part) -> float:
    """Pixels by which a part of a frame's luma has gone to the right, to a pixel."""
    height = first.shape[0] * 2 // 3
    rows, columns = part
    one, other = first[:height].astype(float), last[:height].astype(float)
    errors = {
        way: np.abs(one[rows, columns] - np.roll(other, -way, axis=1)[rows, columns]).mean() for way in range(-30, 31)
    }
    return min(errors, key=errors.get)


def test_the_subject_keeps_its_place_while_the_rest_passes(studio):
    shot = studio.shot(Movement.TRACKING_RIGHT, scene=with_subject(studio), amplitude=0.08, duration_s=2.0)
    frames = Frames(shot)
    first, last = frames.only(0), frames.only(shot.profile.frames - 1)

    assert shot.reduced_because == ""
    assert shift(first, last, np.s_[100:140, 160:200]) == 0
    assert shift(first, last, np.s_[200:230, 60:300]) < -15
    assert shot.layers.limits()[0] == 0.0


def test_no_surface_is_too_steep_around_who_goes_along(studio):
    shot = studio.shot(Movement.TRACKING_RIGHT, scene=with_subject(studio), amplitude=0.3)
    poses = shot.path.at(shot.times())
    travel = float(np.abs(poses.x).max())
    cell = shot.scenery.canvas.y.shape[1] / shot.layers.w.shape[1] / shot.scenery.canvas.scale

    assert np.abs(np.diff(shot.layers.w, axis=1)).max() * travel / cell < 0.6


def test_without_a_depth_map_the_subject_goes_along_too(studio):
    shot = studio.shot(Movement.TRACKING_LEFT, scene=Scene(subject=SUBJECT), amplitude=0.08, duration_s=2.0)
    frames = Frames(shot)
    first, last = frames.only(0), frames.only(shot.profile.frames - 1)

    assert shift(first, last, np.s_[100:140, 160:200]) == 0
    assert shift(first, last, np.s_[10:40, 60:300]) > 15
    assert shot.reduced_because == "there is no depth map, so near and far content move alike"


def test_a_layer_that_is_the_subject_goes_along_as_a_whole_and_alone(studio):
    canvas = studio.shot(Movement.TRUCK_LEFT).scenery.canvas
    height, width = canvas.y.shape
    alpha = np.zeros((height, width), np.uint8)
    left, top, _, _ = canvas.share
    assert (left, top) == (0.0, 0.0)
    alpha[round(0.32 * height) : round(0.68 * height), round(0.37 * width) : round(0.63 * width)] = 255
    w = np.full((height // 8, width // 8), 0.5, np.float32)
    near = cut_out(canvas, alpha, w + np.float32(0.3))
    layers = Layers(ground=canvas, w=w, near=(near,))

    found = following(layers, SUBJECT, travel=0.1)
    elsewhere = following(layers, Box(0.0, 0.0, 0.2, 0.2), travel=0.1)

    assert not found.near[0].w.any()
    assert np.array_equal(found.w, w)
    assert elsewhere.near[0].w[height // 16, width // 16] == pytest.approx(0.8)
    assert elsewhere.w[2, 2] == 0.0


def test_nobody_goes_along_who_fills_the_picture_or_was_not_seen(studio):
    for scene in (with_subject(studio, Box(0.0, 0.1, 1.0, 0.8)), studio.scene):
        shot = studio.shot(Movement.TRACKING_LEFT, scene=scene)
        assert "no subject stands apart" in shot.reduced_because
        assert shot.layers.limits()[0] > 0.0


@pytest.mark.parametrize(
    ("movement", "seen_as"),
    [(Movement.TRACKING_LEFT, Movement.TRUCK_LEFT), (Movement.TRACKING_TAIL, Movement.DOLLY_IN)],
)
def test_the_camera_is_measured_beside_its_subject(studio, movement, seen_as):
    order = studio.order(movement, scene=with_subject(studio), output=studio.output(duration_s=2.0, short_side_px=480))

    made = studio.generator.generate(order, watch=studio.onlooker(), write=lambda _: None, most_bytes=1 << 26)

    assert made.verdict.outcome is Outcome.EQUIVALENT
    assert seen_as in {line.movement for line in made.verdict.alternatives}


def test_the_motion_check_is_told_who_goes_along(studio):
    shot = studio.shot(Movement.TRACKING_LEFT, scene=with_subject(studio))
    known = known_of(shot)
    rows, columns = known.moving.shape

    assert known.moving[rows // 2, columns // 2]
    assert not known.moving[:, 0].any()
    # The subject's depth is where it stands, not where it rides.
    own = (shot.scenery.surface.subject_w - 0.25) / 0.75
    assert known.disparity[rows // 2, columns // 2] == pytest.approx(own, abs=0.02)
    assert known_of(studio.shot(Movement.TRUCK_LEFT)).moving is None
