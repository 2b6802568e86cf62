"""Small charts as PNG files, drawn with OpenCV: bars, curves and a table of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from evaluation.scenes.truth import Pixels
from evaluation.seeing.statistics import Interval

Point = tuple[float, float]

_INK: Final = (40, 40, 40)
_GRID: Final = (225, 225, 225)
_PAPER: Final = (255, 255, 255)
_COLOURS: Final = ((170, 90, 30), (40, 110, 220), (90, 150, 60), (150, 60, 150))
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_ROW: Final = 26


def save(path: Path, chart: Pixels) -> None:
    """Writes a chart; the folder is made when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", chart)[1].tobytes())


def bars(title: str, shares: Mapping[str, float], *, limit: float | None = None) -> Pixels:
    """Level bars with their shares, largest first. limit: a line that the longest bar should not pass."""
    rows = sorted(shares.items(), key=lambda item: -item[1])
    left, width = 250, 860
    chart = _paper(width, 60 + _ROW * max(1, len(rows)))
    _text(chart, title, (12, 28), scale=0.6)
    top_share = max([*shares.values(), limit or 0.0, 0.01])
    reach = width - left - 90
    for index, (name, share) in enumerate(rows):
        y = 48 + _ROW * index
        end = left + round(reach * share / top_share)
        cv2.rectangle(chart, (left, y), (end, y + _ROW - 8), _COLOURS[0], cv2.FILLED)
        _text(chart, name, (12, y + 14))
        _text(chart, f"{100 * share:.1f} %", (end + 6, y + 14))
    if limit is not None:
        x = left + round(reach * limit / top_share)
        cv2.line(chart, (x, 40), (x, chart.shape[0] - 8), _COLOURS[1], 2)
    return chart


def curves(title: str, lines: Mapping[str, Sequence[Point]], *, across: str, up: str, diagonal: bool = False) -> Pixels:
    """Curves in the unit square. across, up: names of the axes."""
    chart, place = _square(title, across=across, up=up, diagonal=diagonal)
    for index, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        corners = np.asarray([place(point) for point in points], np.int32).reshape(-1, 1, 2)
        cv2.polylines(chart, [corners], isClosed=False, color=colour, thickness=2, lineType=cv2.LINE_AA)
        _text(chart, name, (330, 20 + 17 * index), colour=colour)
    return chart


def reliability(title: str, bins: Sequence[tuple[float, Interval]]) -> Pixels:
    """What was told against what was right, with intervals; a perfect predictor lies on the diagonal."""
    chart, place = _square(title, across="told probability", up="share that suits", diagonal=True)
    most = max((interval.n for _, interval in bins), default=1)
    for told, interval in bins:
        low, high = place((told, interval.low)), place((told, interval.high))
        cv2.line(chart, low, high, _COLOURS[0], 2, cv2.LINE_AA)
        radius = 3 + round(7 * (interval.n / most) ** 0.5)
        cv2.circle(chart, place((told, interval.value)), radius, _COLOURS[0], cv2.FILLED, cv2.LINE_AA)
        _text(chart, str(interval.n), (high[0] - 10, max(40, high[1] - 6)), scale=0.36)
    return chart


def counts(title: str, table: Mapping[tuple[str, str], int], names: Sequence[str], *, empty: str) -> Pixels:
    """A table of counts, rows what is true and columns what was said; empty: name of the column for no answer."""
    columns = [*names, ""]
    left, cell = 130, 62
    chart = _paper(left + cell * len(columns) + 20, 150 + 30 * len(names))
    _text(chart, title, (12, 26), scale=0.6)
    for index, name in enumerate(columns):
        turned = _paper(110, 20)
        _text(turned, name or empty, (2, 14), scale=0.42)
        stamp = np.ascontiguousarray(np.rot90(turned))
        x = left + cell * index + 18
        chart[36 : 36 + 110, x : x + 20] = stamp
    for row, wanted in enumerate(names):
        total = sum(table.get((wanted, said), 0) for said in columns)
        y = 150 + 30 * row
        _text(chart, f"{wanted} ({total})", (6, y + 19), scale=0.42)
        for column, said in enumerate(columns):
            count = table.get((wanted, said), 0)
            part = count / total if total else 0.0
            shade = round(255 - 150 * part)
            colour = (shade, 255 - round(40 * part), shade) if said == wanted else (shade, shade, 255)
            x = left + cell * column
            cv2.rectangle(chart, (x, y), (x + cell - 2, y + 28), colour if count else (248, 248, 248), cv2.FILLED)
            if count:
                _text(chart, str(count), (x + 20, y + 19))
    return chart


def _square(title: str, *, across: str, up: str, diagonal: bool) -> tuple[Pixels, _Place]:
    chart = _paper(560, 470)
    _text(chart, title, (12, 26), scale=0.6)
    place = _Place()
    for step in np.linspace(0, 1, 6):
        cv2.line(chart, place((step, 0)), place((step, 1)), _GRID, 1)
        cv2.line(chart, place((0, step)), place((1, step)), _GRID, 1)
        x, y = place((step, 0))
        _text(chart, f"{step:.1f}", (x - 10, y + 16), scale=0.38)
        x, y = place((0, step))
        _text(chart, f"{step:.1f}", (x - 30, y + 4), scale=0.38)
    if diagonal:
        cv2.line(chart, place((0, 0)), place((1, 1)), (170, 170, 170), 1, cv2.LINE_AA)
    _text(chart, across, (230, 460))
    _text(chart, up, (12, 46))
    return chart, place


class _Place:
    """From the unit square to pixels of a square chart."""

    def __call__(self, point: Point) -> tuple[int, int]:
        return (60 + round(480 * point[0]), 430 - round(370 * point[1]))


def _paper(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), _PAPER, np.uint8)


def _text(
    chart: Pixels, words: str, place: tuple[int, int], *, scale: float = 0.46, colour: tuple[int, int, int] = _INK
) -> None:
    cv2.putText(chart, words, place, _FONT, scale, colour, 1, cv2.LINE_AA)
