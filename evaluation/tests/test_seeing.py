from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluation import scenes
from evaluation.scenes import build
from evaluation.seeing import __main__ as command
from evaluation.seeing import evaluate, fetch, gate, photographs, report, rows, stereo
from evaluation.seeing.calibration import unseen_figures
from evaluation.seeing.mirror_check import violations
from evaluation.seeing.observe import PhotographView, SceneView, Task, look
from evaluation.seeing.photographs import committed, every_photograph
from evaluation.seeing.product import Product, changed, jpeg, lossless, opened
from predictor.adapters import calibration_files


@pytest.fixture(scope="module")
def product() -> Product:
    return Product()


@pytest.fixture(scope="module")
def seen() -> tuple[list[SceneView], list[PhotographView]]:
    """Three scenes and one photograph, looked at in this process."""
    tasks = [Task(scene=name) for name in ("corridor/0", "plain/0", "noise/0")]
    row = next(row for row in committed(every_photograph()) if row.id == "chelsea")
    return look([*tasks, Task(photograph=row)])


def test_pictures_are_seen_beside_their_truth(seen: tuple[list[SceneView], list[PhotographView]]) -> None:
    views, pictures = seen
    corridor = views[0]

    assert [view.name for view in views] == ["corridor/0", "plain/0", "noise/0"]
    assert corridor.truth.depth is None, "maps are compared where they are made and not kept"
    assert corridor.depth is not None
    assert corridor.regions is not None
    assert all(view.mirror_faults == () for view in views)
    assert pictures[0].mirror_faults == ()
    assert [change.name for change in pictures[0].changes] == [
        name for name, _ in changed(np.zeros((9, 9, 3), np.uint8))
    ]


def test_noise_gets_no_movement(seen: tuple[list[SceneView], list[PhotographView]]) -> None:
    assert seen[0][2].verdict.first == ""


def test_a_broken_mirror_is_noticed(product: Product) -> None:
    scene = build("road/0")
    one, other = product.see(lossless(scene.pixels)), product.see(lossless(scene.mirrored().pixels))
    broken = replace(other, prediction=replace(other.prediction, camera=other.prediction.camera[1:]))

    assert violations(one, other) == ()
    assert "horizon" in violations(one, replace(other, analysis=replace(other.analysis, horizon=None)))
    assert "prediction.camera" in violations(one, broken)


def test_a_changed_picture_is_nearly_the_same_picture() -> None:
    pixels = build("plain/0").pixels
    copies = {name: opened(data) for name, data in changed(pixels)}

    assert float(np.abs(copies["mirrored and saved again"].astype(float) - pixels[:, ::-1]).mean()) < 6
    assert copies["darker"].mean() < pixels.mean() < copies["lighter"].mean()
    assert copies["cropped to 95 %"].shape[1] == pixels.shape[1] - 2 * round(0.025 * pixels.shape[1])
    assert np.array_equal(opened(lossless(pixels)), pixels)
    assert len(jpeg(pixels, 60)) < len(jpeg(pixels, 92))


