"""From log-odds to a frequency: how often verdicts with as much evidence were right on labelled photographs.

Each family of movements has a curve, probability = 1 / (1 + exp(-(slope * log-odds + intercept))) (Platt scaling),
fitted with the others, so that a family with few photographs stays near what holds for all. An interval follows from
the covariance of slope and intercept by the delta method, taken in log-odds so that it stays between 0 and 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from film.movement import Family

INTERVAL: Final = 0.9
"""The share of cases that an interval is meant to hold."""

# The two-sided quantile of the normal distribution for INTERVAL.
_SPREAD: Final = 1.6448536269514722
# Nearer to 0 or 1 than this nothing that is measured tells apart.
_HAIR: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a verdict is: 0 to 1. Without a calibration there is no interval, and calibration_id is ""."""

    probability: float
    lower: float | None = None
    upper: float | None = None
    calibration_id: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of one family. slope: above 0, so that more evidence is never less sure.

    covariance: of slope and intercept: the slope's variance, their covariance, the intercept's variance.
    """

    slope: float
    intercept: float
    covariance: tuple[float, float, float]

    def log_odds(self, raw: float) -> float:
        """Calibrated log-odds of raw ones."""
        return self.slope * raw + self.intercept

    def spread(self, raw: float) -> float:
        """Half of the interval's width, in log-odds."""
        of_slope, joint, of_intercept = self.covariance
        return _SPREAD * math.sqrt(max(0.0, raw * raw * of_slope + 2 * raw * joint + of_intercept))


@dataclass(frozen=True)
class Calibration:
    """How evidence becomes a frequency, for one set of rules and one way of measuring.

    id: names it in answers. rules_version, pipeline_version: what it was fitted on; it holds for nothing else.
    families: every family's curve. floor: the probability from which on a movement is recommended.
    set_threshold: every movement at least as probable belongs to the prediction set, which holds a right one with the
        probability `coverage` (conformal prediction); None when there were too few photographs to tell.
    """

    id: str
    rules_version: str
    pipeline_version: str
    families: Mapping[Family, Curve]
    floor: float
    set_threshold: float | None
    coverage: float

    def confidence(self, family: Family, raw: float) -> Confidence:
        """The calibrated probability of a movement of a family, with its 90 % interval."""
        curve = self.families[family]
        middle, spread = curve.log_odds(raw), curve.spread(raw)
        return Confidence(logistic(middle), logistic(middle - spread), logistic(middle + spread), self.id)


def logistic(log_odds: float) -> float:
    """The probability of log-odds; 0.5 at 0. Never overflows."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    grown = math.exp(max(log_odds, -700.0))
    return grown / (1.0 + grown)


def logit(probability: float) -> float:
    """The log-odds of a probability; finite at 0 and 1 too."""
    inside = min(1.0 - _HAIR, max(_HAIR, probability))
    return math.log(inside / (1.0 - inside))
