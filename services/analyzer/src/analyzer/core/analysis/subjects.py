"""What draws the eye, and faces."""

from dataclasses import dataclass, field
from enum import StrEnum

from analyzer.core.analysis.measure import SIGNED, Measure, absent
from film.geometry import Box, Point

_NO_OUTLINE = absent("No outline tells it.")


class SubjectKind(StrEnum):
    """What a subject is, as far as it can be told."""

    UNSPECIFIED = "unspecified"
    PERSON = "person"
    ANIMAL = "animal"
    VEHICLE = "vehicle"
    OBJECT = "object"
    BUILDING = "building"
    PLANT = "plant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something that draws the eye; prominence is the share of the frame's saliency that it holds."""

    box: Box
    centre: Point
    prominence: float
    kind: SubjectKind = SubjectKind.UNSPECIFIED
    quality: float = 0.0
    compactness: Measure
    heading: Measure = field(metadata=SIGNED)
    lead_room: Measure = field(metadata=SIGNED)
    nearness: Measure
    asymmetry: Measure = _NO_OUTLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFind:
    """A standing person as a weak detector sees one."""

    box: Box
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face on which the detectors agree."""

    box: Box
    quality: float
    gaze: Measure = field(metadata=SIGNED)
