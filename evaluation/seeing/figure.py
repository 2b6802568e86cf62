"""One figure of the report: its value, its interval, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evaluation.seeing.statistics import Interval


class Better(StrEnum):
    """Which way a figure is better; the gate watches those that have one."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Figure:
    """A named figure. value, low, high: None when there is no case. target: what the product promises, if it does."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    better: Better
    target: float | None = None

    @property
    def meets_target(self) -> bool | None:
        """Whether the value keeps the promise; None without promise or value."""
        if self.target is None or self.value is None:
            return None
        return self.value >= self.target if self.better is Better.HIGHER else self.value <= self.target


def figure(name: str, interval: Interval | None, better: Better, *, target: float | None = None) -> Figure:
    """A figure of an interval, rounded to what anybody reads."""
    if interval is None:
        return Figure(name, None, None, None, 0, better, target)
    return Figure(
        name, round(interval.value, 4), round(interval.low, 4), round(interval.high, 4), interval.n, better, target
    )
