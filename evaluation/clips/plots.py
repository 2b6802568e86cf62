"""Figures over time as stacked panels with one axis of time, drawn on the sheet of the product's filmstrip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluation.clips.timing import Run
from generator.core.motion_check.filmstrip.sheet import INK, ORANGE, PANEL, RULE, SOFT, YELLOW, Colour, Sheet, dot

TITLE_PX: Final = 250
"""Width of the column of names at the left of the panels."""

_GAP: Final = 12
_AXIS: Final = 44

BEFORE_PX: Final = TITLE_PX + _GAP + _AXIS
"""Where time begins, from the left."""

_PAD: Final = 12

Points = Sequence[tuple[float, float]]
"""Number of the frame and value."""


@dataclass(frozen=True)
class Line:
    """A curve; marked: with a dot at each value, for what was measured now and then."""

    points: Points
    colour: Colour = YELLOW
    marked: bool = False
    name: str = ""


@dataclass(frozen=True)
class Panel:
    """A panel: its name, what the name stands for, curves, reach of the axis, form of its numbers, limits, bands.

    told: the figure in words, bad when it is a defect. ticks: where numbers stand, at both ends when empty. empty: what
    stands where there is no curve.
    """

    title: str
    words: str
    lines: Sequence[Line]
    low: float
    high: float
    form: str
    limits: Sequence[float] = ()
    bands: Sequence[Run] = ()
    marks: Sequence[int] = ()
    told: str = ""
    bad: bool = False
    ticks: Sequence[float] = ()
    empty: str = field(default="not told")


def draw(sheet: Sheet, panel: Panel, y: float, size: tuple[float, float], frames: int, left: float) -> None:
    """A panel of (width, height) pixels whose upper left corner is at (left, y)."""
    width, height = size
    sheet.box(left, y, TITLE_PX, height, PANEL)
    sheet.text(panel.title, left + _PAD, y + 28, size=19, bold=True)
    sheet.text(panel.words, left + _PAD, y + 52, size=14, colour=SOFT)
    sheet.text(panel.told, left + _PAD, y + height - 14, size=18, colour=ORANGE if panel.bad else INK, bold=panel.bad)
    plot = _Plot(panel, left + TITLE_PX + _GAP, y, width - TITLE_PX - _GAP, height, frames)
    sheet.box(plot.left, y, plot.width, height, PANEL)
    for band in panel.bands:
        plot.band(sheet, band)
    for mark in panel.marks:
        plot.mark(sheet, mark)
    for value in panel.ticks or (panel.low, panel.high):
        below = 0 if value == panel.low else 6 if panel.ticks else 10
        sheet.text(
            panel.form.format(value), plot.left - 6 + _AXIS, plot.row(value) + below, size=12, colour=SOFT, right=True
        )
    for limit in panel.limits:
        if panel.low < limit < panel.high:
            plot.dashed(sheet, limit)
    for line in panel.lines:
        plot.line(sheet, line)
    if not any(len(line.points) for line in panel.lines):
        sheet.centred(panel.empty, plot.left + plot.width / 2, y + height / 2 + 6, size=16, colour=SOFT)
    names = [line for line in panel.lines if line.name]
    x = plot.left + plot.width - _PAD
    for line in reversed(names):
        x -= sheet.text(line.name, x, y + 20, size=14, colour=line.colour, right=True) + 18


class _Plot:
    """From frames and values to pixels of one panel."""

    def __init__(self, panel: Panel, left: float, top: float, width: float, height: float, frames: int) -> None:
        self._panel, self.left, self._top, self.width, self._height = panel, left, top, width, height
        self._frames = max(1, frames)

    def column(self, frame: float) -> float:
        """The middle of a frame's column."""
        return self.left + _AXIS + (frame + 0.5) / self._frames * (self.width - _AXIS)

    def row(self, value: float) -> float:
        """The row of a value, kept within the panel."""
        share = (value - self._panel.low) / max(self._panel.high - self._panel.low, 1e-9)
        return self._top + self._height - 10 - min(1.0, max(0.0, share)) * (self._height - 20)

    def line(self, sheet: Sheet, line: Line) -> None:
        """A curve, with a dot at its values where they are few."""
        places = np.array([[self.column(at), self.row(value)] for at, value in line.points], np.float64)
        if len(places) > 1:
            sheet.line(places, line.colour, width=2)
        if line.marked or len(places) == 1:
            for x, y in places:
                dot(sheet.pixels, float(x), float(y), 3.5, line.colour)

    def band(self, sheet: Sheet, run: Run) -> None:
        """Frames that are marked as a whole."""
        left, right = self.column(run.first - 0.5), self.column(run.after - 0.5)
        area = sheet.pixels[
            round(self._top) : round(self._top + self._height), round(left) : max(round(left) + 2, round(right))
        ]
        area[:] = np.rint(0.65 * area + 0.35 * np.array(ORANGE)).astype(np.uint8)

    def mark(self, sheet: Sheet, frame: int) -> None:
        """One frame, by a tick at the foot."""
        x, foot = self.column(frame), self._top + self._height
        sheet.line(np.array([[x, foot - 12], [x, foot - 2]]), ORANGE, width=2)

    def dashed(self, sheet: Sheet, value: float) -> None:
        """The limit from which on a figure is a defect."""
        y = self.row(value)
        for x in np.arange(self.left + _AXIS, self.left + self.width, 16):
            sheet.line(np.array([[x, y], [min(x + 8, self.left + self.width), y]]), ORANGE)


def axis(sheet: Sheet, y: float, left: float, width: float, seconds: float) -> None:
    """The seconds below the panels."""
    start = left + BEFORE_PX
    reach = width - BEFORE_PX
    step = next(one for one in (0.1, 0.25, 0.5, 1, 2, 5, 10, 30) if seconds / one <= 12)
    for at in np.arange(0, seconds + 1e-6, step):
        x = start + at / seconds * reach
        sheet.line(np.array([[x, y], [x, y + 6]]), RULE, width=1)
        words = f"{at:g} s"
        if x + 20 < start + reach:
            sheet.text(words, x + 5, y + 16, size=13, colour=SOFT)


def series(values: NDArray[np.float64] | Sequence[float]) -> Points:
    """A value for each frame as points."""
    return [(float(at), float(value)) for at, value in enumerate(values)]
