"""Today's figures against stored ones; only what does not depend on the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evaluation.seeing.figure import Better, Figure
from evaluation.seeing.gate import Worse

BASELINE: Final = Path(__file__).with_name("baseline.json")

_TOLERANCES: Final = ((", dB", 0.2), (", px", 0.005), ("similarity", 0.002), ("outlines:", 0.03))
"""How much worse a figure may be, by a part of its name: processors round differently. All else may not be worse."""


def worse(figures: Sequence[Figure], baseline: Mapping[str, Any]) -> list[Worse]:
    """The figures that are worse than stored beyond their tolerance, and those that are gone."""
    today = {figure.name: figure for figure in figures}
    found = []
    for name, row in baseline["figures"].items():
        value, figure = float(row["value"]), today.get(name)
        if figure is None or figure.value is None:
            found.append(Worse(name, value, None, 0.0))
            continue
        tolerance = next((allowed for part, allowed in _TOLERANCES if part in name), 0.0)
        fall = value - figure.value if figure.better is Better.HIGHER else figure.value - value
        if fall > tolerance + 1e-9:
            found.append(Worse(name, value, figure.value, tolerance))
    return found
