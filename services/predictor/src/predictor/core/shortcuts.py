"""The commonest expressions without the language's machinery, which costs more than they do.

Nineteen of twenty expressions of the rules compare one metric with a number, are one metric, or are one metric's ramp.
What is told here is bit for bit what the language tells: the same operations on the same numbers, in the same order.
"""

import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

Told = Callable[[float], float | bool]
"""From the value of an expression's one metric to what the expression comes to."""

_METRIC: Final = r"[a-z_]+(?:\.[a-z_]+)?"
_NUMBER: Final = r"-?[0-9]+\.[0-9]+"
_COMPARISON: Final = re.compile(rf"{_METRIC}\s*(>=|<=|>|<)\s*({_NUMBER})")
_ALONE: Final = re.compile(_METRIC)
_RAMP: Final = re.compile(rf"ramp\(\s*(?:({_NUMBER})\s*-\s*)?{_METRIC}\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)")
_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
)


def shortcut(text: str) -> Told | None:
    """How a valid expression over one metric is told; None when it is not of the common forms."""
    if found := _COMPARISON.fullmatch(text):
        return _comparison(_COMPARED[found[1]], float(found[2]))
    if found := _RAMP.fullmatch(text):
        start = None if found[1] is None else float(found[1])
        low, high = float(found[2]), float(found[3])
        # A ramp without width divides by nothing, which the language has its own answer to.
        return None if low == high else _ramp(start, low, high)
    return _itself if _ALONE.fullmatch(text) else None


def _itself(value: float) -> float:
    return value


def _comparison(compared: Callable[[float, float], bool], bound: float) -> Told:
    return lambda value: compared(value, bound)


def _ramp(start: float | None, low: float, high: float) -> Told:
    width = high - low

    def told(value: float) -> float:
        share = ((value if start is None else start - value) - low) / width
        return 0.0 if share <= 0.0 else min(1.0, share)

    return told
