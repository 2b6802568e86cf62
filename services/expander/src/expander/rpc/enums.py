"""Enums of the contract and their names in core: the value's name without its prefix, in lower case, both ways."""

from collections.abc import Iterable
from typing import Any, Final, Protocol

from animatize.analyzer.v1 import composition_pb2, space_pb2, subjects_pb2
from animatize.expander.v1 import expander_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2


class _Enum(Protocol):
    def items(self) -> Iterable[tuple[str, Any]]:
        """Names and numbers of the values."""
        ...


class Names:
    """One enum's values by their names in core and back. The unspecified value is ""."""

    def __init__(self, wrapper: _Enum, prefix: str) -> None:
        self._names = {
            number: "" if number == 0 else name.removeprefix(prefix).lower() for name, number in wrapper.items()
        }
        self._numbers = {name: number for number, name in self._names.items()}

    def name(self, number: int) -> str:
        """The name in core; "" for unspecified and for values that this version does not know."""
        return self._names.get(number, "")

    def number(self, name: str) -> Any:
        """The contract's number. Raises KeyError for a name that the contract does not have.

        The stubs give every enum a type of its own, so that one return type fits none of them: hence Any.
        """
        return self._numbers[name]

    def names(self) -> tuple[str, ...]:
        """All names but unspecified, in the contract's order."""
        return tuple(name for number, name in sorted(self._names.items()) if number)


DIALECT: Final = Names(expander_pb2.Dialect, "DIALECT_")
WRITER: Final = Names(expander_pb2.Writer, "WRITER_")
SEVERITY: Final = Names(expander_pb2.LintSeverity, "LINT_SEVERITY_")
MOVEMENT: Final = Names(movement_pb2.Movement, "MOVEMENT_")
SPEED: Final = Names(movement_pb2.Speed, "SPEED_")
ACTION: Final = Names(prediction_pb2.SubjectAction, "SUBJECT_ACTION_")
MOTION: Final = Names(prediction_pb2.EnvironmentMotion, "ENVIRONMENT_MOTION_")
MOOD: Final = Names(prediction_pb2.Mood, "MOOD_")
REGION: Final = Names(space_pb2.RegionKind, "REGION_KIND_")
SUBJECT: Final = Names(subjects_pb2.SubjectKind, "SUBJECT_KIND_")
SCENE: Final = Names(composition_pb2.SceneKind, "SCENE_KIND_")
