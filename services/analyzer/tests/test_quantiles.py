"""Quantiles: those of numpy's default method, for every shape and kind of number that the stages hand in."""

import numpy as np
import pytest

from analyzer.core.quantiles import median, quantile, quantiles

PERCENTS = (0, 1, 5, 30, 50, 66.6, 95, 99.5, 100)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 1001])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.intp])
def test_they_are_numpys(size: int, kind: type) -> None:
    values = (np.random.default_rng(size).random(size) * 100).astype(kind)

    assert quantiles(values, *PERCENTS) == pytest.approx([float(one) for one in np.percentile(values, PERCENTS)])
    assert quantile(values, 75) == pytest.approx(float(np.percentile(values, 75)))
    assert median(values) == pytest.approx(float(np.median(values)))


def test_a_plane_that_is_no_block_of_memory_is_left_as_it_was() -> None:
    planes = np.random.default_rng(1).random((6, 8, 3)).astype(np.float32)
    before = planes.copy()

    assert median(planes[..., 1]) == pytest.approx(float(np.median(planes[..., 1])))
    assert np.array_equal(planes, before)


def test_percents_may_come_in_any_order() -> None:
    assert quantiles(np.arange(101.0), 99, 1) == (99.0, 1.0)


def test_nothing_has_no_median() -> None:
    with pytest.raises((IndexError, ValueError)):
        median(np.zeros(0))
