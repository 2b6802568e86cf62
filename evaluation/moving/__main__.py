"""`python -m evaluation.moving run|gate|baseline|calibrate`: how well the motion check measures cameras."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from evaluation.commands import command_parsers, held, say
from evaluation.moving import calibrate, gate, recipes, report
from evaluation.moving.observe import Row, observe, read
from evaluation.moving.photographs import ROOT, Half, files, half_of
from evaluation.seeing import gate as stored

OUT: Final = ROOT / "out" / "eval-moving"
_SEEDS: Final = {Half.FIT: 2, Half.CHECK: 11}
"""The halves' clips differ in their photographs and in all that is random besides."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 when the gate found a figure that got worse."""
    asked = _arguments(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "gate": _gate,
        "baseline": _baseline,
        "calibrate": _calibrate,
    }
    return commands[asked.command](asked)


def _run(asked: argparse.Namespace) -> int:
    photographs = files(Half.CHECK, asked.photographs)
    seed = _SEEDS[Half.CHECK]
    own = recipes.clean_own(photographs, each=asked.each, seed=seed)
    other = recipes.clean_other(photographs, each=asked.each, seed=seed)
    hard = recipes.hard(photographs, each=asked.each, seed=seed)
    rows = observe([*own, *other, *hard], jobs=asked.jobs, say=say)
    split = (len(own), len(own) + len(other))
    found = report.Run(rows[: split[0]], rows[split[0] : split[1]], rows[split[1] :])
    sys.stdout.write(f"{report.write(asked.out, found)}\n")
    return 0


def _gate(asked: argparse.Namespace) -> int:
    baseline = stored.read(gate.BASELINE)
    fallen = stored.worse(gate.run(jobs=asked.jobs), baseline)
    return held(fallen, baseline)


def _baseline(asked: argparse.Namespace) -> int:
    gate.BASELINE.write_text(stored.stored(gate.run(jobs=asked.jobs), seeds=gate.SEED), encoding="utf-8")
    return 0


def _calibrate(asked: argparse.Namespace) -> int:
    photographs = files(Half.FIT, asked.photographs)
    seed = _SEEDS[Half.FIT]
    wanted = [
        *recipes.clean_other(photographs, each=asked.each, seed=seed),
        *recipes.hard(photographs, each=asked.each, seed=seed),
    ]
    rows: list[Row] = []
    for file in asked.rows or ():
        rows += read(file)
    rows = rows or observe(wanted, jobs=asked.jobs, say=say)
    # Rows of a run on the other half must not get in by mistake.
    rows = [row for row in rows if half_of(Path(row.recipe.photograph)) is Half.FIT]
    fitted = calibrate.fit(rows)
    name = calibrate.write(fitted)
    sys.stdout.write(f"{name}: {len(calibrate.usable(rows))} clips, named from {fitted.least} on\n")
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.moving", description="How well cameras are measured.")
    words = {
        "run": "measures clips of the reporting half of the photographs and writes a report",
        "gate": "fails when a figure of a small run is worse than in the baseline",
        "baseline": "stores today's figures of the small run as the baseline",
        "calibrate": "fits the confidence on the fitting half and writes the product's weights",
    }
    for name, command in command_parsers(parser, words, photographs="folder of more photographs", out=OUT):
        command.add_argument("--each", type=int, default=1, help="rounds over all movements and troubles (1)")
        command.add_argument("--jobs", type=int, default=2, help="processes (2)")
        if name == "calibrate":
            command.add_argument(
                "--rows", type=Path, nargs="*", metavar="FILE", help="clips.jsonl of earlier runs instead of a new one"
            )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
