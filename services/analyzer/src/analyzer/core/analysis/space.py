"""Space: lines, horizon, vanishing point, depth, and areas by material."""

from dataclasses import dataclass, field
from enum import StrEnum

from analyzer.core.analysis.measure import SIGNED, Measure
from film.geometry import Box, Point, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Edges and straight lines; `segments` are the longest, longest first."""

    edge_density: Measure
    segments: tuple[Segment, ...] = ()
    level_share: Measure
    upright_share: Measure
    diagonal_share: Measure
    diagonal_bias: Measure = field(metadata=SIGNED)
    leading_share: Measure
    upright_convergence: Measure


class HorizonKind(StrEnum):
    """What meets the sky."""

    UNSPECIFIED = "unspecified"
    WATER = "water"
    LAND = "land"
    SKYLINE = "skyline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Where the ground meets the sky: height at the frame's centre, tilt clockwise in degrees, quality, kind."""

    y: float
    tilt_deg: float = field(metadata=SIGNED)
    quality: float
    kind: HorizonKind = HorizonKind.UNSPECIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyEllipse:
    """One standard deviation around a place: half axes as shares of the diagonal, the longer one's direction."""

    semi_major: float
    semi_minor: float
    angle_deg: float = field(metadata=SIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class VanishingPoint:
    """Where lines that run into the depth meet; uncertainty as a share of the diagonal, support as one of length."""

    point: Point
    uncertainty: float
    quality: float
    support: float
    ellipse: UncertaintyEllipse | None = None


class DepthCue(StrEnum):
    """From what depth was told."""

    GROUND_PLANE = "ground_plane"
    VERTICAL_POSITION = "vertical_position"
    HAZE = "haze"
    DEFOCUS = "defocus"
    SALIENT_FOREGROUND = "salient_foreground"
    PERSPECTIVE = "perspective"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Depth as far as one still tells it: figures about the map, and how far the map can be trusted."""

    quality: float = 0.0
    cues: tuple[DepthCue, ...] = ()
    range: Measure
    near_share: Measure
    middle_share: Measure
    far_share: Measure
    separation: Measure
    outline_on_edges: Measure
    ground_plane: Measure
    model: str = ""


class RegionKind(StrEnum):
    """What an area is made of; not all kinds are told apart by this version."""

    UNSPECIFIED = "unspecified"
    SKY = "sky"
    VEGETATION = "vegetation"
    WATER = "water"
    GROUND = "ground"
    MAN_MADE = "man_made"
    SNOW = "snow"
    SAND = "sand"
    ROCK = "rock"
    CLOUD = "cloud"
    SMOKE = "smoke"
    FIRE = "fire"
    CLOTH = "cloth"
    HAIR = "hair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """An area of one material: its share of the frame, the rectangle around it, its centre of mass, its quality."""

    kind: RegionKind
    share: float
    box: Box
    centre: Point
    quality: float
