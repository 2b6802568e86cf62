"""The wire's enumerations and core's, value by value, in both directions."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from analyzer.core import analysis as core
from animatize.analyzer.v1 import analysis_pb2, composition_pb2, space_pb2, subjects_pb2
from animatize.type.v1 import image_pb2

T = TypeVar("T", bound=StrEnum)


class Pairs(Generic[T]):
    """One enumeration's two-way table, made from the names: core's value in upper case behind the wire's prefix."""

    def __init__(self, kind: type[T], numbers: Mapping[str, int], prefix: str) -> None:
        self._to_wire = MappingProxyType({value: numbers[prefix + value.value.upper()] for value in kind})
        self._to_core = MappingProxyType({number: value for value, number in self._to_wire.items()})

    def wire(self, value: T) -> Any:
        """The wire's number; typed for whichever of the wire's enumerations it belongs to."""
        return self._to_wire[value]

    def core(self, number: int) -> T:
        """Core's value. Raises KeyError for a number that core has no value for."""
        return self._to_core[number]

    def numbers(self) -> frozenset[int]:
        """The wire's numbers that have a value in core."""
        return frozenset(self._to_core)


HORIZON: Final = Pairs(core.HorizonKind, dict(space_pb2.HorizonKind.items()), "HORIZON_KIND_")
CUE: Final = Pairs(core.DepthCue, dict(space_pb2.DepthCue.items()), "DEPTH_CUE_")
REGION: Final = Pairs(core.RegionKind, dict(space_pb2.RegionKind.items()), "REGION_KIND_")
SUBJECT: Final = Pairs(core.SubjectKind, dict(subjects_pb2.SubjectKind.items()), "SUBJECT_KIND_")
SCALE: Final = Pairs(core.ShotScale, dict(composition_pb2.ShotScale.items()), "SHOT_SCALE_")
ANGLE: Final = Pairs(core.ShotAngle, dict(composition_pb2.ShotAngle.items()), "SHOT_ANGLE_")
SCENE: Final = Pairs(core.SceneKind, dict(composition_pb2.SceneKind.items()), "SCENE_KIND_")
TIME: Final = Pairs(core.TimeOfDay, dict(composition_pb2.TimeOfDay.items()), "TIME_OF_DAY_")
MAP: Final = Pairs(core.MapKind, dict(analysis_pb2.MapKind.items()), "MAP_KIND_")

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
