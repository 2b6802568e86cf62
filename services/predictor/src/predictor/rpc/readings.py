"""From an analysis on the wire to named readings; a figure that is absent there gives none."""

import math
from collections.abc import Iterator
from typing import Final

from google.protobuf.message import Message

from animatize.analyzer.v1 import analysis_pb2, subjects_pb2
from animatize.type.v1 import geometry_pb2, measure_pb2
from film.geometry import Point
from predictor.core.vocabulary import REGIONS, SCENES, SUBJECTS
from predictor.rpc.enums import ANGLE, COLOURS, HORIZON, REGION, SCALE, SCENE, SUBJECT, TIME

Named = Iterator[tuple[str, float, float]]
"""Name, value and quality, metric by metric."""

ACTORS: Final = ("person", "animal", "vehicle")
"""Kinds of subjects that can move by themselves."""

# Messages whose fields are measures: each field is the metric of the same name, under the message's name.
_GROUPS: Final = ("light", "lines", "focus", "composition", "depth")
_RENAMED: Final = {"light.light_sources": "light.sources"}
_MEASURE: Final = "animatize.type.v1.Measure"
# How much of the frame's height a face takes at each scale, from part of a face to a person small in the place.
_CLOSENESS: Final = {
    "extreme_close_up": 1.0,
    "close_up": 0.85,
    "medium_close_up": 0.7,
    "medium": 0.5,
    "medium_long": 0.35,
    "long": 0.2,
    "extreme_long": 0.05,
}
_ANGLES: Final = {
    "eye_level": "shot.eye_level",
    "low": "shot.low_angle",
    "high": "shot.high_angle",
    "overhead": "shot.overhead",
}
# A weak detector that finds nobody tells little.
_NOBODY_QUALITY: Final = 0.3


def figures(analysis: analysis_pb2.SceneAnalysis, actor: int | None) -> Named:
    """Every figure of an analysis under its metric's name. actor: index of the subject that can act."""
    yield from _measure("information", analysis.information)
    for group in _GROUPS:
        yield from _group(group, getattr(analysis, group))
    yield from _group("stability", analysis.stability)
    yield from _light(analysis)
    yield from _space(analysis)
    yield from _regions(analysis)
    yield from _faces(analysis)
    yield from _people(analysis)
    yield from _subjects(analysis)
    if actor is not None:
        yield from _actor(analysis, actor)
    yield from _composition(analysis)
    yield from _shot(analysis)
    yield from _scene(analysis)


def _group(group: str, message: Message) -> Named:
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None and field.message_type.full_name == _MEASURE:
            name = f"{group}.{field.name}"
            yield from _measure(_RENAMED.get(name, name), getattr(message, field.name))


def _measure(name: str, measure: measure_pb2.Measure) -> Named:
    if measure.HasField("value"):
        yield name, measure.value, measure.quality


def _light(analysis: analysis_pb2.SceneAnalysis) -> Named:
    light = analysis.light
    if light.HasField("strongest_source"):
        yield "light.source_offset", offset(light.strongest_source), 1.0
        yield "light.source_y", light.strongest_source.y, 1.0


def _space(analysis: analysis_pb2.SceneAnalysis) -> Named:
    # Horizon and vanishing point are looked for in every still that tells anything: absence is a finding there.
    looked = analysis.information.HasField("value")
    if analysis.HasField("horizon"):
        horizon = analysis.horizon
        yield "horizon.quality", horizon.quality, 1.0
        yield "horizon.y", horizon.y, horizon.quality
        yield "horizon.tilt_deg", horizon.tilt_deg, horizon.quality
        for kind in HORIZON.names():
            yield f"horizon.{kind}", float(HORIZON.name(horizon.kind) == kind), horizon.quality
    elif looked:
        yield "horizon.quality", 0.0, 1.0
    if analysis.HasField("vanishing_point"):
        yield from _vanishing_point(analysis)
    elif looked:
        yield "vanishing_point.quality", 0.0, 1.0
    if analysis.HasField("depth"):
        depth = analysis.depth
        yield "depth.quality", depth.quality, 1.0
        shares = (depth.near_share, depth.middle_share, depth.far_share)
        if all(share.HasField("value") for share in shares):
            # Three equal layers give 1; one that is missing gives 0.
            yield "depth.layers", 3 * min(s.value for s in shares), min(s.quality for s in shares)


