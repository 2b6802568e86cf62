"""With too few points for a camera, the picture's own shift, turn and growth still tell what is plain to see."""

import cv2
import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import METHOD, Outcome, check
from generator.core.motion_check.paths import picture_path
from generator.core.motion_check.similarity import METHOD as SIMPLE
from generator.core.motion_check.similarity import find_simply
from generator.core.motion_check.tracks import follow, normalised

from .scene import HEIGHT, RATE, WIDTH, Picture


def spots(*, angle: float = 0.0, shift: float = 0.0, growth: float = 0.0, count: int = 13) -> list[Picture]:
    """A few bright squares on grey: a dozen points and no more."""
    still = np.full((HEIGHT, WIDTH), 110, np.uint8)
    for x, y in ((110, 70), (350, 80), (140, 200), (330, 190), (240, 130)):
        still[y : y + 14, x : x + 14] = 200
    frames = []
    for k in range(count):
        way = k / (count - 1) - 0.5
        matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), np.degrees(angle * way), 1 + growth * way)
        matrix[0, 2] += shift * way
        frames.append(cv2.warpAffine(still, matrix, (WIDTH, HEIGHT), borderValue=110.0))
    return frames


def simply(frames: list[Picture]):
    tracks = follow([normalised(one) for one in frames], checkpoint=lambda: None)
    return find_simply(tracks, picture_path(tracks))


def test_the_fallback_says_that_it_is_one_and_names_both_that_look_alike() -> None:
    found = simply(spots(shift=40))
    assert found is not None
    assert set(found.shares) == {Movement.PAN_LEFT, Movement.TRUCK_LEFT}
    verdict = check(spots(shift=40), fps=RATE)
    assert verdict.method in (METHOD, SIMPLE)
    if verdict.measured is not None and verdict.method == SIMPLE:
        assert {one.movement for one in verdict.alternatives} == {Movement.PAN_LEFT, Movement.TRUCK_LEFT}


@pytest.mark.parametrize(
    ("motion", "movement"),
    [
        ({"angle": 0.2}, Movement.ROLL_CLOCKWISE),
        ({"growth": 0.3}, Movement.ZOOM_IN),
        ({}, Movement.STATIC),
    ],
)
def test_turn_growth_and_rest_are_told_apart(motion: dict[str, float], movement: Movement) -> None:
    found = simply(spots(**motion))
    assert found is not None
    assert next(iter(found.shares)) is movement


def test_a_mixture_is_left_alone() -> None:
    assert simply(spots(angle=0.15, shift=20)) is None


def test_seven_frames_of_flashing_light_are_no_movement() -> None:
    frames = [np.full((HEIGHT, WIDTH), 40 + 180 * (k % 2), np.uint8) for k in range(7)]
    assert check(frames, fps=RATE).outcome is Outcome.UNKNOWN
