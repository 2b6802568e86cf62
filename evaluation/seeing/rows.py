"""Rows for calibration: every candidate with its log-odds and whether it suits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluation.seeing.observe import PhotographView, SceneView


@dataclass(frozen=True)
class Row:
    """One candidate. log_odds: the rules' sum before any calibration. group: the picture; rows of one belong together.

    source: "photograph" or "scene".
    """

    family: str
    log_odds: float
    right: bool
    group: str
    source: str


def rows(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> Iterator[Row]:
    """Every candidate on the photographs of the split "fit", and on scenes where the grammar of film is clear.

    A photograph's label names the families that suit; every other one does not. A scene says of some families that
    they suit and of some that they do not; candidates of others are left out.
    """
    for photograph in photographs:
        if photograph.split != "fit" or photograph.label.kind != "photo":
            continue
        for item in photograph.verdict.candidates:
            suits = item.family in photograph.label.camera
            yield Row(item.own_family, item.log_odds, suits, photograph.id, "photograph")
    for scene in scenes:
        for item in scene.verdict.candidates:
            if item.family in scene.truth.right or item.family in scene.truth.wrong:
                yield Row(item.own_family, item.log_odds, item.family in scene.truth.right, scene.name, "scene")


def read(path: Path) -> list[Row]:
    """Rows as `write` writes them. Raises TypeError for a line that is not one."""
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def write(path: Path, found: Iterator[Row]) -> int:
    """Writes rows as JSON lines and gives their number."""
    lines = [json.dumps(asdict(row)) for row in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)
