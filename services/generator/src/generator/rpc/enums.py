"""The wire's enumerations and core's, value by value, in both directions."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from animatize.generator.v1 import clip_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from film.movement import Movement
from generator.core.motion_check import Outcome, Unit
from generator.core.order import Aspect, ClipFormat, Easing, Preset, Speed

T = TypeVar("T", bound=StrEnum)


class Pairs(Generic[T]):
    """One enumeration's two-way table. The wire's zero is no value of core's unless `unstated` says which."""

    def __init__(self, pairs: Mapping[int, T], *, unstated: T | None = None) -> None:
        self._to_core = MappingProxyType(dict(pairs))
        self._to_wire = MappingProxyType({value: number for number, value in pairs.items()})
        self._unstated = unstated

    def core(self, number: int) -> T | None:
        """Core's value of a wire number; for zero the unstated one, or None."""
        return self._to_core.get(number, self._unstated)

    def stated(self, number: int) -> T:
        """Core's value of a wire number that validation has let through; raises KeyError for any other."""
        return self._to_core[number] if number or self._unstated is None else self._unstated

    def wire(self, value: T) -> Any:
        """The wire number of core's value; typed for whichever of the wire's enumerations it belongs to."""
        return self._to_wire[value]

    def numbers(self) -> frozenset[int]:
        """The wire numbers that have a value of their own."""
        return frozenset(self._to_core)


def _by_name(kind: type[T], numbers: Mapping[str, int], prefix: str, *, unstated: T | None = None) -> Pairs[T]:
    """Pairs whose wire names are core's values in upper case behind a prefix."""
    return Pairs({numbers[prefix + value.value.upper()]: value for value in kind}, unstated=unstated)


MOVEMENT: Final = _by_name(Movement, dict(movement_pb2.Movement.items()), "MOVEMENT_")
EASING: Final = _by_name(Easing, dict(movement_pb2.Easing.items()), "EASING_", unstated=Easing.SMOOTH)
SPEED: Final = _by_name(Speed, dict(movement_pb2.Speed.items()), "SPEED_", unstated=Speed.REGULAR)
UNIT: Final = _by_name(Unit, dict(prediction_pb2.AmplitudeUnit.items()), "AMPLITUDE_UNIT_")
FORMAT: Final = _by_name(ClipFormat, dict(clip_pb2.ClipFormat.items()), "CLIP_FORMAT_", unstated=ClipFormat.MP4_H264)
PRESET: Final = _by_name(Preset, dict(clip_pb2.EncodePreset.items()), "ENCODE_PRESET_", unstated=Preset.FAST)
OUTCOME: Final = _by_name(Outcome, dict(verdict_pb2.VerdictOutcome.items()), "VERDICT_OUTCOME_")
ASPECT: Final = Pairs(
    {
        clip_pb2.ASPECT_RATIO_16_9: Aspect.WIDE,
        clip_pb2.ASPECT_RATIO_9_16: Aspect.TALL,
        clip_pb2.ASPECT_RATIO_1_1: Aspect.SQUARE,
        clip_pb2.ASPECT_RATIO_4_5: Aspect.PORTRAIT,
        clip_pb2.ASPECT_RATIO_239_100: Aspect.CINEMA,
    },
    unstated=Aspect.OWN,
)
