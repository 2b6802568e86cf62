"""A folder of photographs through the mesh's stream."""

from __future__ import annotations

import errno
import os
import signal
import threading
from pathlib import Path

import grpc
import pytest

from animatize_cli.app import run
from animatize_cli.exits import Exit
from animatize_cli.many import ON_THE_WAY
from chassis.errors import Answer, Violation

from .conftest import Beside
from .fakes import failing, hanging
from .recorded import Recorded

JPEG = b"\xff\xd8\xff and more"


@pytest.fixture
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `album` with two stills, a text, and a folder with a still of its own."""
    place = tmp_path / "album"
    (place / "older").mkdir(parents=True)
    (place / "b.jpg").write_bytes(JPEG)
    (place / "a.PNG").write_bytes(b"one more")
    (place / "older" / "c.jpg").write_bytes(JPEG)
    (place / "notes.txt").write_text("no still")
    monkeypatch.chdir(tmp_path)
    return place


def analyzed(recorded: Recorded, mesh: Beside, *more: str) -> int:
    return run(["analyze", "album", "--jsonl", "--gateway", mesh.address, *more], terminal=recorded.terminal)


def test_each_of_the_folder_s_own_stills_has_a_line(mesh: Beside, recorded: Recorded, album: Path) -> None:
    code = analyzed(recorded, mesh)

    assert code == Exit.OK
    assert {line["image"] for line in recorded.lines} == {"album/a.PNG", "album/b.jpg"}
    assert all(line["analysis"]["scene"]["kind"] == "SCENE_KIND_LANDSCAPE" for line in recorded.lines)
    assert recorded.err == "2 stills, 1 other file skipped: no still.\n"


@pytest.mark.parametrize(
    ("content", "is_still"),
    [
        (JPEG, True),
        (b"\x89PNG\r\n\x1a\n", True),
        (b"GIF89a", True),
        (b"RIFF\0\0\0\0WEBPVP8 ", True),
        (b"\0\0\0\x1cftypavif", True),
        (b"RIFF\0\0\0\0WAVEfmt ", False),
        (b"\0\0\0\x1cftypmp42", False),
        (b"", False),
    ],
)
def test_a_file_without_an_ending_is_known_by_how_it_begins(
    mesh: Beside, recorded: Recorded, album: Path, content: bytes, is_still: bool
) -> None:
    (album / "unnamed").write_bytes(content)

    analyzed(recorded, mesh)

    assert ("album/unnamed" in {line["image"] for line in recorded.lines}) is is_still


def test_answers_come_in_the_order_in_which_they_are_ready(mesh: Beside, recorded: Recorded, album: Path) -> None:
    mesh.gateway.late = {b"one more"}

    analyzed(recorded, mesh)

    assert [line["image"] for line in recorded.lines] == ["album/b.jpg", "album/a.PNG"]


def test_bad_stills_are_told_and_never_end_the_others(mesh: Beside, recorded: Recorded, album: Path) -> None:
    (album / "empty.png").write_bytes(b"")
    mesh.gateway.refused = {
        b"one more": Answer(
            grpc.StatusCode.INVALID_ARGUMENT,
            "STILL_REFUSED",
            "image.content: found a text",
            violations=(Violation("image.content", "found a text; accepted is a picture"),),
        )
    }

    code = analyzed(recorded, mesh)

    lines = {line["image"]: line for line in recorded.lines}
    assert code == Exit.USAGE
    assert set(lines["album/b.jpg"]) == {"image", "analysis"}
    assert "is empty" in lines["album/empty.png"]["error"]["message"]
    refused = lines["album/a.PNG"]["error"]
    assert (refused["reason"], refused["exitCode"]) == ("STILL_REFUSED", 2)
    assert "album/a.PNG: image.content: found a text." in recorded.err
    assert "3 stills, 2 of them could not be analysed" in recorded.err


def test_without_json_each_still_is_told_in_words(mesh: Beside, recorded: Recorded, album: Path) -> None:
    code = run(["analyze", "album", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert recorded.out.count("landscape 72 %") == 2
    assert "✓ album/b.jpg" in recorded.out
    assert recorded.out.endswith("2 stills, 1 other file skipped: no still.\n")


def test_a_file_that_is_named_is_tried_whatever_it_is(mesh: Beside, recorded: Recorded, album: Path) -> None:
    analyzed(recorded, mesh, "album/notes.txt", "album/none.jpg")

    lines = {line["image"]: set(line) for line in recorded.lines}
    assert "analysis" in lines["album/notes.txt"]
    assert "error" in lines["album/none.jpg"]


def test_a_folder_without_stills_is_refused(mesh: Beside, recorded: Recorded, album: Path) -> None:
    code = run(["analyze", "album", "--gateway", mesh.address], terminal=recorded.terminal)
    assert code == Exit.OK

    for name in ("a.PNG", "b.jpg"):
        (album / name).unlink()
    code = run(["analyze", "album", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert "album: no stills here, 1 other file." in recorded.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_refused(mesh: Beside, recorded: Recorded, album: Path) -> None:
    album.chmod(0)
    try:
        code = analyzed(recorded, mesh)
    finally:
        album.chmod(0o700)

    assert code == Exit.USAGE
    assert "cannot be read" in recorded.err


def test_a_pipe_is_skipped_and_not_waited_for(mesh: Beside, recorded: Recorded, album: Path) -> None:
    os.mkfifo(album / "pipe.jpg")

    code = analyzed(recorded, mesh)

    assert code == Exit.OK
    assert "2 other files skipped: no stills." in recorded.err


def test_of_a_large_folder_few_stills_are_on_their_way_at_a_time(mesh: Beside, recorded: Recorded, album: Path) -> None:
    for number in range(100):
        (album / f"{number:03}.jpg").write_bytes(JPEG)

    code = analyzed(recorded, mesh)

    assert code == Exit.OK
    assert len(recorded.lines) == 102
    assert 1 < mesh.gateway.most_unanswered <= ON_THE_WAY
    assert mesh.gateway.streams == 1


def test_work_longer_than_a_call_may_take_goes_through_several(mesh: Beside, recorded: Recorded, album: Path) -> None:
    for number in range(30):
        (album / f"{number:03}.jpg").write_bytes(JPEG)
    mesh.gateway.pace_s = 0.1

    code = analyzed(recorded, mesh, "--timeout", "2")

    assert code == Exit.OK
    assert len({line["image"] for line in recorded.lines}) == len(recorded.lines) == 32
    assert mesh.gateway.streams > 1


def test_a_still_without_an_answer_in_time_never_ends_the_others(mesh: Beside, recorded: Recorded, album: Path) -> None:
    mesh.gateway.hung = {b"one more"}

    code = analyzed(recorded, mesh, "--timeout", "3")

    lines = {line["image"]: line for line in recorded.lines}
    assert code == Exit.DEADLINE
    assert lines["album/a.PNG"]["error"]["code"] == "DEADLINE_EXCEEDED"
    assert "analysis" in lines["album/b.jpg"]


def test_a_stream_that_ends_early_leaves_no_still_without_a_line(mesh: Beside, recorded: Recorded, album: Path) -> None:
    mesh.gateway.answers_at_most = 1
    for number in range(5):
        (album / f"{number}.jpg").write_bytes(JPEG)

    code = analyzed(recorded, mesh)

    assert code == Exit.FAILED
    assert sorted(line["image"] for line in recorded.lines) == sorted(
        ["album/a.PNG", "album/b.jpg", *(f"album/{number}.jpg" for number in range(5))]
    )


def test_a_stream_that_is_refused_ends_the_command(mesh: Beside, recorded: Recorded, album: Path) -> None:
    mesh.gateway.play = failing(Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", "too many calls"))

    code = analyzed(recorded, mesh)

    assert code == Exit.FAILED
    # A still whose sending meets the end of the call is told as INTERNAL, without a reason, by grpc itself.
    assert {line["error"]["code"] for line in recorded.lines} <= {"RESOURCE_EXHAUSTED", "INTERNAL"}
    assert "TOO_MANY_CALLS" in {line["error"].get("reason") for line in recorded.lines}


def test_without_a_mesh_it_says_so_once(recorded: Recorded, album: Path) -> None:
    code = run(["analyze", "album", "--gateway", "127.0.0.1:9"], terminal=recorded.terminal)

    assert code == Exit.UNREACHABLE
    assert recorded.err.count("No mesh answers") == 1


def test_ctrl_c_ends_the_stream(mesh: Beside, recorded: Recorded, album: Path) -> None:
    mesh.gateway.play = hanging
    stopper = threading.Thread(target=lambda: (mesh.wait_until_rendering(), os.kill(os.getpid(), signal.SIGINT)))
    stopper.start()

    code = analyzed(recorded, mesh)

    stopper.join(20)
    assert code == Exit.INTERRUPTED
    assert mesh.was_cancelled(limit_s=30)
    assert "Stopped." in recorded.err


def test_an_output_that_takes_no_more_ends_the_command(mesh: Beside, recorded: Recorded, album: Path) -> None:
    def full(_: object) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    # The first line is of a file that is told before anything is sent, while answers are waited for.
    (album / "a.PNG").write_bytes(b"")
    recorded.terminal.out.write = full  # type: ignore[method-assign, assignment]

    code = analyzed(recorded, mesh)

    assert code == Exit.FAILED
    assert "The output cannot be written" in recorded.err


def test_a_link_that_leads_nowhere_does_not_lose_the_folder(mesh: Beside, recorded: Recorded, album: Path) -> None:
    (album / "loop.jpg").symlink_to("loop.jpg")

    code = analyzed(recorded, mesh)

    assert code == Exit.USAGE
    assert {line["image"] for line in recorded.lines if "analysis" in line} == {"album/a.PNG", "album/b.jpg"}
    assert [line["image"] for line in recorded.lines if "error" in line] == ["album/loop.jpg"]
