"""What can be typed, and what is refused before anything is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from animatize_cli import files, options
from animatize_cli.app import run
from animatize_cli.exits import Exit
from animatize_cli.files import MOST_BYTES

from .conftest import Beside
from .recorded import Recorded


def test_the_version_is_the_distributions(recorded: Recorded) -> None:
    assert run(["--version"], terminal=recorded.terminal) == Exit.OK
    assert recorded.out == f"animatize {metadata.version('animatize-cli')}\n"


def test_the_exit_codes_never_change() -> None:
    assert {code.name: code.value for code in Exit} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "UNREACHABLE": 3,
        "DEADLINE": 4,
        "ABSTAINED": 5,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("animate --mood happy", "found 'happy'; accepted: calm, tense, joyful, sad, epic, intimate"),
        ("animate --movement doly-in", "accepted: dolly-in"),
        ("animate --movement xxxx", "accepted: static, pan-left, pan-right, … (35 in all"),
        ("animate --fps 23", "found '23'; accepted: 12, 24, 25, 30, 50, 60"),
        ("animate --aspect 4:3", "accepted: 16:9, 9:16, 1:1, 4:5, 2.39:1"),
        ("animate --max-cost much", "accepted: US dollars, for example 0.25"),
        ("animate --max-cost 0.0000001", "at most six digits after the point"),
        ("animate --max-cost -1", "0 or more"),
        ("animate --max-cost inf", "US dollars"),
        ("animate --duration 31", "--duration"),
        ("animate --energy 2", "--energy"),
        ("animate none.jpg", "There is no file none.jpg."),
        ("animate .", ". is a folder; accepted: one image file."),
        ("animate empty.jpg", "empty.jpg is empty; accepted: JPEG"),
        ("animate large.jpg", "large.jpg has 20.0 MiB; accepted: at most 20 MiB."),
        ("animate photo.jpg --out clip.gif", "--out clip.gif does not end in .mp4"),
        ("animate photo.jpg --out .", "--out . is a folder"),
        ("animate photo.jpg --out photo.jpg/clip.mp4", "photo.jpg/clip.mp4 cannot be written"),
        ("analyze", "IMAGE"),
        ("nothing", "nothing"),
    ],
)
def test_what_cannot_be_used_is_one_plain_sentence(recorded: Recorded, folder: Path, typed: str, said: str) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    with (folder / "large.jpg").open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    code = run(typed.split(), terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert recorded.err.startswith("✗ ")
    assert said in recorded.err
    assert "Traceback" not in recorded.err


def test_a_file_that_may_not_be_read_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)

    with pytest.raises(Exception, match=r"photo\.jpg cannot be read: permission denied\."):
        files.read_still(Path("photo.jpg"))


def test_a_misspelt_variable_is_refused_with_the_nearest(
    recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIMATIZE_CLI_GATEWY", "127.0.0.1:1")

    code = run(["animate", "photo.jpg"], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert "the nearest is ANIMATIZE_CLI_GATEWAY" in recorded.err


def test_the_environment_can_name_the_mesh(
    mesh: Beside, recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIMATIZE_CLI_GATEWAY", mesh.address)

    assert run(["animate", "photo.jpg"], terminal=recorded.terminal) == Exit.OK


def test_a_problem_is_json_for_a_program(recorded: Recorded, folder: Path) -> None:
    run(["animate", "none.jpg", "--json"], terminal=recorded.terminal)

    assert recorded.lines == [{"error": {"exitCode": 2, "message": "There is no file none.jpg."}}]


def test_help_names_every_movement_and_every_exit_code(capsys: pytest.CaptureFixture[str], recorded: Recorded) -> None:
    assert run(["animate", "--help"], terminal=recorded.terminal) == Exit.OK
    assert run(["--help"], terminal=recorded.terminal) == Exit.OK

    said = " ".join(capsys.readouterr().out.split())
    assert [movement for movement in options.MOVEMENTS if movement not in said] == []
    assert "3 no mesh" in said


def test_a_reader_that_leaves_ends_the_command_quietly(mesh: Beside, folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "animatize_cli", "animate", "photo.jpg", "--gateway", mesh.address],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=30,
    )

    os.close(writing)
    assert done.returncode == Exit.FAILED
    assert done.stderr == ""
