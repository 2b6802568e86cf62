from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.seeing import rule_cases
from evaluation.seeing.product import Product
from predictor.core.errors import UnknownRule


@pytest.fixture(scope="module")
def product() -> Product:
    return Product()


def test_each_rule_fires_on_its_picture_and_is_silent_on_the_other(product: Product) -> None:
    assert list(rule_cases.faults(product, rule_cases.read())) == []


def test_every_rule_in_force_is_proven_by_a_picture_or_by_its_examples(product: Product) -> None:
    cases = rule_cases.read()
    named = [case.rule for case in cases.cases]

    assert len(named) == len(set(named))
    assert set(named) & cases.by_examples_only == set()
    assert set(named) | cases.by_examples_only == product.rules()


def test_pictures_that_are_exchanged_are_noticed(product: Product) -> None:
    cases = rule_cases.read()
    one = next(case for case in cases.cases if case.rule == "rule_005_face")
    wrong = replace(one, fires=one.silent, silent=one.fires)

    assert list(rule_cases.faults(product, replace(cases, cases=(wrong,)))) == [
        f"rule_005_face is silent on {one.silent}",
        f"rule_005_face fires on {one.fires}",
    ]


def test_an_unknown_rule_and_an_unknown_picture_are_refused(product: Product) -> None:
    cases = rule_cases.read()
    unknown = replace(cases.cases[0], rule="rule_999")
    nowhere = replace(cases.cases[0], fires="photo:atlantis")

    with pytest.raises(UnknownRule):
        list(rule_cases.faults(product, replace(cases, cases=(unknown,))))
    with pytest.raises(KeyError):
        list(rule_cases.faults(product, replace(cases, cases=(nowhere,))))
