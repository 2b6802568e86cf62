"""What the picture does for each movement: measured on rendered frames, against the film convention."""

import cv2
import numpy as np
import pytest

from film.geometry import Point
from film.movement import Movement, mirrored
from generator.core.render.frames import Frames


def flow(shot) -> tuple[np.ndarray, np.ndarray]:
    """Where points of the first frame are, from its centre in widths, and how far they are moved in the last."""
    frames = Frames(shot)
    height, width = shot.profile.height_px, shot.profile.width_px
    first, last = (frames.only(index)[:height] for index in (0, shot.profile.frames - 1))
    points = cv2.goodFeaturesToTrack(first, 400, 0.01, 6)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(first, last, points, None, winSize=(25, 25), maxLevel=4)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(last, first, moved, None, winSize=(25, 25), maxLevel=4)
    good = ((found & found_back).ravel() == 1) & (np.abs(back - points).max(axis=2).ravel() < 0.5)
    assert good.sum() > 60
    start = points[good, 0]
    return (start - (width / 2, height / 2)) / width, (moved[good, 0] - start) / width


def near_far(shot) -> tuple[np.ndarray, np.ndarray]:
    """Median flow (x, y) of the near lower quarter and of the far upper quarter."""
    places, moved = flow(shot)
    half = shot.profile.height_px / shot.profile.width_px / 2
    return np.median(moved[places[:, 1] > half / 2], axis=0), np.median(moved[places[:, 1] < -half / 2], axis=0)


@pytest.mark.parametrize(
    ("movement", "axis", "sign"),
    [
        (Movement.PAN_RIGHT, 0, -1),
        (Movement.PAN_LEFT, 0, 1),
        (Movement.TILT_UP, 1, 1),
        (Movement.TILT_DOWN, 1, -1),
        (Movement.WHIP_PAN_RIGHT, 0, -1),
        (Movement.WHIP_PAN_LEFT, 0, 1),
    ],
)
def test_turning_moves_all_depths_alike_the_other_way(studio, movement, axis, sign):
    """A camera that looks to the right lets the picture pass to the left, near and far alike."""
    near, far = near_far(studio.shot(movement, amplitude=0.06))

    assert sign * near[axis] > 0.02
    assert near[axis] == pytest.approx(far[axis], rel=0.12)


@pytest.mark.parametrize(
    ("movement", "axis", "sign"),
    [
        (Movement.TRUCK_RIGHT, 0, -1),
        (Movement.TRUCK_LEFT, 0, 1),
        (Movement.PEDESTAL_UP, 1, 1),
        (Movement.PEDESTAL_DOWN, 1, -1),
        (Movement.TRACKING_RIGHT, 0, -1),
        (Movement.TRACKING_LEFT, 0, 1),
        (Movement.TRACKING_AERIAL, 1, 1),
    ],
)
def test_travelling_sideways_moves_near_content_faster(studio, movement, axis, sign):
    """A camera on a track: what is near passes faster than what is far, all of it the other way."""
    near, far = near_far(studio.shot(movement))

    assert sign * near[axis] > 1.5 * sign * far[axis] > 0


@pytest.mark.parametrize(
    ("movement", "axis", "near_sign"),
    [
        (Movement.ARC_CLOCKWISE, 0, 1),
        (Movement.ARC_COUNTERCLOCKWISE, 0, -1),
        (Movement.TRACKING_ARC_CLOCKWISE, 0, 1),
        (Movement.TRACKING_ARC_COUNTERCLOCKWISE, 0, -1),
        (Movement.CRANE_UP, 1, 1),
        (Movement.CRANE_DOWN, 1, -1),
    ],
)
def test_circling_moves_near_and_far_content_in_opposite_directions(studio, movement, axis, near_sign):
    """Clockwise from above: the foreground passes to the right, the background to the left."""
    near, far = near_far(studio.shot(movement))

    assert near_sign * near[axis] > 0.003
    assert near_sign * far[axis] < -0.003


def spread(shot) -> tuple[float, float]:
    """Growth of the near half and of the far half: how much farther from the centre the points lie, minus one."""
    places, moved = flow(shot)
    rates = []
    for half in (places[:, 1] > 0.08, places[:, 1] < -0.08):
        x, shift = places[half, 0], moved[half, 0]
        rates.append(float(x @ shift / (x @ x)))
    return rates[0], rates[1]


