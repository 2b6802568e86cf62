"""Movements, keyframes and paces between the wire and core, and what the contract itself refuses."""

import protovalidate
import pytest

from animatize.generator.v1 import generator_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from film.movement import Movement
from generator.core.camera import Bezier, CameraMove, CameraPose, Easing, Keyframe, Ramp
from generator.rpc import cameras, enums, orders

Move = prediction_pb2.CameraMove
Key = generator_pb2.CameraKeyframe
PAN = movement_pb2.MOVEMENT_PAN_LEFT
DRAWN = movement_pb2.Pace(bezier=movement_pb2.CubicBezier(x1=0.2, y1=-0.5, x2=0.8, y2=1.5))


def ramp(*points: tuple[float, float]) -> movement_pb2.Pace:
    speeds = [movement_pb2.SpeedPoint(time=time, speed=speed) for time, speed in points]
    return movement_pb2.Pace(ramp=movement_pb2.SpeedRamp(points=speeds))


@pytest.mark.parametrize(
    "move",
    [
        CameraMove(movement=Movement.CRANE_UP, easing=Easing.QUINT_IN_OUT, start=0.25, end=0.75),
        CameraMove(movement=Movement.WHIP_PAN_LEFT, start=0.0, end=1.0),
        CameraMove(movement=Movement.ZOOM_IN, pace=Bezier(x1=0.1, y1=0.2, x2=0.3, y2=0.4)),
        CameraMove(movement=Movement.ZOOM_OUT, pace=Ramp(points=((0.0, 1.0), (0.5, 4.0), (1.0, 1.0)))),
    ],
)
def test_a_movement_survives_the_wire(move):
    message = cameras.move_message(move)

    protovalidate.validate(message)
    assert cameras.move(message) == move


def test_a_plan_arrives_with_all_that_the_camera_does():
    pose = generator_pb2.CameraPose(truck_right=0.1, pedestal_up=0.2, dolly_in=0.3, pan_right=0.4, tilt_up=0.5)
    pose.roll_clockwise, pose.arc_clockwise, pose.crane_up, pose.zoom_in, pose.focus = -0.1, -0.2, -0.3, -0.4, 0.0
    message = generator_pb2.MotionPlan(
        camera=Move(movement=movement_pb2.MOVEMENT_STATIC),
        together=[Move(movement=PAN, start=0.5)],
        keyframes=[
            Key(time=0.1),
            Key(time=0.5, pose=pose, easing=movement_pb2.EASING_BACK_OUT),
            Key(time=0.8, pace=DRAWN),
        ],
        pace=ramp((0, 1), (1, 2)),
    )
    protovalidate.validate(message)

    plan = orders.plan(message)

    assert [move.movement for move in plan.together] == [Movement.PAN_LEFT]
    assert (plan.together[0].start, plan.together[0].end) == (0.5, None)
    assert plan.pace == Ramp(points=((0.0, 1.0), (1.0, 2.0)))
    assert plan.keyframes == (
        Keyframe(time=0.1),
        Keyframe(
            time=0.5,
            pose=CameraPose(
                truck_right=0.1,
                pedestal_up=0.2,
                dolly_in=0.3,
                pan_right=0.4,
                tilt_up=0.5,
                roll_clockwise=-0.1,
                arc_clockwise=-0.2,
                crane_up=-0.3,
                zoom_in=-0.4,
                focus=0.0,
            ),
            pace=Easing.BACK_OUT,
        ),
        Keyframe(time=0.8, pace=Bezier(x1=0.2, y1=-0.5, x2=0.8, y2=1.5)),
    )


def test_every_easing_of_the_contract_is_cores():
    assert enums.EASING.numbers() == set(movement_pb2.Easing.values()) - {0}
    assert {enums.EASING.core(number) for number in enums.EASING.numbers()} == set(Easing)


@pytest.mark.parametrize(
    "message",
    [
        Move(movement=PAN, start=0.6, end=0.5),
        Move(movement=PAN, end=0.0),
        Move(movement=PAN, start=1.0),
        Move(movement=PAN, easing=movement_pb2.EASING_HOLD),
        Move(movement=PAN, easing=movement_pb2.EASING_LINEAR, pace=DRAWN),
        Move(movement=PAN, pace=movement_pb2.Pace()),
        Move(movement=PAN, pace=ramp((0.0, 1.0))),
        Move(movement=PAN, pace=ramp((0.0, 1.0), (1.0, -1.0))),
        Move(movement=PAN, pace=movement_pb2.Pace(bezier=movement_pb2.CubicBezier(x1=1.2))),
        Key(time=1.5),
        Key(time=0.5, easing=movement_pb2.EASING_LOOP),
        Key(time=0.5, easing=movement_pb2.EASING_LINEAR, pace=DRAWN),
        Key(time=0.5, pose=generator_pb2.CameraPose(pan_right=1.0)),
        Key(time=0.5, pose=generator_pb2.CameraPose(dolly_in=-0.9)),
        Key(time=0.5, pose=generator_pb2.CameraPose(focus=float("nan"))),
    ],
)
def test_the_contract_refuses_what_makes_no_sense(message):
    with pytest.raises(protovalidate.ValidationError):
        protovalidate.validate(message)


@pytest.mark.parametrize(
    "message",
    [
        Move(movement=PAN),
        Move(movement=PAN, start=0.0, end=0.5, easing=movement_pb2.EASING_CIRC_IN),
        Move(movement=PAN, pace=DRAWN),
        Key(time=0.0, easing=movement_pb2.EASING_HOLD),
        Key(time=1.0, pace=DRAWN),
    ],
)
def test_the_contract_lets_through_what_does(message):
    protovalidate.validate(message)
