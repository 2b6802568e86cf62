"""Two threads that render in turn: the same frames in the same order, and nothing left behind."""

import threading

import numpy as np
import pytest

from film.movement import Movement
from generator.core.motion_check import Cancelled
from generator.core.render.frames import Frames
from generator.core.render.turns import HANDS, in_turns


class Buffered:
    """Makes numbers in a buffer of its own, and keeps which thread made each."""

    def __init__(self) -> None:
        self.buffer = [-1]
        self.threads: dict[int, str] = {}

    def make(self, index: int) -> list[int]:
        self.buffer[0] = index
        self.threads[index] = threading.current_thread().name
        return self.buffer


def second_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("clip-frames")]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 13])
def test_results_come_in_order_and_are_not_overwritten_while_they_are_looked_at(count):
    hands = [Buffered() for _ in range(HANDS)]
    seen = []

    for made in in_turns([hand.make for hand in hands], count):
        # Whatever the second thread has in hand is done before the result is read.
        for _ in range(3):
            threading.Event().wait(0.001)
        seen.append(made[0])

    assert seen == list(range(count))
    assert not second_threads()


def test_every_other_result_is_made_by_a_second_thread():
    hands = [Buffered() for _ in range(HANDS)]

    list(in_turns([hand.make for hand in hands], 8))

    own = threading.current_thread().name
    names = {index: name for hand in hands for index, name in hand.threads.items()}
    assert [index for index in sorted(names) if names[index] == own] == [0, 2, 4, 6]


@pytest.mark.parametrize("bad", [2, 3])
def test_what_goes_wrong_in_either_thread_reaches_the_caller(bad):
    def make(index):
        if index == bad:
            raise ArithmeticError(str(index))
        return index

    made = in_turns([make] * HANDS, 8)

    assert [next(made) for _ in range(bad)] == list(range(bad))
    with pytest.raises(ArithmeticError, match=str(bad)):
        next(made)
    assert not second_threads()


def test_the_second_thread_ends_when_nobody_wants_the_rest():
    made = in_turns([lambda index: index] * HANDS, 100)
    next(made)
    assert second_threads()

    made.close()

    assert not second_threads()


@pytest.mark.parametrize("movement", [Movement.ARC_CLOCKWISE, Movement.WHIP_PAN_RIGHT, Movement.STATIC])
def test_two_threads_render_what_one_renders(studio, movement):
    shot = studio.shot(movement)

    alone = [frame.copy() for frame in Frames(shot).all(cancelled=studio.never)]
    together = [frame.copy() for frame in Frames(shot).all(cancelled=studio.never, together=True)]

    assert len(together) == shot.profile.frames
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_both_threads_stop_when_nobody_wants_the_frames(studio):
    wanted = [False, False, True]
    frames = Frames(studio.shot(Movement.PAN_LEFT)).all(cancelled=lambda: wanted.pop(0), together=True)

    next(frames)
    next(frames)

    with pytest.raises(Cancelled):
        next(frames)
    assert not second_threads()
