"""Fits the analyzer's scene model from the committed rows, and makes the rows from labelled photographs.

`python -m evaluation.seeing.fit_scene fit` writes the analyzer's core/scene_weights.py from scene_rows.jsonl.gz, always
the same text; `check` prints how right the model is on photographs it was not fitted on; `rows LABELS DIR...` measures
labelled photographs anew after a change of the features. LABELS is a file of JSON lines with id, scenes (acceptable
kinds, best first), outdoor and time; a photograph is DIR/<id>.jpg. The rows keep figures and labels, not the pictures:
samples of consumer cameras, free wallpapers, and photographs of the COCO collection.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.core.analysis import SceneKind, TimeOfDay
from evaluation.seeing.scene_regression import (
    FOLDS,
    Array,
    fitted,
    folds_of,
    held_out,
    platt,
    signal_of,
    softmax,
    tempered,
)

ROWS: Final = Path(__file__).with_name("scene_rows.jsonl.gz")
WEIGHTS: Final = Path(__file__).parents[2] / "services/analyzer/src/analyzer/core/scene_weights.py"
CALIBRATION_ID: Final = "scene-1"
KINDS: Final = tuple(kind.value for kind in SceneKind if kind is not SceneKind.UNSPECIFIED)
TIMES: Final = tuple(time.value for time in TimeOfDay)
"""The first stands for none."""
_SHARES: Final = {1: (1.0,), 2: (0.7, 0.3), 3: (0.6, 0.25, 0.15)}
"""How a photograph counts for its acceptable kinds, best first."""
_BALANCE: Final = {"scene": 0.25, "outdoor": 0.0, "time": 0.5}
"""Power by which rare classes count more than their share: by day is nearly everything, so times need it most."""
_RIDGE: Final = {"scene": 0.2, "outdoor": 0.2, "time": 0.3}
"""Strength of the quadratic penalty on standardised weights; chosen by `check`'s inner folds."""
_RIDGES: Final = (0.1, 0.2, 0.4)
_COVERAGE: Final = 0.84
"""Share of photographs that get an answer: 80 % is asked for, and other photographs may be harder."""


@dataclass(frozen=True)
class Rows:
    """Labelled photographs. values: (n, m). right: (n, kinds) 1 where a kind is acceptable. target: (n, kinds)."""

    names: tuple[str, ...]
    surfaces: dict[str, list[Any]]
    ids: tuple[str, ...]
    values: Array
    right: Array
    target: Array
    outdoor: Array
    """(n, 2): indoors, outdoors; zeros where it is not known."""
    time: Array
    """(n, times)."""


def read_rows(path: Path = ROWS) -> Rows:
    """The rows of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        head = json.loads(next(lines))
        found = [json.loads(line) for line in lines]
    right = np.array([[kind in row["scenes"] for kind in KINDS] for row in found], float)
    target = np.zeros_like(right)
    for at, row in enumerate(found):
        for kind, share in zip(row["scenes"], _SHARES[len(row["scenes"])], strict=True):
            target[at, KINDS.index(kind)] = share
    return Rows(
        names=tuple(head["features"]),
        surfaces=head["surfaces"],
        ids=tuple(row["id"] for row in found),
        values=np.array([row["values"] for row in found], float),
        right=right,
        target=target,
        outdoor=np.array([[row["outdoor"] is False, row["outdoor"] is True] for row in found], float),
        time=np.array([[(row["time"] or TIMES[0]) == time for time in TIMES] for row in found], float),
    )


def weights_text(rows: Rows) -> str:
    """The text of scene_weights.py."""
    scene, outdoor, time = (
        fitted(rows.values, target, _RIDGE[name], _BALANCE[name])
        for name, target in (("scene", rows.target), ("outdoor", rows.outdoor), ("time", rows.time))
    )
    scores = held_out(rows.values, rows.target, _RIDGE["scene"], _BALANCE["scene"])
    factor = tempered(scores, rows.target)
    shares = softmax(factor * scores)
    right = rows.right[np.arange(len(shares)), shares.argmax(axis=1)]
    slope, bias = platt(signal_of(shares), right)
    chance = 1 / (1 + np.exp(-(slope * signal_of(shares) + bias)))
    least = float(np.quantile(chance, 1 - _COVERAGE))
    outdoor_factor = tempered(held_out(rows.values, rows.outdoor, _RIDGE["outdoor"], _BALANCE["outdoor"]), rows.outdoor)
    time_factor = tempered(held_out(rows.values, rows.time, _RIDGE["time"], _BALANCE["time"]), rows.time)
    columns = np.concatenate(
        [scene.weights * factor, outdoor.weights[:, 1:] * 2 * outdoor_factor, time.weights * time_factor], axis=1
    )
    biases = np.concatenate([scene.bias * factor, outdoor.bias[1:] * 2 * outdoor_factor, time.bias * time_factor])
    lines = [
        " ".join((name, f"{mean:.4g}", f"{spread:.4g}", *(str(round(1000 * one)) for one in row)))
        for name, mean, spread, row in zip(
            rows.names, rows.values.mean(axis=0), rows.values.std(axis=0) + 1e-6, columns, strict=True
        )
    ]
    surfaces = [
        f"{name} " + " ".join(f"{one:.4g}" for one in numbers)
        for name, table in rows.surfaces.items()
        for numbers in (table if isinstance(table[0], list) else [table])
    ]
    # Rows wider than a line of code are cut; a line that begins with a blank goes on.
    return _TEMPLATE.format(
        calibration=CALIBRATION_ID,
        count=len(rows.ids),
        kinds="\n".join(f'    "{kind}",' for kind in KINDS),
        times=", ".join(f'"{time}"' for time in TIMES),
        slope=round(slope, 4),
        bias=round(bias, 4),
        least=round(least, 3),
        biases=" ".join(str(round(1000 * one)) for one in biases),
        features="\n".join(line for row in lines for line in _cut(row)),
        surfaces="\n".join(line for row in surfaces for line in _cut(row)),
    )


_TEMPLATE: Final = '''\
"""The scene model's numbers, written by evaluation/seeing/fit_scene.py: change that and run it.

