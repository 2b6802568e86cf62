"""The whole answer: every figure, the maps, and how each step went."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from analyzer.core.analysis.composition import Composition, Scene, Shot
from analyzer.core.analysis.light import Focus, Light, Swatch
from analyzer.core.analysis.measure import Measure
from analyzer.core.analysis.space import Depth, Horizon, Lines, Region, VanishingPoint
from analyzer.core.analysis.subjects import Face, PersonFind, Subject
from analyzer.core.arrays import Labels, Mask, Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """The still as a file; sizes are those after EXIF orientation. sha256: of its bytes, "" where nobody gave it."""

    format: str
    width_px: int
    height_px: int
    exif_orientation: int
    bits_per_channel: int
    frames: int
    sha256: str


class MapKind(StrEnum):
    """The maps that can be sent along."""

    DEPTH = "depth"
    SALIENCY = "saliency"
    REGIONS = "regions"
    FOREGROUND = "foreground"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SceneMaps:
    """Figures per place; None where a map is not measurable. All rows from the top left.

    depth: (H, W) float32 0..1, 1 is nearest. saliency: (h, w) float32 0..1. regions: (h, w) uint8, index into the
    regions plus 1, 0 is none. foreground: (H, W) uint8 0 or 1. H, W: the working size; h, w: the grid of cells.
    """

    depth: Plane | None = None
    saliency: Plane | None = None
    saliency_quality: float = 0.0
    regions: Labels | None = None
    regions_quality: float = 0.0
    foreground: Mask | None = None


@dataclass(frozen=True, slots=True)
class StageReport:
    """One step of the work: its name, its wall time in seconds, and why it gave nothing, if it gave nothing."""

    stage: str
    duration_s: float = field(compare=False)
    abstained_because: str = ""


class ModelTask(StrEnum):
    """What a trained model is asked for."""

    DEPTH = "depth"
    DETECTION = "detection"
    SEGMENTATION = "segmentation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """A trained model that took part: its task, name and file's SHA-256, and why its answer was not used, if not."""

    task: ModelTask
    name: str
    sha256: str
    unused_because: str = ""


class StabilityChange(StrEnum):
    """How a still is changed to see whether the verdicts stay."""

    CROP = "crop"
    DARKER = "darker"
    LIGHTER = "lighter"
    COMPRESSION = "compression"
    FLIP = "flip"


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityVariant:
    """One changed still and its analysis, a mirrored one's mirrored back."""

    change: StabilityChange
    analysis: SceneAnalysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """Shares of verdicts that stay when the still changes slightly, and the changed stills' analyses."""

    under_crop: Measure
    under_gamma: Measure
    under_compression: Measure
    under_flip: Measure
    variants: tuple[StabilityVariant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneAnalysis:
    """All that was measured in one still."""

    pixel_digest: str
    pipeline_version: str
    image: ImageFacts
    width_px: int
    height_px: int
    information: Measure
    light: Light
    palette: tuple[Swatch, ...]
    lines: Lines
    horizon: Horizon | None
    vanishing_point: VanishingPoint | None
    depth: Depth
    focus: Focus
    regions: tuple[Region, ...]
    subjects: tuple[Subject, ...]
    faces: tuple[Face, ...]
    composition: Composition
    shot: Shot
    scene: Scene
    maps: SceneMaps
    stages: tuple[StageReport, ...]
    models: tuple[ModelUse, ...] = ()
    people: tuple[PersonFind, ...] = ()
    stability: Stability | None = None
