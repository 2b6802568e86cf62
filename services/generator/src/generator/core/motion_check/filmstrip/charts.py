"""Small charts of a verdict: how the picture went over time, and how probable each movement is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.filmstrip.lettering import width_of
from generator.core.motion_check.filmstrip.sheet import BLUE, INK, PANEL, RULE, SOFT, YELLOW, Sheet, dot

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Curve:
    """A figure over time: its name, its values, what its ends are called, and the least reach of its axis."""

    name: str
    values: Array
    form: str
    reach: float


def draw_curve(sheet: Sheet, curve: Curve, x: float, y: float, size: tuple[float, float]) -> None:
    """One curve in a panel of (width, height) pixels, with its last value at its end."""
    width, height = size
    sheet.box(x, y, width, height, PANEL)
    sheet.text(curve.name, x + 14, y + 26, size=17, colour=SOFT)
    values = curve.values
    # Rounded first, and nothing added: no "-0.0".
    told = curve.form.format(round(float(values[-1] - values[0]), 1) + 0.0) if len(values) else "none"
    sheet.text(told, x + width - 14, y + 26, size=17, right=True, bold=True)
    left, right, top, bottom = x + 14, x + width - 14, y + 42, y + height - 16
    middle = (top + bottom) / 2
    sheet.line(np.array([[left, middle], [right, middle]]), RULE)
    if len(values) < 2:
        return
    offset = (float(values.max()) + float(values.min())) / 2
    reach = max(curve.reach, 0.5 * float(np.ptp(values)))
    across = np.linspace(left, right, len(values))
    points = np.stack([across, middle - (values - offset) / reach * 0.5 * (bottom - top) * 0.92], axis=1)
    sheet.line(points, YELLOW, width=2)
    dot(sheet.pixels, float(points[-1, 0]), float(points[-1, 1]), 4.0, YELLOW)


def draw_shares(
    sheet: Sheet, title: str, shares: Sequence[tuple[str, float]], x: float, y: float, size: tuple[float, float]
) -> None:
    """Level bars of probabilities with their names, in their order; those that find no room are left out."""
    width, height = size
    sheet.box(x, y, width, height, PANEL)
    sheet.text(title, x + 14, y + 26, size=17, colour=SOFT)
    names = max([150, *(width_of(name, 18) for name, _ in shares)])
    start, reach = x + 14 + names + 14, width - names - 14 - 28 - 74
    for row, (name, share) in enumerate(shares):
        at = y + 46 + row * 31
        if at + 24 > y + height:
            break
        sheet.text(name, x + 14, at + 18, size=18, colour=INK if row == 0 else SOFT)
        sheet.box(start, at + 4, reach, 16, RULE)
        sheet.box(start, at + 4, max(2, reach * share), 16, BLUE)
        sheet.text(f"{100 * share:.0f} %", x + width - 14, at + 18, size=18, right=True)


def draw_facts(sheet: Sheet, rows: Sequence[tuple[str, str]], x: float, y: float, size: tuple[float, float]) -> None:
    """Names and values in a panel, one a line."""
    width, height = size
    sheet.box(x, y, width, height, PANEL)
    for row, (name, value) in enumerate(rows):
        at = y + 38 + row * 36
        sheet.text(name, x + 14, at, size=18, colour=SOFT)
        sheet.text(value, x + width - 14, at, size=18, right=True)