Fitted on {count} labelled photographs. Each line of FEATURES: name, mean and spread over those photographs, then the
weights of the standardised figure in thousandths: the kinds of SCENES, outdoors, the times of TIMES. SURFACES: kinds of
surfaces, a mixture of Gaussians over the figures of a cell. A line that begins with a blank goes on with the one above.
"""

from typing import Final

CALIBRATION_ID: Final = "{calibration}"
SCENES: Final = (
{kinds}
)
TIMES: Final = ({times})
RIGHT: Final = ({slope}, {bias})
"""From the log-odds of the largest share to those of the answer being right, on photographs held out."""
LEAST: Final = {least}
"""Chance of being right below which there is no answer."""
BIASES: Final = "{biases}"
SURFACES: Final = """
{surfaces}
"""
FEATURES: Final = """
{features}
"""
'''


def _cut(row: str, most: int = 118) -> list[str]:
    lines, line = [], ""
    for word in row.split(" "):
        if line and len(line) + 1 + len(word) > most:
            lines.append(line)
            line = " " + word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def check(rows: Rows) -> str:
    """How right the model is on rows held out, with the penalty chosen within the folds that are left (nested)."""
    folds = folds_of(len(rows.values), seed=1)
    scores, chosen = np.zeros(rows.target.shape), []
    for fold in range(FOLDS):
        inner = folds != fold
        values, target, right = rows.values[inner], rows.target[inner], rows.right[inner]
        found = {}
        for ridge in _RIDGES:
            shares = softmax(held_out(values, target, ridge, _BALANCE["scene"], seed=2))
            found[ridge] = _right_share(shares, right, 0.8)
        best = max(found, key=lambda ridge: found[ridge])
        chosen.append(best)
        scores[folds == fold] = fitted(values, target, best, _BALANCE["scene"]).scores(rows.values[folds == fold])
    shares = softmax(scores)
    lines = [f"{len(shares)} photographs, penalties chosen: {chosen}"]
    for coverage in (1.0, 0.9, 0.84, 0.8, 0.7, 0.5):
        count = round(coverage * len(shares))
        share = _right_share(shares, rows.right, coverage)
        lines.append(
            f"answers on {coverage:.0%}: right {share:.3f} +- {1.96 * np.sqrt(share * (1 - share) / count):.3f}"
        )
    top = shares.argmax(axis=1)
    ok = rows.right[np.arange(len(top)), top]
    for at, kind in enumerate(KINDS):
        lines.append(
            f"{kind}: answered {int((top == at).sum())}, right {ok[top == at].mean() if (top == at).any() else 0:.2f};"
            f" labelled first {int((rows.target.argmax(axis=1) == at).sum())},"
            f" found {ok[rows.target.argmax(axis=1) == at].mean():.2f}"
        )
    known = rows.outdoor.sum(axis=1) > 0
    outdoor = held_out(rows.values, rows.outdoor, _RIDGE["outdoor"], _BALANCE["outdoor"]).argmax(axis=1)
    lines.append(f"outdoor right {(outdoor[known] == rows.outdoor[known].argmax(axis=1)).mean():.3f} of {known.sum()}")
    time, truth = (
        held_out(rows.values, rows.time, _RIDGE["time"], _BALANCE["time"]).argmax(axis=1),
        rows.time.argmax(axis=1),
    )
    told = (time > 0) & (truth > 0)
    lines.append(f"time: told {(time > 0).mean():.2f}; right {(time == truth)[told].mean():.3f} of {told.sum()}")
    for at, name in enumerate(TIMES):
        lines.append(
            f"  {name}: " + ", ".join(str(int(((truth == at) & (time == other)).sum())) for other in range(len(TIMES)))
        )
    return "\n".join(lines)


def _right_share(shares: Array, right: Array, coverage: float) -> float:
    order = np.argsort(-shares.max(axis=1), kind="stable")[: round(coverage * len(shares))]
    return float(right[order, shares[order].argmax(axis=1)].mean())


def main(arguments: Sequence[str]) -> int:
    """Runs one of the commands; returns the exit code."""
    parser = argparse.ArgumentParser(prog="fit_scene", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fit", help="write the analyzer's scene_weights.py")
    commands.add_parser("check", help="print figures on photographs held out")
    make = commands.add_parser("rows", help="measure labelled photographs anew")
    make.add_argument("labels", type=Path)
    make.add_argument("folders", type=Path, nargs="+")
    asked = parser.parse_args(arguments)
    if asked.command == "rows":
        from evaluation.seeing.scene_measuring import write_rows

        write_rows(asked.labels, asked.folders, ROWS)
    elif asked.command == "fit":
        WEIGHTS.write_text(weights_text(read_rows()), encoding="utf-8")
    else:
        print(check(read_rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
