"""What each movement does to points of known place, seen through a pinhole camera of the tests' own."""

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.movement import Family, Movement, family, mirrored
from generator.core.camera import Bezier, CameraPose, Easing, Keyframe, Ramp
from generator.core.render.leg import Leg
from generator.core.render.path import About, Path
from generator.core.render.pose import Poses

AXES = {"tilt": (1.0, 0.0, 0.0), "pan": (0.0, 1.0, 0.0), "roll": (0.0, 0.0, 1.0)}


def seen(poses: Poses, index: int, points: np.ndarray) -> np.ndarray:
    """(n, 2) places in frame widths from the frame's centre of (n, 3) points in space, from the pose at index."""
    turn = np.eye(3)
    # A head that pans carries one that tilts, and that one a camera that rolls.
    for name in ("pan", "tilt", "roll"):
        turn = turn @ cv2.Rodrigues(np.array(AXES[name]) * float(getattr(poses, name)[index]))[0]
    camera = np.array([float(getattr(poses, axis)[index]) for axis in "xyz"])
    own = (points - camera) @ turn
    lens = float(poses.focal[index])
    shift = np.array([poses.shift_x[index], poses.shift_y[index]])
    return lens * (own[:, :2] / own[:, 2:] - shift)


def place(x: float, y: float, w: float) -> np.ndarray:
    """(1, 3): the point in space that the still shows at (x, y), in widths from its centre, at inverse depth w."""
    return np.array([[x, y, 1.0]]) / w


W = 0.6
ENDS = np.array([0.0, 1.0])


def path(movement: Movement, amplitude: float, *, about: About | None = None, **changes: object) -> Path:
    given_ = {"easing": Easing.SMOOTH, "sway_rad": 0.0, "duration_s": 4.0, "seed": 1, **changes}
    return Path(movement=movement, amplitude=amplitude, about=about or About(w=W), **given_)


