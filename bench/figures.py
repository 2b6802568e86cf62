"""Numbers out of repeated measurements: middle values with their spread, ratios of pairs, slopes with an interval."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NORMAL_97_5: Final = 1.959964
"""The standard normal distribution's 97.5 % quantile."""

_BLOCKS: Final = 25
"""Blocks that a series is averaged into before a line is laid through it."""


@dataclass(frozen=True)
class Figure:
    """A value and the range around it: the middle half of the repeats, or a 95 % interval where a slope is told."""

    value: float
    low: float
    high: float


def middle(values: Sequence[float]) -> Figure:
    """The median with the quartiles. values: one at least."""
    return Figure(statistics.median(values), percentile(values, 25), percentile(values, 75))


def ratio(values: Sequence[float], floors: Sequence[float]) -> Figure:
    """The median of the pairs' ratios: what slows both halves of a pair alike cancels out. Floors are above 0."""
    return middle([value / floor for value, floor in zip(values, floors, strict=True)])


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile with straight lines between the order statistics. values: one at least; percent: 0..100."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def slope(values: Sequence[float]) -> Figure:
    """The least-squares slope per step of a series, with its 95 % interval. values: six at least.

    Neighbours in a series of memory sizes are nearly equal, and would make the interval far too narrow if each counted
    as a witness of its own; so the line is laid through the means of about 25 blocks.
    """
    size = max(1, len(values) // _BLOCKS)
    blocks = [values[at : at + size] for at in range(0, len(values) - size + 1, size)]
    means = [statistics.fmean(block) for block in blocks]
    places = [index * size for index in range(len(means))]
    place_mean, mean = statistics.fmean(places), statistics.fmean(means)
    spread = sum((place - place_mean) ** 2 for place in places)
    pairs = list(zip(places, means, strict=True))
    found = sum((place - place_mean) * (value - mean) for place, value in pairs) / spread
    left = sum((value - mean - found * (place - place_mean)) ** 2 for place, value in pairs)
    freedom = len(means) - 2
    error = math.sqrt(left / freedom / spread) * student(freedom)
    return Figure(found, found - error, found + error)


def student(freedom: int) -> float:
    """Student's t at 97.5 % for so many degrees of freedom, 4 or more, to 0.5 %.

    The expansion about the normal quantile of Abramowitz and Stegun, 26.7.5, to its second term.
    """
    z = _NORMAL_97_5
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
