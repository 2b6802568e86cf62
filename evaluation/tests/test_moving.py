"""The clips of known movement are what they claim to be, and their two halves never meet."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.moving import calibrate, figures
from evaluation.moving.depths import SHAPES, nearness, worsened
from evaluation.moving.moves import SHOWN, hand, progress, view_at
from evaluation.moving.observe import Row, read, row_of, write
from evaluation.moving.photographs import Half, files, half_of
from evaluation.moving.recipes import clean_other, clean_own, hard
from evaluation.moving.world import Surface, View, shoot
from film.movement import Family, Movement, family, opposite
from generator.core.motion_check.calibration import names

WORLD = np.clip(np.random.default_rng(4).normal(120, 40, (63, 112)), 0, 255).astype(np.uint8).repeat(8, 0).repeat(8, 1)
NEAR = (1 / nearness("ground", (896, 504), np.random.default_rng(1))).astype(np.float32)


def seen(view: View, depth: float | np.ndarray = 1.6) -> np.ndarray:
    return shoot([Surface(WORLD, depth)], view, width_px=320, height_px=180).astype(float)


def test_a_relief_of_one_depth_shows_what_a_plane_shows() -> None:
    view = View(x=0.05, pan=0.03, z=0.1, focal=1.1)
    plane, relief = seen(view), seen(view, np.full(WORLD.shape, 1.6, np.float32))
    assert np.abs(plane - relief)[8:-8, 8:-8].mean() < 1.5


@pytest.mark.parametrize(
    ("view", "dx", "dy"), [(View(pan=0.05), -16, 0), (View(tilt=0.05), 0, 16), (View(x=0.08), -16, 0)]
)
def test_the_picture_flows_against_the_camera(view: View, dx: int, dy: int) -> None:
    still, moved = seen(View()), seen(view)
    inner = np.s_[40:140, 60:260]
    shifted = np.roll(still, (dy, dx), axis=(0, 1))
    assert np.abs(moved - shifted)[inner].mean() < 0.35 * np.abs(moved - still)[inner].mean()


@pytest.mark.parametrize("movement", [m for m in SHOWN if opposite(m) is not m and family(m) is not Family.RACK_FOCUS])
def test_a_movement_backwards_is_its_opposite(movement: Movement) -> None:
    there = [view_at(movement, 0.1, share, distance=1.6, focal=1.0) for share in (0.0, 0.3, 1.0)]
    back = [view_at(opposite(movement), 0.1, 1.0 - share, distance=1.6, focal=1.0) for share in (0.0, 0.3, 1.0)]
    for one, other in zip(there, back, strict=True):
        assert one == other or np.allclose(
            [one.x, one.y, one.z, one.tilt, one.pan, one.roll, one.focal],
            [other.x, other.y, other.z, other.tilt, other.pan, other.roll, other.focal],
        )


def test_progress_runs_from_end_to_end_and_a_hand_stays_near() -> None:
    for easing in ("linear", "sine", "smooth"):
        assert (progress(0.0, easing), progress(1.0, easing)) == (0.0, 1.0)
    views = hand(60, 24, 0.01, distance=1.6, focal=1.0, seed=3)
    assert abs(float(np.mean([view.pan for view in views]))) < 1e-6
    assert np.std([view.pan for view in views]) == pytest.approx(0.01, rel=1e-6)


def test_depths_stay_within_reach_and_a_worse_map_keeps_the_order() -> None:
    for shape in (*SHAPES, "flat"):
        found = nearness(shape, (160, 90), np.random.default_rng(2))
        assert found.shape == (90, 160)
        assert found.min() >= 0.2
        assert found.max() <= 1.1
    disparity = np.clip((1 / NEAR - 0.25) / 0.75, 0, 1).astype(np.float32)
    worse = worsened(disparity, np.random.default_rng(5))
    assert worse[-5:].mean() > worse[:5].mean() + 0.3


def test_the_halves_share_no_photograph() -> None:
    fit, check = (set(files(half)) for half in (Half.FIT, Half.CHECK))
    assert fit
    assert check
    assert not fit & check
    assert all(half_of(path) is Half.FIT for path in fit)


def test_recipes_are_the_same_every_time_and_hold_every_movement() -> None:
    photographs = files(Half.FIT)
    once, again = (hard(photographs, each=1, seed=3) for _ in range(2))
    assert once == again
    assert once != hard(photographs, each=1, seed=4)
    for some in (clean_own(photographs, each=1, seed=3), clean_other(photographs, each=1, seed=3)):
        assert {one.movement for one in some} == set(SHOWN)


@pytest.fixture(scope="module")
def row() -> Row:
    recipes = clean_other(files(Half.FIT), each=1, seed=3)
    return row_of(next(one for one in recipes if one.movement is Movement.PAN_LEFT))


def test_a_plain_pan_is_measured_and_survives_its_file(row: Row, tmp_path: Path) -> None:
    assert figures.exact(row)
    assert not figures.wrong(row)
    error = figures.amplitude_error(row)
    assert error is not None
    assert error < 0.03
    write(tmp_path / "clips.jsonl", [row])
    assert read(tmp_path / "clips.jsonl") == [row]
    found = {figure.name: figure.value for figure in figures.figures([row], [row], [row])}
    assert found["exact, hard clips"] == 1.0


def test_a_calibration_learns_which_signs_speak_for_a_label(row: Row, tmp_path: Path) -> None:
    from dataclasses import replace

    photographs = files(Half.FIT)
    plain = dict.fromkeys(names(), 0.0)
    rows = []
    for k in range(120):
        good = k % 3 > 0
        recipe = replace(row.recipe, photograph=str(photographs[k % 7]), seed=k)
        likeliest = "pan_left" if good else "roll_clockwise"
        rows.append(replace(row, recipe=recipe, likeliest=likeliest, signs={**plain, "odds": 3.0 if good else -1.0}))
    fitted = calibrate.fit(rows)
    assert fitted.exact_weights["odds"] > 1.0
    name = calibrate.write(fitted, tmp_path / "calibration_data.py")
    space: dict[str, object] = {}
    exec((tmp_path / "calibration_data.py").read_text(), space)
    assert space["CALIBRATION_ID"] == name
    with pytest.raises(ValueError, match="50"):
        calibrate.fit(rows[:20])
