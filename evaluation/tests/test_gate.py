from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evaluation.seeing import gate
from evaluation.seeing.figure import Better, Figure

FIGURES = [
    Figure("right", 0.9, 0.8, 0.95, 200, Better.HIGHER),
    Figure("error", 0.1, 0.08, 0.12, 200, Better.LOWER),
    Figure("few", 0.8, 0.4, 0.9, 10, Better.HIGHER),
    Figure("never", 0.0, 0.0, 0.1, 40, Better.LOWER, 0.0),
    Figure("chance", 0.5, 0.4, 0.6, 40, Better.NEITHER),
    Figure("unknown", None, None, None, 0, Better.HIGHER),
]
BASELINE = json.loads(gate.stored(FIGURES, seeds=3))


def changed(name: str, value: float | None) -> list[Figure]:
    return [replace(figure, value=value) if figure.name == name else figure for figure in FIGURES]


def test_the_same_figures_pass() -> None:
    assert gate.worse(FIGURES, BASELINE) == []
    assert gate.seeds_of(BASELINE) == 3


@pytest.mark.parametrize(
    ("name", "value"), [("right", 0.87), ("error", 0.13), ("few", 0.69), ("never", 0.01), ("right", None)]
)
def test_a_figure_that_falls_is_named(name: str, value: float | None) -> None:
    fallen = gate.worse(changed(name, value), BASELINE)

    assert [one.name for one in fallen] == [name]
    assert name in str(fallen[0])


@pytest.mark.parametrize(
    ("name", "value"), [("right", 0.885), ("right", 1.0), ("error", 0.02), ("few", 0.7), ("chance", 0.0)]
)
def test_a_better_one_and_a_hair_worse_pass(name: str, value: float) -> None:
    assert gate.worse(changed(name, value), BASELINE) == []


def test_a_figure_that_is_gone_is_named() -> None:
    assert [one.name for one in gate.worse(FIGURES[1:], BASELINE)] == ["right"]


def test_only_what_has_a_better_side_and_a_value_is_stored() -> None:
    assert set(BASELINE["figures"]) == {"right", "error", "few", "never"}


def test_a_promise_is_kept_or_not() -> None:
    assert Figure("never", 0.0, 0.0, 0.1, 40, Better.LOWER, 0.0).meets_target is True
    assert Figure("order", 0.7, 0.6, 0.8, 40, Better.HIGHER, 0.8).meets_target is False
    assert Figure("free", 0.7, 0.6, 0.8, 40, Better.HIGHER).meets_target is None
