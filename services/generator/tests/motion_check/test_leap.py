"""Tracks come across a leap of the camera, whatever size and place the picture has after it."""

import cv2
import numpy as np
import pytest

from generator.core.motion_check.leap import Leap, follow_across, leaps
from generator.core.motion_check.tracks import normalised

from .scene import HEIGHT, WIDTH, Picture, texture

WORLD = texture(31)


def seen(*, size: float = 1.0, x: float = 0.0, y: float = 0.0) -> Picture:
    """The world so many times larger about its middle, then shifted."""
    rows, columns = WORLD.shape
    move = np.array([[size, 0, WIDTH / 2 - size * columns / 2 + x], [0, size, HEIGHT / 2 - size * rows / 2 + y]])
    return cv2.warpAffine(WORLD, move, (WIDTH, HEIGHT), flags=cv2.INTER_AREA).astype(np.uint8)


@pytest.mark.parametrize(("size", "x"), [(1.5, 0.0), (0.68, 0.0), (1.0, 130.0), (1.0, -130.0)])
def test_points_are_found_again_across_a_leap(size: float, x: float) -> None:
    tracks = follow_across(normalised(seen()), normalised(seen(size=size, x=x)), checkpoint=lambda: None)
    kept = tracks.seen.all(axis=1)
    assert kept.sum() > 60
    expected = (tracks.places[kept, 1] - (x, 0.0)) / size
    assert np.median(np.hypot(*(tracks.places[kept, 0] - expected).T)) < 1.0


def test_what_stays_on_screen_is_not_taken_for_the_picture() -> None:
    before, after = seen(), seen(x=110.0)
    for frame in (before, after):
        cv2.circle(frame, (240, 140), 55, 30, -1, cv2.LINE_AA)
        cv2.putText(frame, "AXE", (196, 158), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 220, 5, cv2.LINE_AA)
    found = leaps(normalised(before), normalised(after))
    assert any(abs(one.shift[0] - 110) < 8 and one.size == 1.0 for one in found)
    tracks = follow_across(normalised(before), normalised(after), checkpoint=lambda: None)
    kept = tracks.seen.all(axis=1)
    assert np.median((tracks.places[kept, 1] - tracks.places[kept, 0])[:, 0]) == pytest.approx(110, abs=2)


def test_no_leap_is_always_among_them() -> None:
    assert leaps(normalised(seen()), normalised(seen()))[0] == Leap(1.0, (0.0, 0.0))


def test_a_mover_of_strong_texture_does_not_pass_for_a_pale_picture() -> None:
    pale, strong = (WORLD.astype(np.float32) - 118) * 0.25 + 150, texture(8, width=150, height=130)
    rows, columns = WORLD.shape
    frames = []
    for x, at in ((0.0, (150, 60)), (104.0, (166, 72))):
        move = np.array([[1, 0, WIDTH / 2 - columns / 2 + x], [0, 1, HEIGHT / 2 - rows / 2]])
        frame = cv2.warpAffine(cv2.GaussianBlur(pale, (0, 0), 2.0), move, (WIDTH, HEIGHT)).astype(np.uint8)
        frame[at[1] : at[1] + 130, at[0] : at[0] + 150] = strong
        frames.append(normalised(frame))
    tracks = follow_across(*frames, checkpoint=lambda: None)
    kept = tracks.seen.all(axis=1)
    assert np.median((tracks.places[kept, 1] - tracks.places[kept, 0])[:, 0]) == pytest.approx(104, abs=2)
