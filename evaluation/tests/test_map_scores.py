from __future__ import annotations

import numpy as np
import pytest

from evaluation.scenes.truth import Plane
from evaluation.seeing.map_scores import depth_score, overlap


def ramp(height: int = 40, width: int = 64) -> Plane:
    return np.repeat(np.linspace(0, 1, height, dtype=np.float32)[:, None], width, axis=1)


def test_the_truth_itself_is_in_perfect_order() -> None:
    score = depth_score(ramp(), ramp())

    assert score is not None
    assert score.ordinal == 1.0
    assert score.rank == pytest.approx(1.0)
    assert score.ordinal_of_height == 1.0


def test_the_reverse_is_in_no_order() -> None:
    score = depth_score(1 - ramp(), ramp())

    assert score is not None
    assert score.ordinal == 0.0
    assert score.rank == pytest.approx(-1.0)


def test_without_a_map_every_pair_is_a_tie() -> None:
    score = depth_score(None, ramp())

    assert score is not None
    assert score.ordinal == 0.5
    assert score.rank == 0.0


def test_a_side_wall_is_not_told_by_height() -> None:
    truth = np.ascontiguousarray(ramp(64, 64).T)
    score = depth_score(truth, truth)

    assert score is not None
    assert score.ordinal == 1.0
    assert score.ordinal_of_height == pytest.approx(0.5, abs=0.05)


def test_unknown_places_do_not_count() -> None:
    truth = ramp()
    found = truth.copy()
    truth[:20] = np.nan
    found[:20] = 1 - found[:20]
    score = depth_score(found, truth)

    assert score is not None
    assert score.ordinal == 1.0


def test_a_flat_truth_says_nothing() -> None:
    assert depth_score(ramp(), np.ones((40, 64), np.float32)) is None


def test_overlap_of_boxes_by_hand() -> None:
    assert overlap((0, 0, 0.4, 0.4), (0.2, 0, 0.4, 0.4)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 0.2, 0.2), (0.5, 0.5, 0.2, 0.2)) == 0.0
    assert overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0
