"""Independent pieces of work in several threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from generator.core.render.side_by_side import ALONE, Hands, Spare


@pytest.fixture
def pool():
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_results_come_in_the_order_of_the_pieces(pool):
    pieces = [partial(pow, base, 2) for base in range(5)]

    assert Hands(pool).together(*pieces) == ALONE.together(*pieces) == [0, 1, 4, 9, 16]


def test_two_pieces_are_at_work_at_the_same_time(pool):
    met = threading.Barrier(2, timeout=5)

    assert sorted(Hands(pool).together(met.wait, met.wait)) == [0, 1]


def test_a_busy_pool_leaves_everything_to_the_caller(pool):
    go = threading.Event()
    pool.submit(go.wait)

    try:
        done_by = Hands(pool).together(*[threading.get_ident] * 3)
    finally:
        go.set()

    assert set(done_by) == {threading.get_ident()}


def test_pieces_may_have_pieces_of_their_own(pool):
    hands = Hands(pool)

    assert hands.together(*[partial(hands.together, *[lambda: 1] * 3)] * 3) == [[1, 1, 1]] * 3


def test_the_first_failure_is_raised_when_nothing_is_at_work_any_more(pool):
    begun, ended = threading.Event(), threading.Event()

    def failing():
        assert begun.wait(5)
        raise ArithmeticError

    def lasting():
        begun.set()
        ended.wait(0.05)
        ended.set()
        raise LookupError

    with pytest.raises(ArithmeticError):
        Hands(pool).together(failing, lasting)

    assert ended.is_set()


def test_where_no_thread_lends_itself_the_caller_does_everything():
    assert set(Hands(Spare()).together(*[threading.get_ident] * 3)) == {threading.get_ident()}


def test_a_thread_that_lends_itself_works_beside_the_caller(pool):
    spare, met = Spare(), threading.Barrier(2, timeout=5)
    spare.lend(pool.submit)

    assert sorted(Hands(spare).together(met.wait, met.wait)) == [0, 1]


def test_what_a_lent_thread_has_not_begun_is_the_callers_and_is_done_once():
    spare, kept, done = Spare(), [], []
    spare.lend(kept.append)

    Hands(spare).together(lambda: None, lambda: done.append(threading.get_ident()))
    for work in kept:
        work()

    assert done == [threading.get_ident()]


def test_a_failure_in_a_lent_thread_is_the_callers(pool):
    spare, begun = Spare(), threading.Event()
    spare.lend(pool.submit)

    def failing():
        begun.set()
        raise LookupError

    with pytest.raises(LookupError):
        Hands(spare).together(lambda: begun.wait(5), failing)
