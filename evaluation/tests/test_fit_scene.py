"""The scene model's committed numbers are those that the committed rows give."""

from functools import cache

import numpy as np
import pytest

from analyzer.core.scene_model import feature_names
from evaluation.seeing.fit_scene import KINDS, WEIGHTS, Rows, read_rows, weights_text
from evaluation.seeing.scene_regression import fitted, folds_of, held_out, platt, softmax, tempered


@cache
def rows() -> Rows:
    return read_rows()


def words(text: str) -> list[str]:
    return text.replace(",", " ").replace("(", " ").replace(")", " ").split()


def test_the_committed_weights_are_what_the_fit_writes() -> None:
    made, kept = words(weights_text(rows())), words(WEIGHTS.read_text(encoding="utf-8"))

    assert len(made) == len(kept)
    for one, other in zip(made, kept, strict=True):
        try:
            # Arithmetic of another machine may round a last digit the other way.
            assert float(one) == pytest.approx(float(other), abs=1.01, rel=1e-3)
        except ValueError:
            assert one == other


def test_the_rows_hold_the_figures_that_the_analyzer_measures() -> None:
    assert rows().names == feature_names()
    assert rows().values.shape == (len(rows().ids), len(rows().names))
    assert len(set(rows().ids)) == len(rows().ids) > 900


def test_on_photographs_held_out_the_model_is_right_far_more_often_than_by_chance() -> None:
    found = softmax(held_out(rows().values, rows().target, 0.2, 0.25))
    right = rows().right[np.arange(len(found)), found.argmax(axis=1)].mean()
    always = rows().right.mean(axis=0).max()

    assert right > 0.68
    assert right > 2 * always


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
