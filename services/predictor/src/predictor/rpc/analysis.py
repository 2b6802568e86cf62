"""From an analysis on the wire to the facts that rules read."""

from typing import Final

from animatize.analyzer.v1 import analysis_pb2
from animatize.type.v1 import geometry_pb2
from film.geometry import Box, Point
from predictor.core.facts import Area, Facts, Reading, reading
from predictor.rpc.enums import REGION, SUBJECT
from predictor.rpc.readings import ACTORS, figures

# Two steps of the grid that places lie on: one may be lost when both ends are rounded.
_LEAST_SIDE: Final = 2.0**-19


def facts(analysis: analysis_pb2.SceneAnalysis) -> Facts:
    """The named readings, places, areas and the one who can act. Figures that are absent are left out."""
    actor = _actor(analysis)
    readings: dict[str, Reading] = {}
    for name, value, quality in figures(analysis, actor):
        found = reading(name, value, quality)
        if found is not None:
            readings[name] = found
    return Facts(readings=readings, places=_places(analysis), areas=_areas(analysis), actor=actor)


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
    for name, subject in zip(("subject", "second_subject"), analysis.subjects, strict=False):
        if subject.HasField("centre"):
            found[name] = _point(subject.centre)
    if analysis.faces:
        found["face"] = _box(analysis.faces[0].box).centre
    if analysis.light.HasField("strongest_source"):
        found["light_source"] = _point(analysis.light.strongest_source)
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
        if SUBJECT.name(subject.kind) in ACTORS:
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
    width, height = max(_LEAST_SIDE, box.width), max(_LEAST_SIDE, box.height)
    return Box(left, top, min(width, 1.0 - left), min(height, 1.0 - top))
