"""Each rule on one picture where it must fire and on one where it must be silent (`rule_cases.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from evaluation.scenes import build
from evaluation.seeing.photographs import committed, content, every_photograph
from evaluation.seeing.product import Product, Seen, lossless
from predictor.core.intent import Intent

CASES: Final = Path(__file__).with_name("rule_cases.yaml")


@dataclass(frozen=True)
class Case:
    """A rule and its two pictures, each "photo:<id>" or "scene:<builder>?seed=<n>".

    wish: the caller's, on both pictures; silent_wish: on the second one when it differs.
    """

    rule: str
    fires: str
    silent: str
    wish: Intent
    silent_wish: Intent


@dataclass(frozen=True)
class Cases:
    """All cases, and the rules that their packs' own examples prove alone."""

    cases: tuple[Case, ...]
    by_examples_only: frozenset[str]


def read(path: Path = CASES) -> Cases:
    """The cases of a file. Raises KeyError or TypeError for one that says too little or too much."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    cases = tuple(_case(rule, row) for rule, row in found["cases"].items())
    return Cases(cases, frozenset(found.get("by_examples_only", ())))


def faults(product: Product, cases: Cases) -> Iterator[str]:
    """What does not hold, a sentence each. Raises KeyError for a picture that is not there."""
    known: dict[str, Seen] = {}
    for case in cases.cases:
        for name, wish, must in ((case.fires, case.wish, True), (case.silent, case.silent_wish, False)):
            if name not in known:
                known[name] = product.see(_picture(name))
            if product.speaks(case.rule, known[name], wish) != must:
                yield f"{case.rule} {'is silent' if must else 'fires'} on {name}"


def _case(rule: str, row: Mapping[str, Any]) -> Case:
    wish = Intent(**row.get("wish", {}))
    without = row.get("silent_without") == "wish"
    return Case(rule, row["fires"], row["silent"], wish, Intent() if without else wish)


def _picture(name: str) -> bytes:
    kind, _, rest = name.partition(":")
    if kind == "scene":
        return lossless(build(rest.replace("?seed=", "/")).pixels)
    rows = {row.id: row for row in committed(every_photograph())}
    return content(rows[rest])
