"""Labelled photographs: what is known of each, and where its file is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
ROWS: Final = Path(__file__).with_name("photographs.jsonl")
LONG_SIDE_PX: Final = 1024
"""Photographs that are fetched are scaled down to this."""

SCENES: Final = (
    "landscape",
    "waterside",
    "forest",
    "city",
    "interior",
    "portrait",
    "close_up",
    "still_life",
    "night",
    "document",
    "abstract",
)
FAMILIES: Final = (
    "static",
    "pan",
    "tilt",
    "roll",
    "zoom",
    "dolly",
    "truck",
    "pedestal",
    "crane",
    "arc",
    "dolly_zoom",
    "handheld",
    "tracking",
    "rack_focus",
)
MATERIALS: Final = {
    "sky": "sky",
    "vegetation": "vegetation",
    "water": "water",
    "snow": "snow",
    "sand": "sand",
    "built": "man_made",
}
"""Shares in a label, and the analyzer's name of the material."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a person sees in a photograph; README.md says what each field means."""

    kind: str
    scenes: tuple[str, ...]
    outdoor: bool | None
    time: str | None
    horizon: float | None
    tilt: bool
    vp: tuple[float, float] | None
    faces: int
    person: bool
    animal: bool
    vehicle: bool
    sky: float
    vegetation: float
    water: float
    snow: float
    sand: float
    built: float
    subject: tuple[float, float, float, float] | None
    focus: str
    depth: str
    camera: tuple[str, ...]
    wrong: tuple[str, ...]
    direction: str | None
    moves: tuple[str, ...]


@dataclass(frozen=True)
class Photograph:
    """A photograph with its label.

    file: its path from the root when it is in the repository. sha256: of the file that the source gives; file_sha256:
    of the one in the repository. split: "fit" when thresholds, rules or calibrations may have been chosen with it in
    sight, else "check".
    """

    id: str
    file: str | None
    file_sha256: str | None
    licence: str
    credit: str
    source: dict[str, str]
    sha256: str | None
    split: str
    label: Label


class Damaged(Exception):
    """A photograph's file is not the one that was labelled."""

    def __init__(self, path: Path, expected: str) -> None:
        super().__init__(f"{path} does not have the SHA-256 {expected}")
        self.path = path


def every_photograph(path: Path = ROWS) -> list[Photograph]:
    """All rows, those in the repository first. Raises TypeError for a row with a field too many or too few."""
    return [_photograph(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def committed(rows: Iterable[Photograph]) -> list[Photograph]:
    """Those whose file is in the repository."""
    return [row for row in rows if row.file is not None]


def fetched(rows: Iterable[Photograph], folder: Path) -> list[Photograph]:
    """Those that are not in the repository but lie in a folder as `<id>.jpg`."""
    return [row for row in rows if row.file is None and (folder / f"{row.id}.jpg").is_file()]


def content(row: Photograph, folder: Path | None = None) -> bytes:
    """The file's bytes. Raises Damaged when a file of the repository is another one than was labelled."""
    if row.file is None:
        return ((folder or Path()) / f"{row.id}.jpg").read_bytes()
    path = ROOT / row.file
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != row.file_sha256:
        raise Damaged(path, str(row.file_sha256))
    return data


def _photograph(row: dict[str, Any]) -> Photograph:
    label = {field.name: _frozen(row["label"].pop(field.name)) for field in fields(Label)}
    if row["label"]:
        raise TypeError(f"{row['id']}: unknown {sorted(row['label'])}")
    return Photograph(**{**row, "label": Label(**label)})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
