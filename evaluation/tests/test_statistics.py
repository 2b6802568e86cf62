from __future__ import annotations

import math

import numpy as np
import pytest

from evaluation.seeing import statistics


def test_a_share_has_wilsons_interval() -> None:
    # Wilson's interval for 8 of 10 by hand: centre (0.8 + 0.19207) / 1.38415, half width 0.2267.
    found = statistics.share(8, 10)

    assert found is not None
    assert found.value == 0.8
    assert found.low == pytest.approx(0.4902, abs=1e-3)
    assert found.high == pytest.approx(0.9433, abs=1e-3)
    assert found.n == 10


def test_never_and_always_keep_an_interval() -> None:
    never, always = statistics.share(0, 20), statistics.share(20, 20)

    assert never is not None
    assert (never.value, never.low) == (0.0, 0.0)
    assert never.high == pytest.approx(0.1611, abs=1e-3)
    assert always is not None
    assert always.low == pytest.approx(1 - 0.1611, abs=1e-3)


def test_without_cases_there_is_no_figure() -> None:
    assert statistics.share(0, 0) is None
    assert statistics.mean([]) is None
    assert statistics.auc([0.3, 0.4], [True, True]) is None
    assert statistics.calibration_error([], []) is None


def test_a_mean_lies_in_its_interval_and_is_the_same_every_time() -> None:
    values = [0.1, 0.4, 0.5, 0.9, 0.3]
    found = statistics.mean(values)

    assert found == statistics.mean(values)
    assert found is not None
    assert found.value == pytest.approx(0.44)
    assert found.low < found.value < found.high


def test_the_area_counts_pairs_in_order_and_ties_half() -> None:
    # Positives 3 and 1, negatives 2 and 1: pairs (3,2) and (3,1) right, (1,2) wrong, (1,1) a tie: 2.5 of 4.
    scores, marks = np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, False])

    assert statistics.area(scores, marks) == pytest.approx(2.5 / 4)


def test_rank_correlation_by_hand() -> None:
    # Ranks 1 2 3 4 and 1 3 2 4: 1 - 6 * 2 / (4 * 15) = 0.8.
    assert statistics.spearman(np.array([1.0, 2, 3, 4]), np.array([10.0, 30, 20, 40])) == pytest.approx(0.8)
    assert statistics.spearman(np.array([1.0, 2, 3]), np.array([7.0, 7, 7])) == 0.0
    assert statistics.spearman(np.array([1.0, 2, 3]), np.array([9.0, 4, 1])) == pytest.approx(-1)


def test_calibration_error_and_brier_by_hand() -> None:
    told, right = [0.9, 0.9, 0.2, 0.2], [True, False, False, False]
    error, score = statistics.calibration_error(told, right), statistics.brier(told, right)

    # Half of the cases are off by 0.4, half by 0.2.
    assert error is not None
    assert error.value == pytest.approx(0.3)
    assert error.low <= 0.3 <= error.high
    assert score is not None
    assert score.value == pytest.approx((0.01 + 0.81 + 0.04 + 0.04) / 4)


def test_reliability_bins_hold_every_case() -> None:
    bins = statistics.reliability([0.05, 0.15, 0.16, 1.0], [False, True, False, True])

    assert [(round(told, 3), interval.n) for told, interval in bins] == [(0.05, 1), (0.155, 2), (1.0, 1)]


def test_chance_is_the_binomial_tail() -> None:
    # At least 2 of 3 heads: 3 of 8 and 1 of 8.
    assert statistics.by_chance(2, 3, 0.5) == pytest.approx(0.5)
    assert statistics.by_chance(0, 3, 0.5) == 1.0
    assert statistics.by_chance(1, 3, 0.0) == 0.0
    assert statistics.by_chance(3, 3, 1.0) == 1.0
    assert math.isfinite(statistics.by_chance(900, 1000, 0.4))
