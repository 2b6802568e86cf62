import asyncio

import pytest

from chassis import deadline


def test_without_a_deadline_there_is_no_time_left_to_tell() -> None:
    assert deadline.remaining() is None
    assert deadline.timeout(7.0) == 7.0


def test_the_sooner_deadline_wins() -> None:
    with deadline.within(10.0), deadline.within(100.0):
        assert deadline.timeout(50.0) == pytest.approx(10.0, abs=0.1)
    assert deadline.remaining() is None


def test_a_share_is_a_part_of_what_is_left() -> None:
    with deadline.within(10.0), deadline.share(0.25):
        assert deadline.timeout(50.0) == pytest.approx(2.5, abs=0.1)


def test_a_share_of_no_deadline_is_no_deadline() -> None:
    with deadline.share(0.5):
        assert deadline.remaining() is None


def test_a_share_of_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"), deadline.share(1.5):
        pass


def test_nothing_left_is_an_error_and_not_a_timeout_of_zero() -> None:
    with deadline.within(0.0), pytest.raises(deadline.Expired):
        deadline.timeout(1.0)


def test_an_outgoing_call_ends_a_little_before_the_call_it_serves() -> None:
    with deadline.within(10.0):
        assert deadline.outgoing(None) == pytest.approx(10.0 - deadline.MARGIN_S, abs=0.01)
        assert deadline.outgoing(3.0) == 3.0
        assert deadline.outgoing(30.0) == pytest.approx(10.0 - deadline.MARGIN_S, abs=0.01)


def test_an_outgoing_call_without_any_wish_has_the_default() -> None:
    assert deadline.outgoing(None) == 30.0
    assert deadline.outgoing(None, default_s=5.0) == 5.0
    assert deadline.outgoing(400.0) == 400.0


def test_an_outgoing_call_after_the_deadline_has_no_time() -> None:
    with deadline.within(0.0):
        assert deadline.outgoing(None) == 0.0


def test_a_served_call_inherits_nothing_from_who_started_the_server() -> None:
    with deadline.within(1.0):
        with deadline.serving(None):
            assert deadline.remaining() is None
        with deadline.serving(50.0):
            assert deadline.timeout(99.0) == pytest.approx(50.0, abs=0.1)


async def test_two_tasks_have_each_their_own_deadline() -> None:
    async def limited(seconds: float) -> float:
        with deadline.within(seconds):
            await asyncio.sleep(0)
            return deadline.timeout(99.0)

    short, long = await asyncio.gather(limited(1.0), limited(10.0))

    assert short < 2.0 < long
