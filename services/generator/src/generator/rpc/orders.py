"""Requests as core's orders."""

import hashlib
from typing import Final

import grpc

from animatize.analyzer.v1 import analysis_pb2
from animatize.generator.v1 import clip_pb2, generator_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import image_pb2, measure_pb2
from chassis.errors import Answer, RpcError, Violation, unbuilt
from film.geometry import Box, Point
from generator.core.order import CameraMove, DisparityMap, Order, Output, Plan, Scene
from generator.rpc import enums

_BITS: Final = {measure_pb2.MAP_ENCODING_PNG_GRAY8: 8, measure_pb2.MAP_ENCODING_PNG_GRAY16: 16}


def order(request: generator_pb2.GenerateRequest) -> Order:
    """What a caller asks to be made.

    Raises RpcError for a still that is not given by its bytes or does not match its hash.
    """
    return Order(
        still=still(request.image),
        plan=plan(request.plan),
        scene=scene(request.analysis),
        output=output(request.output),
        models=tuple(request.spending.models),
        seed=request.seed,
    )


def keyframe_order(request: generator_pb2.RenderKeyframesRequest) -> Order:
    """The order whose first and last frame are asked for; raises like `order`."""
    return Order(
        still=still(request.image),
        plan=plan(request.plan),
        scene=scene(request.analysis),
        output=output(request.output),
    )


def still(image: image_pb2.Image) -> bytes:
    """The still's file."""
    if image.WhichOneof("source") != "content":
        raise unbuilt("the generator takes a still by its bytes only; give them in image.content")
    if image.sha256:
        found = hashlib.sha256(image.content).hexdigest()
        if found != image.sha256:
            raise _mismatch(found=found, given=image.sha256)
    return image.content


def plan(message: generator_pb2.MotionPlan) -> Plan:
    """The movement to make; environment and subject by the names of what they do."""
    motions = tuple(
        prediction_pb2.EnvironmentMotion.Name(entry.motion).removeprefix("ENVIRONMENT_MOTION_").lower()
        for entry in message.environment
    )
    subject = ""
    if message.HasField("subject"):
        name = prediction_pb2.SubjectAction.Name(message.subject.action)
        subject = name.removeprefix("SUBJECT_ACTION_").lower()
    return Plan(camera=move(message.camera), environment=motions, subject=subject)


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
    )


def move_message(value: CameraMove) -> prediction_pb2.CameraMove:
    """The message of a camera movement."""
    message = prediction_pb2.CameraMove(
        movement=enums.MOVEMENT.wire(value.movement),
        amplitude=value.amplitude,
        easing=enums.EASING.wire(value.easing),
        speed=enums.SPEED.wire(value.speed),
        sway_rad=value.sway_rad,
    )
    if value.unit is not None:
        message.amplitude_unit = enums.UNIT.wire(value.unit)
    if value.anchor is not None:
        message.anchor.x, message.anchor.y = value.anchor.x, value.anchor.y
    return message


def scene(message: analysis_pb2.SceneAnalysis) -> Scene:
    """What the renderer and the motion check use of an analysis: depth, its quality, the strongest subject."""
    disparity = None
    quality = 0.0
    if message.HasField("maps") and message.maps.HasField("depth"):
        depth = message.maps.depth
        disparity = DisparityMap(png=depth.data, width=depth.width, height=depth.height, bits=_BITS[depth.encoding])
        # The map's own quality, or that of depth as a whole where the map says nothing.
        quality = depth.quality or message.depth.quality
    subject = None
    if message.subjects and message.subjects[0].HasField("box"):
        found = message.subjects[0].box
        subject = Box.from_pixels(found.left, found.top, found.width, found.height, of=(1, 1))
    return Scene(disparity=disparity, quality=quality, subject=subject)


def output(message: clip_pb2.OutputProfile) -> Output:
    """The form of the clip, with the service's defaults for what is left out."""
    default = Output()
    duration_s = message.duration.ToTimedelta().total_seconds() if message.HasField("duration") else default.duration_s
    return Output(
        duration_s=duration_s,
        fps=message.frames_per_second or default.fps,
        size_px=(message.size.width_px, message.size.height_px) if message.HasField("size") else None,
        short_side_px=message.short_side_px or default.short_side_px,
        aspect=enums.ASPECT.stated(message.aspect),
        format=enums.FORMAT.stated(message.format),
        preset=enums.PRESET.stated(message.preset),
        loop=message.loop,
    )


def _mismatch(*, found: str, given: str) -> RpcError:
    return RpcError(
        Answer(
            grpc.StatusCode.INVALID_ARGUMENT,
            "HASH_MISMATCH",
            "image.sha256: the file's SHA-256 is another one",
            metadata={"found": found, "given": given},
            violations=(Violation("image.sha256", f"found {found}; accepted is the SHA-256 of image.content"),),
        )
    )