def _vanishing_point(analysis: analysis_pb2.SceneAnalysis) -> Named:
    point = analysis.vanishing_point
    place = Point(point.point.x, point.point.y)
    yield "vanishing_point.quality", point.quality, 1.0
    yield "vanishing_point.support", point.support, point.quality
    yield "vanishing_point.uncertainty", point.uncertainty, point.quality
    yield "vanishing_point.inside", float(place.in_frame), point.quality
    yield "vanishing_point.offset", offset(point.point), point.quality
    yield "vanishing_point.y", place.y, point.quality
    if point.HasField("ellipse"):
        yield "vanishing_point.spread", point.ellipse.semi_major, point.quality
        yield "vanishing_point.spread_across", point.ellipse.semi_minor, point.quality
        yield "vanishing_point.spread_angle_deg", point.ellipse.angle_deg, point.quality


def _regions(analysis: analysis_pb2.SceneAnalysis) -> Named:
    if not analysis.regions:
        return
    # A kind that is not there was looked for as well as the least certain one that is.
    least = min(region.quality for region in analysis.regions)
    for kind in REGIONS:
        # Clouds are sky too: rules about the sky mean all of it, rules about clouds the clouds.
        kinds = (kind, "cloud") if kind == "sky" else (kind,)
        found = [region for region in analysis.regions if REGION.name(region.kind) in kinds]
        share = math.fsum(region.share for region in found)
        yield f"region.{kind}", share, max((region.quality for region in found), default=least)


def _faces(analysis: analysis_pb2.SceneAnalysis) -> Named:
    yield "face.count", float(len(analysis.faces)), 1.0
    if not analysis.faces:
        return
    face = analysis.faces[0]
    yield "face.quality", face.quality, 1.0
    yield "face.size", face.box.height, face.quality
    yield from _measure("face.gaze", face.gaze)
    if len(analysis.faces) > 1:
        other = analysis.faces[1]
        if face.gaze.HasField("value") and other.gaze.HasField("value"):
            # The second face's side as seen from the first: 1 right, -1 left.
            side = math.copysign(1.0, _middle(other.box) - _middle(face.box))
            facing = (face.gaze.value * side - other.gaze.value * side) / 2
            level = _middle(other.box) != _middle(face.box)
            yield "face.facing", facing if level else 0.0, min(face.gaze.quality, other.gaze.quality)


def _people(analysis: analysis_pb2.SceneAnalysis) -> Named:
    people = analysis.people
    surest = max((person.quality for person in people), default=_NOBODY_QUALITY)
    yield "people.count", float(len(people)), surest
    yield "people.quality", surest if people else 0.0, 1.0
    if people:
        yield "people.size", people[0].box.height, people[0].quality


def _subjects(analysis: analysis_pb2.SceneAnalysis) -> Named:
    yield "subject.count", float(len(analysis.subjects)), 1.0
    who = [subject for subject in analysis.subjects if SUBJECT.name(subject.kind) in ACTORS]
    yield "actor.count", float(len(who)), max((subject.quality for subject in who), default=1.0)
    if not analysis.subjects:
        return
    main = analysis.subjects[0]
    yield "subject.prominence", main.prominence, 1.0
    yield from _kind("subject", main, SUBJECTS)
    for name in ("compactness", "heading", "lead_room", "nearness", "asymmetry"):
        yield from _measure(f"subject.{name}", getattr(main, name))
    if main.HasField("box"):
        yield "subject.size", main.box.width * main.box.height, 1.0
    if main.HasField("centre"):
        yield "subject.offset", offset(main.centre), 1.0
    if len(analysis.subjects) > 1:
        yield from _pair(main, analysis.subjects[1])


