"""The depth map orders what is near and far in built spaces, and says so where there is no depth."""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.core.analysis import DepthCue, Measure
from analyzer.core.depth import Clues, GivenDepth, haze_of, tell_depth
from analyzer.core.focus import sharpness_of
from analyzer.core.frame import frame_of
from analyzer.core.horizon import find_horizon, trusted
from analyzer.core.layers import layers_of
from analyzer.core.patches import joined, patches_of
from analyzer.core.regions import find_regions
from analyzer.core.segments import find_segments
from analyzer.core.standing import at_foot, before_the_top
from analyzer.core.vanishing import find_vanishing_point

from . import spaces
from .stills import eye, flat, photograph

FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = range(4)


def clues_of(pixels):
    """What the earlier stages find, without subjects."""
    frame = frame_of(pixels)
    segments = find_segments(frame)
    horizon = find_horizon(frame, segments, eye().look(pixels).signs.horizon)
    materials = find_regions(frame, segments, trusted(horizon), person=0.0)
    clues = Clues(
        information=1.0,
        horizon=horizon,
        vanishing=find_vanishing_point(frame, segments),
        materials=materials,
        sharpness=sharpness_of(frame),
        subjects=(),
        marks=np.zeros(materials.sky.shape, np.uint8),
        haze=haze_of(frame, materials),
        segments=segments,
    )
    return frame, clues


def told(pixels, given=None):
    frame, clues = clues_of(pixels)
    return tell_depth(frame, clues, given)


@cache
def built(kind, seed):
    space = kind(seed)
    return space, told(space.pixels)


def ordered(map_, truth):
    """Share of pairs of places in the right order, for pairs whose truths differ by a twentieth of the range."""
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, truth.size, (2, 20000))
    map_, truth = map_.ravel(), truth.ravel()
    apart = np.abs(truth[one] - truth[other]) > 0.05 * np.ptp(truth)
    right = np.sign(map_[one] - map_[other]) * np.sign(truth[one] - truth[other])
    return float(((right[apart] > 0) + (right[apart] == 0) / 2).mean())


def height(shape):
    return np.repeat(np.arange(shape[0], dtype=np.float64)[:, None], shape[1], axis=1)


def test_built_spaces_are_ordered_better_than_by_height_alone():
    found = [built(kind, seed) for kind in spaces.DEEP for seed in SEEDS]
    ours = [ordered(depth.fine, space.disparity) for space, depth in found]
    plain = [ordered(height(space.disparity.shape), space.disparity) for space, _ in found]

    assert np.mean(ours) > np.mean(plain) + 0.03
    assert np.mean(ours) > 0.83


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (spaces.ground_with_boxes, 0.93),
        (spaces.room_with_table, 0.82),
        (spaces.object_before_wall, 0.8),
        (spaces.cliff, 0.95),
        (spaces.corridor, 0.55),
    ],
)
def test_each_kind_of_space_is_ordered(kind, least):
    assert np.mean([ordered(depth.fine, space.disparity) for space, depth in (built(kind, s) for s in SEEDS)]) > least


def test_a_corridor_whose_lines_meet_is_seen_as_one():
    trusted_ones = [
        (space, depth)
        for space, depth in (built(spaces.corridor, seed) for seed in range(8))
        if DepthCue.PERSPECTIVE in depth.figures.cues
    ]

    assert len(trusted_ones) >= 4
    ours = np.mean([ordered(depth.fine, space.disparity) for space, depth in trusted_ones])
    plain = np.mean([ordered(height(space.disparity.shape), space.disparity) for space, _ in trusted_ones])
    assert ours > plain + 0.15


def test_quality_and_range_are_low_where_everything_is_equally_far():
    deep = [built(kind, seed)[1].figures for kind in spaces.DEEP for seed in SEEDS]
    even = [built(kind, seed)[1].figures for kind in (spaces.wall, spaces.page) for seed in SEEDS]

    assert np.median([one.range.value for one in even]) < 0.35 < np.median([one.range.value for one in deep])
    assert np.median([one.quality for one in even]) < 0.25 < np.median([one.quality for one in deep])


def test_quality_follows_the_truth():
    found = [built(kind, seed) for kind in spaces.DEEP for seed in SEEDS]
    right = [ordered(depth.fine, space.disparity) for space, depth in found]

    assert np.corrcoef([depth.figures.quality for _, depth in found], right)[0, 1] > 0.2


def test_a_box_is_as_near_as_its_foot():
    """A tall box and the ground beside it at its foot get one disparity, the ground behind its top a lower one."""
    frame, _ = clues_of(_box())
    height, width = frame.grid[1], frame.grid[0]
    plane = np.repeat(((np.arange(height) + 0.5) / height)[:, None], width, axis=1)
    found = at_foot(patches_of(frame), plane, eye=0.3)
    top, foot, beside = (found[round(y * height), round(x * width)] for y, x in ((0.3, 0.5), (0.7, 0.5), (0.45, 0.1)))

    assert top == pytest.approx(foot, abs=0.15)
    assert top > beside + 0.1