@pytest.mark.parametrize(
    ("movement", "sign"),
    [
        (Movement.ZOOM_IN, 1),
        (Movement.ZOOM_OUT, -1),
        (Movement.CRASH_ZOOM_IN, 1),
        (Movement.CRASH_ZOOM_OUT, -1),
    ],
)
def test_a_lens_that_changes_scales_near_and_far_alike(studio, movement, sign):
    near, far = spread(studio.shot(movement, amplitude=0.2))

    expected = 0.2 if sign > 0 else 1 / 1.2 - 1
    assert near == pytest.approx(expected, abs=0.02)
    assert far == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("movement", "sign"),
    [
        (Movement.DOLLY_IN, 1),
        (Movement.TRACKING_TAIL, 1),
        (Movement.DOLLY_OUT, -1),
        (Movement.TRACKING_LEAD, -1),
    ],
)
def test_a_camera_that_advances_makes_near_content_grow_faster(studio, movement, sign):
    near, far = spread(studio.shot(movement, amplitude=0.2))

    assert sign * near > 1.4 * sign * far > 0


@pytest.mark.parametrize(("movement", "sign"), [(Movement.DOLLY_ZOOM_IN, 1), (Movement.DOLLY_ZOOM_OUT, -1)])
def test_a_dolly_zoom_keeps_the_subject_and_moves_the_depths_apart(studio, movement, sign):
    """Going in, the foreground grows and the background recedes, while the middle keeps its size."""
    near, far = spread(studio.shot(movement, amplitude=0.3))

    assert sign * near > 0.02
    assert sign * far < -0.02


@pytest.mark.parametrize(("movement", "sign"), [(Movement.ROLL_CLOCKWISE, -1), (Movement.ROLL_COUNTERCLOCKWISE, 1)])
def test_a_camera_that_rolls_turns_the_picture_the_other_way(studio, movement, sign):
    places, moved = flow(studio.shot(movement))

    # Positive when the picture turns clockwise: x to the right towards y down.
    turn = np.median(places[:, 0] * moved[:, 1] - places[:, 1] * moved[:, 0])
    assert sign * turn > 0


def test_the_anchor_of_a_zoom_and_of_a_dolly_stays_where_it_is(studio):
    anchor = Point(0.7, 0.3)
    for movement in (Movement.ZOOM_IN, Movement.DOLLY_IN, Movement.DOLLY_ZOOM_IN, Movement.ARC_CLOCKWISE):
        shot = studio.shot(movement, anchor=anchor)
        places, moved = flow(shot)
        aspect = shot.profile.height_px / shot.profile.width_px
        # Where the anchor lies in a frame that is zoomed about its centre.
        at = np.array([0.2, -0.2 * aspect]) * shot.cover.zoom
        nearest = np.argsort(np.hypot(*(places - at).T))[:4]

        assert np.abs(moved[nearest]).max() < 0.012, movement


@pytest.mark.parametrize("movement", [Movement.PAN_LEFT, Movement.TRUCK_LEFT, Movement.ARC_CLOCKWISE])
def test_a_mirrored_movement_mirrors_the_flow(studio, movement):
    near, far = near_far(studio.shot(movement))
    other_near, other_far = near_far(studio.shot(mirrored(movement)))

    assert other_near[0] == pytest.approx(-near[0], abs=0.004)
    assert other_far[0] == pytest.approx(-far[0], abs=0.004)


def test_a_hand_sways_and_returns(studio):
    shot = studio.shot(Movement.HANDHELD, duration_s=2.0)
    path = shot.path.at(np.linspace(0, 1, 97))

    assert path.pan[0] == pytest.approx(path.pan[-1], abs=1e-9)
    assert np.sum(np.diff(np.sign(np.diff(path.pan))) != 0) >= 2
    assert np.abs(path.pan).max() <= shot.amplitude + 1e-9


def test_sway_is_laid_over_another_movement_and_follows_its_seed(studio):
    times = np.linspace(0, 1, 25)
    calm = studio.shot(Movement.TRUCK_RIGHT)
    swaying = studio.shot(Movement.TRUCK_RIGHT, sway_rad=0.01, seed=1)
    other = studio.shot(Movement.TRUCK_RIGHT, sway_rad=0.01, seed=2)

    assert np.abs(calm.path.at(times).tilt).max() == 0
    assert 0 < np.abs(swaying.path.at(times).tilt).max() <= 0.01 + 1e-9
    assert np.abs(swaying.path.at(times).tilt - other.path.at(times).tilt).max() > 1e-3
