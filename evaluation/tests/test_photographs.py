from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.seeing import photographs
from evaluation.seeing.photographs import FAMILIES, MATERIALS, ROOT, SCENES, Photograph
from evaluation.seeing.product import opened

ROWS = photographs.every_photograph()
COMMITTED = photographs.committed(ROWS)
MOST_BYTES = 3_500_000


def test_every_photograph_has_its_own_name() -> None:
    assert [name for name, count in Counter(row.id for row in ROWS).items() if count > 1] == []
    assert len(COMMITTED) >= 40


@pytest.mark.parametrize("row", COMMITTED, ids=lambda row: row.id)
def test_a_committed_photograph_is_the_one_that_was_labelled(row: Photograph) -> None:
    assert 200 < max(opened(photographs.content(row)).shape[:2]) <= 1024


def test_another_file_is_refused() -> None:
    with pytest.raises(photographs.Damaged):
        photographs.content(replace(COMMITTED[0], file_sha256="0" * 64))


def faults(row: Photograph) -> list[str]:
    """What is wrong with a row, each in a word."""
    label = row.label
    checks = {
        "kind": label.kind in {"photo", "drawing", "document", "abstract"},
        "scenes": set(label.scenes) <= set(SCENES),
        "time": label.time in {None, "day", "golden_hour", "twilight", "night"},
        "horizon": label.horizon is None or 0 < label.horizon < 1,
        "focus": label.focus in {"deep", "shallow", "unsharp"},
        "depth": label.depth in {"layers", "two", "flat"},
        "camera": set(label.camera) | set(label.wrong) <= set(FAMILIES),
        "both": not set(label.camera) & set(label.wrong),
        "shares": all(0 <= getattr(label, name) <= 1 for name in MATERIALS),
        "subject": label.subject is None or all(-0.01 <= value <= 1.01 for value in label.subject),
        "split": row.split in {"fit", "check"},
        "credit": bool(row.licence and row.credit and row.source["path"]),
        "sha256": row.file is not None or re.fullmatch("[0-9a-f]{64}", str(row.sha256)) is not None,
    }
    return [f"{row.id}: {name}" for name, holds in checks.items() if not holds]


def test_every_row_is_well_formed() -> None:
    assert [fault for row in ROWS for fault in faults(row)] == []


def test_a_malformed_row_would_be_found() -> None:
    row = ROWS[0]
    label = replace(row.label, kind="poem", scenes=("moon",), camera=("swim",), sky=1.5, focus="blurry")

    found = faults(replace(row, label=label, split="train", licence=""))

    assert [fault.split(": ")[1] for fault in found] == [
        "kind",
        "scenes",
        "focus",
        "camera",
        "shares",
        "split",
        "credit",
    ]


def test_a_row_with_an_unknown_field_is_refused(tmp_path: Path) -> None:
    line = photographs.ROWS.read_text(encoding="utf-8").splitlines()[0]
    row = json.loads(line)
    row["label"]["mood"] = "calm"
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")

    with pytest.raises(TypeError, match="mood"):
        photographs.every_photograph(path)


def test_every_file_is_credited_with_its_checksum() -> None:
    folder = ROOT / "evaluation" / "photographs"
    text = (folder / "README.md").read_text(encoding="utf-8")
    rows = {row.file: row for row in COMMITTED}
    files = sorted(folder.glob("*.jpg"))

    assert files
    for path in files:
        row = rows[path.relative_to(ROOT).as_posix()]
        line = next(line for line in text.splitlines() if line.startswith(f"| `{path.name}` |"))
        assert row.credit in line
        assert row.licence in line
        assert hashlib.sha256(path.read_bytes()).hexdigest() in line
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_the_photographs_of_the_tests_are_all_labelled() -> None:
    media = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "media").glob("*.jpg")}

    assert media <= {row.file for row in COMMITTED}


def test_fetched_photographs_are_those_that_lie_there(tmp_path: Path) -> None:
    row = next(row for row in ROWS if row.file is None)
    (tmp_path / f"{row.id}.jpg").write_bytes(b"picture")

    assert photographs.fetched(ROWS, tmp_path) == [row]
    assert photographs.content(row, tmp_path) == b"picture"