def ends(made: Path, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where points are seen in the first and in the last frame."""
    poses = made.at(ENDS)
    return seen(poses, 0, points), seen(poses, 1, points)


def card(about: About, *, w: float, size: float = 0.1) -> np.ndarray:
    """(4, 3): corners of an upright card around the place, as far away as w says."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return np.concatenate([place(about.x + size * x, about.y + size * y, w) for x, y in corners])


def width(corners: np.ndarray) -> float:
    return float(np.linalg.norm(corners[1] - corners[0]))


ANCHOR = About(x=0.15, y=-0.1, w=W)


@pytest.mark.parametrize(
    ("movement", "growth"),
    [
        (Movement.DOLLY_IN, 1.3),
        (Movement.DOLLY_OUT, 1 / 1.3),
        (Movement.ZOOM_IN, 1.3),
        (Movement.ZOOM_OUT, 1 / 1.3),
        (Movement.CRASH_ZOOM_IN, 1.3),
        (Movement.CRASH_ZOOM_OUT, 1 / 1.3),
    ],
)
def test_the_subject_grows_by_the_amplitude_about_its_place(movement, growth):
    first, last = ends(path(movement, 0.3, about=ANCHOR), card(ANCHOR, w=W))

    assert width(last) / width(first) == pytest.approx(growth, rel=1e-9)
    assert first.mean(axis=0) == pytest.approx([0.15, -0.1])
    assert last.mean(axis=0) == pytest.approx([0.15, -0.1])


@pytest.mark.parametrize("movement", [Movement.DOLLY_ZOOM_IN, Movement.DOLLY_ZOOM_OUT])
def test_a_dolly_zoom_keeps_the_subject_to_a_hundredth_of_a_percent_and_scales_the_horizon_by_the_amplitude(movement):
    made = path(movement, 0.25, about=ANCHOR)
    poses = made.at(np.linspace(0, 1, 25))
    still = card(ANCHOR, w=W)
    sizes = [width(seen(poses, index, still)) for index in range(25)]
    first, last = ends(made, card(ANCHOR, w=1e-9))

    assert sizes == pytest.approx([0.2] * 25, rel=1e-4)
    ratio = 1.25 if movement is Movement.DOLLY_ZOOM_OUT else 1 / 1.25
    assert width(last) / width(first) == pytest.approx(ratio, rel=1e-6)


@pytest.mark.parametrize(
    ("movement", "shift"),
    [
        (Movement.TRUCK_RIGHT, (-0.08, 0)),
        (Movement.TRUCK_LEFT, (0.08, 0)),
        (Movement.PEDESTAL_UP, (0, 0.08)),
        (Movement.PEDESTAL_DOWN, (0, -0.08)),
        (Movement.TRACKING_RIGHT, (-0.08, 0)),
        (Movement.TRACKING_LEFT, (0.08, 0)),
        (Movement.TRACKING_AERIAL, (0, 0.08)),
    ],
)
def test_the_ground_beside_the_subject_shifts_by_the_amplitude(movement, shift):
    near, far = place(0.1, 0.1, W), place(0.1, 0.1, W / 2)
    made = path(movement, 0.08)

    for points, share in ((near, 1.0), (far, 0.5)):
        first, last = ends(made, points)
        assert (last - first)[0] == pytest.approx(np.array(shift) * share, abs=1e-12)


@pytest.mark.parametrize(
    ("movement", "name", "angle"),
    [
        (Movement.PAN_RIGHT, "pan", 0.1),
        (Movement.PAN_LEFT, "pan", -0.1),
        (Movement.WHIP_PAN_RIGHT, "pan", 0.1),
        (Movement.WHIP_PAN_LEFT, "pan", -0.1),
        (Movement.TILT_UP, "tilt", 0.1),
        (Movement.TILT_DOWN, "tilt", -0.1),
        (Movement.ROLL_CLOCKWISE, "roll", 0.1),
        (Movement.ROLL_COUNTERCLOCKWISE, "roll", -0.1),
    ],
)
def test_the_camera_turns_by_the_amplitude_and_leaves_its_place_never(movement, name, angle):
    made = path(movement, 0.1)
    poses = made.at(ENDS)

    assert getattr(poses, name)[1] - getattr(poses, name)[0] == pytest.approx(angle)
    # What lies straight ahead half the way before is seen at the tangent of half the angle, near and far alike.
    for w in (0.3, 1.0):
        first, last = ends(made, place(0.0, 0.0, w))
        moved = last[0] - first[0]
        if name == "roll":
            assert moved == pytest.approx([0, 0], abs=1e-12)
            corner = ends(made, place(0.2, 0.0, w))
            turn = np.arctan2(*corner[1][0][::-1]) - np.arctan2(*corner[0][0][::-1])
            assert turn == pytest.approx(-angle)
        else:
            axis, sign = (0, -1) if name == "pan" else (1, 1)
            assert moved[axis] == pytest.approx(sign * 2 * np.tan(angle / 2))


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
def test_circling_keeps_the_anchor_to_the_bit_and_its_distance_too(movement, axis, near_sign):
    made = path(movement, 0.2, about=ANCHOR)
    poses = made.at(np.linspace(0, 1, 9))
    target = place(ANCHOR.x, ANCHOR.y, W)
    for index in range(9):
        assert seen(poses, index, target)[0] == pytest.approx([ANCHOR.x, ANCHOR.y], abs=1e-12)
        camera = np.array([poses.x[index], poses.y[index], poses.z[index]])
        assert np.linalg.norm(target[0] - camera) == pytest.approx(np.linalg.norm(target[0]))
    near, far = (np.diff(ends(made, place(ANCHOR.x, ANCHOR.y, w)), axis=0)[0, 0, axis] for w in (W * 1.5, W / 1.5))
    assert near_sign * near > 0.01
    assert near_sign * far < -0.01


def test_an_arc_turns_by_its_angle_and_a_crane_rises_by_its_way():
    arc = path(Movement.ARC_CLOCKWISE, 0.2).at(ENDS)
    crane = path(Movement.CRANE_UP, 0.2).at(ENDS)

    assert np.diff(arc.pan)[0] == pytest.approx(0.2)
    assert np.diff(crane.y)[0] == pytest.approx(-0.2 / W)
    assert np.diff(crane.tilt)[0] < 0


@pytest.mark.parametrize(
    ("movement", "along"), [(Movement.TRACKING_TAIL, 1), (Movement.TRACKING_LEAD, -1), (Movement.TRACKING_LEFT, 0)]
)
def test_tracking_goes_its_way_at_the_subjects_distance_and_a_subject_that_goes_along_stays(movement, along):
    made = path(movement, 0.1, about=ANCHOR)
    poses = made.at(np.linspace(0, 1, 9))
    place_ = np.stack([poses.x, poses.y, poses.z], axis=-1)
    subject = place(ANCHOR.x, ANCHOR.y, W)

    assert abs(np.diff(poses.z[[0, -1]])[0]) == pytest.approx(abs(along) * 0.1 / W)
    for index in range(9):
        assert seen(poses, index, subject + place_[index])[0] == pytest.approx([ANCHOR.x, ANCHOR.y])


@pytest.mark.parametrize("movement", [m for m in Movement if family(m) is not Family.ROLL])
def test_the_horizon_stays_level(movement):
    """The camera's own x axis lies flat, whatever it does, unless it rolls or a hand holds it."""
    if movement is Movement.HANDHELD:
        return
    made = path(movement, 0.15, together=(Leg(movement=Movement.ARC_CLOCKWISE, amplitude=0.2, about=About(w=W)),))
    rotation = made.at(np.linspace(0, 1, 9)).rotation()

    assert np.abs(rotation[:, 1, 0]).max() < 1e-12


def test_a_spiral_keeps_its_subject_in_place_and_grows_it():
    push = Leg(movement=Movement.DOLLY_IN, amplitude=0.3, about=ANCHOR)
    rise = Leg(movement=Movement.CRANE_UP, amplitude=0.1, about=ANCHOR)
    made = path(Movement.ARC_CLOCKWISE, 0.2, about=ANCHOR, together=(push, rise))
    poses = made.at(ENDS)
    target = place(ANCHOR.x, ANCHOR.y, W)

    distances = [np.linalg.norm(target[0] - np.array([poses.x[i], poses.y[i], poses.z[i]])) for i in (0, 1)]
    assert distances[0] / distances[1] == pytest.approx(1.3)
    for index in (0, 1):
        assert seen(poses, index, target)[0] == pytest.approx([ANCHOR.x, ANCHOR.y], abs=1e-12)


def test_two_growths_multiply_and_two_places_are_each_zoomed_about():
    far = About(x=-0.2, y=0.1, w=W)
    both = path(
        Movement.ZOOM_IN, 0.2, about=ANCHOR, together=(Leg(movement=Movement.ZOOM_IN, amplitude=0.3, about=far),)
    )
    first, last = ends(both, card(About(w=W), w=W))
    assert width(last) / width(first) == pytest.approx(1.2 * 1.3)

    approach = path(
        Movement.DOLLY_IN, 0.2, about=ANCHOR, together=(Leg(movement=Movement.DOLLY_IN, amplitude=0.3, about=ANCHOR),)
    )
    first, last = ends(approach, card(ANCHOR, w=W))
    assert width(last) / width(first) == pytest.approx(1.2 * 1.3)


def test_a_shift_is_as_wide_after_a_push_as_before():
    made = path(
        Movement.TRUCK_RIGHT,
        0.1,
        start=0.5,
        together=(Leg(movement=Movement.DOLLY_IN, amplitude=0.5, about=About(w=W), end=0.5),),
    )
    poses = made.at(np.array([0.5, 1.0]))

    moved = seen(poses, 1, place(0, 0, W)) - seen(poses, 0, place(0, 0, W))
    assert moved[0] == pytest.approx([-0.1, 0])


def test_movements_one_after_another_wait_for_each_other():
    made = path(
        Movement.DOLLY_IN,
        0.2,
        end=0.5,
        together=(Leg(movement=Movement.PAN_LEFT, amplitude=0.1, about=About(w=W), start=0.5),),
    )
    poses = made.at(np.array([0.0, 0.25, 0.5, 0.75, 1.0]))

    assert poses.pan == pytest.approx([0.05, 0.05, 0.05, 0.0, -0.05])
    assert poses.z[2:] == pytest.approx([poses.z[2]] * 3)
    assert poses.z[0] == 0 < poses.z[1] < poses.z[2]


def test_a_whip_lasts_a_third_of_a_second_in_the_middle_unless_told_when():
    whip = path(Movement.WHIP_PAN_RIGHT, 0.2)
    told = replace(whip, start=0.1, end=0.2)
    times = np.linspace(0, 1, 401)
    moving = np.abs(np.diff(whip.at(times).pan)) > 1e-9

    assert moving.sum() / 100 == pytest.approx(0.35, abs=0.03)
    assert times[:-1][moving].mean() == pytest.approx(0.5, abs=0.01)
    assert told.at(np.array([0.09, 0.21])).pan == pytest.approx([-0.1, 0.1])


def test_a_crash_zoom_makes_most_of_its_way_in_its_first_third():
    poses = path(Movement.CRASH_ZOOM_IN, 0.5).at(0.5 + np.array([-0.5, -1 / 6, 0.5]) * 0.35 / 4)

    assert poses.focal[0] == pytest.approx(1)
    assert poses.focal[1] > 1.25
    assert poses.focal[2] == pytest.approx(1.5)


def test_a_stated_pace_goes_for_sudden_movements_too():
    made = path(Movement.CRASH_ZOOM_IN, 0.5, easing=Easing.LINEAR)

    assert made.at(np.array([0.5])).focal[0] == pytest.approx(1.25)


ANY_PACE = st.sampled_from(
    [
        *(easing for easing in Easing if easing is not Easing.HOLD),
        Bezier(x1=0.2, y1=-0.3, x2=0.7, y2=1.2),
        Ramp(points=((0.0, 1.0), (0.5, 6.0), (1.0, 0.0))),
    ]
)
AMPLITUDE = st.floats(0.001, 0.4)
PLACE = st.floats(-0.5, 0.5)
STEADY = st.sampled_from([movement for movement in Movement if movement is not Movement.HANDHELD])


def apart(one: Poses, other: Poses, names: tuple[str, ...], sign: float) -> float:
    return max(float(np.abs(getattr(one, name) - sign * getattr(other, name)).max()) for name in names)


@settings(max_examples=60, deadline=None)
@given(
    first=STEADY,
    second=STEADY,
    amplitudes=st.tuples(AMPLITUDE, AMPLITUDE),
    places=st.tuples(PLACE, PLACE, PLACE),
    pace=ANY_PACE,
    turn=st.floats(-0.3, 0.3),
)
def test_the_mirrored_movement_makes_the_mirrored_path_to_the_bit(first, second, amplitudes, places, pace, turn):
    def made(*, flip: bool) -> Path:
        side = -1.0 if flip else 1.0
        name = mirrored if flip else lambda movement: movement
        pose = CameraPose(pan_right=side * turn, truck_right=side * turn, arc_clockwise=side * turn, dolly_in=0.2)
        leg = Leg(
            movement=name(second), amplitude=amplitudes[1], about=About(x=side * places[1], y=0.3, w=0.5), pace=pace
        )
        return path(
            name(first),
            amplitudes[0],
            about=About(x=side * places[0], y=0.1, w=W),
            pace=pace,
            together=(leg,),
            keyframes=(Keyframe(time=0.1), Keyframe(time=0.6, pose=pose), Keyframe(time=1.0)),
        )

    times = np.linspace(0, 1, 13)
    one, other = made(flip=False).at(times), made(flip=True).at(times)

    assert apart(one, other, ("y", "z", "tilt", "focal", "shift_y"), 1.0) == 0
    assert apart(one, other, ("x", "pan", "roll", "shift_x"), -1.0) == 0


@settings(max_examples=60, deadline=None)
@given(
    movement=st.sampled_from([m for m in Movement if m is not Movement.STATIC]),
    amplitude=AMPLITUDE,
    shares=st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True).map(sorted),
    easing=st.sampled_from([easing for easing in Easing if easing is not Easing.HOLD]),
    pan=st.floats(-0.3, 0.3),
)
def test_a_smaller_share_is_a_smaller_way_at_every_moment(movement, amplitude, shares, easing, pan):
    keys = (Keyframe(time=0.0), Keyframe(time=1.0, pose=CameraPose(pan_right=pan, zoom_in=pan)))
    times = np.linspace(0, 1, 13)
    for made in (path(movement, amplitude, easing=easing), path(Movement.STATIC, 0.0, keyframes=keys)):
        none, less, more = (made.scaled(share).at(times) for share in (0.0, *shares))
        for field in fields(Poses):
            rest = 1.0 if field.name == "focal" else 0.0
            gone, farther = (np.abs(getattr(poses, field.name) - rest) for poses in (less, more))
            assert (gone <= farther + 1e-9).all(), field.name
            assert np.abs(getattr(none, field.name) - rest).max() < 1e-12


