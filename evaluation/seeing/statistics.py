"""Shares, means, rankings and calibration errors, each with an interval that holds the true value in 95 of 100 cases.

Nothing here is random but the bootstrap, which draws from a stated seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_Z: Final = 1.959964
"""Of the normal distribution, two-sided 95 %."""

_DRAWS: Final = 1000
_SEED: Final = 20


@dataclass(frozen=True)
class Interval:
    """A value between its bounds, from n cases."""

    value: float
    low: float
    high: float
    n: int


def share(hits: int, n: int) -> Interval | None:
    """A share with Wilson's interval (Wilson 1927); None without cases."""
    if n == 0:
        return None
    rate, z2 = hits / n, _Z * _Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return Interval(rate, max(0.0, middle - half), min(1.0, middle + half), n)


def mean(values: Sequence[float]) -> Interval | None:
    """The mean with a percentile bootstrap; None without cases."""
    return _bootstrapped([np.asarray(values, float)], lambda columns: float(columns[0].mean()))


def median(values: Sequence[float]) -> Interval | None:
    """The median with a percentile bootstrap; None without cases."""
    return _bootstrapped([np.asarray(values, float)], lambda columns: float(np.median(columns[0])))


def auc(scores: Sequence[float], positive: Sequence[bool]) -> Interval | None:
    """How often a positive scores above a negative (a tie is half); bootstrap. None without both."""
    marks = np.asarray(positive, float)
    if not 0 < marks.sum() < marks.size:
        return None
    return _bootstrapped([np.asarray(scores, float), marks], lambda columns: area(columns[0], columns[1] > 0))


def area(scores: Values, positive: NDArray[np.bool_]) -> float:
    """The area under the ROC curve by ranks; 0.5 when one side is empty."""
    count = int(positive.sum())
    rest = positive.size - count
    if count == 0 or rest == 0:
        return 0.5
    ranks = _ranks(scores)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * rest))


def spearman(one: Values, two: Values) -> float:
    """Rank correlation, ties at their mean rank; 0 when one of them is constant."""
    first, second = _ranks(one), _ranks(two)
    if float(np.ptp(first)) == 0 or float(np.ptp(second)) == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: Values) -> Values:
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], values.size]
    ranks = np.empty(values.size, float)
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks


def brier(probability: Sequence[float], right: Sequence[bool]) -> Interval | None:
    """The mean squared error of probabilities."""
    errors = (np.asarray(probability, float) - np.asarray(right, float)) ** 2
    return mean(list(errors))


def calibration_error(probability: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> Interval | None:
    """Expected calibration error over bins of equal width, with a bootstrap.

    The error is a sum of absolute gaps, so samples drawn again have larger ones than the sample itself (see arXiv
    2408.08998): the interval is moved back by that much.
    """
    columns = [np.asarray(probability, float), np.asarray(right, float)]
    return _bootstrapped(columns, lambda drawn: _calibration_error(drawn[0], drawn[1], bins), moved_back=True)


def reliability(probability: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> list[tuple[float, Interval]]:
    """For each bin with cases: the mean probability, and the share that was right."""
    told, truth = np.asarray(probability, float), np.asarray(right, bool)
    places = np.minimum((told * bins).astype(int), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        interval = share(int(truth[inside].sum()), int(inside.sum()))
        if interval is not None:
            found.append((float(told[inside].mean()), interval))
    return found


def _calibration_error(told: Values, truth: Values, bins: int) -> float:
    places = np.minimum((told * bins).astype(int), bins - 1)
    counts = np.bincount(places, minlength=bins)
    gaps = np.abs(np.bincount(places, told, bins) - np.bincount(places, truth, bins))
    return float(gaps.sum() / max(1, counts.sum()))


def by_chance(hits: int, n: int, chance: float) -> float:
    """The probability of at least so many hits when each comes by chance (one-sided binomial test)."""
    if hits <= 0:
        return 1.0
    if chance <= 0:
        return 0.0
    if chance >= 1:
        return 1.0
    logs = [
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(chance)
        + (n - k) * math.log1p(-chance)
        for k in range(hits, n + 1)
    ]
    return min(1.0, math.fsum(math.exp(value) for value in logs))


def _bootstrapped(
    columns: list[Values], statistic: Callable[[list[Values]], float], *, moved_back: bool = False
) -> Interval | None:
    n = columns[0].size
    if n == 0:
        return None
    rng = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_DRAWS):
        chosen = rng.integers(0, n, n)
        drawn.append(statistic([column[chosen] for column in columns]))
    low, high = (float(bound) for bound in np.percentile(drawn, [2.5, 97.5]))
    value = statistic(columns)
    if moved_back:
        bias = float(np.mean(drawn)) - value
        low, high = max(0.0, low - bias), max(value, high - bias)
    return Interval(value, low, high, n)
