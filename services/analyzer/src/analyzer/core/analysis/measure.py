"""One figure with how far it can be trusted, or the reason why there is none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

SIGNED: Final[Mapping[str, str]] = {"mirror": "negate"}
"""Field metadata: the mirrored still has the negated figure."""


def swapped_with(other: str) -> Mapping[str, str]:
    """Field metadata: the mirrored still has the figure of the field `other`."""
    return {"mirror": other}


_DECIMALS: Final = 6
"""Figures are rounded to a millionth: finer digits are the arithmetic's, not the still's."""

V = TypeVar("V")


class NotAFigure(ValueError):
    """A figure is NaN or infinite, or a quality lies outside 0..1."""

    def __init__(self, value: float) -> None:
        super().__init__(f"a figure is finite and a quality lies within 0..1, found {value}")
        self.value = value


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and its quality 0..1; without a value, quality is 0 and `absent_because` is a plain sentence."""

    value: float | None
    quality: float
    absent_because: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise NotAFigure(self.value)
        if not 0.0 <= self.quality <= 1.0:
            raise NotAFigure(self.quality)

    def or_else(self, default: float) -> float:
        """The figure, or the default when there is none."""
        return default if self.value is None else self.value

    @property
    def weight(self) -> float:
        """Figure times quality; 0 when there is none. For evidence that counts as far as it is trusted."""
        return 0.0 if self.value is None else self.value * self.quality


def measured(value: float, quality: float) -> Measure:
    """A figure; quality is brought into 0..1. Raises NotAFigure for NaN and infinities."""
    number = float(value)
    if not math.isfinite(number) or not math.isfinite(float(quality)):
        raise NotAFigure(number)
    # Adding 0.0 turns a negative zero into zero: -0.0 and 0.0 differ on the wire.
    return Measure(round(number, _DECIMALS) + 0.0, round(min(1.0, max(0.0, float(quality))), _DECIMALS) + 0.0)


def absent(because: str) -> Measure:
    """No figure, and why: one plain sentence."""
    return Measure(None, 0.0, because)


def blank(kind: type[V], because: str) -> V:
    """A value of a dataclass whose every Measure is absent for one reason; its other fields keep their defaults."""
    values: dict[str, Any] = {field.name: absent(because) for field in fields(kind) if field.type is Measure}  # type: ignore[arg-type]
    return kind(**values)


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probability 0..1 that a verdict holds, computed from evidence; uncalibrated without a calibration's id."""

    probability: float
    lower: float | None = None
    upper: float | None = None
    calibration_id: str = ""
