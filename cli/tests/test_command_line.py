"""What can be typed, and what is refused before anything is sent."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from animatize_cli import files, options
from animatize_cli.app import run
from animatize_cli.exits import Exit, Problem
from animatize_cli.files import MOST_BYTES
from animatize_cli.terminal import lost

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
        "DIFFERENT": 6,
        "UNTOLD": 7,
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
        ("animate --max-cost 1e300", "found '1e300'; accepted: at most 9223372036854 US dollars"),
        ("animate --max-cost 1e999999", "US dollars"),
        ("animate --max-cost nan", "US dollars"),
        ("animate --prompt dawn\udcff", r"found 'dawn\udcff'; accepted: text in UTF-8"),
        ("animate --gateway here\udcff:1", "accepted: text in UTF-8"),
        ("animate --timeout inf", "--timeout"),
        ("animate --timeout 1e300", "less than or equal to 900"),
        ("animate --timeout nan", "--timeout"),
        ("animate --timeout 0", "--timeout"),
        ("animate --duration 31", "--duration"),
        ("animate --energy 2", "--energy"),
        ("animate none.jpg", "There is no file none.jpg."),
        ("animate .", ". is a folder; accepted: one image file."),
        ("animate empty.jpg", "empty.jpg is empty; accepted: JPEG"),
        ("animate large.jpg", "large.jpg has 20.0 MiB; accepted: at most 20 MiB."),
        (
            "animate photo.jpg --out clip.mov",
            "--out clip.mov does not end in .mp4, .webm, .webp, .avif, .gif or .zip.",
        ),
        ("animate photo.jpg --out clip.mp4 --format gif", "--out clip.mp4 does not end in .gif"),
        ("animate photo.jpg --format mp4", "found 'mp4'; accepted: mp4-h264, mp4-av1, webm-vp9"),
        ("animate photo.jpg --letterbox 4:3", "accepted: 16:9, 9:16, 1:1, 4:5, 2.39:1"),
        ("animate photo.jpg --poster p.png", "--poster p.png does not end in .jpg"),
        ("animate photo.jpg --poster photo.jpg", "--poster photo.jpg is the photograph itself"),
        ("animate photo.jpg --poster x.jpg --result x.jpg", "--poster x.jpg is where the clip or the result goes"),
        ("animate still.webp --out still.webp", "--out still.webp is the photograph itself"),
        ("animate photo.jpg --out .", "--out . is a folder"),
        ("animate photo.jpg --out photo.jpg/clip.mp4", "photo.jpg/clip.mp4 cannot be written"),
        (f"animate photo.jpg --out {'x' * 300}.mp4", "cannot be written: file name too long"),
        ("animate photo.jpg --out x.mp4 --result x.mp4", "--result x.mp4 is where the clip goes"),
        ("animate photo.jpg --result out/../out/photo.mp4", "is where the clip goes"),
        ("animate photo.jpg --result photo.jpg/r.json", "photo.jpg/r.json cannot be written"),
        ("animate photo.jpg --result .", ". cannot be written: it is there already and is no file"),
        ("animate photo.jpg --result pipe", "pipe cannot be written: it is there already and is no file"),
        ("analyze", "IMAGE"),
        ("nothing", "nothing"),
    ],
)
def test_what_cannot_be_used_is_one_plain_sentence(recorded: Recorded, folder: Path, typed: str, said: str) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "still.webp").write_bytes(b"RIFF")
    with (folder / "large.jpg").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    os.mkfifo(folder / "pipe")

    code = run(typed.split(), terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert recorded.err.startswith("✗ ")
    assert said in recorded.err
    assert "Traceback" not in recorded.err


@pytest.mark.parametrize("command", ["animate", "analyze", "predict"])
def test_a_pipe_is_refused_without_waiting_for_who_writes_to_it(folder: Path, mesh: Beside, command: str) -> None:
    os.mkfifo(folder / "pipe")

    # A process of its own: a command that waits here can only be killed.
    done = subprocess.run(
        [sys.executable, "-m", "animatize_cli", command, "pipe", "--gateway", mesh.address],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )

    assert done.returncode == Exit.USAGE
    assert done.stderr == "✗ pipe is a pipe, a socket or a device; accepted: one image file.\n"


def test_a_result_that_cannot_be_written_is_told_before_the_call(
    mesh: Beside, recorded: Recorded, folder: Path
) -> None:
    code = run(
        ["animate", "photo.jpg", "--gateway", mesh.address, "--result", "photo.jpg/r.json"], terminal=recorded.terminal
    )

    assert code == Exit.USAGE
    assert mesh.gateway.requests == []
    assert list((folder / "out").iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(folder: Path) -> None:
    def write() -> None:
        with files.Landing(folder / "clip.mp4") as landing:
            landing.write(b"eleven byte")
            landing.keep()

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(Problem, match=r"clip\.mp4 cannot be written: file too large\."):
            write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert [path.name for path in folder.iterdir()] == ["photo.jpg"]


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
        timeout=50,
    )

    os.close(writing)
    assert done.returncode == Exit.FAILED
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize("typed", ["animate photo.jpg", "animate photo.jpg --json", "animate none.jpg --json"])
def test_an_output_that_takes_no_more_is_one_sentence(mesh: Beside, folder: Path, typed: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "animatize_cli", *typed.split(), "--gateway", mesh.address],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=50,
        )

    assert done.returncode == Exit.FAILED
    assert done.stderr.endswith("✗ The output cannot be written: no space left on device.\n")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_errors_that_cannot_be_said_still_end_the_command(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "animatize_cli", "animate", "none.jpg"],
            stdout=subprocess.PIPE,
            stderr=full,
            check=False,
            timeout=50,
        )

    assert (done.returncode, done.stdout) == (Exit.FAILED, b"")


def test_an_output_that_is_full_is_told_where_it_can_be(recorded: Recorded) -> None:
    full, other = OSError(errno.ENOSPC, "x"), OSError(errno.EPERM, "x")

    assert lost(full, terminal=recorded.terminal)
    assert not lost(other, terminal=recorded.terminal)
    assert recorded.err == "✗ The output cannot be written: no space left on device.\n"


def test_any_other_error_of_the_system_is_not_taken_for_a_full_output(
    recorded: Recorded, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_path: Path) -> bytes:
        raise PermissionError(errno.EPERM, "not this")

    monkeypatch.setattr(files, "read_still", refused)

    with pytest.raises(PermissionError, match="not this"):
        run(["animate", "photo.jpg"], terminal=recorded.terminal)
