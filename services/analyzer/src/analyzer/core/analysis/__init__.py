"""What was measured in a still, as plain values: the words of the contract without its wire.

Places are `film.geometry` values: shares of width and height, origin top left, x right, y down. Fields say how they
change in a mirror (`handedness`), so that one function can mirror the whole.
"""

from analyzer.core.analysis.composition import (
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
from analyzer.core.analysis.scene_analysis import ImageFacts, MapKind, SceneAnalysis, SceneMaps, StageReport
from analyzer.core.analysis.space import (
    Depth,
    DepthCue,
    Horizon,
    HorizonKind,
    Lines,
    Region,
    RegionKind,
    VanishingPoint,
)
from analyzer.core.analysis.subjects import Face, Subject, SubjectKind

__all__ = [
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
    "StageReport",
    "Subject",
    "SubjectKind",
    "Swatch",
    "TimeOfDay",
    "VanishingPoint",
    "absent",
    "blank",
    "measured",
]
