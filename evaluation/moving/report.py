"""The report: Markdown, PNG charts and JSON in one folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluation.moving import figures, observe
from evaluation.moving.moves import SHOWN
from evaluation.moving.observe import Row
from evaluation.seeing import charts, statistics
from evaluation.seeing.figure import Better, Figure
from generator.core.motion_check import METHOD
from generator.core.motion_check.calibration import CALIBRATION_ID

_HEAD = """# How well cameras are measured

{own} clips of the product's renderer and {other} of an independent one, clean; {hard} hard clips of the latter:
two layers, sensor noise, a third of the picture that flows, a moving subject, strong compression. Photographs of the
half that nothing was chosen on; method `{method}`, calibration `{calibration}`. Brackets hold the true value in 95 of
100 cases. *Coarse* counts movements as one that show the same picture where all is equally far: pan and truck, tilt and
pedestal, zoom and dolly. *Wrong* is a name that is neither; what is not named is unknown.
"""


@dataclass(frozen=True)
class Run:
    """The rows of a run, by kind of clip."""

    own: Sequence[Row]
    other: Sequence[Row]
    hard: Sequence[Row]

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [*self.own, *self.other, *self.hard]


def write(folder: Path, run: Run) -> Path:
    """Writes everything and gives the path of the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    found = figures.figures(run.own, run.other, run.hard)
    _charts(folder, run)
    observe.write(folder / "clips.jsonl", run.rows)
    plain = {
        "figures": [asdict(figure) for figure in found],
        "amplitudes": {name: figures.amplitude_table(rows) for name, rows in _parts(run)},
        "confusion": [[*pair, count] for pair, count in sorted(figures.confusion(run.rows).items())],
        "cpu_ms_per_clip_second": {name: figures.cost(rows) for name, rows in _parts(run)},
        "method": METHOD,
        "calibration": CALIBRATION_ID,
    }
    (folder / "report.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    path = folder / "report.md"
    path.write_text(_markdown(run, found), encoding="utf-8")
    return path


def _parts(run: Run) -> list[tuple[str, Sequence[Row]]]:
    named = [("own, clean", run.own), ("other renderer, clean", run.other), ("hard", run.hard)]
    return [(name, rows) for name, rows in named if rows]


def _markdown(run: Run, found: Sequence[Figure]) -> str:
    head = _HEAD.format(
        own=len(run.own), other=len(run.other), hard=len(run.hard), method=METHOD, calibration=CALIBRATION_ID
    )
    missed = [figure.name for figure in found if figure.meets_target is False]
    parts = [head, "## Promises that are not kept\n", "\n".join(f"* {name}" for name in missed) or "None.", ""]
    parts += [_figures(found), _amplitudes(run), _cost(run)]
    parts += [
        "## Labels\n",
        "Rows are what was made, columns what was said.\n",
        "![Clean clips](confusion_clean.png)\n",
        "![Hard clips](confusion_hard.png)\n",
        "## Confidence\n",
        "![Reliability](reliability.png)\n",
        _wrong(run),
    ]
    return "\n".join(parts)


def _figures(found: Sequence[Figure]) -> str:
    arrows = {Better.HIGHER: "↑", Better.LOWER: "↓", Better.NEITHER: ""}
    kept = {True: ", kept", False: ", **missed**", None: ""}
    lines = ["## Figures\n", "| Figure | | Value | 95 % | n | Promise |", "|---|---|---|---|---|---|"]
    for figure in found:
        value = "-" if figure.value is None else f"{figure.value:.3f}"
        bounds = "" if figure.low is None or figure.high is None else f"{figure.low:.3f} to {figure.high:.3f}"
        promise = "" if figure.target is None else f"{figure.target:g}{kept[figure.meets_target]}"
        lines.append(f"| {figure.name} | {arrows[figure.better]} | {value} | {bounds} | {figure.n} | {promise} |")
    return "\n".join(lines) + "\n"


def _amplitudes(run: Run) -> str:
    lines = ["## Amplitudes\n", "| Clips | Family | n | Median error | 90 % below |", "|---|---|---|---|---|"]
    for name, rows in _parts(run):
        for kind, (count, middle, most) in figures.amplitude_table(rows).items():
            lines.append(f"| {name} | {kind} | {count} | {middle:.1%} | {most:.1%} |")
    return "\n".join(lines) + "\n"


def _cost(run: Run) -> str:
    lines = [
        "## Cost\n",
        "CPU milliseconds for each second of clip on this machine; clips are 640 pixels wide.\n",
        "| Clips | Decoding | Checking |",
        "|---|---|---|",
    ]
    for name, rows in _parts(run):
        cost = figures.cost(rows)
        lines.append(f"| {name} | {cost['decode']:.0f} | {cost['check']:.0f} |")
    return "\n".join(lines) + "\n"


def _wrong(run: Run) -> str:
    lines = ["## Wrong and unknown\n", "| Clip | Said | Why not |", "|---|---|---|"]
    for row in run.rows:
        if not figures.exact(row):
            said = f"{row.measured} ({row.confidence:.2f})" if row.measured else "unknown"
            lines.append(f"| {row.recipe.name} | {said} | {row.unknown_because} |")
    return "\n".join(lines) + "\n"


def _charts(folder: Path, run: Run) -> None:
    names = [_short(str(movement)) for movement in SHOWN]
    for part, rows in (("clean", [*run.own, *run.other]), ("hard", run.hard)):
        table = {(_short(made), _short(said)): count for (made, said), count in figures.confusion(rows).items()}
        chart = charts.counts(f"Movements, {part} clips", table, names, empty="unknown")
        charts.save(folder / f"confusion_{part}.png", chart)
    named = [row for row in run.rows if row.measured]
    bins = statistics.reliability([row.confidence for row in named], [figures.exact(row) for row in named])
    charts.save(folder / "reliability.png", charts.reliability("Confidence and how often it was right", bins))


def _short(name: str) -> str:
    """A movement's name as it fits into a chart."""
    for long, short in (
        ("counterclockwise", "ccw"),
        ("clockwise", "cw"),
        ("rack_focus_near_to_far", "rack_to_far"),
        ("rack_focus_far_to_near", "rack_to_near"),
        ("dolly_zoom", "vertigo"),
    ):
        name = name.replace(long, short)
    return name
