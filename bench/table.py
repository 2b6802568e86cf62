"""The rows that the measurements give, as one Markdown table and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from figures import Figure, middle, ratio


@dataclass(frozen=True)
class Row:
    """One claim beside its floor, both from the same run.

    ratio: measured over floor, None where it would say nothing. repeats: how often each was measured, in words.
    """

    bench: str
    what: str
    unit: str
    measured: Figure
    floor_name: str
    floor: Figure
    ratio: Figure | None
    repeats: str


def paired(bench: str, what: str, unit: str, values: Sequence[float], floor_name: str, floors: Sequence[float]) -> Row:
    """The row of measurements that were taken in pairs, one of each at a time."""
    return Row(
        bench=bench,
        what=what,
        unit=unit,
        measured=middle(values),
        floor_name=floor_name,
        floor=middle(floors),
        ratio=ratio(values, floors),
        repeats=f"{len(values)} pairs",
    )


def markdown(rows: Sequence[Row]) -> str:
    """The table; in brackets the middle half of the repeats, or the 95 % interval of a slope."""
    lines = [
        "| Bench | What | Measured | Floor | Floor measured | Ratio | Repeats |",
        "|---|---|--:|---|--:|--:|---|",
    ]
    for row in rows:
        ratio_text = "" if row.ratio is None else _told(row.ratio)
        cells = [
            row.bench,
            f"{row.what}, {row.unit}",
            _told(row.measured),
            row.floor_name,
            _told(row.floor),
            ratio_text,
            row.repeats,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as JSON's own types."""
    return [asdict(row) for row in rows]


def _told(figure: Figure) -> str:
    return f"{_number(figure.value)} [{_number(figure.low)}, {_number(figure.high)}]"


def _number(value: float) -> str:
    """Three digits that count: more would be noise."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 4)}f}"
