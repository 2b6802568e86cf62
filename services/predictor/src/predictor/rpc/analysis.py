"""From an analysis on the wire to the facts that rules read."""

import math
from collections.abc import Iterator
from typing import Final

from animatize.analyzer.v1 import analysis_pb2, subjects_pb2
from animatize.type.v1 import geometry_pb2, measure_pb2
from film.geometry import Box, Point
from predictor.core.facts import Area, Facts, Reading, reading
from predictor.core.vocabulary import REGIONS, SCENES, SUBJECTS
from predictor.rpc.enums import ANGLE, HORIZON, REGION, SCALE, SCENE, SUBJECT

_Named = Iterator[tuple[str, float, float]]

# Messages whose fields are measures: each field is the metric of the same name, under the message's name.
_GROUPS: Final = ("light", "lines", "focus", "composition", "depth")
_RENAMED: Final = {"light.light_sources": "light.sources"}
_ACTORS: Final = ("person", "animal", "vehicle")
# One step of the grid that places lie on.
_LEAST_SIDE: Final = 2.0**-20
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


def facts(analysis: analysis_pb2.SceneAnalysis) -> Facts:
    """The named readings, places, areas and the one who can act. Figures that are absent are left out."""
    actor = _actor(analysis)
    readings: dict[str, Reading] = {}
    for name, value, quality in _figures(analysis, actor):
        found = reading(name, value, quality)
        if found is not None:
            readings[name] = found
    return Facts(readings=readings, places=_places(analysis), areas=_areas(analysis), actor=actor)


def _figures(analysis: analysis_pb2.SceneAnalysis, actor: int | None) -> _Named:
    yield from _measure("information", analysis.information)
    for group in _GROUPS:
        message = getattr(analysis, group)
        for field in message.DESCRIPTOR.fields:
            if field.message_type is not None and field.message_type.full_name == "animatize.type.v1.Measure":
                name = f"{group}.{field.name}"
                yield from _measure(_RENAMED.get(name, name), getattr(message, field.name))
    yield from _space(analysis)
    yield from _regions(analysis)
    yield from _subjects(analysis, actor)
    yield from _frame(analysis)


def _measure(name: str, measure: measure_pb2.Measure) -> _Named:
    if measure.HasField("value"):
        yield name, measure.value, measure.quality


def _space(analysis: analysis_pb2.SceneAnalysis) -> _Named:
    if analysis.HasField("horizon"):
        horizon = analysis.horizon
        yield "horizon.quality", horizon.quality, 1.0
        yield "horizon.y", horizon.y, horizon.quality
        yield "horizon.tilt_deg", horizon.tilt_deg, horizon.quality
        for kind in HORIZON.names():
            yield f"horizon.{kind}", float(HORIZON.name(horizon.kind) == kind), horizon.quality
    if analysis.HasField("vanishing_point"):
        point = analysis.vanishing_point
        place = _point(point.point)
        yield "vanishing_point.quality", point.quality, 1.0
        yield "vanishing_point.support", point.support, point.quality
        yield "vanishing_point.uncertainty", point.uncertainty, point.quality
        yield "vanishing_point.inside", float(place.in_frame), point.quality
        yield "vanishing_point.offset", _offset(place), point.quality
        yield "vanishing_point.y", place.y, point.quality
    if analysis.HasField("depth"):
        depth = analysis.depth
        yield "depth.quality", depth.quality, 1.0
        shares = (depth.near_share, depth.middle_share, depth.far_share)
        if all(share.HasField("value") for share in shares):
            # Three equal layers give 1; one that is missing gives 0.
            yield "depth.layers", 3 * min(s.value for s in shares), min(s.quality for s in shares)


def _regions(analysis: analysis_pb2.SceneAnalysis) -> _Named:
    if not analysis.regions:
        return
    # A kind that is not there was looked for as well as the least certain one that is.
    least = min(region.quality for region in analysis.regions)
    for kind in REGIONS:
        found = [region for region in analysis.regions if REGION.name(region.kind) == kind]
        share = math.fsum(region.share for region in found)
        yield f"region.{kind}", share, max((region.quality for region in found), default=least)


