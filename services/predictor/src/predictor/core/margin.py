"""How likely a requirement truly holds, although its figures move when nothing in the picture does.

A figure just above a threshold might as well lie below it: the next encoding of the same photograph moves it there. So
a requirement that compares figures with a number has a chance to hold, which rises through 0.5 at the number (the
normal distribution function of the distance, in widened deviations of the figure).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from predictor.core.facts import Reading
from predictor.core.steadiness import WIDTH, deviation

_METRIC: Final = r"[a-z_]+(?:\.[a-z_]+)?"
_NUMBER: Final = r"-?[0-9]+\.[0-9]+"
_COMPARISON: Final = re.compile(rf"({_METRIC}(?:\s*\+\s*{_METRIC})*)\s*(>=|<=|>|<)\s*({_NUMBER})")
_PLUS: Final = re.compile(r"\s*\+\s*")

# The one-sided quantile of the normal distribution for 5 %.
_SURE: Final = 1.6448536269514722
_SCALE: Final = WIDTH * math.sqrt(2.0)


@dataclass(frozen=True, slots=True)
class Margin:
    """A comparison of a sum of figures with a number. sign: 1 where more is wanted, -1 where less is.

    deviation: of the sum between copies of one picture, above 0.
    """

    metrics: tuple[str, ...]
    bound: float
    sign: float
    deviation: float

    def chance(self, readings: Mapping[str, Reading]) -> float:
        """How likely the comparison holds, 0 to 1; 0.5 at the number itself. Raises KeyError for a missing figure."""
        return 0.5 * math.erfc(-self._distance(readings) / (_SCALE * self.deviation))

    def surely_fails(self, readings: Mapping[str, Reading]) -> bool:
        """Whether it fails by more than the figures move on copies of one picture (at 5 %)."""
        return self._distance(readings) < -_SURE * self.deviation

    def _distance(self, readings: Mapping[str, Reading]) -> float:
        if len(self.metrics) == 1:
            return self.sign * (readings[self.metrics[0]].value - self.bound)
        # Exactly rounded, so that the order of the figures changes nothing.
        return self.sign * (math.fsum(readings[name].value for name in self.metrics) - self.bound)


def margin(text: str) -> Margin | None:
    """The margin of a valid condition; None when it compares anything else, or figures that are steady."""
    found = _COMPARISON.fullmatch(text.strip())
    if found is None:
        return None
    metrics = tuple(_PLUS.split(found[1]))
    noise = deviation(metrics)
    return Margin(metrics, float(found[3]), 1.0 if found[2].startswith(">") else -1.0, noise) if noise else None
