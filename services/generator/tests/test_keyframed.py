"""Paths drawn by hand: keyframes, plans of several movements, and what cannot be met."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.geometry import Point
from film.movement import Movement
from generator.core.camera import Bezier, CameraMove, CameraPose, Easing, Keyframe, Ramp
from generator.core.errors import WrongOrder
from generator.core.motion_check import Unit
from generator.core.order import Plan
from generator.core.render.course import capped, course, growth, needs_depth
from generator.core.render.demands import check
from generator.core.render.flow import Flow
from generator.core.render.stance import About

STATIC = CameraMove(movement=Movement.STATIC)
W = 0.6


def place(anchor: Point | None) -> About:
    return About(w=W) if anchor is None else About(x=anchor.x - 0.5, y=anchor.y - 0.5, w=W)


def made(plan: Plan, *, loop: bool = False):
    return course(plan, place=place, duration_s=4.0, loop=loop, seed=3).path


def keyed(*keys: tuple, **changes: object) -> Plan:
    frames = tuple(Keyframe(time=time, pose=pose, pace=pace) for time, pose, pace in keys)
    return Plan(camera=STATIC, keyframes=frames, **changes)


def test_the_camera_is_at_each_keyframe_where_it_says():
    first = CameraPose(truck_right=-0.05, dolly_in=0.1, zoom_in=-0.1)
    second = CameraPose(pan_right=0.1, tilt_up=0.05, roll_clockwise=-0.02)
    third = CameraPose(pedestal_up=0.04)
    plan = keyed((0.2, first, None), (0.5, second, None), (0.8, third, None))
    poses = made(plan).at(np.array([0.0, 0.2, 0.5, 0.8, 1.0]))

    assert poses.x[:2] == pytest.approx([-0.05 / W / 1.1] * 2)
    assert poses.z[:2] == pytest.approx([(1 - 1 / 1.1) / W] * 2)
    assert poses.focal[:2] == pytest.approx([0.9, 0.9])
    assert (poses.pan[2], poses.tilt[2], poses.roll[2]) == pytest.approx((0.1, 0.05, -0.02))
    assert poses.y[3:] == pytest.approx([-0.04 / W] * 2)


def test_a_flowing_path_has_no_jerk_and_does_not_stop_on_its_way():
    plan = keyed(
        (0.0, CameraPose(), None),
        (0.3, CameraPose(pan_right=0.05), None),
        (0.7, CameraPose(pan_right=0.2), None),
        (1.0, CameraPose(pan_right=0.25), None),
    )
    step = 1 / 4000
    pan = made(plan).at(np.arange(0, 1 + step / 2, step)).pan
    speed = np.diff(pan) / step
    acceleration = np.diff(speed) / step

    assert np.diff(pan).min() >= -1e-15
    assert speed[0] < 1e-5
    assert speed[1200] > 0.1
    assert np.abs(np.diff(acceleration)).max() < 0.1 * np.abs(acceleration).max()


@settings(max_examples=80, deadline=None)
@given(
    places=st.lists(st.floats(-1, 1), min_size=2, max_size=6),
    gaps=st.lists(st.floats(0.05, 1.0), min_size=6, max_size=6),
)
def test_a_flowing_path_never_swings_past_a_keyframe(places, gaps):
    times = np.cumsum(gaps[: len(places)])
    times = (times - times[0]) / (times[-1] - times[0])
    flow = Flow(
        times=tuple(times), places=tuple((value,) for value in places), paces=(None,) * len(places), closed=False
    )
    for (start, end), (one, other) in zip(pairwise(times), pairwise(places), strict=True):
        way = flow.at(np.linspace(start, end, 60))[:, 0]
        assert way.min() >= min(one, other) - 1e-9
        assert way.max() <= max(one, other) + 1e-9
        assert (np.diff(way) * (other - one) >= -1e-12).all()


def test_a_stated_easing_rules_the_way_to_the_next_keyframe():
    half = CameraPose(pan_right=0.1)
    plan = keyed((0.0, CameraPose(), Easing.QUAD_IN), (0.5, half, Easing.HOLD), (1.0, CameraPose(), None))
    pan = made(plan).at(np.array([0.25, 0.5, 0.75, 0.999, 1.0])).pan

    assert pan == pytest.approx([0.025, 0.1, 0.1, 0.1, 0.0])


def test_keyframes_are_added_to_the_movement():
    keys = (Keyframe(time=0.0), Keyframe(time=1.0, pose=CameraPose(pan_right=0.1, dolly_in=0.2)))
    push = CameraMove(movement=Movement.DOLLY_IN, amplitude=0.3, unit=Unit.GROWTH)
    poses = made(Plan(camera=push, keyframes=keys)).at(np.array([1.0]))

    assert poses.pan[0] == pytest.approx(0.1)
    assert poses.z[0] == pytest.approx((1 - 1 / (1.2 * 1.3)) / W)


def test_the_clock_runs_all_parts_at_once():
    pan = CameraMove(movement=Movement.PAN_RIGHT, amplitude=0.1, unit=Unit.RADIAN, easing=Easing.LINEAR)
    ramp = Ramp(points=((0.0, 0.0), (0.5, 0.0), (0.500001, 1.0), (1.0, 1.0)))
    poses = made(Plan(camera=pan, pace=ramp)).at(np.array([0.0, 0.5, 0.75, 1.0]))

    assert poses.pan == pytest.approx([-0.05, -0.05, 0.0, 0.05], abs=1e-6)


POSE_NAMES = ("x", "y", "z", "tilt", "pan", "roll", "focal", "shift_x", "shift_y")
ROUND = CameraPose(truck_right=0.05, pan_right=-0.04)
LOOPS = [
    Plan(camera=CameraMove(movement=Movement.PAN_LEFT)),
    Plan(camera=CameraMove(movement=Movement.PAN_LEFT, easing=Easing.LINEAR, sway_rad=0.01)),
    Plan(camera=CameraMove(movement=Movement.TRUCK_LEFT, easing=Easing.EXPO_IN)),
    Plan(camera=CameraMove(movement=Movement.DOLLY_IN, pace=Bezier(x1=0.3, y1=0.0, x2=0.6, y2=1.1))),
    Plan(camera=CameraMove(movement=Movement.WHIP_PAN_LEFT)),
    Plan(camera=CameraMove(movement=Movement.CRASH_ZOOM_IN, easing=Easing.QUAD_OUT)),
    Plan(camera=CameraMove(movement=Movement.HANDHELD, start=0.3, end=0.8)),
    Plan(
        camera=CameraMove(movement=Movement.DOLLY_IN, end=0.5),
        together=(CameraMove(movement=Movement.TILT_UP, start=0.4), CameraMove(movement=Movement.HANDHELD)),
    ),
    Plan(
        camera=CameraMove(movement=Movement.PAN_LEFT, easing=Easing.LOOP),
        together=(CameraMove(movement=Movement.TILT_UP),),
    ),
    keyed((0.0, CameraPose(), None), (0.6, ROUND, None), (1.0, CameraPose(tilt_up=0.1), None)),
    keyed((0.0, ROUND, None), (0.4, CameraPose(tilt_up=0.1), None), (0.7, CameraPose(), None), (1.0, ROUND, None)),
    keyed((0.1, ROUND, Easing.LINEAR), (0.9, CameraPose(), None), pace=Ramp(points=((0.0, 1.0), (1.0, 5.0)))),
]


@pytest.mark.parametrize("plan", LOOPS)
def test_the_seam_of_a_loop_is_no_larger_than_an_ordinary_step(plan):
    frames = 96
    path = made(plan, loop=True)
    poses = path.at(np.arange(frames + 1) / frames)
    for name in POSE_NAMES:
        way = getattr(poses, name)
        assert way[-1] == pytest.approx(way[0], abs=1e-12), name
        steps = np.abs(np.diff(way))
        assert steps[-1] <= np.abs(np.diff(way[:-1])).max() + 1e-12, name


def test_a_closed_path_goes_round_and_does_not_stop_at_its_seam():
    keys = [(k / 4, CameraPose(truck_right=0.05 * math.cos((k + 1) * math.pi / 2)), None) for k in range(4)]
    plan = keyed(*keys, (1.0, keys[0][1], None))
    path = made(plan, loop=True)
    x = path.at(np.array([0.0, 1e-4, 1 - 1e-4, 1.0])).x

    assert x[1] - x[0] == pytest.approx(x[3] - x[2], rel=1e-3)
    assert abs(x[1] - x[0]) > 1e-6
    assert path.at(np.array([0.25])).x[0] == pytest.approx(keys[1][1].truck_right / W)


def test_a_closed_path_goes_round_by_the_clock_too():
    plan = keyed((0.0, ROUND, None), (0.5, CameraPose(), None), (1.0, ROUND, None), pace=Ramp(points=((0, 0), (1, 1))))
    path = made(plan, loop=True)
    pan = path.at(np.array([0.0, 0.5, np.sqrt(0.5), 1.0])).pan

    assert (pan[0], pan[-1]) == pytest.approx((-0.04, -0.04))
    assert abs(pan[1]) > 0.001
    assert np.abs(path.at(np.linspace(0, 1, 400)).pan).min() < 1e-4


def test_an_open_path_comes_back_in_a_loop():
    plan = keyed((0.0, CameraPose(), None), (1.0, CameraPose(pan_right=0.1), None))
    pan = made(plan, loop=True).at(np.array([0.0, 0.25, 0.5, 0.75, 1.0])).pan

    assert pan == pytest.approx([0.0, 0.05, 0.1, 0.05, 0.0])


def test_focus_goes_by_keyframes_and_by_racks():
    near = replace(CameraPose(), focus=0.9)
    plan = keyed((0.0, CameraPose(), Easing.LINEAR), (0.5, near, None), (1.0, CameraPose(focus=0.1), None))
    rack = Plan(
        camera=CameraMove(movement=Movement.RACK_FOCUS_NEAR_TO_FAR, amplitude=0.8, unit=Unit.FOCUS_RANGE),
        together=(CameraMove(movement=Movement.DOLLY_IN),),
    )

    assert made(plan).focus(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.9, 0.9, 0.1])
    assert made(rack).focus(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.5, 0.25, 0.0])
    assert made(rack).scaled(0.5).focus(np.array([1.0])) == pytest.approx([0.0])
    assert made(Plan(camera=STATIC)).focus(np.array([0.0])) is None
    assert needs_depth(rack) == "plan.camera.movement"
    assert needs_depth(plan) == "plan.keyframes[1].pose.focus"
    assert needs_depth(Plan(camera=STATIC)) == ""


@pytest.mark.parametrize(
    ("movement", "subject", "ends"),
    [
        (Movement.RACK_FOCUS_FAR_TO_NEAR, 0.8, (0.2, 0.8)),
        (Movement.RACK_FOCUS_NEAR_TO_FAR, 0.8, (0.8, 0.2)),
        (Movement.RACK_FOCUS_FAR_TO_NEAR, 0.1, (0.1, 0.7)),
        (Movement.RACK_FOCUS_NEAR_TO_FAR, 0.1, (0.7, 0.1)),
    ],
)
def test_a_rack_comes_from_its_subject_or_goes_to_it(movement, subject, ends):
    plan = Plan(camera=CameraMove(movement=movement, amplitude=0.6, unit=Unit.FOCUS_RANGE))
    there = About(w=W, focus=subject)
    path = course(plan, place=lambda _: there, duration_s=4.0, loop=False, seed=3).path

    assert path.amplitude == 0.6
    assert path.focus(np.array([0.0, 1.0])) == pytest.approx(ends)


def test_a_rack_has_the_room_between_its_subject_and_the_end_of_the_map():
    plan = Plan(camera=CameraMove(movement=Movement.RACK_FOCUS_FAR_TO_NEAR, amplitude=1, unit=Unit.FOCUS_RANGE))
    path = course(plan, place=lambda _: About(w=W, focus=0.7), duration_s=4.0, loop=False, seed=3).path

    assert path.amplitude == 0.7
    assert path.focus(np.array([0.0, 1.0])) == pytest.approx([0.0, 0.7])


def test_a_part_without_an_anchor_takes_the_first_ones():
    plan = Plan(
        camera=CameraMove(movement=Movement.PAN_LEFT, anchor=Point(0.7, 0.4)),
        together=(
            CameraMove(movement=Movement.ZOOM_IN),
            CameraMove(movement=Movement.ZOOM_IN, anchor=Point(0.5, 0.9)),
        ),
    )
    path = made(plan)

    assert path.together[0].about == path.about
    assert path.together[1].about.y == pytest.approx(0.4)


def test_amplitudes_are_capped_and_growth_is_known_beforehand():
    zoom = CameraMove(movement=Movement.ZOOM_IN, amplitude=9, unit=Unit.GROWTH)
    plan = Plan(camera=STATIC, together=(zoom,))

    assert made(plan).together[0].amplitude == 2
    assert capped(plan)
    assert not capped(Plan(camera=zoom))
    assert growth(plan) == pytest.approx(3)
    assert growth(keyed((0, CameraPose(dolly_in=0.5, zoom_in=0.2), None), (1, CameraPose(), None))) == pytest.approx(
        1.8
    )
    assert growth(Plan(camera=CameraMove(movement=Movement.DOLLY_ZOOM_IN))) == 1


HOLD = CameraMove(movement=Movement.PAN_LEFT, easing=Easing.HOLD)
LATE = CameraMove(movement=Movement.PAN_LEFT, start=0.6, end=0.5)
SHORT = CameraMove(movement=Movement.PAN_LEFT, start=0.5, end=0.501)
STEEP = Bezier(x1=1.5, y1=0, x2=0, y2=0)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan(camera=HOLD), "plan.camera.easing"),
        (Plan(camera=STATIC, together=(STATIC, HOLD)), "plan.together[1].easing"),
        (Plan(camera=LATE), "plan.camera.end"),
        (Plan(camera=SHORT), "plan.camera.end"),
        (Plan(camera=CameraMove(movement=Movement.PAN_LEFT, pace=STEEP)), "plan.camera.pace.bezier"),
        (Plan(camera=STATIC, pace=Ramp(points=((0, 0), (1, 0)))), "plan.pace.ramp.points"),
        (Plan(camera=STATIC, pace=Ramp(points=((0.5, 1), (0.2, 1)))), "plan.pace.ramp.points"),
        (Plan(camera=STATIC, pace=Ramp(points=((0.5, 1),))), "plan.pace.ramp.points"),
        (keyed((0.0, CameraPose(), None)), "plan.keyframes"),
        (keyed((0.5, CameraPose(), None), (0.5, CameraPose(), None)), "plan.keyframes[1].time"),
        (keyed((0.5, CameraPose(), None), (1.5, CameraPose(), None)), "plan.keyframes[1].time"),
        (keyed((0.5, CameraPose(), Easing.LOOP), (1.0, CameraPose(), None)), "plan.keyframes[0].easing"),
        (keyed((0.5, CameraPose(dolly_in=-1.0), None), (1.0, CameraPose(), None)), "plan.keyframes[0].pose.dolly_in"),
        (keyed((0.5, CameraPose(), STEEP), (1.0, CameraPose(), None)), "plan.keyframes[0].pace.bezier"),
    ],
)
def test_what_cannot_be_met_is_refused_by_name(plan, field):
    with pytest.raises(WrongOrder) as refused:
        check(plan)

    assert refused.value.field == field


def test_a_part_in_a_foreign_unit_is_refused_by_name():
    wrong = CameraMove(movement=Movement.PAN_LEFT, amplitude=0.1, unit=Unit.GROWTH)

    with pytest.raises(WrongOrder) as refused:
        made(Plan(camera=STATIC, together=(wrong,)))

    assert refused.value.field == "plan.together[0].amplitude_unit"
