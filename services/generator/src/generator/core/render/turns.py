"""Work that two threads do in turn, for whoever takes its results one after another."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

HANDS: Final = 3
"""Makers that `in_turns` needs: one for the calling thread, and two so that the second thread can be one result ahead
of what is being taken."""

Made = TypeVar("Made")


def in_turns(makers: Sequence[Callable[[int], Made]], count: int) -> Generator[Made]:
    """What the makers make of 0 .. count - 1, in order: even ones by the calling thread, odd ones by a second one.

    makers: HANDS of them, of which none is called while its last result is not yet done with: a result may be
    overwritten as soon as the next one is asked for. Raises what a maker does. The second thread ends with the
    iterator, also when it is closed early, after what it has in hand.
    """
    own, others = makers[0], makers[1:]
    with ThreadPoolExecutor(1, thread_name_prefix="clip-frames") as second:
        ahead: deque[Future[Made]] = deque()
        try:
            for index in range(1, min(count, 2 * len(others)), 2):
                ahead.append(second.submit(others[index // 2], index))
            for index in range(count):
                if index % 2 == 0:
                    yield own(index)
                    continue
                yield ahead.popleft().result()
                following = index + 2 * len(others)
                if following < count:
                    ahead.append(second.submit(others[index // 2 % len(others)], following))
        finally:
            for waiting in ahead:
                waiting.cancel()
