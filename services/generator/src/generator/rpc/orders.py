"""Requests as core's orders."""

import hashlib
from typing import Final

import grpc

from animatize.analyzer.v1 import analysis_pb2
from animatize.generator.v1 import clip_pb2, generator_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import image_pb2, measure_pb2
from chassis.errors import Answer, RpcError, Violation, unbuilt
from film.geometry import Box
from generator.core.forms import FORMS
from generator.core.order import CameraMove, ClipFormat, DisparityMap, Order, Output, Plan, Scene
from generator.rpc import cameras, enums, surroundings

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
        models=_models(request.spending),
        seed=request.seed,
    )


def _models(spending: generator_pb2.SpendingRules) -> tuple[str, ...]:
    """The models to try. Raises RpcError for wishes that need more than the local renderer."""
    if spending.retry_on_wrong_motion:
        raise unbuilt("the local renderer would make the same clip again; leave out spending.retry_on_wrong_motion")
    if spending.reuse == generator_pb2.REUSE_POLICY_OFFER_SIMILAR:
        raise unbuilt("results are not stored yet, so there is no similar one to offer; leave out spending.reuse")
    return tuple(spending.models)


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
    """The movement to make; the subject's by the name of what it does."""
    subject = ""
    if message.HasField("subject"):
        name = prediction_pb2.SubjectAction.Name(message.subject.action)
        subject = name.removeprefix("SUBJECT_ACTION_").lower()
    around = tuple(surroundings.environment_move(entry) for entry in message.environment)
    return Plan(
        camera=move(message.camera),
        together=tuple(move(entry) for entry in message.together),
        keyframes=tuple(cameras.keyframe(entry) for entry in message.keyframes),
        pace=cameras.pace(message.pace) if message.HasField("pace") else None,
        environment=around,
        subject=subject,
    )


def move(message: prediction_pb2.CameraMove) -> CameraMove:
    """A camera movement as core has it; its inverse is `move_message`."""
    return cameras.move(message)


def move_message(value: CameraMove) -> prediction_pb2.CameraMove:
    """The message of a camera movement."""
    return cameras.move_message(value)


def scene(message: analysis_pb2.SceneAnalysis) -> Scene:
    """What the renderer and the motion check use of an analysis: depth, its quality, materials, strongest subject."""
    disparity = None
    quality = 0.0
    if message.HasField("maps") and message.maps.HasField("depth"):
        depth = message.maps.depth
        disparity = DisparityMap(png=depth.data, width=depth.width, height=depth.height, bits=_BITS[depth.encoding])
        # The map's own quality, or that of depth as a whole where the map says nothing.
        quality = depth.quality or message.depth.quality
    regions = surroundings.region_map(message)
    return Scene(disparity=disparity, quality=quality, subject=_subject(message), regions=regions)


def _subject(message: analysis_pb2.SceneAnalysis) -> Box | None:
    """The strongest subject's box; a sliver that vanishes on the frame's grid is none."""
    if not message.subjects or not message.subjects[0].HasField("box"):
        return None
    found = message.subjects[0].box
    box = Box.from_pixels(found.left, found.top, found.width, found.height, of=(1, 1))
    return box if box.width > 0 and box.height > 0 else None


def output(message: clip_pb2.OutputProfile) -> Output:
    """The form of the clip, with the service's defaults for what is left out."""
    default = Output()
    form = enums.FORMAT.stated(message.format) if message.format else None
    usual = FORMS[form or ClipFormat.MP4_H264]
    duration_s = message.duration.ToTimedelta().total_seconds() if message.HasField("duration") else default.duration_s
    return Output(
        duration_s=duration_s,
        fps=message.frames_per_second or usual.fps,
        size_px=(message.size.width_px, message.size.height_px) if message.HasField("size") else None,
        short_side_px=message.short_side_px or usual.short_side_px,
        aspect=enums.ASPECT.stated(message.aspect),
        format=form,
        preset=enums.PRESET.stated(message.preset),
        loop=message.loop,
        faststart=message.faststart,
        poster=message.poster,
        letterbox=enums.ASPECT.stated(message.letterbox) if message.letterbox else None,
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
