"""Curves from log-odds to probability, one for each family of movements, fitted together.

probability = 1 / (1 + exp(-(slope * log-odds + intercept))) (Platt 1999). What is common to all, and each family's
deviation, held back by a ridge (a normal prior), so that a family with few judgements stays near the common curve.
The covariance is that of the penalised likelihood (Laplace), widened by how much judgements of one photograph hang
together (the sandwich estimate for clusters over the naive one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from film.movement import Family

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

FAMILIES: Final = tuple(family.value for family in Family)

REACHES: Final = (0.1, 0.25, 0.5, 1.0)
"""How far families may deviate: candidates, as standard deviations of the intercept; slopes deviate half as far."""

# Before any judgement: log-odds mean what they say, and may be off by as much as this (standard deviations).
_SLOPE, _SLOPE_SD, _INTERCEPT_SD = 1.0, 1.0, 2.0
# More evidence is never less sure; a family in which it tells nothing keeps this much of a slope.
_LEAST_SLOPE: Final = 0.1
_STEPS: Final = 100
_SETTLED: Final = 1e-10
"""Step of a parameter at which the search ends."""
_ROUNDING: Final = 1e-9
"""By how much the logarithm of a likelihood may seem to fall where it only rounds."""
DIGITS: Final = 6
"""Digits behind the point of what is written."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One candidate of one photograph: its family, raw log-odds, whether it is right, and the photograph's name."""

    family: str
    log_odds: float
    right: bool
    group: str


@dataclass(frozen=True)
class Judged:
    """The judgements as columns: family index, raw log-odds, right (0 or 1), photograph index."""

    family: Places
    log_odds: Array
    right: Array
    group: Places

    @staticmethod
    def of(rows: Sequence[Judgement]) -> Judged:
        """The columns of judgements, in their order."""
        places = {name: index for index, name in enumerate(FAMILIES)}
        groups = {name: index for index, name in enumerate(sorted({row.group for row in rows}))}
        return Judged(
            np.array([places[row.family] for row in rows], dtype=np.int64),
            np.array([row.log_odds for row in rows], dtype=np.float64),
            np.array([row.right for row in rows], dtype=np.float64),
            np.array([groups[row.group] for row in rows], dtype=np.int64),
        )

    def part(self, kept: npt.NDArray[np.bool_]) -> Judged:
        """Those that are kept."""
        return Judged(self.family[kept], self.log_odds[kept], self.right[kept], self.group[kept])

    def design(self) -> Array:
        """Columns: common slope, common intercept, each family's slope, each family's intercept."""
        count = len(FAMILIES)
        own = np.eye(count)[self.family]
        return np.column_stack([self.log_odds, np.ones_like(self.log_odds), own * self.log_odds[:, None], own])


@dataclass(frozen=True)
class Curves:
    """Fitted parameters in the design's order, their covariance, and how much it was widened."""

    parameters: Array
    covariance: Array
    widened: float

    @property
    def common(self) -> tuple[float, float]:
        """Slope and intercept of what holds for all families."""
        return max(_LEAST_SLOPE, float(self.parameters[0])), float(self.parameters[1])

    def line(self, index: int) -> tuple[float, float]:
        """Slope and intercept of one family."""
        count = len(FAMILIES)
        slope = self.parameters[0] + self.parameters[2 + index]
        return max(_LEAST_SLOPE, float(slope)), float(self.parameters[1] + self.parameters[2 + count + index])

    def curve(self, index: int) -> dict[str, Any]:
        """One family's row of the file."""
        count = len(FAMILIES)
        picks = np.zeros((2, 2 + 2 * count))
        picks[0, [0, 2 + index]] = 1.0
        picks[1, [1, 2 + count + index]] = 1.0
        spread = picks @ self.covariance @ picks.T
        slope, intercept = self.line(index)
        return {
            "slope": round(slope, DIGITS),
            "intercept": round(intercept, DIGITS),
            "covariance": [round(float(item), DIGITS) for item in (spread[0, 0], spread[0, 1], spread[1, 1])],
        }

    def probabilities(self, data: Judged) -> Array:
        """The calibrated probability of each judged candidate."""
        lines = np.array([self.line(index) for index in range(len(FAMILIES))])[data.family]
        return sigmoid(lines[:, 0] * data.log_odds + lines[:, 1])


def fitted(data: Judged, reach: float) -> Curves:
    """The most likely parameters under the ridge, by Newton's method; the problem has one optimum."""
    design, count = data.design(), len(FAMILIES)
    centre = np.zeros(design.shape[1])
    centre[0] = _SLOPE
    deviations = [reach / 2] * count + [reach] * count
    precision = 1.0 / np.array([_SLOPE_SD, _INTERCEPT_SD, *deviations]) ** 2
    found = centre.copy()
    hessian = np.diag(precision)
    for _ in range(_STEPS):
        chance = sigmoid(design @ found)
        slope = design.T @ (data.right - chance) - precision * (found - centre)
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(hessian, slope)
        # A whole step may leave the region in which the quadratic is a good picture, and from there circle for ever.
        reached, share = _penalised(data, design, found, centre, precision), 1.0
        while _penalised(data, design, found + share * step, centre, precision) < reached - _ROUNDING:
            share /= 2
        found = found + share * step
        if float(np.abs(step).max()) < _SETTLED:
            break
    naive = np.linalg.inv(hessian)
    widened = max(1.0, _clustered(data, found, design))
    covariance: Array = np.asarray(naive * widened, dtype=np.float64)
    return Curves(found, covariance, widened)


def _penalised(data: Judged, design: Array, found: Array, centre: Array, precision: Array) -> float:
    """The logarithm of the likelihood under the ridge, but for a constant."""
    along = design @ found
    likelihood = data.right @ along - np.logaddexp(0.0, along).sum()
    return float(likelihood - (precision * (found - centre) ** 2).sum() / 2)


def _clustered(data: Judged, found: Array, design: Array) -> float:
    """How much wider the common curve's covariance is when judgements of one photograph are seen as one."""
    common = design[:, :2]
    chance = sigmoid(design @ found)
    naive = np.linalg.inv((common * (chance * (1 - chance))[:, None]).T @ common + 1e-9 * np.eye(2))
    scores = np.zeros((int(data.group.max()) + 1, 2))
    np.add.at(scores, data.group, common * (data.right - chance)[:, None])
    sandwich = naive @ (scores.T @ scores) @ naive
    return float(np.trace(sandwich) / np.trace(naive))


def crossed(data: Judged, fold: Places, reach: float) -> Array:
    """Each judgement's probability by a model that has not seen its photograph."""
    found = np.zeros_like(data.right)
    for part in np.unique(fold):
        model = fitted(data.part(fold != part), reach)
        found[fold == part] = model.probabilities(data.part(fold == part))
    return found


def log_loss(right: Array, chance: Array) -> float:
    """The mean of what each outcome costs: minus the logarithm of its probability."""
    inside = np.clip(chance, 1e-12, 1 - 1e-12)
    return float(-np.mean(right * np.log(inside) + (1 - right) * np.log(1 - inside)))


def sigmoid(log_odds: Array) -> Array:
    """The logistic function."""
    result: Array = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -500, 500)))
    return result