def _subjects(analysis: analysis_pb2.SceneAnalysis, actor: int | None) -> _Named:
    yield "face.count", float(len(analysis.faces)), 1.0
    yield "subject.count", float(len(analysis.subjects)), 1.0
    if analysis.faces:
        face = analysis.faces[0]
        yield "face.quality", face.quality, 1.0
        yield "face.size", face.box.height, face.quality
        yield from _measure("face.gaze", face.gaze)
    if analysis.subjects:
        main = analysis.subjects[0]
        yield "subject.prominence", main.prominence, 1.0
        yield from _kind("subject", main, SUBJECTS)
        for name in ("compactness", "heading", "lead_room", "nearness"):
            yield from _measure(f"subject.{name}", getattr(main, name))
        if main.HasField("box"):
            yield "subject.size", main.box.width * main.box.height, 1.0
        if main.HasField("centre"):
            yield "subject.offset", _offset(_point(main.centre)), 1.0
    if actor is not None:
        who = analysis.subjects[actor]
        if SUBJECT.name(who.kind) in _ACTORS:
            yield from _kind("actor", who, _ACTORS)
        else:
            # A face inside a subject of another kind: the face is what tells that it is a person.
            quality = analysis.faces[0].quality
            yield from (("actor.person", quality, 1.0), ("actor.animal", 0.0, 1.0), ("actor.vehicle", 0.0, 1.0))
        yield "actor.size", who.box.width * who.box.height, 1.0
        yield from _measure("actor.heading", who.heading)


def _kind(group: str, subject: subjects_pb2.Subject, kinds: tuple[str, ...]) -> _Named:
    for kind in kinds:
        yield f"{group}.{kind}", subject.quality if SUBJECT.name(subject.kind) == kind else 0.0, 1.0


def _frame(analysis: analysis_pb2.SceneAnalysis) -> _Named:
    composition = analysis.composition
    if composition.HasField("salient_centre"):
        centre = _point(composition.salient_centre)
        yield "composition.salient_offset", _offset(centre), 1.0
        yield "composition.off_centre", abs(_offset(centre)), 1.0
        yield "composition.salient_y", centre.y, 1.0
    shot = analysis.shot
    angle = ANGLE.name(shot.angle)
    if angle:
        for name, metric in _ANGLES.items():
            yield metric, float(angle == name), shot.angle_quality
    scale = SCALE.name(shot.scale)
    if scale:
        yield "shot.closeness", _CLOSENESS[scale], shot.scale_quality
    yield from _measure("shot.tilt_deg", shot.tilt_deg)
    yield from _measure("scene.outdoor", analysis.scene.outdoor)
    if analysis.scene.scores:
        scores = {SCENE.name(score.kind): score.probability for score in analysis.scene.scores}
        for kind in SCENES:
            # The shares of the evidence are a probability already: its quality is in it.
            yield f"scene.{kind}", scores.get(kind, 0.0), 1.0


_ANGLES: Final = {
    "eye_level": "shot.eye_level",
    "low": "shot.low_angle",
    "high": "shot.high_angle",
    "overhead": "shot.overhead",
}


def _places(analysis: analysis_pb2.SceneAnalysis) -> dict[str, Point]:
    found = {}
    composition = analysis.composition
    if analysis.HasField("vanishing_point"):
        found["vanishing_point"] = _point(analysis.vanishing_point.point)
    if analysis.HasField("horizon"):
        found["horizon"] = Point(0.5, analysis.horizon.y)
    if composition.HasField("thirds_point"):
        found["thirds_point"] = _point(composition.thirds_point)
    if composition.HasField("salient_centre"):
        found["salient_centre"] = _point(composition.salient_centre)
    if composition.HasField("framing_opening"):
        found["opening"] = _point(composition.framing_opening)
    if analysis.subjects and analysis.subjects[0].HasField("centre"):
        found["subject"] = _point(analysis.subjects[0].centre)
    if analysis.faces:
        found["face"] = _box(analysis.faces[0].box).centre
    return found


def _areas(analysis: analysis_pb2.SceneAnalysis) -> dict[str, Area]:
    found: dict[str, Area] = {}
    for region in analysis.regions:
        kind = REGION.name(region.kind)
        # Largest first on the wire; the first of equal ones stays.
        if kind and (kind not in found or region.share > found[kind].share):
            box = _box(region.box) if region.HasField("box") else None
            found[kind] = Area(kind, region.share, region.quality, box)
    return found


def _actor(analysis: analysis_pb2.SceneAnalysis) -> int | None:
    for index, subject in enumerate(analysis.subjects):
        if SUBJECT.name(subject.kind) in _ACTORS:
            return index
    if not analysis.faces:
        return None
    face = _box(analysis.faces[0].box).centre
    return next((i for i, subject in enumerate(analysis.subjects) if _box(subject.box).contains(face)), None)


def _point(point: geometry_pb2.Point) -> Point:
    return Point(point.x, point.y)


def _box(box: geometry_pb2.Box) -> Box:
    # Each side is within the frame by the contract; their sum need not be, and what is left of a box has a size.
    left, top = min(1.0 - _LEAST_SIDE, box.left), min(1.0 - _LEAST_SIDE, box.top)
    return Box(left, top, min(box.width, 1.0 - left), min(box.height, 1.0 - top))


def _offset(point: Point) -> float:
    """From -1 at the left border to 1 at the right one. Exact on the grid, and exactly negated in a mirror."""
    return 2 * point.x - 1
