"""`python -m evaluation.seeing run|gate|baseline|rows|calibrate|fetch`: how well the product sees."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic_settings import BaseSettings, SettingsConfigDict

from evaluation.commands import command_parsers, held, say
from evaluation.seeing import calibration, fetch, gate, report, rows, stereo
from evaluation.seeing.evaluate import QUICK_SEEDS, SEEDS, Run, run
from evaluation.seeing.photographs import ROOT

OUT: Final = ROOT / "out" / "eval-seeing"


class Places(BaseSettings):
    """What the environment says: ANIMATIZE_EVALUATION_PHOTOGRAPHS is a folder of fetched photographs."""

    model_config = SettingsConfigDict(env_prefix="ANIMATIZE_EVALUATION_")

    photographs: Path | None = None


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 when the gate found a figure that got worse or something could not be fetched."""
    asked = _arguments(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "gate": _gate,
        "baseline": _baseline,
        "rows": _rows,
        "calibrate": _calibrate,
        "fetch": _fetch,
    }
    return commands[asked.command](asked)


def _run(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    found = _look(asked, QUICK_SEEDS if asked.quick else SEEDS, folder)
    score = stereo.motorcycle(folder) if folder else None
    if score is not None:
        extra = stereo.figures(score)
        found = Run(found.scenes, found.photographs, [*found.figures, *extra], [*found.more, *extra])
    path = report.write(asked.out, found)
    rows.write(asked.out / "rows.jsonl", rows.rows(found.scenes, found.photographs))
    sys.stdout.write(f"{path}\n")
    return 0


def _gate(asked: argparse.Namespace) -> int:
    baseline = gate.read()
    fallen = gate.worse(_look(asked, gate.seeds_of(baseline), None).figures, baseline)
    return held(fallen, baseline)


def _baseline(asked: argparse.Namespace) -> int:
    seeds = QUICK_SEEDS if asked.quick else SEEDS
    gate.BASELINE.write_text(gate.stored(_look(asked, seeds, None).figures, seeds=seeds), encoding="utf-8")
    return 0


def _rows(asked: argparse.Namespace) -> int:
    found = _look(asked, QUICK_SEEDS if asked.quick else SEEDS, _folder(asked))
    written = rows.write(asked.out / "rows.jsonl", rows.rows(found.scenes, found.photographs))
    sys.stdout.write(f"{written} rows in {asked.out / 'rows.jsonl'}\n")
    return 0


def _calibrate(asked: argparse.Namespace) -> int:
    if asked.rows is not None:
        known = rows.read(asked.rows)
    else:
        # Scenes are no part of the fit, so none is shown.
        found = _look(asked, 0, _folder(asked))
        known = list(rows.rows(found.scenes, found.photographs))
    sys.stdout.write(calibration.calibrate(known))
    return 0


def _fetch(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    if folder is None:
        sys.stderr.write("say where to: --photographs DIR\n")
        return 1
    missing = fetch.fetch(folder, say=say)
    for line in missing:
        sys.stdout.write(f"not there: {line}\n")
    return 1 if missing else 0


def _look(asked: argparse.Namespace, seeds: int, folder: Path | None) -> Run:
    return run(seeds=seeds, folder=folder, jobs=asked.jobs, say=say)


def _folder(asked: argparse.Namespace) -> Path | None:
    folder: Path | None = asked.photographs or Places().photographs
    return folder


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.seeing", description="How well the product sees.")
    words = {
        "run": "shows all pictures to the product and writes a report",
        "gate": "fails when a figure is worse than in the baseline",
        "baseline": "stores today's figures as the baseline",
        "rows": "writes every candidate with its log-odds and whether it suits",
        "calibrate": "fits the calibration of confidence and writes it for the predictor",
        "fetch": "fetches the photographs that are not in the repository",
    }
    for name, command in command_parsers(parser, words, photographs="folder of fetched photographs", out=OUT):
        command.add_argument("--quick", action="store_true", help="fewer scenes")
        command.add_argument("--jobs", type=int, default=2, help="processes (2)")
        if name == "calibrate":
            command.add_argument(
                "--rows", type=Path, metavar="FILE", help="rows of an earlier run instead of a new one"
            )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
