"""A ramp is 0 below its foot, 1 above its head and straight between, and costs no memory."""

from __future__ import annotations

import gc
import sys

from hypothesis import given
from hypothesis import strategies as st

from predictor.core.expression import View, number
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent

SHARES = st.floats(0, 1).map(lambda value: round(value, 6))


def seen(value: float) -> View:
    return View(Facts({"depth.quality": Reading(value, 1.0)}), Intent())


def ramp(value: float, low: float, high: float) -> float | None:
    text = f"ramp(depth.quality, {low!r}, {high!r})"
    return number(text, rule_id="rule", part=("evidence",)).value(seen(value))


@given(value=SHARES, low=SHARES, high=SHARES)
def test_it_is_a_straight_line_between_its_ends(value: float, low: float, high: float) -> None:
    expected = float(value >= high) if low == high else min(1.0, max(0.0, (value - low) / (high - low)))

    assert ramp(value, low, high) == expected


def test_it_may_stand_anywhere_in_an_expression() -> None:
    text = "1.0 - 0.5 * ramp(ramp(depth.quality, 0.0, 0.5) * 0.5, 0.0, 1.0) + ramp( (depth.quality + 0.2) , 0.0, 2.0)"

    value = number(text, rule_id="rule", part=()).value(seen(0.8))

    assert value is not None
    assert abs(value - (1.0 - 0.5 * 0.5 + 0.5)) < 1e-12


def test_a_thousand_evaluations_leave_nothing_behind() -> None:
    expression, view = number("ramp(depth.quality, 0.1, 0.9)", rule_id="rule", part=()), seen(0.4)
    expression.value(view)
    gc.collect()
    before = sys.getallocatedblocks()

    for _ in range(1000):
        expression.value(view)

    gc.collect()
    assert sys.getallocatedblocks() - before < 100
