"""The evaluation of rendering: its truth is true, its figures measure, its gate falls."""

import json

import numpy as np
import pytest

from evaluation.rendering import figures, gate, outlines, truth, views
from evaluation.rendering.views import Score, psnr, ssim
from evaluation.seeing import gate as stored
from evaluation.seeing.figure import Better
from generator.core.render.pose import still_poses


def test_a_camera_at_rest_sees_the_still_and_all_of_it() -> None:
    built = truth.build(1)
    view = built.seen(still_poses(1), 1.0)

    assert np.array_equal(np.rint(view.colours).astype(np.uint8), built.still())
    assert not view.hidden.any()
    assert 0.02 < (view.near > 0.5).mean() < 0.3


def test_a_degraded_map_is_coarse_and_noisy_and_still_right() -> None:
    built = truth.build(0)
    exact, degraded = built.disparity(degraded=False), built.disparity(degraded=True)

    assert degraded.shape == tuple(side // 4 for side in exact.shape)
    away = np.abs(exact[2::4, 2::4] - degraded)
    assert 0.01 < np.median(away) < 0.03


def test_noise_of_a_known_size_has_a_known_ratio() -> None:
    picture = np.random.default_rng(1).uniform(60, 190, (80, 90)).astype(np.float32)
    everywhere = np.ones(picture.shape, bool)

    assert psnr(picture + 25.5, picture, everywhere) == pytest.approx(20.0)
    assert psnr(picture, picture, ~everywhere) is None
    assert ssim(picture, picture).min() == pytest.approx(1.0, abs=1e-3)
    assert ssim(picture.mean() + 0 * picture, picture).mean() < 0.3


def test_the_renderer_comes_near_the_truth() -> None:
    """One scene, one movement: two layers, and better than a picture that does not move."""
    built = truth.build(6)
    compared = next(iter(views.compare_scene(6, degraded=True)))

    assert compared.score.layers == 2
    assert compared.score.whole > 30
    still = built.still().astype(np.float32) @ np.array([0.0722, 0.7152, 0.2126], np.float32)
    assert compared.score.whole > 6 + (psnr(still, compared.true, np.ones(still.shape, bool)) or 0)


def test_outlines_of_things_are_told_from_lines_where_nothing_ends() -> None:
    told = outlines.judge(sorted(truth.PHOTOGRAPHS.glob("*.jpg"))[:10])

    assert told.true_lines >= 0.8
    assert told.false_lines == 0.0


def test_a_view_that_gets_worse_falls_through_the_gate() -> None:
    def score(whole: float) -> Score:
        return Score("lake", "truck_right", True, 2, 0.01, whole, 30.0, 20.0, 0.98, 0.95)

    before = figures.view_figures([score(36.0)])
    baseline = json.loads(stored.stored(before, seeds=1))

    assert gate.worse(figures.view_figures([score(35.9)]), baseline) == []
    (fallen,) = gate.worse(figures.view_figures([score(35.0)]), baseline)
    assert "whole frame" in str(fallen)
    assert len(gate.worse([], baseline)) == len(baseline["figures"])


def test_promises_have_no_tolerance() -> None:
    kept = figures.promise_figures({"pan_left": 0.0}, 0, 0, (0.01, 0.01))
    broken = figures.promise_figures({"pan_left": 0.0}, 1, 0, (0.01, 0.01))
    baseline = json.loads(stored.stored(kept, seeds=1))

    assert gate.worse(kept, baseline) == []
    assert [one.name for one in gate.worse(broken, baseline)] == ["loop: seam in grey levels"]
    assert all(figure.better is Better.LOWER for figure in kept)
