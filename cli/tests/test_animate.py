"""One still in, one clip out, told as it happens."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from animatize.gateway.v1 import animation_pb2
from animatize.generator.v1 import clip_pb2, generator_pb2
from animatize.type.v1 import movement_pb2
from animatize_cli.app import run
from animatize_cli.exits import Exit
from animatize_cli.files import SAMPLE
from animatize_cli.terminal import Terminal
from chassis.errors import Answer, Violation

from .conftest import Beside
from .fakes import CLIP, TRACE, FakeGateway, a_generation, an_abstention, failing
from .recorded import Recorded, Tty


def test_a_photograph_becomes_a_clip(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    code = run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert (folder / "out" / "photo.mp4").read_bytes() == CLIP
    assert [path.name for path in (folder / "out").iterdir()] == ["photo.mp4"]
    assert mesh.gateway.requests[0].image.content == (folder / "photo.jpg").read_bytes()
    assert mesh.gateway.requests[0].options.delivery == generator_pb2.DELIVERY_CHUNKS


def test_the_account_tells_what_why_how_sure_and_what_it_cost(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert "landscape 72 %, outdoors, by day" in recorded.flat
    assert "rock 41 %, sky 30 %" in recorded.flat
    assert "dolly in by 15 %: 71 % sure (not calibrated yet)" in recorded.flat
    assert "Strong lines meet in the frame (0.81)" in recorded.flat
    assert "Else pan right 44 %" in recorded.flat
    assert "clouds drift" in recorded.flat
    assert "Alive water flows, northern lights" in recorded.flat
    assert "The camera slowly pushes in towards the peaks." in recorded.flat
    assert "render 50 % 48 of 96 frames" in recorded.flat
    assert "H.264 MP4, 960 x 720, 4.0 s, 24 fps, 30 bytes" in recorded.flat
    assert "the camera does what was asked, dolly in; measured 14 %, score 0.94, 97 % sure" in recorded.flat
    assert "nothing: 0 micro-USD, local renderer" in recorded.flat
    assert f"Trace {TRACE}" in recorded.flat
    assert "Clip out/photo.mp4" in recorded.flat


def test_a_pipe_gets_no_control_characters_and_no_padding(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert "\x1b" not in recorded.out
    assert "\r" not in recorded.out
    assert [line for line in recorded.out.splitlines() if line != line.rstrip()] == []
    assert max(map(len, recorded.out.splitlines())) <= 80


@pytest.mark.parametrize("width", [24, 40, 60, 200])
def test_every_width_keeps_its_lines(mesh: Beside, folder: Path, width: int) -> None:
    said = Recorded(Terminal(io.StringIO(), io.StringIO(), width=width))

    run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=said.terminal)

    # A trace id cannot be broken between words and is kept whole.
    broken = [line for line in said.out.splitlines() if TRACE not in line]
    assert max(map(len, broken)) <= min(width, 100)


def test_a_terminal_gets_a_bar_that_gives_way_and_its_cursor_back(mesh: Beside, folder: Path) -> None:
    mesh.gateway.pace_s = 0.05
    said = Recorded(Terminal(Tty(), Tty(), width=90))

    run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=said.terminal)

    assert "━" in said.out
    assert "of 96 frames" in said.out
    assert said.out.count("\x1b[?25l") == said.out.count("\x1b[?25h") > 0


def test_without_an_image_the_sample_is_animated(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    code = run(["animate", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert mesh.gateway.requests[0].image.content == SAMPLE.read_bytes()
    assert (folder / "out" / "sample.mp4").exists()


def test_the_result_is_the_whole_animation_without_the_clips_bytes(
    mesh: Beside, recorded: Recorded, folder: Path
) -> None:
    code = run(
        ["animate", "photo.jpg", "--gateway", mesh.address, "--out", "a/b.mp4", "--result", "c/d.json"],
        terminal=recorded.terminal,
    )

    result = json.loads((folder / "c" / "d.json").read_text())
    assert code == Exit.OK
    assert (folder / "a" / "b.mp4").read_bytes() == CLIP
    assert result["outcome"] == "ANIMATION_OUTCOME_COMPLETE"
    assert result["prediction"]["best"]["camera"]["move"]["movement"] == "MOVEMENT_DOLLY_IN"
    assert "content" not in result["generation"]["artifact"]


def test_a_program_reads_lines_of_json_and_people_the_other_stream(
    mesh: Beside, recorded: Recorded, folder: Path
) -> None:
    run(["animate", "photo.jpg", "--gateway", mesh.address, "--json", "--result", "r.json"], terminal=recorded.terminal)

    kinds = [next(iter(line)) for line in recorded.lines]
    assert kinds[:3] == ["accepted", "stageStarted", "stageResult"]
    assert kinds[-2:] == ["finished", "saved"]
    assert "chunk" not in kinds
    assert recorded.lines[-1]["saved"]["clip"]["path"] == "out/photo.mp4"
    assert recorded.lines[-1]["saved"]["result"] == {"path": "r.json"}
    assert "What is in the still" in recorded.err


def test_what_is_typed_reaches_the_mesh(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    typed = "--mood epic --genre travel --purpose reveal --energy 0.4 --movement pan-left --duration 2.5 --fps 30"
    more = (
        "--short-side 480 --aspect 2.39:1 --letterbox 16:9 --faststart --on-abstention no-clip --max-cost 0.25 --prompt"
    )

    run(
        ["animate", "photo.jpg", "--gateway", mesh.address, *typed.split(), *more.split(), "dawn light"],
        terminal=recorded.terminal,
    )

    options = mesh.gateway.requests[0].options
    assert (options.intent.mood, options.intent.genre, options.intent.purpose) == (5, 6, 3)
    assert options.intent.energy == pytest.approx(0.4)
    assert options.camera.movement == movement_pb2.MOVEMENT_PAN_LEFT
    assert options.output.duration.ToMilliseconds() == 2500
    assert (options.output.frames_per_second, options.output.short_side_px, options.output.aspect) == (30, 480, 5)
    assert (options.output.letterbox, options.output.faststart) == (clip_pb2.ASPECT_RATIO_16_9, True)
    assert (options.output.format, options.output.poster) == (clip_pb2.CLIP_FORMAT_UNSPECIFIED, False)
    assert options.on_abstention == animation_pb2.ABSTENTION_POLICY_NO_CLIP
    assert options.spending.max_cost_micro_usd == 250_000
    assert options.user_prompt == "dawn light"


@pytest.mark.parametrize(
    ("typed", "form", "path"),
    [
        ("", "UNSPECIFIED", "out/photo.mp4"),
        ("--format mp4-av1", "MP4_AV1", "out/photo.mp4"),
        ("--format webm-vp9", "WEBM_VP9", "out/photo.webm"),
        ("--out b.MP4", "UNSPECIFIED", "b.MP4"),
        ("--out b.gif", "GIF", "b.gif"),
        ("--out b.zip", "FRAMES", "b.zip"),
        ("--out b.avif --format avif", "AVIF", "b.avif"),
    ],
)
def test_the_format_is_typed_or_told_by_the_files_name(
    mesh: Beside, recorded: Recorded, folder: Path, typed: str, form: str, path: str
) -> None:
    code = run(["animate", "photo.jpg", "--gateway", mesh.address, *typed.split()], terminal=recorded.terminal)

    assert code == Exit.OK
    assert mesh.gateway.requests[0].options.output.format == clip_pb2.ClipFormat.Value(f"CLIP_FORMAT_{form}")
    assert (folder / path).read_bytes() == CLIP


def test_the_poster_lands_beside_the_clip(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.generation.poster.content = b"a jpeg"

    typed = ["--poster", "p/first.jpg", "--json", "--result", "r.json"]
    code = run(["animate", "photo.jpg", "--gateway", mesh.address, *typed], terminal=recorded.terminal)

    assert code == Exit.OK
    assert mesh.gateway.requests[0].options.output.poster
    assert (folder / "p" / "first.jpg").read_bytes() == b"a jpeg"
    assert recorded.lines[-1]["saved"]["poster"] == {"path": "p/first.jpg"}
    assert "content" not in json.loads((folder / "r.json").read_text())["generation"]["poster"]
    assert "Poster p/first.jpg" in " ".join(recorded.err.split())


def test_a_still_without_movement_gives_a_minimal_clip_that_says_so(
    mesh: Beside, recorded: Recorded, folder: Path
) -> None:
    mesh.gateway.prediction = an_abstention()

    code = run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert "none: the still tells nothing" in recorded.flat
    assert "The still is flat: information 0.02." in recorded.flat
    assert "Nearest zoom in by 15 %: 20 % sure" in recorded.flat
    assert "a barely visible push" in recorded.flat
    assert (folder / "out" / "photo.mp4").exists()


def test_when_no_clip_is_wanted_then_there_is_none(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.prediction = an_abstention()

    code = run(
        ["animate", "photo.jpg", "--gateway", mesh.address, "--on-abstention", "no-clip", "--json"],
        terminal=recorded.terminal,
    )

    assert code == Exit.ABSTAINED
    assert list((folder / "out").iterdir()) == []
    assert recorded.lines[-1] == {"saved": {}}


def test_a_clip_in_the_result_is_taken_too(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.parts = ()
    mesh.gateway.generation = a_generation()
    mesh.gateway.generation.artifact.content = CLIP

    code = run(["animate", "photo.jpg", "--gateway", mesh.address, "--result", "r.json"], terminal=recorded.terminal)

    assert code == Exit.OK
    assert (folder / "out" / "photo.mp4").read_bytes() == CLIP
    assert "content" not in json.loads((folder / "r.json").read_text())["generation"]["artifact"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (((0, CLIP[:9]), (12, CLIP[12:])), "The clip came with a gap: byte 12 after byte 9."),
        (((0, CLIP[:9]),), "The clip came with 9 bytes of 30."),
        (((0, CLIP[::-1]),), "The clip that came is not the one that was made: its SHA-256 differs."),
    ],
)
def test_a_clip_that_is_not_whole_is_not_kept(
    mesh: Beside, recorded: Recorded, folder: Path, parts: tuple[tuple[int, bytes], ...], sentence: str
) -> None:
    mesh.gateway.parts = parts
    (folder / "out").mkdir()
    (folder / "out" / "photo.mp4").write_bytes(b"the last one")

    code = run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.FAILED
    assert sentence in recorded.err
    assert (folder / "out" / "photo.mp4").read_bytes() == b"the last one"
    assert [path.name for path in (folder / "out").iterdir()] == ["photo.mp4"]


def test_a_call_that_ends_without_its_result_has_failed(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.finishes = False

    code = run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.FAILED
    assert "ended the call without its result" in recorded.err


def test_what_was_made_before_a_failure_is_in_the_result(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.play = failing(
        Answer(grpc.StatusCode.INTERNAL, "INTERNAL_ERROR", "internal error", metadata={"trace_id": TRACE})
    )

    code = run(
        ["animate", "photo.jpg", "--gateway", mesh.address, "--result", "r.json", "--json"], terminal=recorded.terminal
    )

    result = json.loads((folder / "r.json").read_text())
    assert code == Exit.FAILED
    assert result["outcome"] == "ANIMATION_OUTCOME_PARTIAL"
    assert set(result) >= {"analysis", "prediction", "expansion", "traceId", "timings"}
    assert "generation" not in result
    assert recorded.lines[-1]["error"]["reason"] == "INTERNAL_ERROR"
    assert recorded.lines[-1]["error"]["exitCode"] == 1
    assert f"Trace {TRACE}" in recorded.err


def test_a_refused_still_is_told_by_field_found_and_accepted(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    wrong = Violation("image.content", "found text; accepted: an image")
    mesh.gateway.play = failing(
        Answer(grpc.StatusCode.INVALID_ARGUMENT, "STILL_REFUSED", "the still is refused", violations=(wrong,))
    )

    code = run(["animate", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert "✗ the still is refused.\n  image.content: found text; accepted: an image\n" in recorded.err
    assert "Traceback" not in recorded.err


def test_a_call_that_takes_too_long_ends_by_itself(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.pace_s = 30

    code = run(["animate", "photo.jpg", "--gateway", mesh.address, "--timeout", "3"], terminal=recorded.terminal)

    assert code == Exit.DEADLINE
    assert "not done after 3 s" in recorded.err
    assert mesh.was_cancelled(limit_s=30)


def test_nobody_there_is_said_with_what_to_do(recorded: Recorded, folder: Path) -> None:
    # The discard port: nobody listens on it.
    code = run(["animate", "photo.jpg", "--gateway", "127.0.0.1:9"], terminal=recorded.terminal)

    assert code == Exit.UNREACHABLE
    assert "No mesh answers at 127.0.0.1:9." in recorded.err
    assert "animatize up" in recorded.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cancels_the_call_and_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    gateway = FakeGateway()
    gateway.pace_s = 30
    with Beside(gateway) as mesh:
        command = [sys.executable, "-m", "animatize_cli", "animate", "photo.jpg", "--gateway", mesh.address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            mesh.wait_until_rendering()
            os.kill(process.pid, number)
            _, said = process.communicate(timeout=50)

        assert process.returncode == Exit.INTERRUPTED
        assert "Stopped." in said
        assert "Traceback" not in said
        assert mesh.was_cancelled(limit_s=30)
        assert list((folder / "out").iterdir()) == []
