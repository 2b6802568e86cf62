"""The photographs are the ones that were licensed and labelled, and the drawn scenes are what they say."""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

HERE = Path(__file__).parent
STILLS: list[dict[str, Any]] = json.loads((HERE / "stills.json").read_text())["stills"]
FREE = {"CC0-1.0", "CC-BY-4.0", "CC-BY-2.0", "public domain"}
SAMPLE = HERE.parents[1] / "cli" / "src" / "animatize_cli" / "sample"


def load_scenes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("media_scenes", HERE / "scenes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


scenes = load_scenes()


@pytest.mark.parametrize("still", STILLS, ids=lambda still: still["name"])
def test_a_photograph_is_the_one_that_was_labelled(still: dict[str, Any]) -> None:
    content = (HERE / still["file"]).read_bytes()

    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)

    assert hashlib.sha256(content).hexdigest() == still["sha256"]
    assert pixels is not None
    assert pixels.shape[:2] == (still["height_px"], still["width_px"])
    assert max(pixels.shape) <= 1024


@pytest.mark.parametrize("still", STILLS, ids=lambda still: still["name"])
def test_a_photograph_may_be_passed_on_and_names_its_author(still: dict[str, Any]) -> None:
    row = next(line for line in (HERE / "README.md").read_text().splitlines() if f"`{still['file']}`" in line)

    assert still["license"] in FREE
    assert still["author"] in still["credit"]
    assert all(part in row for part in (still["author"], still["license"], still["sha256"]))


@pytest.mark.parametrize("still", STILLS, ids=lambda still: still["name"])
def test_labels_lie_inside_the_frame(still: dict[str, Any]) -> None:
    boxes = [*still["faces"], *([still["subject"]] if still["subject"] else [])]

    assert still["horizon_y"] is None or 0 < still["horizon_y"] < 1
    for left, top, width, height in boxes:
        assert min(left, top) >= 0
        assert min(width, height) > 0
        assert left + width <= 1.0001
        assert top + height <= 1.0001
    assert ("face" in still["tags"]) == bool(still["faces"])


def test_no_photograph_is_unlisted_and_all_are_small() -> None:
    files = {path.name for path in HERE.glob("*.jpg")}

    assert files == {still["file"] for still in STILLS}
    assert sum((HERE / name).stat().st_size for name in files) < 3_000_000


def test_the_sample_photograph_fills_a_clip_and_names_its_author() -> None:
    content = (SAMPLE / "sample.jpg").read_bytes()

    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    note = (SAMPLE / "sample.txt").read_text()

    assert len(content) < 700_000
    assert pixels is not None
    assert pixels.shape[1] >= 1920
    assert pixels.shape[1] > pixels.shape[0]
    assert "Aitzol Berasategi" in note
    assert "CC-BY-4.0" in note


@pytest.mark.parametrize("scene", scenes.every_scene(), ids=lambda scene: scene.name)
def test_a_scene_is_drawn_alike_every_time(scene: Any) -> None:
    again = next(other for other in scenes.every_scene() if other.name == scene.name)

    assert scene.pixels.dtype == np.uint8
    assert scene.pixels.shape == (scenes.SIZE[1], scenes.SIZE[0], 3)
    assert np.array_equal(scene.pixels, again.pixels)


@pytest.mark.parametrize("scene", scenes.every_scene(), ids=lambda scene: scene.name)
def test_mirroring_a_scene_twice_gives_it_back(scene: Any) -> None:
    twice = scene.mirrored().mirrored()

    assert np.array_equal(twice.pixels, scene.pixels)
    assert twice.truth.horizon_y == scene.truth.horizon_y
    if scene.truth.subject is not None:
        assert twice.truth.subject == pytest.approx(scene.truth.subject)


def test_the_facade_is_its_own_mirror_image() -> None:
    scene = scenes.facade()

    assert np.array_equal(scene.pixels, scene.pixels[:, ::-1])


@pytest.mark.parametrize("horizon_y", [0.25, 0.4, 0.7])
def test_sky_and_ground_meet_at_the_horizon(horizon_y: float) -> None:
    scene = scenes.landscape(horizon_y)

    brightness = scene.pixels.mean(axis=(1, 2))
    step = int(np.argmax(-np.diff(brightness))) + 1

    assert step / scenes.SIZE[1] == scene.truth.horizon_y


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0.3, 0.4), (0.7, 0.6)])
def test_the_corridor_is_brightest_around_its_vanishing_point(x: float, y: float) -> None:
    scene = scenes.corridor(x, y)

    rows, columns = np.nonzero((scene.pixels == (225, 235, 240)).all(axis=2))
    width, height = scenes.SIZE
    left, right, top, bottom = columns.min() / width, columns.max() / width, rows.min() / height, rows.max() / height

    # The end wall keeps the frame's proportions around the point: the point divides both alike.
    assert (x - left) / (right - left) == pytest.approx(x, abs=0.03)
    assert (y - top) / (bottom - top) == pytest.approx(y, abs=0.03)


def test_the_subject_fills_its_box() -> None:
    scene = scenes.subject()
    width, height = scenes.SIZE

    rows, columns = np.nonzero((scene.pixels != (95, 85, 75)).any(axis=2))
    left, top, wide, high = scene.truth.subject

    assert columns.min() / width == pytest.approx(left, abs=0.01)
    assert rows.min() / height == pytest.approx(top, abs=0.01)
    assert columns.max() / width == pytest.approx(left + wide, abs=0.01)
    assert rows.max() / height == pytest.approx(top + high, abs=0.01)


def test_the_near_layer_is_sharper_than_the_far_one() -> None:
    scene = scenes.two_layers()
    edge = round(0.45 * scenes.SIZE[0])

    sharpness = np.abs(cv2.Laplacian(cv2.cvtColor(scene.pixels, cv2.COLOR_BGR2GRAY), cv2.CV_32F))

    assert sharpness[:, : edge - 8].mean() > 10 * sharpness[:, edge + 8 :].mean()
