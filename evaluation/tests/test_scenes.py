from __future__ import annotations

import numpy as np
import pytest

from evaluation.scenes import BUILDERS, Scene, build, names
from evaluation.seeing.photographs import FAMILIES, SCENES

FIRST = {family: build(f"{family}/0") for family in BUILDERS}
MATERIALS = {"sky", "vegetation", "water", "ground", "snow", "sand", "man_made"}


@pytest.mark.parametrize("family", ["plain", "corridor", "disc", "noise"])
def test_a_scene_is_the_same_every_time(family: str) -> None:
    assert np.array_equal(build(f"{family}/0").pixels, FIRST[family].pixels)


@pytest.mark.parametrize("family", ["plain", "corridor", "disc", "noise"])
def test_another_seed_is_another_picture(family: str) -> None:
    other = build(f"{family}/1").pixels

    assert other.shape != FIRST[family].pixels.shape or not np.array_equal(other, FIRST[family].pixels)


def test_there_are_hundreds_of_scenes() -> None:
    found = names(12)

    assert len(found) == len(set(found)) == 12 * len(BUILDERS) > 300


def test_an_unknown_scene_is_refused() -> None:
    with pytest.raises(KeyError):
        build("volcano/0")


@pytest.mark.parametrize("scene", FIRST.values(), ids=FIRST)
def test_a_truth_is_well_formed(scene: Scene) -> None:
    truth, size = scene.truth, scene.pixels.shape[:2]

    assert scene.pixels.dtype == np.uint8
    assert set(truth.scene) <= set(SCENES)
    assert truth.right | truth.wrong <= set(FAMILIES)
    assert truth.right & truth.wrong == set()
    assert (truth.horizon is not None) >= (truth.has_horizon is True)
    assert (truth.vanishing_point is not None) == (truth.has_vanishing_point is True)
    assert truth.depth is None or (truth.depth.shape == size and float(np.nanmin(truth.depth)) >= 0)
    assert truth.layers is None or set(np.unique(truth.layers.labels)) <= set(range(1, truth.layers.count + 1))
    if truth.regions is not None:
        assert truth.regions.labels.shape == size
        assert int(truth.regions.labels.max()) <= len(truth.regions.kinds)
        assert set(truth.regions.kinds) <= MATERIALS
    if truth.subject is not None:
        left, top, width, height = truth.subject
        assert left >= -0.01
        assert top >= -0.01
        assert left + width <= 1.01
        assert top + height <= 1.01


@pytest.mark.parametrize("scene", FIRST.values(), ids=FIRST)
def test_the_mirrored_scene_has_the_mirrored_truth(scene: Scene) -> None:
    other = scene.mirrored()
    again = other.mirrored()
    one, two = scene.truth, other.truth

    assert np.array_equal(other.pixels, scene.pixels[:, ::-1])
    assert np.array_equal(again.pixels, scene.pixels)
    assert two.tilt_deg == -one.tilt_deg
    assert two.horizon == one.horizon
    assert (two.light or 0.0) == -(one.light or 0.0)
    if one.vanishing_point is not None and two.vanishing_point is not None:
        assert one.vanishing_point[0] + two.vanishing_point[0] == pytest.approx(1)
    if one.subject is not None and two.subject is not None:
        assert one.subject[0] + two.subject[0] + one.subject[2] == pytest.approx(1)
    if one.depth is not None and two.depth is not None:
        assert np.array_equal(two.depth, one.depth[:, ::-1], equal_nan=True)
    if one.regions is not None and two.regions is not None:
        assert np.array_equal(two.regions.labels, one.regions.labels[:, ::-1])


def test_the_horizon_is_where_sky_and_ground_meet() -> None:
    for family in ("plain", "sea", "golden", "road"):
        truth = FIRST[family].truth
        assert truth.regions is not None
        middle = truth.regions.labels[:, truth.regions.labels.shape[1] // 2]
        row = int(np.argmax(middle != 1))

        assert truth.horizon == pytest.approx(row / middle.size, abs=0.01)


def test_an_exact_front_is_its_own_mirror_image_and_an_uneven_one_is_not() -> None:
    exact, uneven = FIRST["facade_exact"].pixels, FIRST["facade_uneven"].pixels

    assert np.array_equal(exact, exact[:, ::-1])
    assert float(np.abs(uneven.astype(float) - uneven[:, ::-1]).mean()) > 5


def test_nearer_things_stand_before_farther_ones() -> None:
    truth = FIRST["blocks"].truth
    assert truth.depth is not None
    columns = truth.depth[-1]

    assert float(columns.min()) >= float(truth.depth[round(0.5 * truth.depth.shape[0])].min())


def test_the_subject_stands_out_of_its_ground() -> None:
    for family in ("disc", "box"):
        scene = FIRST[family]
        assert scene.truth.subject is not None
        height, width = scene.pixels.shape[:2]
        left, top, wide, high = scene.truth.subject
        centre = scene.pixels[round((top + high / 2) * height), round((left + wide / 2) * width)].astype(float)
        corner = scene.pixels[:8, :8].reshape(-1, 3).mean(axis=0)

        assert float(np.abs(centre - corner).max()) > 30