def test_a_report_is_written_for_people_and_machines(
    seen: tuple[list[SceneView], list[PhotographView]], tmp_path: Path
) -> None:
    found = evaluate.Run(*seen, evaluate.figures(*seen), evaluate.figures(*seen))
    path = report.write(tmp_path / "report", found)
    text = path.read_text(encoding="utf-8")

    for name in ("first_movements", "confusion", "reliability", "abstention"):
        chart = cv2.imread(str(path.parent / f"{name}.png"))
        assert chart is not None
        assert int(np.ptp(chart)) > 100
        assert f"({name}.png)" in text
    assert "| corridor |" in text
    plain = json.loads((path.parent / "report.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in plain["figures"]] == [figure.name for figure in found.figures]
    assert len((path.parent / "pictures.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_the_gate_passes_on_its_own_baseline_and_fails_when_a_figure_falls(
    seen: tuple[list[SceneView], list[PhotographView]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = evaluate.Run(*seen, evaluate.figures(*seen), ())
    monkeypatch.setattr(command, "run", lambda **_: found)
    monkeypatch.setattr(gate, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(gate.read, "__defaults__", (tmp_path / "baseline.json",))

    assert command.main(["baseline"]) == 0
    assert command.main(["gate"]) == 0

    worse = [replace(f, value=0.0) if f.name == "depth: pairs in order, scenes" else f for f in found.figures]
    monkeypatch.setattr(command, "run", lambda **_: replace(found, figures=worse))
    assert command.main(["gate"]) == 1
    assert "depth: pairs in order, scenes" in capsys.readouterr().out


def test_commands_write_where_they_are_told(
    seen: tuple[list[SceneView], list[PhotographView]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = evaluate.Run(*seen, evaluate.figures(*seen), ())
    monkeypatch.setattr(command, "run", lambda **_: found)
    monkeypatch.setenv("ANIMATIZE_EVALUATION_PHOTOGRAPHS", str(tmp_path / "nothing"))

    assert command.main(["run", "--out", str(tmp_path)]) == 0
    assert command.main(["rows", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(str(tmp_path / "report.md"))
    found_rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(set(row) == {"family", "log_odds", "right", "group", "source"} for row in found_rows)


def test_a_calibration_is_fitted_on_photographs_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    odds = rng.normal(0, 2, 120)
    known = [
        rows.Row("pan", float(value), bool(rng.random() < 1 / (1 + np.exp(-value))), f"p{index // 3}", "photograph")
        for index, value in enumerate(odds)
    ]
    rows.write(tmp_path / "rows.jsonl", iter([*known, rows.Row("pan", 1.0, right=False, group="s", source="scene")]))
    monkeypatch.setattr(calibration_files, "SHIPPED", tmp_path / "camera.json")

    assert command.main(["calibrate", "--rows", str(tmp_path / "rows.jsonl")]) == 0
    assert "from 40 photographs" in capsys.readouterr().out
    assert calibration_files.load(tmp_path / "camera.json").id.startswith("camera-")
    error = unseen_figures(known)[0]
    assert error.n == 120
    assert error.value is not None
    assert error.value < 0.2


def test_a_folder_without_the_motorcycle_gives_no_figure(tmp_path: Path) -> None:
    (tmp_path / "motorcycle_left.png").write_bytes(b"another picture")

    assert stereo.motorcycle(tmp_path) is None


def test_depth_is_compared_with_a_measured_disparity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    scene = build("blocks/0")
    assert scene.truth.depth is not None
    (tmp_path / "motorcycle_left.png").write_bytes(lossless(scene.pixels))
    np.savez(tmp_path / "motorcycle_disp.npz", np.where(scene.truth.depth == 0, np.inf, scene.truth.depth))
    digests = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in stereo.FILES}
    monkeypatch.setattr(stereo, "FILES", digests)
    score = stereo.motorcycle(tmp_path)

    assert score is not None
    assert score.ordinal_of_height > 0.7
    assert [figure.target for figure in stereo.figures(score)] == [0.8, None, 0.7, None]


def test_a_run_shows_every_scene_and_every_photograph_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = every_photograph()
    committed_one = next(row for row in known if row.id == "umang")
    fetched_one, missing_one = [row for row in known if row.file is None][:2]
    (tmp_path / f"{fetched_one.id}.jpg").write_bytes(jpeg(build("disc/0").pixels, 90))
    monkeypatch.setattr(photographs, "every_photograph", lambda: [committed_one, fetched_one, missing_one])
    monkeypatch.setattr(scenes, "names", lambda seeds: [f"smooth/{seed}" for seed in range(seeds)])
    said: list[str] = []
    found = evaluate.run(seeds=2, folder=tmp_path, jobs=2, say=said.append)

    assert [view.name for view in found.scenes] == ["smooth/0", "smooth/1"]
    assert [view.id for view in found.photographs] == ["umang", fetched_one.id]
    assert {figure.name for figure in found.figures} == {figure.name for figure in found.more}
    assert max(figure.n for figure in found.figures if "photographs" in figure.name) < 2


def test_fetching_needs_a_place(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("ANIMATIZE_EVALUATION_PHOTOGRAPHS", raising=False)

    assert command.main(["fetch"]) == 1
    assert "--photographs" in capsys.readouterr().err


def test_what_could_not_be_fetched_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetch, "fetch", lambda folder, *, say: ["a photograph: the network is away"])

    assert command.main(["fetch", "--photographs", str(tmp_path)]) == 1
    assert "the network is away" in capsys.readouterr().out
