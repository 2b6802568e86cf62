"""Points are found again where their velocity leads, and where it does not."""

import cv2
import numpy as np
import pytest

from generator.core.motion_check.tracks import follow, normalised

from .scene import Picture


def seen_at(shifts: list[float]) -> list[Picture]:
    """A blotchy picture that lies so many pixels aside, normalised."""
    noise = np.random.default_rng(5).integers(0, 256, (200, 500), np.uint8)
    wide = cv2.equalizeHist(cv2.GaussianBlur(noise, (0, 0), 4))
    moves = [np.array([[1, 0, shift - 90], [0, 1, 0]], np.float64) for shift in shifts]
    moved = [cv2.warpAffine(wide, move, (320, 200), flags=cv2.INTER_CUBIC) for move in moves]
    return [normalised(picture.astype(np.uint8)) for picture in moved]


@pytest.mark.parametrize("jerk", [0.0, 2.0, 9.0])
def test_a_jerk_loses_no_point_that_stays_in_the_picture(jerk: float) -> None:
    shifts = [0.0, 0.0, 0.0, 0.0, 1.5, 3.0 + jerk, 4.5 + jerk]

    tracks = follow(seen_at(shifts), checkpoint=lambda: None)

    stays = np.abs(tracks.places[:, tracks.anchor, 0]) < 160 - 25
    assert tracks.seen[stays].mean() > 0.97
    moved = tracks.places[:, :, 0] - tracks.places[:, tracks.anchor, None, 0]
    assert np.median(moved[stays], axis=0) == pytest.approx(np.array(shifts), abs=0.1)


def test_a_point_that_is_covered_is_lost_and_not_found_elsewhere() -> None:
    frames = seen_at([0.0, 1.0, 2.0, 3.0, 4.0])
    other = np.ascontiguousarray(frames[0][::-1])
    for frame in frames[3:]:
        frame[60:140, 100:220] = other[60:140, 100:220]

    tracks = follow(frames, checkpoint=lambda: None)

    x, y = tracks.places[:, tracks.anchor].T
    covered = (np.abs(x) < 45) & (np.abs(y) < 25)
    assert covered.sum() > 10
    assert tracks.seen[covered, -1].mean() < 0.1
    far = (np.abs(x) > 75) | (np.abs(y) > 55)
    assert tracks.seen[far, -1].mean() > 0.9


def test_a_flat_picture_is_normalised_without_a_trace_of_noise() -> None:
    assert np.array_equal(normalised(np.full((60, 80), 201, np.uint8)), np.full((60, 80), 128, np.uint8))
