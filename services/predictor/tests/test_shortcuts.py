"""What is told without the language's machinery is bit for bit what the language tells."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from predictor.core.expression import View, condition, number
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent
from predictor.core.shortcuts import shortcut

COMMON = (
    "depth.quality >= 0.3",
    "depth.quality<=0.3",
    "depth.quality > -0.25",
    "depth.quality < 10.5",
    "depth.quality",
    "ramp(depth.quality, 0.1, 0.7)",
    "ramp( depth.quality , 0.7 , 0.1 )",
    "ramp(0.75 - depth.quality, 0.0, 0.4)",
)
RARE = (
    "depth.quality >= 0.3 || depth.quality <= 0.1",
    "depth.quality + 0.1 >= 0.3",
    "ramp(depth.quality, 0.5, 0.5)",
    "ramp(depth.quality, 0.0, 0.5) * 0.5",
    "depth.quality >= 0.3 ? 1.0 : 0.0",
    "1.0 - depth.quality",
    "1.0",
)
VALUES = st.one_of(st.sampled_from([0.0, 0.1, 0.3, 0.35, 0.5, 0.7, 0.75, 1.0, -1.0, 10.5]), st.floats(-20, 20))


def compiled(text):
    try:
        return number(text, rule_id="rule", part=())
    except Exception:
        return condition(text, rule_id="rule", part=())


@pytest.mark.parametrize("text", COMMON)
@given(value=VALUES)
@example(value=0.30000000000000004)
def test_the_common_forms_are_told_alike(text, value):
    expression = compiled(text)
    view = View(Facts({"depth.quality": Reading(value, 0.5)}), Intent())
    said = view.found(expression)

    assert expression.shortcut is not None
    language = type(expression)(expression.text, expression.metrics, expression.program)
    assert said == View(view.facts, Intent()).found(language)
    assert said.quality == 0.5


@pytest.mark.parametrize("text", RARE)
def test_other_forms_are_left_to_the_language(text):
    assert shortcut(text) is None


def test_the_rules_that_ship_mostly_take_the_short_way(book):
    every = [item for rule in book for item in (*rule.requires, *(term.expression for term in rule.terms))]

    assert sum(item.shortcut is not None for item in every) > 0.8 * len(every)


def test_a_division_that_the_language_refuses_counts_as_not_told():
    view = View(Facts({"depth.quality": Reading(0.4, 1.0)}), Intent())

    assert number("depth.quality * double(1 / int(depth.quality))", rule_id="rule", part=()).value(view) is None
    assert not condition("1 / int(depth.quality) > 0", rule_id="rule", part=()).holds(view, least_quality=0.0)


def test_an_expression_is_evaluated_once_for_a_still():
    expression = number("depth.quality * 2.0", rule_id="rule", part=())
    view = View(Facts({"depth.quality": Reading(0.4, 1.0)}), Intent())

    assert view.found(expression) is view.found(expression)
