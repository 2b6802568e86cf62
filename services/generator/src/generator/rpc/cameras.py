"""What is asked of the camera: messages as core's values, and movements as messages again."""

from animatize.generator.v1 import generator_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from film.geometry import Point
from generator.core.camera import Bezier, CameraMove, CameraPose, Keyframe, Pace, Ramp
from generator.rpc import enums


def move(message: prediction_pb2.CameraMove) -> CameraMove:
    """A camera movement as core has it; its inverse is `move_message`."""
    return CameraMove(
        movement=enums.MOVEMENT.stated(message.movement),
        amplitude=message.amplitude,
        unit=enums.UNIT.core(message.amplitude_unit),
        easing=enums.EASING.stated(message.easing),
        speed=enums.SPEED.stated(message.speed),
        anchor=Point(message.anchor.x, message.anchor.y) if message.HasField("anchor") else None,
        sway_rad=message.sway_rad,
        start=message.start if message.HasField("start") else None,
        end=message.end if message.HasField("end") else None,
        pace=pace(message.pace) if message.HasField("pace") else None,
    )


def move_message(value: CameraMove) -> prediction_pb2.CameraMove:
    """The message of a camera movement; without an easing where its pace is drawn by hand."""
    message = prediction_pb2.CameraMove(
        movement=enums.MOVEMENT.wire(value.movement),
        amplitude=value.amplitude,
        speed=enums.SPEED.wire(value.speed),
        sway_rad=value.sway_rad,
    )
    if value.pace is None:
        message.easing = enums.EASING.wire(value.easing)
    else:
        message.pace.CopyFrom(_pace_message(value.pace))
    if value.unit is not None:
        message.amplitude_unit = enums.UNIT.wire(value.unit)
    if value.anchor is not None:
        message.anchor.x, message.anchor.y = value.anchor.x, value.anchor.y
    if value.start is not None:
        message.start = value.start
    if value.end is not None:
        message.end = value.end
    return message


def pace(message: movement_pb2.Pace) -> Bezier | Ramp:
    """A pace drawn by hand."""
    if message.WhichOneof("curve") == "bezier":
        curve = message.bezier
        return Bezier(x1=curve.x1, y1=curve.y1, x2=curve.x2, y2=curve.y2)
    return Ramp(points=tuple((point.time, point.speed) for point in message.ramp.points))


def keyframe(message: generator_pb2.CameraKeyframe) -> Keyframe:
    """Where the camera is at one moment, and how it goes on from there."""
    onward: Pace | None = enums.EASING.core(message.easing) if message.easing else None
    if message.HasField("pace"):
        onward = pace(message.pace)
    return Keyframe(time=message.time, pose=_pose(message.pose), pace=onward)


def _pose(message: generator_pb2.CameraPose) -> CameraPose:
    return CameraPose(
        truck_right=message.truck_right,
        pedestal_up=message.pedestal_up,
        dolly_in=message.dolly_in,
        pan_right=message.pan_right,
        tilt_up=message.tilt_up,
        roll_clockwise=message.roll_clockwise,
        arc_clockwise=message.arc_clockwise,
        crane_up=message.crane_up,
        zoom_in=message.zoom_in,
        focus=message.focus if message.HasField("focus") else None,
    )


def _pace_message(value: Bezier | Ramp) -> movement_pb2.Pace:
    if isinstance(value, Bezier):
        curve = movement_pb2.CubicBezier(x1=value.x1, y1=value.y1, x2=value.x2, y2=value.y2)
        return movement_pb2.Pace(bezier=curve)
    points = [movement_pb2.SpeedPoint(time=time, speed=speed) for time, speed in value.points]
    return movement_pb2.Pace(ramp=movement_pb2.SpeedRamp(points=points))
