"""What is known to move by itself is left out when the camera is told."""

import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import Asked, Known, Outcome, Unit, check

from .scene import HEIGHT, RATE, Clips, Picture

ASKED = Asked(movement=Movement.PAN_LEFT, amplitude=0.06, unit=Unit.RADIAN)
RIVER = np.s_[HEIGHT // 3 :, :]


def with_river(clips: Clips) -> list[Picture]:
    """A pan to the left over a world of which two thirds flow the other way."""
    frames = [frame.copy() for frame in clips.get("ground", Movement.PAN_LEFT, 0.06)]
    water = clips.get("plane", Movement.STATIC)[0]
    for index, frame in enumerate(frames):
        frame[RIVER] = np.roll(water, -4 * index, axis=1)[RIVER]
    return frames


def test_a_river_that_is_known_does_not_hide_the_camera(clips: Clips) -> None:
    frames = with_river(clips)
    moving = np.zeros((9, 16), np.bool_)
    moving[3:] = True

    blind = check(frames, fps=RATE, asked=ASKED, known=Known(focal=1.05))
    told = check(frames, fps=RATE, asked=ASKED, known=Known(focal=1.05, moving=moving))

    assert blind.outcome is not Outcome.AS_ASKED
    assert told.measured in (Movement.PAN_LEFT, Movement.TRUCK_LEFT)
    assert told.outcome in (Outcome.AS_ASKED, Outcome.EQUIVALENT)
    assert told.local_motion_share.value > 0.4


def test_where_all_moves_by_itself_everything_counts(clips: Clips) -> None:
    frames = clips.get("ground", Movement.PAN_LEFT, 0.06)
    everywhere = np.ones((3, 4), np.bool_)

    told = check(frames, fps=RATE, asked=ASKED, known=Known(focal=1.05, moving=everywhere))

    assert told.outcome is Outcome.AS_ASKED
    assert told.amplitude.value == pytest.approx(0.06, rel=0.03)


def test_where_something_moves_a_push_that_looks_like_a_zoom_is_no_other_movement(clips: Clips) -> None:
    frames = clips.get("ground", Movement.ZOOM_IN, 0.2)
    asked = Asked(movement=Movement.DOLLY_IN, amplitude=0.2, unit=Unit.GROWTH)
    corner = np.zeros((6, 8), np.bool_)
    corner[:2, :2] = True

    plain = check(frames, fps=RATE, asked=asked, known=Known(focal=1.05))
    alive = check(frames, fps=RATE, asked=asked, known=Known(focal=1.05, moving=corner))

    pushed = [
        sum(other.probability for other in found.alternatives if other.movement is Movement.DOLLY_IN)
        for found in (plain, alive)
    ]
    assert alive.outcome is Outcome.EQUIVALENT
    assert pushed[1] > pushed[0] + 0.1
