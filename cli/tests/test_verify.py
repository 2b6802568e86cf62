"""What the camera of a clip does, told and compared with what was asked."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import grpc
import pytest
from buf.validate import validate_pb2

from animatize.analyzer.v1 import analysis_pb2
from animatize.generator.v1 import generator_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from animatize_cli import motion
from animatize_cli.app import run
from animatize_cli.exits import Exit
from animatize_cli.files import MOST_BYTES
from chassis.errors import Answer, Violation

from .conftest import Beside
from .fakes import DRAWING, a_verification, an_analysis, failing
from .recorded import Recorded


@pytest.fixture
def clip(folder: Path) -> Path:
    """A clip beside the photograph."""
    path = folder / "clip.mp4"
    path.write_bytes(b"a clip")
    return path


def told(response: generator_pb2.VerifyMotionResponse) -> dict[str, str]:
    return {fact.label: fact.text for fact in motion.of_verification(response)}


def doubted(response: generator_pb2.VerifyMotionResponse) -> set[str]:
    return {fact.label for fact in motion.of_verification(response) if fact.doubt}


def compared(outcome: int, *, measured: int = movement_pb2.MOVEMENT_PAN_RIGHT) -> generator_pb2.VerifyMotionResponse:
    """The verification, compared with a truck to the right that was asked."""
    response = a_verification()
    verdict: Any = response.verdict
    verdict.outcome, verdict.measured = outcome, measured
    verdict.asked = movement_pb2.MOVEMENT_TRUCK_RIGHT
    verdict.score.value = 0.41
    return response


def unknown() -> generator_pb2.VerifyMotionResponse:
    response = compared(verdict_pb2.VERDICT_OUTCOME_UNKNOWN, measured=0)
    verdict = response.verdict
    verdict.unknown_because = "too few points can be followed"
    for name in ("score", "amplitude", "amplitude_unit", "steadiness", "confidence"):
        verdict.ClearField(name)
    return response


def test_the_verdict_is_told_and_the_bytes_are_sent_as_they_are(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    code = run(["verify", "clip.mp4", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert "Camera    pan right by 4.0°: 87 % sure" in recorded.out
    assert "How far   a turn of 4.0° (trust 0.90)" in recorded.out
    assert "Else      truck right 11 %" in recorded.out
    assert "Form      H.264 MP4, 640 x 360, 2.0 s, 24 fps" in recorded.out
    assert mesh.gateway.requests == [generator_pb2.VerifyMotionRequest(content=b"a clip")]


def test_nothing_that_was_not_asked_is_compared() -> None:
    assert told(a_verification()) == {
        "Camera": "pan right by 4.0°: 87 % sure",
        "How far": "a turn of 4.0° (trust 0.90)",
        "Else": "truck right 11 %",
        "Steady": "98 % (trust 0.80)",
        "Points": "93 % follow the camera, 4 % move on their own",
        "Flaws": "no cut, no freeze, no black borders",
        "Loop": "none: it ends otherwise than it begins",
        "Form": "H.264 MP4, 640 x 360, 2.0 s, 24 fps",
        "Method": "dense-flow-1",
    }
    assert doubted(a_verification()) == set()


@pytest.mark.parametrize(
    ("outcome", "measured", "code", "sentence"),
    [
        (
            verdict_pb2.VERDICT_OUTCOME_AS_ASKED,
            movement_pb2.MOVEMENT_TRUCK_RIGHT,
            Exit.OK,
            "the camera moves as asked, truck right, but not as far or not as steadily; score 0.41",
        ),
        (
            verdict_pb2.VERDICT_OUTCOME_EQUIVALENT,
            movement_pb2.MOVEMENT_PAN_RIGHT,
            Exit.OK,
            "measured as pan right, which looks the same as truck right here; score 0.41",
        ),
        (
            verdict_pb2.VERDICT_OUTCOME_DIFFERENT,
            movement_pb2.MOVEMENT_PAN_RIGHT,
            Exit.DIFFERENT,
            "measured as pan right, not truck right as asked; score 0.41",
        ),
        (verdict_pb2.VERDICT_OUTCOME_UNKNOWN, 0, Exit.UNTOLD, "truck right; what the camera does could not be told"),
        (999, 0, Exit.UNTOLD, "could not be told"),
    ],
)
def test_what_was_asked_decides_the_exit_code(
    mesh: Beside, recorded: Recorded, clip: Path, outcome: int, measured: int, code: Exit, sentence: str
) -> None:
    mesh.gateway.verification = compared(outcome, measured=measured)

    found = run(
        ["verify", "clip.mp4", "--movement", "truck-right", "--gateway", mesh.address], terminal=recorded.terminal
    )

    assert found == code
    assert sentence in recorded.flat
    assert recorded.err == ""
    (request,) = mesh.gateway.requests
    assert request.asked == prediction_pb2.CameraMove(movement=movement_pb2.MOVEMENT_TRUCK_RIGHT)


def test_an_answer_that_compared_nothing_is_not_as_asked(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    code = run(["verify", "clip.mp4", "--movement", "pan-right", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.UNTOLD


def test_a_movement_that_cannot_be_told_is_no_failure_when_nothing_was_asked(
    mesh: Beside, recorded: Recorded, clip: Path
) -> None:
    mesh.gateway.verification = unknown()
    mesh.gateway.verification.verdict.asked = movement_pb2.MOVEMENT_UNSPECIFIED

    code = run(["verify", "clip.mp4", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert "Camera    could not be told" in recorded.out
    assert "Why       too few points can be followed" in recorded.out


def test_what_is_unknown_is_not_shown_as_known() -> None:
    found = told(unknown())

    assert found["Else"] == "pan right 87 %, truck right 11 %"
    assert {"How far", "Steady", "Flaws", "Loop"}.isdisjoint(found)
    assert doubted(unknown()) == {"Camera", "Why", "Asked"}


def test_every_flaw_and_a_loop_are_told() -> None:
    response = a_verification()
    verdict = response.verdict
    verdict.has_cut = verdict.has_freeze = verdict.has_black_border = verdict.loops = True

    assert told(response)["Flaws"] == "it contains a cut, it freezes, it has black borders"
    assert told(response)["Loop"] == "it ends as it begins"
    assert doubted(response) == {"Flaws"}


def test_each_part_of_a_clip_with_a_cut_is_told() -> None:
    response = unknown()
    verdict = response.verdict
    first = verdict.segments.add(start_s=0, end_s=1.25, measured=movement_pb2.MOVEMENT_ZOOM_IN, probability=0.9)
    first.amplitude, first.amplitude_unit = 0.2, prediction_pb2.AMPLITUDE_UNIT_GROWTH
    verdict.segments.add(start_s=1.25, end_s=2, unknown_because="it is black")

    parts = [(fact.text, fact.doubt) for fact in motion.of_verification(response) if fact.label == "Part"]

    assert parts == [
        ("0.0 to 1.2 s: zoom in by 20 %: 90 % sure", False),
        ("1.2 to 2.0 s: could not be told: it is black", True),
    ]


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        (prediction_pb2.AMPLITUDE_UNIT_FRAME_WIDTH, "a way of 7.0 % of the width (trust 0.90)"),
        (prediction_pb2.AMPLITUDE_UNIT_GROWTH, "a change of size by 7 % (trust 0.90)"),
        (prediction_pb2.AMPLITUDE_UNIT_FOCUS_RANGE, "a shift of focus by 7 % of the depth (trust 0.90)"),
        (prediction_pb2.AMPLITUDE_UNIT_UNSPECIFIED, None),
    ],
)
def test_how_far_is_said_in_words(unit: Any, sentence: str | None) -> None:
    response = a_verification()
    response.verdict.amplitude_unit = unit

    assert told(response).get("How far") == sentence


def test_a_distance_that_was_not_measured_says_why() -> None:
    response = a_verification()
    response.verdict.amplitude.ClearField("value")
    response.verdict.amplitude.absent_because = "nothing near is in the frame"

    assert told(response)["How far"] == "not measured: nothing near is in the frame"
    assert told(response)["Camera"] == "pan right: 87 % sure"


def test_a_container_that_is_its_own_codec_is_named_once() -> None:
    response = a_verification()
    response.clip.container = response.clip.codec = "gif"

    assert told(response)["Form"] == "GIF, 640 x 360, 2.0 s, 24 fps"


def test_with_the_photograph_its_analysis_goes_along(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    code = run(["verify", "clip.mp4", "--still", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    looked, verified = mesh.gateway.requests
    assert looked.image.content == (clip.parent / "photo.jpg").read_bytes()
    assert list(looked.options.maps) == [analysis_pb2.MAP_KIND_DEPTH]
    assert verified.analysis == an_analysis()
    assert verified.content == b"a clip"
    assert "landscape 72 %" in recorded.out


def test_the_filmstrip_is_drawn_where_it_is_wanted_only(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    code = run(
        ["verify", "clip.mp4", "--filmstrip", "talk/strip.png", "--gateway", mesh.address], terminal=recorded.terminal
    )

    assert code == Exit.OK
    assert (clip.parent / "talk/strip.png").read_bytes() == DRAWING
    assert "Filmstrip talk/strip.png" in recorded.out
    assert mesh.gateway.requests[0].draw_filmstrip


def test_without_a_filmstrip_nothing_is_written(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    mesh.gateway.drawing = b""
    (clip.parent / "strip.png").write_bytes(b"of yesterday")

    code = run(
        ["verify", "clip.mp4", "--filmstrip", "strip.png", "--gateway", mesh.address], terminal=recorded.terminal
    )

    assert code == Exit.FAILED
    assert "without a filmstrip" in recorded.err
    assert [path.name for path in clip.parent.glob("*.png")] == ["strip.png"]
    assert (clip.parent / "strip.png").read_bytes() == b"of yesterday"


def test_without_a_verdict_it_says_so(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    mesh.gateway.verification = generator_pb2.VerifyMotionResponse()

    assert run(["verify", "clip.mp4", "--gateway", mesh.address], terminal=recorded.terminal) == Exit.FAILED
    assert "without a verdict" in recorded.err


def test_for_a_program_there_is_one_line(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    mesh.gateway.verification = compared(verdict_pb2.VERDICT_OUTCOME_DIFFERENT)

    code = run(
        [
            *("verify", "clip.mp4", "--movement", "truck-right", "--still", "photo.jpg", "--filmstrip", "s.png"),
            *("--json", "--gateway", mesh.address),
        ],
        terminal=recorded.terminal,
    )

    assert code == Exit.DIFFERENT
    (line,) = recorded.lines
    assert line["clip"] == "clip.mp4"
    assert line["image"] == "photo.jpg"
    assert line["verification"]["verdict"]["outcome"] == "VERDICT_OUTCOME_DIFFERENT"
    assert line["verification"]["clip"]["frames"] == 48
    assert "filmstripPng" not in line["verification"]["verdict"]
    assert line["saved"]["filmstrip"] == {
        "path": "s.png",
        "sizeBytes": len(DRAWING),
        "sha256": hashlib.sha256(DRAWING).hexdigest(),
    }
    assert "pan right by 4.0°" in recorded.err


def test_for_a_program_nothing_is_saved_that_was_not_wanted(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    run(["verify", "clip.mp4", "--json", "--gateway", mesh.address], terminal=recorded.terminal)

    (line,) = recorded.lines
    assert set(line) == {"clip", "verification"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "CLIP"),
        (["none.mp4"], "There is no file none.mp4."),
        (["."], ". is a folder; accepted: one clip file."),
        (["pipe.mp4"], "pipe.mp4 is a pipe, a socket or a device; accepted: one clip file."),
        (["empty.mp4"], "empty.mp4 is empty; accepted: MP4, WebM, GIF, WebP, AVIF or a ZIP of frames."),
        (["large.mp4"], "large.mp4 has 21.0 MiB; accepted: at most 20 MiB."),
        (["clip.mp4", "--still", "none.jpg"], "There is no file none.jpg."),
        (["clip.mp4", "--movement", "pan-rigth"], "accepted: pan-right"),
        (["clip.mp4", "--filmstrip", "s.jpg"], "--filmstrip s.jpg does not end in .png"),
        (["clip.mp4", "--filmstrip", "place.png"], "--filmstrip place.png is a folder"),
        (["photo.png", "--filmstrip", "./photo.png"], "is the clip itself"),
        (["link.png", "--filmstrip", "photo.png"], "is the clip itself"),
        (["clip.mp4", "--still", "photo.png", "--filmstrip", "photo.png"], "is the photograph itself"),
        (["clip.mp4", "--filmstrip", "pipe.png"], "it is there already and is no file"),
    ],
)
def test_what_cannot_be_used_is_refused_before_any_call(
    mesh: Beside, recorded: Recorded, clip: Path, arguments: list[str], sentence: str
) -> None:
    folder = clip.parent
    (folder / "place.png").mkdir()
    (folder / "photo.png").write_bytes(b"a picture")
    (folder / "link.png").symlink_to("photo.png")
    (folder / "empty.mp4").touch()
    os.mkfifo(folder / "pipe.mp4")
    os.mkfifo(folder / "pipe.png")
    with (folder / "large.mp4").open("wb") as file:
        file.truncate(21 << 20)

    code = run(["verify", *arguments, "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert sentence in recorded.err
    assert mesh.gateway.requests == []
    assert (folder / "photo.png").read_bytes() == b"a picture"


def test_the_largest_clip_is_the_contracts() -> None:
    field = generator_pb2.VerifyMotionRequest.DESCRIPTOR.fields_by_name["content"]

    assert field.GetOptions().Extensions[validate_pb2.field].bytes.max_len == MOST_BYTES


def test_a_clip_that_the_mesh_refuses_is_told_with_its_reason(mesh: Beside, recorded: Recorded, clip: Path) -> None:
    refusal = Answer(
        grpc.StatusCode.INVALID_ARGUMENT,
        "NOT_A_CLIP",
        "the file is no clip",
        violations=(Violation("content", "found text; accepted: MP4"),),
    )
    mesh.gateway.play = failing(refusal)

    code = run(["verify", "clip.mp4", "--movement", "static", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert "✗ the file is no clip." in recorded.err
    assert "content: found text; accepted: MP4" in recorded.err


def test_without_a_mesh_it_says_so(recorded: Recorded, clip: Path) -> None:
    code = run(["verify", "clip.mp4", "--filmstrip", "s.png", "--gateway", "127.0.0.1:9"], terminal=recorded.terminal)

    assert code == Exit.UNREACHABLE
    assert not (clip.parent / "s.png").exists()
