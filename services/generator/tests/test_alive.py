"""Clips in which more than the camera moves: the environment, several movements at a time, a shutter that is open."""

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from film.movement import Movement
from film.stills import Limits
from generator.core.camera import CameraPose, Keyframe
from generator.core.generation import Steps, plan
from generator.core.motion_check import Outcome, Unit
from generator.core.order import (
    CameraMove,
    EnvironmentMotion,
    EnvironmentMove,
    Material,
    Plan,
    RegionMap,
    Scene,
)
from generator.core.render.cover import Reach, widened
from generator.core.render.frames import Frames
from generator.core.render.known import known_of
from generator.core.seeding import seed_of

WATER = EnvironmentMove(motion=EnvironmentMotion.WATER, intensity=1.0)
RAIN = EnvironmentMove(motion=EnvironmentMotion.RAIN)


@pytest.fixture(scope="module")
def lake(studio) -> Scene:
    """The lower half of the still is water."""
    cells = np.zeros((64, 96), np.uint8)
    cells[34:] = 1
    regions = RegionMap(png=cv2.imencode(".png", cells)[1].tobytes(), width=96, height=64, kinds=(Material.WATER,))
    return Scene(disparity=studio.scene.disparity, quality=1.0, regions=regions)


def order_of(studio, camera, scene, *, environment=(), output=None, **parts):
    made = Plan(camera=camera, environment=tuple(environment), **parts)
    return studio.order(camera.movement, plan=made, scene=scene, output=output)


def shot_of(studio, *given, **named):
    order = order_of(studio, *given, **named)
    return plan(order, seed=seed_of(order), steps=Steps(studio.onlooker()), limits=Limits())


def generated(studio, *given, **named):
    order = order_of(studio, *given, **named)
    return studio.generator.generate(order, watch=studio.onlooker(), write=lambda _: None, most_bytes=1 << 26)


STATIC = CameraMove(movement=Movement.STATIC)


def test_water_moves_before_a_camera_that_rests_and_nothing_else_does(studio, lake):
    frames = Frames(shot_of(studio, STATIC, lake, environment=[WATER]))
    first, later = frames.only(0)[:240].astype(int), frames.only(7)[:240].astype(int)

    changed = np.abs(later - first)
    assert changed[150:].mean() > 3
    assert changed[:110].max() == 0


def test_water_moves_on_a_surface_that_the_camera_passes(studio, lake):
    truck = CameraMove(movement=Movement.TRUCK_LEFT)
    still = Frames(shot_of(studio, truck, lake)).only(7)[:240].astype(int)
    alive = Frames(shot_of(studio, truck, lake, environment=[WATER])).only(7)[:240].astype(int)

    assert np.abs(alive - still)[150:].mean() > 3
    assert np.abs(alive - still)[:90].max() == 0


def test_what_moves_is_told_and_the_camera_is_measured_beside_it(studio, lake):
    output = studio.output(duration_s=1.0, short_side_px=480)
    made = generated(studio, CameraMove(movement=Movement.PAN_LEFT), lake, environment=[WATER, RAIN], output=output)

    assert made.delivered.environment == (EnvironmentMotion.WATER, EnvironmentMotion.RAIN)
    assert made.verdict.outcome is Outcome.AS_ASKED
    assert made.verdict.amplitude.value == pytest.approx(0.07, rel=0.05)
    assert not [step for step in made.steps if step.abstained_because]


def test_a_loop_with_weather_and_water_has_no_seam(studio, lake):
    shot = shot_of(
        studio,
        CameraMove(movement=Movement.TRUCK_LEFT),
        lake,
        environment=[WATER, RAIN],
        output=studio.output(loop=True, duration_s=1.0),
    )
    frames = [frame.copy() for frame in Frames(shot).all(cancelled=studio.never)]
    steps = [np.abs(one.astype(int) - other).mean() for one, other in pairwise(frames)]

    assert np.abs(frames[-1].astype(int) - frames[0]).mean() < 1.2 * max(steps)


def test_water_rests_while_the_lens_refocuses_and_rain_falls(studio, lake):
    rack = CameraMove(movement=Movement.RACK_FOCUS_NEAR_TO_FAR)
    made = generated(studio, rack, lake, environment=[WATER, RAIN])

    reasons = {step.name: step.abstained_because for step in made.steps}
    assert made.delivered.environment == (EnvironmentMotion.RAIN,)
    assert reasons["environment"] == "not made: water: it rests while the lens refocuses"


def test_one_frame_alone_is_the_clips_own(studio, lake):
    whip = CameraMove(movement=Movement.WHIP_PAN_LEFT)
    shot = shot_of(studio, whip, lake, environment=[WATER, RAIN], output=studio.output(duration_s=1.0))
    every = [frame.copy() for frame in Frames(shot).all(cancelled=studio.never)]

    assert max(map(len, shot.exposures)) > 1
    for index in (0, 11, 12, 23):
        assert np.array_equal(Frames(shot).only(index), every[index])


def test_the_motion_check_is_told_where_water_moves(studio, lake):
    known = known_of(shot_of(studio, STATIC, lake, environment=[WATER]))

    rows = known.moving.shape[0]
    assert known.moving[round(0.75 * rows) :].mean() > 0.8
    assert not known.moving[: round(0.4 * rows)].any()


def test_an_open_shutter_never_looks_over_the_border(studio):
    shot = studio.shot(Movement.WHIP_PAN_RIGHT, duration_s=1.0)
    moments = np.array([moment for moments in shot.exposures for moment in moments])
    canvas = shot.scenery.canvas
    reach = Reach(bounds=canvas.bounds(), w=shot.layers.limits(), aspect=240 / 360, pixel=1 / 360)

    assert len(moments) > shot.profile.frames
    assert widened(shot.cover, shot.path, moments, reach) == shot.cover
    assert widened(replace(shot.cover, zoom=1.0), shot.path, moments, reach).zoom > 1.01


def test_what_is_made_together_is_measured_but_not_judged(studio):
    camera = CameraMove(movement=Movement.DOLLY_IN)
    made = generated(studio, camera, studio.scene, together=(CameraMove(movement=Movement.PAN_RIGHT),))

    assert made.verdict.outcome in (Outcome.MEASURED, Outcome.UNKNOWN)
    assert made.verdict.asked is None


def test_a_path_by_keyframes_starts_and_ends_where_they_say(studio):
    keys = (Keyframe(time=0.0, pose=CameraPose()), Keyframe(time=1.0, pose=CameraPose(pan_right=0.05)))
    alone = shot_of(studio, CameraMove(movement=Movement.PAN_RIGHT, amplitude=0.05, unit=Unit.RADIAN), studio.scene)
    keyed = shot_of(studio, STATIC, studio.scene, keyframes=keys)

    assert keyed.path.at(np.array([1.0])).pan == pytest.approx([0.05])
    assert alone.path.at(np.array([1.0])).pan[0] - alone.path.at(np.array([0.0])).pan[0] == pytest.approx(0.05)


def test_what_needs_depth_and_travels_by_keyframes_is_told(studio):
    keys = (Keyframe(time=0.0, pose=CameraPose()), Keyframe(time=1.0, pose=CameraPose(truck_right=0.02)))

    assert "no depth map" in shot_of(studio, STATIC, Scene(), keyframes=keys).reduced_because
    assert shot_of(studio, STATIC, studio.scene, keyframes=keys).reduced_because == ""
    far = (CameraMove(movement=Movement.PAN_RIGHT, amplitude=0.9, unit=Unit.RADIAN),)
    assert "some of what is made together" in shot_of(studio, STATIC, studio.scene, together=far).reduced_because
