"""The promises are kept, documented and complete, and a broken one is noticed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor import EnumDescriptor

from animatize.type.v1 import movement_pb2
from film.movement import Family, Movement

ROOT = Path(__file__).resolve().parents[2]
BUF = Path(sys.executable).parent / "buf"


def buf(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BUF, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the protos to break."""
    folder = tmp_path / "protos"
    shutil.copytree(ROOT / "protos", folder, ignore=shutil.ignore_patterns("gen", "__pycache__"))
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_field_without_a_comment_is_refused(copy: Path) -> None:
    edit(copy, "animatize/type/v1/money.proto", "  // No amount is known.\n", "")

    done = buf(copy, "lint")

    assert done.returncode != 0
    assert "money.proto" in done.stdout


def test_a_rule_that_does_not_compile_is_refused(copy: Path) -> None:
    old = "(buf.validate.field).int64.gte = 0];"
    rule = '(buf.validate.field).cel = {id: "even", message: "must be even", expression: "this %"}];'
    edit(copy, "animatize/type/v1/money.proto", old, rule)

    done = buf(copy, "lint")

    assert done.returncode != 0
    assert "money.proto" in done.stdout


def test_a_renumbered_field_is_refused(copy: Path) -> None:
    edit(copy, "animatize/type/v1/money.proto", "string price_version = 3;", "string price_version = 4;")

    done = buf(copy, "breaking", "--path", "animatize", "--against", "released.binpb")

    assert done.returncode != 0
    assert "price_version" in done.stdout


def test_a_removed_method_is_refused(copy: Path) -> None:
    line = "  rpc ListBudgets(ListBudgetsRequest) returns (ListBudgetsResponse);\n"
    edit(copy, "animatize/gateway/v1/gateway.proto", line, "")

    done = buf(copy, "breaking", "--path", "animatize", "--against", "released.binpb")

    assert done.returncode != 0
    assert "ListBudgets" in done.stdout


def test_a_new_field_is_welcome(copy: Path) -> None:
    old = "  string price_version = 3;"
    edit(copy, "animatize/type/v1/money.proto", old, f"{old}\n  // A note.\n  string note = 4;")

    assert buf(copy, "breaking", "--path", "animatize", "--against", "released.binpb").returncode == 0


def names(enum: EnumDescriptor, prefix: str) -> list[str]:
    return [value.name.removeprefix(prefix).lower() for value in enum.values if value.number != 0]


def test_the_vocabulary_of_the_wire_is_the_vocabulary_of_film() -> None:
    movements = names(movement_pb2.DESCRIPTOR.enum_types_by_name["Movement"], "MOVEMENT_")
    families = names(movement_pb2.DESCRIPTOR.enum_types_by_name["MovementFamily"], "MOVEMENT_FAMILY_")

    assert movements == [movement.value for movement in Movement]
    assert families == [family.value for family in Family]