def _pair(main: subjects_pb2.Subject, second: subjects_pb2.Subject) -> Named:
    yield "subject.second_prominence", second.prominence, 1.0
    yield "subject.second_size", second.box.width * second.box.height, 1.0
    yield "subject.pair_direction", second.centre.x - main.centre.x, 1.0
    left = max(main.box.left, second.box.left)
    right = min(main.box.left + main.box.width, second.box.left + second.box.width)
    yield "subject.pair_gap", max(0.0, left - right), 1.0
    if main.nearness.HasField("value") and second.nearness.HasField("value"):
        quality = min(main.nearness.quality, second.nearness.quality)
        yield "subject.pair_depth", main.nearness.value - second.nearness.value, quality


def _actor(analysis: analysis_pb2.SceneAnalysis, actor: int) -> Named:
    who = analysis.subjects[actor]
    if SUBJECT.name(who.kind) in ACTORS:
        yield from _kind("actor", who, ACTORS)
    else:
        # A face inside a subject of another kind: the face is what tells that it is a person.
        quality = analysis.faces[0].quality
        yield from (("actor.person", quality, 1.0), ("actor.animal", 0.0, 1.0), ("actor.vehicle", 0.0, 1.0))
    yield "actor.size", who.box.width * who.box.height, 1.0
    yield "actor.height", who.box.height, 1.0
    for name in ("heading", "lead_room", "asymmetry"):
        yield from _measure(f"actor.{name}", getattr(who, name))


def _kind(group: str, subject: subjects_pb2.Subject, kinds: tuple[str, ...]) -> Named:
    for kind in kinds:
        yield f"{group}.{kind}", subject.quality if SUBJECT.name(subject.kind) == kind else 0.0, 1.0


def _composition(analysis: analysis_pb2.SceneAnalysis) -> Named:
    composition = analysis.composition
    if composition.HasField("salient_centre"):
        centre = composition.salient_centre
        yield "composition.salient_offset", offset(centre), 1.0
        yield "composition.off_centre", abs(offset(centre)), 1.0
        yield "composition.salient_y", centre.y, 1.0
    scheme = COLOURS.name(composition.colour_scheme)
    if scheme:
        harmony = composition.colour_harmony
        quality = harmony.quality if harmony.HasField("value") else 1.0
        for name in COLOURS.names():
            yield f"colour.{name}", float(scheme == name), quality


def _shot(analysis: analysis_pb2.SceneAnalysis) -> Named:
    shot = analysis.shot
    angle = ANGLE.name(shot.angle)
    if angle:
        for name, metric in _ANGLES.items():
            yield metric, float(angle == name), shot.angle_quality
    scale = SCALE.name(shot.scale)
    if scale:
        yield "shot.closeness", _CLOSENESS[scale], shot.scale_quality
    yield from _measure("shot.tilt_deg", shot.tilt_deg)


def _scene(analysis: analysis_pb2.SceneAnalysis) -> Named:
    scene = analysis.scene
    yield from _measure("scene.outdoor", scene.outdoor)
    if scene.scores:
        scores = {SCENE.name(score.kind): score.probability for score in scene.scores}
        for kind in SCENES:
            # The shares of the evidence are a probability already: its quality is in it.
            yield f"scene.{kind}", scores.get(kind, 0.0), 1.0
    time = TIME.name(scene.time_of_day)
    if time:
        for name in TIME.names():
            yield f"time.{name}", float(time == name), scene.time_of_day_quality


def _middle(box: geometry_pb2.Box) -> float:
    # The left and the right border added: exact on the grid of places, and exactly mirrored.
    return 2 * box.left + box.width


def offset(point: geometry_pb2.Point) -> float:
    """From -1 at the left border to 1 at the right one. Exact on the grid, and exactly negated in a mirror."""
    return 2 * point.x - 1
