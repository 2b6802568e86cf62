"""The stored figures, and which of today's are worse."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluation.seeing.figure import Better, Figure

BASELINE: Final = Path(__file__).with_name("baseline.json")

TOLERANCE: Final = 0.02
"""How much worse a figure may be, or one picture of those behind it if that is more."""

_OWN_TOLERANCE: Final[Mapping[str, float]] = {"horizon: median error of tilt in degrees, scenes": 0.25}
_ABSOLUTE: Final = (0.0, 1.0)
"""A promise of never or always that is kept must stay kept: no tolerance."""


@dataclass(frozen=True)
class Worse:
    """A figure that fell: what was stored, what it is, and how much it may fall."""

    name: str
    stored: float
    now: float | None
    tolerance: float

    def __str__(self) -> str:
        today = "not measured any more" if self.now is None else f"now {self.now:.4f}"
        return f"{self.name}: {self.stored:.4f} in the baseline, {today}; {self.tolerance:.4f} worse is let pass"


def stored(figures: Sequence[Figure], *, seeds: int) -> str:
    """The baseline's text for these figures. seeds: scenes of each builder."""
    rows = {
        figure.name: {"value": figure.value, "n": figure.n}
        for figure in figures
        if figure.better is not Better.NEITHER and figure.value is not None
    }
    return json.dumps({"seeds": seeds, "figures": rows}, indent=2) + "\n"


def seeds_of(baseline: Mapping[str, Any]) -> int:
    """How many scenes of each builder the baseline was measured on."""
    return int(baseline["seeds"])


def read(path: Path = BASELINE) -> dict[str, Any]:
    """The baseline. Raises FileNotFoundError when there is none yet."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def worse(figures: Sequence[Figure], baseline: Mapping[str, Any]) -> list[Worse]:
    """The figures that are worse than stored beyond the tolerance, and those that are gone."""
    today = {figure.name: figure for figure in figures}
    found = []
    for name, row in baseline["figures"].items():
        value, figure = float(row["value"]), today.get(name)
        if figure is None or figure.value is None:
            found.append(Worse(name, value, None, 0.0))
            continue
        tolerance = _tolerance(figure, value, int(row["n"]))
        fall = value - figure.value if figure.better is Better.HIGHER else figure.value - value
        if fall > tolerance + 1e-9:
            found.append(Worse(name, value, figure.value, tolerance))
    return found


def _tolerance(figure: Figure, value: float, n: int) -> float:
    if figure.target in _ABSOLUTE and value == figure.target:
        return 0.0
    return _OWN_TOLERANCE.get(figure.name, max(TOLERANCE, 1 / max(1, n)))
