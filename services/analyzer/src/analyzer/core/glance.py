"""What a trained eye tells of a still at one glance: kinds of scenes, signs of what is in it, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from analyzer.core.analysis import RegionKind, SceneKind, SubjectKind, TimeOfDay
from analyzer.core.arrays import Pixels, Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Chances 0..1 that a still has or is something. horizon: open ground or water that meets the sky."""

    horizon: float
    vanishing: float
    person: float
    animal: float
    vehicle: float
    face: float
    shallow: float
    drawing: float
    document: float
    abstract: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Chances:
    """What a still is as a whole. kinds, times: chances that sum to 1 each; UNSPECIFIED among times: no time told.

    right: chance 0..1 that people accept the likeliest kind, calibrated. outdoor: of the open air, 0..1.
    """

    kinds: Mapping[SceneKind, float]
    right: float
    outdoor: float
    times: Mapping[TimeOfDay, float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Glance:
    """What the eye tells.

    least_right: chance of being right below which no kind of scene is named. surfaces, things: (G, G) float32 chances
    0..1 that a place shows a material or a thing, over the whole frame. calibration_id: by what the chances were
    calibrated.
    """

    chances: Chances
    least_right: float
    signs: Signs
    surfaces: Mapping[RegionKind, Plane]
    things: Mapping[SubjectKind, Plane]
    calibration_id: str


class Eye(Protocol):
    """Looks at stills. Safe to use from several threads; the same pixels give the same glance."""

    def look(self, pixels: Pixels) -> Glance:
        """One glance. pixels: (H, W, 3) uint8 BGR of any size."""
