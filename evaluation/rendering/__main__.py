"""`python -m evaluation.rendering run|gate|baseline|outlines|sheet`: how good rendered frames are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2

from evaluation.commands import command_parsers, held, say
from evaluation.rendering import figures, gate, outlines, promises, report, speed, views
from evaluation.rendering.truth import BACKGROUNDS, PHOTOGRAPHS
from evaluation.seeing import gate as stored
from evaluation.seeing.figure import Figure
from evaluation.seeing.photographs import ROOT

OUT: Final = ROOT / "out" / "eval-rendering"
_SHOWN_MOVES: Final = len(views.MOVES)


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 when the gate found a figure that got worse."""
    asked = _arguments(arguments)
    cv2.setNumThreads(1)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "gate": _gate,
        "baseline": _baseline,
        "outlines": _outlines,
        "sheet": _sheet,
    }
    return commands[asked.command](asked)


def _run(asked: argparse.Namespace) -> int:
    asked.out.mkdir(parents=True, exist_ok=True)
    say("views of built scenes")
    degraded = list(views.compare(degraded=True))
    scores = [one.score for one in views.compare(degraded=False)] + [one.score for one in degraded]
    # One movement of each background, another one each time.
    shown = [degraded[at * _SHOWN_MOVES + at % _SHOWN_MOVES] for at in range(len(degraded) // _SHOWN_MOVES)]
    report.views(asked.out / "views.png", shown)
    say("what must hold of every clip")
    outside = promises.outside()
    found = [
        *figures.view_figures(scores),
        *figures.promise_figures(outside, promises.seam(), promises.differing(), promises.jitter()),
        *figures.outline_figures(outlines.judge(_photographs(asked.photographs))),
    ]
    say("what it costs")
    found += figures.cost_figures(speed.measure())
    report.photographs(asked.out / "photographs.png")
    path = report.write(asked.out, report.Run(scores, outside, found))
    sys.stdout.write(f"{path}\n")
    return 0


def _gate(asked: argparse.Namespace) -> int:
    del asked
    baseline = stored.read(gate.BASELINE)
    fallen = gate.worse(_steady(), baseline)
    return held(fallen, baseline)


def _baseline(asked: argparse.Namespace) -> int:
    del asked
    gate.BASELINE.write_text(stored.stored(_steady(), seeds=len(BACKGROUNDS)), encoding="utf-8")
    return 0


def _steady() -> list[Figure]:
    """The figures that do not depend on the machine."""
    scores = [one.score for one in views.compare(degraded=True)]
    kept = [figure for figure in figures.view_figures(scores) if figure.n]
    promised = figures.promise_figures(promises.outside(), promises.seam(), promises.differing(), promises.jitter())
    return [*kept, *promised, *figures.outline_figures(outlines.judge(_photographs(None)))]


def _outlines(asked: argparse.Namespace) -> int:
    for figure in figures.outline_figures(outlines.judge(_photographs(asked.photographs))):
        sys.stdout.write(f"{figure.name}: {figure.value} of {figure.n}\n")
    return 0


def _sheet(asked: argparse.Namespace) -> int:
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / "photographs.png"
    report.photographs(path)
    sys.stdout.write(f"{path}\n")
    return 0


def _photographs(folder: Path | None) -> list[Path]:
    more = sorted(folder.glob("*.jpg")) if folder else []
    return [*sorted(PHOTOGRAPHS.glob("*.jpg")), *more]


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.rendering", description="How good rendered frames are.")
    words = {
        "run": "renders everything and writes a report",
        "gate": "fails when a figure that does not depend on the machine is worse than in the baseline",
        "baseline": "stores today's figures as the baseline",
        "outlines": "how well outlines of things are told from lines where nothing ends",
        "sheet": "draws a contact sheet of photographs and movements",
    }
    list(command_parsers(parser, words, photographs="folder of more photographs", out=OUT))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
