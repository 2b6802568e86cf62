"""Connected areas are the same in narrow labels as in wide ones."""

import numpy as np
import pytest

from analyzer.core.components import components, labelled


def spots(height, width, step):
    """A mask with single places, each `step` from the next in both directions."""
    mask = np.zeros((height, width), np.uint8)
    mask[::step, ::step] = 1
    return mask


def test_areas_have_their_size_rectangle_and_centre() -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[2:6, 3:10] = 1
    mask[10:12, 20:22] = 1

    count, labels, stats, centres = components(mask, connectivity=8)

    assert count == 3
    assert stats[1:].tolist() == [[3, 2, 7, 4, 28], [20, 10, 2, 2, 4]]
    assert centres[1].tolist() == [6.0, 3.5]
    assert np.array_equal(labels == 1, np.pad(np.ones((4, 7), bool), ((2, 14), (3, 20))))


@pytest.mark.parametrize(("connectivity", "count"), [(4, 3), (8, 2)])
def test_places_that_touch_at_a_corner_are_one_area_of_eight_neighbours_only(connectivity, count) -> None:
    assert labelled(np.eye(2, dtype=np.uint8), connectivity=connectivity)[0] == count


def test_more_areas_than_sixteen_bits_can_count_are_told_apart() -> None:
    mask = spots(600, 600, 2)

    count, labels = labelled(mask, connectivity=8)

    assert count == 90_001
    assert len(np.unique(labels)) == count


def test_a_chequered_mask_is_told_apart_by_four_neighbours() -> None:
    mask = (np.indices((380, 380)).sum(axis=0) % 2).astype(np.uint8)

    assert components(mask, connectivity=4)[0] == 380 * 380 // 2 + 1
