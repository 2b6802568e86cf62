"""The wire's enumerations and core's, value by value, in both directions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from analyzer.core import analysis as core
from animatize.analyzer.v1 import analysis_pb2, composition_pb2, space_pb2, subjects_pb2
from animatize.type.v1 import image_pb2
from chassis.enums import Pairs

HORIZON: Final = Pairs.by_name(core.HorizonKind, space_pb2.HorizonKind, "HORIZON_KIND_")
CUE: Final = Pairs.by_name(core.DepthCue, space_pb2.DepthCue, "DEPTH_CUE_")
REGION: Final = Pairs.by_name(core.RegionKind, space_pb2.RegionKind, "REGION_KIND_")
SUBJECT: Final = Pairs.by_name(core.SubjectKind, subjects_pb2.SubjectKind, "SUBJECT_KIND_")
SCALE: Final = Pairs.by_name(core.ShotScale, composition_pb2.ShotScale, "SHOT_SCALE_")
ANGLE: Final = Pairs.by_name(core.ShotAngle, composition_pb2.ShotAngle, "SHOT_ANGLE_")
SCENE: Final = Pairs.by_name(core.SceneKind, composition_pb2.SceneKind, "SCENE_KIND_")
TIME: Final = Pairs.by_name(core.TimeOfDay, composition_pb2.TimeOfDay, "TIME_OF_DAY_")
COLOURS: Final = Pairs.by_name(core.ColourScheme, composition_pb2.ColourScheme, "COLOUR_SCHEME_")
TASK: Final = Pairs.by_name(core.ModelTask, analysis_pb2.ModelTask, "MODEL_TASK_")
CHANGE: Final = Pairs.by_name(core.StabilityChange, analysis_pb2.StabilityChange, "STABILITY_CHANGE_")
MAP: Final = Pairs.by_name(core.MapKind, analysis_pb2.MapKind, "MAP_KIND_")

FORMAT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "JPEG": image_pb2.IMAGE_FORMAT_JPEG,
        "PNG": image_pb2.IMAGE_FORMAT_PNG,
        "WebP": image_pb2.IMAGE_FORMAT_WEBP,
        "AVIF": image_pb2.IMAGE_FORMAT_AVIF,
        "GIF": image_pb2.IMAGE_FORMAT_GIF,
    }
)
"""The formats by the names that film.stills gives them."""