def test_a_hand_is_as_strong_in_a_long_clip_as_in_a_short_one():
    """The same speed of sway at 4 s and at 30 s: a longer clip holds more of it, not slower one."""
    speeds = []
    for duration_s in (4.0, 30.0):
        speed = []
        for seed in range(1, 13):
            made = path(Movement.HANDHELD, 0.01, duration_s=duration_s, seed=seed)
            pan = made.at(np.linspace(0, 1, round(duration_s * 24))).pan
            speed.append(np.sqrt(np.mean(np.diff(pan) ** 2)) / np.sqrt(np.mean(pan**2)))
        speeds.append(np.median(speed))

    assert speeds[1] == pytest.approx(speeds[0], rel=0.3)


def test_a_hand_that_comes_late_is_steady_before():
    made = path(Movement.HANDHELD, 0.01, start=0.5)
    poses = made.at(np.linspace(0, 1, 41))

    assert np.abs(poses.pan[:21]).max() == 0
    assert np.abs(poses.pan).max() > 0.002
    assert np.abs(np.diff(poses.pan)).max() < 0.005


def test_a_path_knows_whether_it_is_still_and_whether_it_is_sudden():
    still = path(Movement.STATIC, 0.0)
    assert still.still
    assert not still.sudden
    assert path(Movement.WHIP_PAN_LEFT, 0.1).sudden
    assert not path(Movement.PAN_LEFT, 0.1).still
    moving = Keyframe(time=1.0, pose=CameraPose(pan_right=0.1))
    assert not replace(still, keyframes=(Keyframe(time=0.0), moving)).still
    assert replace(still, keyframes=(Keyframe(time=0.0), Keyframe(time=1.0))).still
    assert replace(still, together=(Leg(movement=Movement.PAN_LEFT, amplitude=0.1, about=About()),)).still is False
    assert path(Movement.RACK_FOCUS_FAR_TO_NEAR, 1.0).still
