"""The report: Markdown, PNG sheets and JSON in one folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.rendering.stills import SHOWN, photograph, shot
from evaluation.rendering.views import Compared, Score
from evaluation.seeing.figure import Better, Figure
from film.movement import Movement
from generator.core.keyframes import to_png
from generator.core.order import Output, Speed
from generator.core.render.frames import Frames

MOVEMENTS: Final = (Movement.TRUCK_RIGHT, Movement.DOLLY_IN, Movement.ARC_CLOCKWISE, Movement.DOLLY_ZOOM_IN)

_HEAD: Final = """# How good rendered frames are

Built scenes of two photographs whose depth is known exactly: {scenes} views from elsewhere, each against what a camera
would truly see there. Brackets hold the mean of other such views in 95 of 100 cases. Costs are of this machine, this
run and one thread, beside one plain `remap`.
"""

_PHOTOGRAPHS: Final = """## Photographs

First, middle and last frame of the strongest movements, depth as the analyzer tells it.

![Photographs](photographs.png)
"""

_SHEET_PX: Final = 320
_TILE_PX: Final = 214
_DIFFERENCE: Final = 2.0

Sheet = NDArray[np.uint8]


@dataclass(frozen=True)
class Run:
    """All that was found."""

    scores: Sequence[Score]
    outside: dict[str, float]
    figures: Sequence[Figure]


def write(folder: Path, run: Run) -> Path:
    """Writes text and figures and gives the path of the Markdown; the sheets are drawn by `views` and `photographs`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "figures": [asdict(figure) for figure in run.figures],
        "views": [asdict(score) for score in run.scores],
        "outside_px": run.outside,
    }
    (folder / "report.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    path = folder / "report.md"
    path.write_text(_markdown(run), encoding="utf-8")
    return path


def views(path: Path, compared: Sequence[Compared]) -> None:
    """One row for each: what was rendered, what is true, twice the difference around grey."""
    rows = []
    for one in compared:
        away = np.clip(128 + _DIFFERENCE * (one.ours - one.true), 0, 255)
        rows.append(np.hstack([np.clip(plane, 0, 255).astype(np.uint8) for plane in (one.ours, one.true, away)]))
    path.write_bytes(cv2.imencode(".png", _scaled(np.vstack(rows), 3 * _SHEET_PX))[1].tobytes())


def photographs(path: Path, names: Sequence[str] = SHOWN, *, speed: Speed = Speed.FAST) -> None:
    """A contact sheet: every photograph with the movements, first, middle and last frame."""
    path.write_bytes(cv2.imencode(".png", np.vstack(list(_strips(names, speed))))[1].tobytes())


def _strips(names: Sequence[str], speed: Speed) -> Iterator[Sheet]:
    for at, name in enumerate(names):
        # Every photograph with three of the movements; all movements come up alike.
        turns = [MOVEMENTS[(at + turn) % len(MOVEMENTS)] for turn in range(3)]
        yield np.hstack([_triple(name, movement, speed) for movement in turns])


def _triple(name: str, movement: Movement, speed: Speed) -> Sheet:
    made = shot(photograph(name), movement, Output(duration_s=2.0, short_side_px=360), speed=speed)
    frames, last = Frames(made), made.profile.frames - 1
    strip = np.hstack([_tile(frames.only(index)) for index in (0, last // 2, last)])
    text = f"{name}: {movement}, {made.layers.count} layers, {made.layers.hole:.1%} made up"
    for colour, width in (((255, 255, 255), 3), ((0, 0, 0), 1)):
        cv2.putText(strip, text, (6, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, width, cv2.LINE_AA)
    return strip


def _tile(frame: Sheet) -> Sheet:
    pixels = cv2.imdecode(np.frombuffer(to_png(frame), np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("a frame's own PNG cannot be read")
    height = _TILE_PX * 2 // 3
    scale = min(_TILE_PX / pixels.shape[1], height / pixels.shape[0])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.full((height, _TILE_PX, 3), 32, np.uint8)
    top, left = (height - small.shape[0]) // 2, (_TILE_PX - small.shape[1]) // 2
    tile[top : top + small.shape[0], left : left + small.shape[1]] = small
    return tile


def _scaled(sheet: Sheet, width: int) -> Sheet:
    height = round(sheet.shape[0] * width / sheet.shape[1])
    return cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _markdown(run: Run) -> str:
    missed = [figure.name for figure in run.figures if figure.meets_target is False]
    parts = [
        _HEAD.format(scenes=len(run.scores)),
        "## Promises that are not kept\n\n" + ("\n".join(f"* {name}" for name in missed) or "None.") + "\n",
        _table(run.figures),
        "## Views\n\nRendered, true, and twice the difference around grey; degraded depth.\n\n![Views](views.png)\n",
        _PHOTOGRAPHS,
        _worst(run),
    ]
    return "\n".join(parts)


def _table(figures: Sequence[Figure]) -> str:
    arrows = {Better.HIGHER: "↑", Better.LOWER: "↓", Better.NEITHER: ""}
    lines = ["## Figures\n", "| Figure | | Value | 95 % | n | Promise |", "|---|---|---|---|---|---|"]
    for one in figures:
        value = "-" if one.value is None else f"{one.value:.3f}"
        bounds = "" if one.low is None or one.high is None else f"{one.low:.3f} to {one.high:.3f}"
        kept = {True: ", kept", False: ", **missed**", None: ""}[one.meets_target]
        promise = "" if one.target is None else f"{one.target:g}{kept}"
        lines.append(f"| {one.name} | {arrows[one.better]} | {value} | {bounds} | {one.n} | {promise} |")
    return "\n".join(lines) + "\n"


def _worst(run: Run) -> str:
    lines = ["## The ten worst views\n", "| Background | Movement | Depth | Layers | dB |", "|---|---|---|---|---|"]
    for score in sorted(run.scores, key=lambda one: one.whole)[:10]:
        depth = "degraded" if score.degraded else "exact"
        lines.append(f"| {score.background} | {score.movement} | {depth} | {score.layers} | {score.whole:.1f} |")
    return "\n".join(lines) + "\n"
