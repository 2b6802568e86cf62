"""What was measured in a still, as plain values: the words of the contract without its wire.

Places are `film.geometry` values: shares of width and height, origin top left, x right, y down. Fields say how they
change in a mirror (`handedness`), so that one function can mirror the whole.
"""

from analyzer.core.analysis.composition import (
    ColourScheme,
    Composition,
    Scene,
    SceneKind,
    SceneScore,
    Shot,
    ShotAngle,
    ShotScale,
    TimeOfDay,
)
from analyzer.core.analysis.light import Focus, Light, Swatch
from analyzer.core.analysis.measure import Confidence, Measure, absent, blank, measured
from analyzer.core.analysis.scene_analysis import (
    ImageFacts,
    MapKind,
    ModelTask,
    ModelUse,
    SceneAnalysis,
    SceneMaps,
    Stability,
    StabilityChange,
    StabilityVariant,
    StageReport,
)
from analyzer.core.analysis.space import (
    Depth,
    DepthCue,
    Horizon,
    HorizonKind,
    Lines,
    Region,
    RegionKind,
    UncertaintyEllipse,
    VanishingPoint,
)
from analyzer.core.analysis.subjects import Face, PersonFind, Subject, SubjectKind

__all__ = [
    "ColourScheme",
    "Composition",
    "Confidence",
    "Depth",
    "DepthCue",
    "Face",
    "Focus",
    "Horizon",
    "HorizonKind",
    "ImageFacts",
    "Light",
    "Lines",
    "MapKind",
    "Measure",
    "ModelTask",
    "ModelUse",
    "PersonFind",
    "Region",
    "RegionKind",
    "Scene",
    "SceneAnalysis",
    "SceneKind",
    "SceneMaps",
    "SceneScore",
    "Shot",
    "ShotAngle",
    "ShotScale",
    "Stability",
    "StabilityChange",
    "StabilityVariant",
    "StageReport",
    "Subject",
    "SubjectKind",
    "Swatch",
    "TimeOfDay",
    "UncertaintyEllipse",
    "VanishingPoint",
    "absent",
    "blank",
    "measured",
]
