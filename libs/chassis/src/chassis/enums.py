"""A contract's enumerations and a core's own words for them, value by value, in both directions.

Contracts write `MOVEMENT_PAN_LEFT`, cores write `pan_left`: the name without its prefix, in lower case. Zero is the
contract's "not stated".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, Protocol, Self, TypeVar

T = TypeVar("T", bound=StrEnum)


class Numbered(Protocol):
    """What generated code offers for an enumeration."""

    def items(self) -> Iterable[tuple[str, Any]]:
        """Names and numbers of the values."""
        ...


class Names:
    """One enumeration's values by their names in core and back, for a core that has them as text."""

    def __init__(self, numbered: Numbered, prefix: str) -> None:
        self._names = {
            number: "" if number == 0 else name.removeprefix(prefix).lower() for name, number in numbered.items()
        }
        self._numbers = {name: number for number, name in self._names.items()}

    def name(self, number: int) -> str:
        """The name in core; "" for unspecified and for values that this version does not know."""
        return self._names.get(number, "")

    def number(self, name: str) -> Any:
        """The contract's number. Raises KeyError for a name that the contract does not have.

        Generated code gives every enumeration a type of its own, so that one return type fits none of them: hence Any.
        """
        return self._numbers[name]

    def names(self) -> tuple[str, ...]:
        """All names but unspecified, in the contract's order."""
        return tuple(name for number, name in sorted(self._names.items()) if number)


class Pairs(Generic[T]):
    """One enumeration beside a core's own. The contract's zero is no value of core's unless `unstated` says which."""

    def __init__(self, pairs: Mapping[int, T], *, unstated: T | None = None) -> None:
        self._to_core = MappingProxyType(dict(pairs))
        self._to_wire = MappingProxyType({value: number for number, value in pairs.items()})
        self._unstated = unstated

    @classmethod
    def by_name(cls, kind: type[T], numbered: Numbered, prefix: str, *, unstated: T | None = None) -> Self:
        """The table in which core's values are the contract's names without the prefix, in lower case.

        Raises KeyError for a value of core's that the contract does not have.
        """
        numbers = dict(numbered.items())
        return cls({numbers[prefix + value.value.upper()]: value for value in kind}, unstated=unstated)

    def core(self, number: int) -> T | None:
        """Core's value of a number; for one without, the unstated one or None."""
        return self._to_core.get(number, self._unstated)

    def stated(self, number: int) -> T:
        """Core's value of a number that validation has let through. Raises KeyError for any other."""
        return self._to_core[number] if number or self._unstated is None else self._unstated

    def wire(self, value: T) -> Any:
        """The contract's number of core's value; Any for the reason that `Names.number` gives."""
        return self._to_wire[value]

    def numbers(self) -> frozenset[int]:
        """The contract's numbers that have a value of their own."""
        return frozenset(self._to_core)
