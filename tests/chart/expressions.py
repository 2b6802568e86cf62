"""What an expression of PromQL asks for: its series and every label that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser

# What a dashboard leaves for Grafana to fill in, and something that parses in its place.
_FILLED_IN = {"[$__rate_interval]": "[5m]", "$namespace": "here", "$service": "gateway", "$environment": "local"}
_LEGEND = re.compile(r"\{\{\s*([a-z_]+)\s*}}")


@dataclass(frozen=True)
class Selection:
    """One selector: the name of the series and label -> value of its matchers."""

    name: str
    matchers: dict[str, str]


@dataclass(frozen=True)
class Asked:
    """All that one expression asks for. grouped: labels of `by`, `on` and `group_left`."""

    selections: tuple[Selection, ...]
    grouped: frozenset[str]

    @property
    def names(self) -> set[str]:
        """The series."""
        return {selection.name for selection in self.selections}


def filled_in(expression: str) -> str:
    """A dashboard's expression as Grafana would send it."""
    for variable, value in _FILLED_IN.items():
        expression = expression.replace(variable, value)
    return expression


def asked(expression: str) -> Asked:
    """What an expression asks for. Raises ValueError when it is not PromQL."""
    selections: list[Selection] = []
    grouped: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, promql_parser.VectorSelector):
            selections.append(Selection(part.name, {one.name: one.value for one in part.matchers.matchers}))
        if isinstance(part, promql_parser.AggregateExpr) and part.modifier is not None:
            grouped.update(part.modifier.labels)
        if isinstance(part, promql_parser.BinaryExpr) and part.modifier is not None:
            matching = part.modifier.matching
            grouped.update(matching.labels if matching is not None else ())

    promql_parser.walk(promql_parser.parse(expression), look)
    return Asked(tuple(selections), frozenset(grouped))


def legend_labels(legend: str) -> Iterator[str]:
    """The labels that a legend shows."""
    return iter(_LEGEND.findall(legend))