def _box():
    rng = np.random.default_rng(4)
    scene = np.full((300, 400, 3), (230, 200, 170), np.float32)
    scene[90:] = (70, 120, 110)
    scene[75:225, 160:240] = (40, 40, 190)
    return np.clip(scene + rng.normal(0, 4, scene.shape), 0, 255).astype(np.uint8)


def test_what_edges_part_from_the_top_of_the_frame_lies_before_it():
    frame, _ = clues_of(_box())
    crossed = before_the_top(patches_of(frame))
    height, width = crossed.shape

    assert crossed[0].max() == 0
    assert crossed[height // 2, width // 2] > crossed[height // 4, width // 10]
    assert crossed.min() >= 0
    assert crossed.max() <= 1


def test_patches_cover_the_grid_and_join_to_fewer():
    frame = frame_of(photograph("china"))
    small = patches_of(frame)
    large = joined(small, 12.0)

    for patches in (small, large):
        assert patches.cells.sum() == patches.labels.size
        assert np.array_equal(np.unique(patches.labels), np.arange(patches.count))
        assert np.array_equal(patches.rows.sum(axis=0), np.full(patches.labels.shape[0], patches.labels.shape[1]))
    assert large.count < small.count
    # Each small patch lies in one large one.
    pairs = np.unique(small.labels * large.count + large.labels)
    assert len(pairs) == small.count


@pytest.mark.parametrize("size", [(32, 32), (32, 300), (300, 32), (40, 33)])
def test_small_and_narrow_stills_have_a_map_too(size):
    rng = np.random.default_rng(1)
    found = told(rng.integers(0, 256, (*size, 3)).astype(np.uint8))

    assert found.fine.shape == size
    assert np.isfinite(found.fine).all()


def test_a_plain_still_has_a_finite_map():
    assert np.isfinite(told(flat()).fine).all()


def test_a_map_that_a_model_measured_replaces_the_cues():
    space = spaces.object_before_wall(3)
    plane = cv2.resize((space.disparity / space.disparity.max()).astype(np.float32), (100, 75))

    found = told(space.pixels, GivenDepth(plane=plane, quality=0.9, model="small depth 1"))

    assert found.figures.cues == (DepthCue.MODEL,)
    assert found.figures.model == "small depth 1"
    assert found.figures.quality == 0.9
    assert ordered(found.fine, space.disparity) > 0.95
    assert found.fine.shape == space.disparity.shape
    assert sum(one.value for one in _shares(found.figures)) == pytest.approx(1, abs=1e-5)


def _shares(figures) -> tuple[Measure, ...]:
    return figures.near_share, figures.middle_share, figures.far_share


def test_the_near_layer_of_an_object_before_a_wall_lies_on_edges():
    found = [built(spaces.object_before_wall, seed)[1].figures.outline_on_edges for seed in SEEDS]

    assert np.median([one.or_else(0.0) for one in found]) > 0.3


@FEW
@given(seed=st.integers(0, 30), gamma=st.floats(0.6, 1.6))
def test_brightness_leaves_the_order_as_it_is(seed, gamma):
    pixels = spaces.ground_with_boxes(seed).pixels
    changed = (255 * (pixels / 255.0) ** gamma).astype(np.uint8)

    assert ordered(told(changed).fine, told(pixels).fine.astype(np.float64)) > 0.85


@FEW
@given(seed=st.integers(0, 30), left=st.floats(0, 0.05), top=st.floats(0, 0.05))
def test_a_crop_leaves_the_order_as_it_is(seed, left, top):
    pixels = spaces.ground_with_boxes(seed).pixels
    high, wide = round(0.95 * spaces.HEIGHT), round(0.95 * spaces.WIDTH)
    y, x = round(top * spaces.HEIGHT), round(left * spaces.WIDTH)
    whole = told(pixels).fine[y : y + high, x : x + wide]

    part = told(np.ascontiguousarray(pixels[y : y + high, x : x + wide])).fine

    assert ordered(part, whole.astype(np.float64)) > 0.8


def test_the_same_still_gives_the_same_map():
    pixels = spaces.room_with_table(1).pixels

    assert np.array_equal(told(pixels).fine, told(pixels).fine)


def stripes(*rows):
    """Four planes one behind the other, each so many rows high."""
    return np.repeat(np.array([[0.11, 0.36, 0.61, 0.86]], np.float32), rows, axis=1).T.repeat(160, axis=1)


def test_shares_of_layers_follow_the_map_where_it_can_be_parted_in_several_ways():
    """Four planes make three layers in three ways, and a row more here or there decides which is the best."""
    edges = np.zeros((120, 160), np.uint8)
    found = [layers_of(stripes(*rows), edges).shares for rows in ((32, 28, 29, 31), (28, 29, 31, 32), (31, 32, 28, 29))]

    assert np.ptp(found, axis=0).max() < 0.1
    assert np.allclose(np.sum(found, axis=1), 1.0)
