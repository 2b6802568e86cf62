"""`python -m evaluation.clips judge|run|gate|baseline`: what is wrong with clips that were made of a still."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2

from evaluation.clips import gate, report
from evaluation.clips.figures import Judged, figures
from evaluation.clips.judge import open_still
from evaluation.clips.judging import judged
from evaluation.clips.source import BadInput
from evaluation.commands import command_parsers, held, say
from evaluation.rendering.truth import PHOTOGRAPHS
from evaluation.seeing import gate as stored
from evaluation.seeing.photographs import ROOT

OUT: Final = ROOT / "out" / "eval-clips"
BAD_INPUT: Final = 2


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 when the gate found a figure that got worse, 2 when a file cannot be judged."""
    asked = _arguments(arguments)
    cv2.setNumThreads(1)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "judge": _judge,
        "run": _run,
        "gate": _gate,
        "baseline": _baseline,
    }
    return commands[asked.command](asked)


def _judge(asked: argparse.Namespace) -> int:
    found: list[Judged] = []
    refused: list[str] = []
    try:
        open_still(asked.still)
    except BadInput as error:
        say(str(error))
        return BAD_INPUT
    for clip in asked.clips:
        try:
            found.append(judged(clip, asked.still))
        except BadInput as error:
            say(str(error))
            refused.append(str(error))
    if found:
        path = report.write(asked.out, asked.still.name, found, refused)
        sys.stdout.write(f"{report.table(found)}\n{path}\n")
    return BAD_INPUT if refused else 0


def _run(asked: argparse.Namespace) -> int:
    folder = asked.photographs or PHOTOGRAPHS
    names = [str(path.with_suffix("")) for path in sorted(folder.glob("*.jpg"))][: asked.most]
    found = []
    for one in gate.own_clips(names, gate.SECONDS, asked.short_side):
        found.append(one)
        words = ", ".join(f"{defect.name} {defect.told}" for defect in one.verdict.defects)
        say(f"{one.measured.facts.name}: {words or 'no defect'}")
    text = report.figures_table(figures(found))
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / "own.md"
    path.write_text(f"# What is wrong with our own clips\n\n{text}", encoding="utf-8")
    sys.stdout.write(f"{text}\n{path}\n")
    return 0


def _gate(asked: argparse.Namespace) -> int:
    del asked
    baseline = stored.read(gate.BASELINE)
    fallen = gate.worse(gate.run(), baseline)
    return held(fallen, baseline)


def _baseline(asked: argparse.Namespace) -> int:
    del asked
    gate.BASELINE.write_text(stored.stored(gate.run(), seeds=len(gate.SHOWN)), encoding="utf-8")
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.clips", description="What is wrong with clips.")
    words = {
        "judge": "judges clips of any maker against the still that they were made of",
        "run": "makes clips with our own renderer and says what is wrong with them",
        "gate": "fails when a figure of a small run over our own clips is worse than in the baseline",
        "baseline": "stores today's figures of the small run as the baseline",
    }
    for name, command in command_parsers(parser, words, photographs="folder of photographs for `run`", out=OUT):
        if name == "judge":
            command.add_argument("--still", type=Path, required=True, metavar="FILE", help="the still")
            command.add_argument("clips", type=Path, nargs="+", metavar="CLIP", help="MP4, MOV, WebM or GIF")
        if name == "run":
            command.add_argument("--most", type=int, default=10, help="photographs at most (10)")
            command.add_argument("--short-side", type=int, default=480, help="of the clips, in pixels (480)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
