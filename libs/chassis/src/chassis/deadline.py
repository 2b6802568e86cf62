"""How much time is left for the call being served, wherever in the process the question is asked.

gRPC carries a deadline to the next process only when somebody passes it on; in Python nobody does. The server layer
stores the deadline here, every outgoing call takes it from here, and code that talks to anything else (HTTP, Redis, a
loop over frames) asks `remaining` or `timeout`. The value lives in a context variable, so it follows tasks and whatever
copies the context, and two calls never see each other's time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: Seconds an outgoing call ends before the call it serves, so that the answer can still be sent.
MARGIN_S: Final = 0.02

#: Seconds given to an outgoing call when neither the caller nor an inherited deadline says anything.
DEFAULT_TIMEOUT_S: Final = 30.0

_ends_at: ContextVar[float | None] = ContextVar("chassis_deadline", default=None)


class Expired(Exception):
    """The deadline of the call being served has passed, so further work is of no use to anyone."""

    def __init__(self) -> None:
        super().__init__("the deadline has passed")


def remaining() -> float | None:
    """Seconds until the deadline, never below zero; None when there is no deadline."""
    ends_at = _ends_at.get()
    return None if ends_at is None else max(0.0, ends_at - time.monotonic())


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block has at most `seconds` (>= 0); an inherited deadline that comes sooner stays.

    Nothing is interrupted: the limit is what `remaining` says and what outgoing calls inherit.
    """
    inherited = _ends_at.get()
    own = time.monotonic() + max(0.0, seconds)
    token = _ends_at.set(own if inherited is None else min(own, inherited))
    try:
        yield
    finally:
        _ends_at.reset(token)


@contextmanager
def share(fraction: float) -> Iterator[None]:
    """The block has `fraction` (0 to 1) of the time that is left; without a deadline there is none to share.

    Raises ValueError when the fraction is outside 0..1.
    """
    if not 0.0 <= fraction <= 1.0:
        raise ValueError(f"a share of the time left is between 0 and 1, not {fraction}")
    left = remaining()
    if left is None:
        yield
        return
    with within(left * fraction):
        yield


def timeout(default_s: float) -> float:
    """Seconds to give a piece of outside work: `default_s`, or what is left when that is less.

    Raises Expired when nothing is left, since a timeout of zero means "for ever" to some clients.
    """
    left = remaining()
    if left is None:
        return default_s
    if left <= 0.0:
        raise Expired
    return min(default_s, left)


def outgoing(explicit_s: float | None, *, default_s: float = DEFAULT_TIMEOUT_S) -> float:
    """Seconds to give an outgoing call: the lesser of its own wish and what is left minus a margin.

    With neither it is `default_s`: a call without a deadline can hold its caller for ever. Zero means that the call
    fails at once with DEADLINE_EXCEEDED.
    """
    left = remaining()
    if left is None:
        return default_s if explicit_s is None else explicit_s
    inherited = max(0.0, left - MARGIN_S)
    return inherited if explicit_s is None else min(explicit_s, inherited)


@contextmanager
def serving(left_s: float | None) -> Iterator[None]:
    """The block serves a call that has `left_s` seconds, or no deadline at all; nothing is inherited from outside.

    For the server layer: a handler must not see a deadline of whoever started the server.
    """
    token = _ends_at.set(None if left_s is None else time.monotonic() + max(0.0, left_s))
    try:
        yield
    finally:
        _ends_at.reset(token)
