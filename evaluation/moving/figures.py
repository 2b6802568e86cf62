"""The figures of a run: how often labels are right, how far amplitudes are off, what it costs."""

from __future__ import annotations

import statistics as plain
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from evaluation.moving.observe import Row
from evaluation.seeing import statistics
from evaluation.seeing.figure import Better, Figure, figure
from film.movement import Family, Movement, family
from generator.core.motion_check.calibration import coarse

CLEAN_EXACT: Final = 0.99
HARD_EXACT: Final = 0.92
HARD_COARSE: Final = 0.95
HARD_WRONG: Final = 0.03
AMPLITUDE: Final = 0.02
DEPTH_AMPLITUDE: Final = 0.10
"""What the product promises."""

DEPTH_BOUND: Final = (Family.ARC, Family.CRANE, Family.DOLLY_ZOOM)
"""Families whose amplitude hangs on depth."""

_UNMEASURED: Final = (Family.HANDHELD, Family.RACK_FOCUS, Family.STATIC)
"""A hand's amplitude has no exact truth, and the other two have none."""


def exact(row: Row) -> bool:
    """The label is the movement that was made."""
    return row.measured == row.recipe.movement


def alike(row: Row) -> bool:
    """The label is the movement that was made or one that shows the same picture where all is equally far."""
    return bool(row.measured) and coarse(Movement(row.measured)) == coarse(row.recipe.movement)


def wrong(row: Row) -> bool:
    """Something was named, and it is neither."""
    return bool(row.measured) and not alike(row)


def amplitude_error(row: Row) -> float | None:
    """Relative error of the amplitude, where the label is right and the truth is known."""
    if not exact(row) or row.amplitude is None or not row.truth or family(row.recipe.movement) in _UNMEASURED:
        return None
    return abs(row.amplitude / row.truth - 1.0)


def figures(own: Sequence[Row], other: Sequence[Row], hard: Sequence[Row]) -> list[Figure]:
    """All figures. own, other: clean clips of both renderers; hard: troubled clips."""
    found: list[Figure] = []
    for name, rows in (("own clean clips", own), ("other renderer's clean clips", other)):
        if rows:
            found.append(_share(f"exact, {name}", rows, exact, Better.HIGHER, CLEAN_EXACT))
            found.append(_share(f"wrong, {name}", rows, wrong, Better.LOWER, None))
            found += _amplitudes(name, rows)
    if hard:
        found.append(_share("exact, hard clips", hard, exact, Better.HIGHER, HARD_EXACT))
        found.append(_share("coarse, hard clips", hard, alike, Better.HIGHER, HARD_COARSE))
        found.append(_share("wrong, hard clips", hard, wrong, Better.LOWER, HARD_WRONG))
        found.append(_share("unknown, hard clips", hard, lambda row: not row.measured, Better.NEITHER, None))
        for trouble in sorted({str(row.recipe.trouble) for row in hard}):
            some = [row for row in hard if row.recipe.trouble == trouble]
            found.append(_share(f"coarse, {trouble}", some, alike, Better.HIGHER, None))
        for told in sorted({str(row.recipe.told) for row in hard}):
            some = [row for row in hard if row.recipe.told == told]
            found.append(_share(f"exact, told {told}", some, exact, Better.HIGHER, None))
    named = [row for row in (*own, *other, *hard) if row.measured]
    sure, right = [row.confidence for row in named], [exact(row) for row in named]
    found.append(figure("Brier score of the confidence", statistics.brier(sure, right), Better.LOWER))
    found.append(figure("calibration error of the confidence", statistics.calibration_error(sure, right), Better.LOWER))
    return found


def cost(rows: Sequence[Row]) -> dict[str, float]:
    """CPU milliseconds for each second of clip, decoding and checking; they depend on the machine."""
    seconds = sum(row.seconds for row in rows) or 1.0
    return {
        "decode": 1000 * sum(row.decode_s for row in rows) / seconds,
        "check": 1000 * sum(row.check_s for row in rows) / seconds,
    }


def confusion(rows: Sequence[Row]) -> Counter[tuple[str, str]]:
    """How often each movement was called what; "" is unknown."""
    return Counter((str(row.recipe.movement), row.measured) for row in rows)


def amplitude_table(rows: Sequence[Row]) -> Mapping[str, tuple[int, float, float]]:
    """Clips, median and 90th percentile of the relative error by family."""
    errors: dict[str, list[float]] = {}
    for row in rows:
        error = amplitude_error(row)
        if error is not None:
            errors.setdefault(str(family(row.recipe.movement)), []).append(error)
    return {
        name: (len(some), plain.median(some), sorted(some)[min(len(some) - 1, int(0.9 * len(some)))])
        for name, some in sorted(errors.items())
    }


def _amplitudes(name: str, rows: Sequence[Row]) -> list[Figure]:
    found = []
    for kind, bound, promise in (("", False, AMPLITUDE), (", depth-bound families", True, DEPTH_AMPLITUDE)):
        errors = [
            error
            for row in rows
            if (family(row.recipe.movement) in DEPTH_BOUND) is bound and (error := amplitude_error(row)) is not None
        ]
        label = f"median amplitude error, {name}{kind}"
        found.append(figure(label, statistics.median(errors) if errors else None, Better.LOWER, target=promise))
    return found


def _share(
    name: str, rows: Sequence[Row], holds: Callable[[Row], bool], better: Better, target: float | None
) -> Figure:
    return figure(name, statistics.share(sum(holds(row) for row in rows), len(rows)), better, target=target)
