"""How the frame is composed, how it was shot, and what kind of scene it is."""

from dataclasses import dataclass, field
from enum import StrEnum

from analyzer.core.analysis.measure import SIGNED, Confidence, Measure, swapped_with
from film.geometry import Point


class ColourScheme(StrEnum):
    """How the hues of a palette stand to each other."""

    UNSPECIFIED = "unspecified"
    NEUTRAL = "neutral"
    MONOCHROME = "monochrome"
    ANALOGOUS = "analogous"
    COMPLEMENTARY = "complementary"
    TRIAD = "triad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Facts of geometry, not a judgement of taste; each as the contract's message of the same name defines it."""

    thirds: Measure
    thirds_point: Point | None = None
    balance: Measure
    salient_centre: Point | None = None
    symmetry: Measure
    negative_space: Measure
    negative_space_side: Measure = field(metadata=SIGNED)
    framing: Measure
    framing_opening: Point | None = None
    s_curve: Measure
    concentration: Measure
    subject_size: Measure
    upright_extent: Measure
    colour_harmony: Measure
    open_left: Measure = field(metadata=swapped_with("open_right"))
    open_right: Measure = field(metadata=swapped_with("open_left"))
    open_top: Measure
    open_bottom: Measure
    thirds_lines: Measure
    diagonal_dominance: Measure
    colour_scheme: ColourScheme = ColourScheme.UNSPECIFIED
    near_edge_figure: Measure
    near_edge_side: Measure = field(metadata=SIGNED)


class ShotScale(StrEnum):
    """How much of a person the frame shows."""

    UNSPECIFIED = "unspecified"
    EXTREME_CLOSE_UP = "extreme_close_up"
    CLOSE_UP = "close_up"
    MEDIUM_CLOSE_UP = "medium_close_up"
    MEDIUM = "medium"
    MEDIUM_LONG = "medium_long"
    LONG = "long"
    EXTREME_LONG = "extreme_long"


class ShotAngle(StrEnum):
    """How high the camera looks."""

    UNSPECIFIED = "unspecified"
    EYE_LEVEL = "eye_level"
    LOW = "low"
    HIGH = "high"
    OVERHEAD = "overhead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Shot scale and camera angle, each with its quality."""

    scale: ShotScale = ShotScale.UNSPECIFIED
    scale_quality: float = 0.0
    angle: ShotAngle = ShotAngle.UNSPECIFIED
    angle_quality: float = 0.0
    tilt_deg: Measure = field(metadata=SIGNED)


class SceneKind(StrEnum):
    """Kinds of scenes."""

    UNSPECIFIED = "unspecified"
    LANDSCAPE = "landscape"
    WATERSIDE = "waterside"
    FOREST = "forest"
    CITY = "city"
    INTERIOR = "interior"
    PORTRAIT = "portrait"
    CLOSE_UP = "close_up"
    STILL_LIFE = "still_life"
    NIGHT = "night"
    DOCUMENT = "document"
    ABSTRACT = "abstract"


class TimeOfDay(StrEnum):
    """The time of day."""

    UNSPECIFIED = "unspecified"
    DAY = "day"
    GOLDEN_HOUR = "golden_hour"
    TWILIGHT = "twilight"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneScore:
    """One kind's share of the evidence, 0..1."""

    kind: SceneKind
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What kind of scene it is: the most likely kind and all that were weighed, most likely first."""

    kind: SceneKind = SceneKind.UNSPECIFIED
    confidence: Confidence | None = None
    scores: tuple[SceneScore, ...] = ()
    outdoor: Measure
    time_of_day: TimeOfDay = TimeOfDay.UNSPECIFIED
    time_of_day_quality: float = 0.0
