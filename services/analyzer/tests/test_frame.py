"""The planes that several stages share."""

import cv2
import numpy as np
import pytest

from analyzer.core.frame import _by_grid, averaged, frame_of
from analyzer.core.regions import _strongest


def noisy(height, width, seed=0):
    """Pixels with detail at every place."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", [(384, 512), (341, 512), (512, 300), (97, 130), (40, 61)])
def test_a_cell_is_the_mean_of_its_pixels_whatever_the_still_measures(size):
    frame = frame_of(noisy(*size))

    found = frame.by_cell(frame.grey)

    plain = cv2.resize(frame.grey.astype(np.float32), frame.grid, interpolation=cv2.INTER_AREA)
    assert np.abs(found - plain).max() < 1e-2


@pytest.mark.parametrize("size", [(384, 512), (512, 256), (341, 512), (97, 130), (768, 576)])
def test_channels_averaged_each_by_itself_are_those_averaged_together(size):
    lab = cv2.cvtColor(noisy(*size), cv2.COLOR_BGR2LAB).astype(np.float32)
    grid = frame_of(noisy(*size)).grid

    found = _by_grid(lab, grid)

    twice = (2 * grid[0], 2 * grid[1])
    whole = averaged(lab, twice) if twice[0] < size[1] and twice[1] < size[0] else lab
    assert np.array_equal(found, averaged(whole, grid))


@pytest.mark.parametrize(("size", "halved"), [((384, 512), True), ((96, 60), True), ((60, 95), False)])
def test_a_picture_is_averaged_down_from_its_half_only_where_that_is_large_enough(size, halved):
    frame = frame_of(noisy(*size))

    assert (frame.pixels_for(48) is frame.half_pixels) == halved
    assert (frame.grey_for(48) is frame.half) == halved
    assert max(frame.pixels_for(48).shape[:2]) >= 48


def test_the_first_of_equally_strong_kinds_holds_a_place():
    planes = [np.array([[0.2, 0.5, 0.1]], np.float32), np.array([[0.2, 0.4, 0.3]], np.float32)]

    which, most = _strongest(planes)

    assert which.tolist() == [[0, 0, 1]]
    assert most == pytest.approx(np.array([[0.2, 0.5, 0.3]]))
