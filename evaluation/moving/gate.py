"""A small run on the repository's photographs, held against stored figures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from evaluation.moving import figures
from evaluation.moving.observe import observe
from evaluation.moving.photographs import Half, files
from evaluation.moving.recipes import Maker, Recipe, Trouble, clean_other, clean_own, hard
from evaluation.moving.report import Run
from evaluation.seeing.figure import Figure

BASELINE: Final = Path(__file__).with_name("baseline.json")
SEED: Final = 7

_OWN_STEP: Final = 2
"""Of our own clips of one round every second is taken."""

_HARD_STEP: Final = 3
"""Of the hard clips of one round every third. It shares no divisor with the number of troubles: all come in turn."""

_LEAST: Final = 4
"""Fewest clips whose figure is watched."""


def recipes() -> tuple[list[Recipe], list[Recipe], list[Recipe]]:
    """The clips of the gate: own, other, hard; always the same."""
    photographs = files(Half.CHECK)
    own = clean_own(photographs, each=1, seed=SEED)[::_OWN_STEP]
    other = clean_other(photographs, each=1, seed=SEED)
    troubled = [one for one in hard(photographs, each=1, seed=SEED) if one.trouble is not Trouble.PLAIN]
    return own, other, troubled[::_HARD_STEP]


def run(*, jobs: int) -> list[Figure]:
    """The gate's figures."""
    own, other, troubled = recipes()
    rows = observe([*own, *other, *troubled], jobs=jobs)
    clean = [row for row in rows if row.recipe.trouble is Trouble.PLAIN]
    found = Run(
        own=[row for row in clean if row.recipe.maker is Maker.OWN],
        other=[row for row in clean if row.recipe.maker is Maker.OTHER],
        hard=[row for row in rows if row.recipe.trouble is not Trouble.PLAIN],
    )
    kept = figures.figures(found.own, found.other, found.hard)
    return [figure for figure in kept if figure.n >= _LEAST]
