"""What is in stills, and how a camera could move there."""

from __future__ import annotations

from pathlib import Path

from animatize.predictor.v1 import prediction_pb2
from animatize_cli.app import run
from animatize_cli.exits import Exit

from .conftest import Beside
from .fakes import an_abstention
from .recorded import Recorded


def test_each_still_is_told(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    (folder / "two.jpg").write_bytes(b"two")

    code = run(["analyze", "photo.jpg", "two.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.OK
    assert [request.image.content[:3] for request in mesh.gateway.requests] == [b"\xff\xd8\xff", b"two"]
    assert "✓ photo.jpg  5 kB, from the memory cache" in recorded.out
    assert recorded.out.count("landscape 72 %") == 2


def test_a_still_that_cannot_be_read_never_ends_the_others(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    code = run(["analyze", "none.jpg", "photo.jpg", "--gateway", mesh.address, "--json"], terminal=recorded.terminal)

    assert code == Exit.USAGE
    assert recorded.lines[0] == {
        "image": "none.jpg",
        "error": {"exitCode": 2, "message": "There is no file none.jpg."},
    }
    assert recorded.lines[1]["analysis"]["scene"]["kind"] == "SCENE_KIND_LANDSCAPE"


def test_without_a_mesh_no_still_is_tried_twice(recorded: Recorded, folder: Path) -> None:
    code = run(["analyze", "photo.jpg", "photo.jpg", "--gateway", "127.0.0.1:9"], terminal=recorded.terminal)

    assert code == Exit.UNREACHABLE
    assert recorded.err.count("No mesh answers") == 1


def test_a_prediction_follows_from_the_analysis_and_the_intent(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    code = run(
        ["predict", "photo.jpg", "--gateway", mesh.address, "--mood", "calm", "--json"], terminal=recorded.terminal
    )

    assert code == Exit.OK
    assert mesh.gateway.requests[1].analysis.scene.confidence.probability == 0.72
    assert mesh.gateway.requests[1].intent.mood == prediction_pb2.MOOD_CALM
    assert set(recorded.lines[0]) == {"image", "analysis", "prediction"}
    assert "dolly in by 15 %" in recorded.err


def test_an_abstention_has_its_own_exit_code(mesh: Beside, recorded: Recorded, folder: Path) -> None:
    mesh.gateway.prediction = an_abstention()

    code = run(["predict", "photo.jpg", "--gateway", mesh.address], terminal=recorded.terminal)

    assert code == Exit.ABSTAINED
    assert "none: the still tells nothing" in recorded.flat
