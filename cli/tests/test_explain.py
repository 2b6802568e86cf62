"""A picture of what was seen, written to a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from animatize_cli.app import run
from animatize_cli.exits import Exit

from .conftest import Beside
from .fakes import DRAWING
from .recorded import Recorded


def test_the_drawing_goes_beside_the_clips(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    code = run(["explain", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert (folder / "out/photo.explained.png").read_bytes() == DRAWING
    assert "Drawing   out/photo.explained.png" in recorded.out
    assert "landscape 72 %" in recorded.out


def test_its_place_and_size_can_be_chosen(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    code = run(
        ["explain", "photo.jpg", "--out", "talk/a.png", "--size", "1600", "--gateway", mesh.address],
        terminal=recorded.terminal,
    )

    assert code == Exit.OK
    assert (folder / "talk/a.png").read_bytes() == DRAWING
    assert mesh.gateway.requests[0].size_px == 1600


def test_for_a_program_there_is_one_line(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    run(["explain", "photo.jpg", "--out", "a.png", "--gateway", mesh.address, "--json"], terminal=recorded.terminal)

    (line,) = recorded.lines
    assert line["image"] == "photo.jpg"
    assert line["analysis"]["scene"]["kind"] == "SCENE_KIND_LANDSCAPE"
    assert line["saved"]["drawing"] == {
        "path": "a.png",
        "sizeBytes": len(DRAWING),
        "sha256": hashlib.sha256(DRAWING).hexdigest(),
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["photo.jpg", "--out", "a.jpg"], "does not end in .png"),
        (["photo.jpg", "--out", "place.png"], "is a folder"),
        (["photo.png", "--out", "./photo.png"], "is the photograph itself"),
        (["none.jpg"], "There is no file none.jpg."),
        (["photo.jpg", "--size", "5000"], "4096"),
    ],
)
def test_a_place_or_size_that_cannot_be_is_refused_before_any_call(
    mesh: Beside, recorded: Recorded, folder: Path, arguments: list[str], sentence: str
) -> None:
    (folder / "place.png").mkdir()
    (folder / "photo.png").write_bytes(b"a still")

    code = run(["explain", *arguments, "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert sentence in recorded.err
    assert mesh.gateway.requests == []
    assert (folder / "photo.png").read_bytes() == b"a still"


def test_without_a_drawing_nothing_is_written(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.drawing = b""
    (folder / "a.png").write_bytes(b"of yesterday")

    code = run(["explain", "photo.jpg", "--out", "a.png", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.FAILED
    assert "without a drawing" in recorded.err
    assert [path.name for path in folder.glob("*.png")] == ["a.png"]
    assert (folder / "a.png").read_bytes() == b"of yesterday"


def test_without_a_mesh_it_says_so(recorded: Recorded, folder: Path) -> None:
    code = run(["explain", "photo.jpg", "--gateway", "127.0.0.1:9"], terminal=recorded.terminal)

    assert code == Exit.UNREACHABLE
    assert not (folder / "out/photo.explained.png").exists()


def test_the_photograph_behind_a_link_is_not_replaced(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    still = (folder / "photo.jpg").read_bytes()
    (folder / "real.png").write_bytes(still)
    (folder / "link.png").symlink_to("real.png")

    code = run(["explain", "link.png", "--out", "real.png", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert (folder / "real.png").read_bytes() == still
