"""Every value of the chart does what it says: what is set is seen where it belongs, and was not there before."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from .kinds import Object
from .options import ALONE, OPTIONS, Option
from .places import at
from .presets import OPERATORS
from .renders import CHART, render

# Values whose effect other tests hold, because it is no single place -> the test.
HELD_ELSEWHERE = {
    "monitoring.dashboards.enabled": "test_observability",
    "monitoring.dashboards.labels.grafana_dashboard": "test_observability",
    "monitoring.prometheusRule.disabledGroups": "test_observability",
    "otel.protocol": "only one protocol is spoken; the schema refuses others",
}


def laid_over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Two maps of values as one, as Helm does it."""
    made = dict(under)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(made.get(name), dict)
        made[name] = laid_over(made[name], value) if both else value
    return made


def written(option: Option) -> dict[str, Any]:
    """The option as values."""
    made: Any = option.value
    for step in reversed(option.path.split(".")):
        made = {step: made}
    return dict(made)


def group(option: Option) -> str:
    """What options share that are set together."""
    alone = option.path if ALONE.items() <= option.given.items() else ""
    return json.dumps([option.given, alone], sort_keys=True)


def without(option: Option) -> list[Object]:
    """The release before the option is set."""
    given = {name: value for name, value in option.given.items() if name not in ALONE}
    return render(values=given, api_versions=OPERATORS)


@functools.cache
def together(key: str) -> list[Object]:
    """The release with all options of a group."""
    values = json.loads(key)[0]
    for option in OPTIONS:
        if group(option) == key:
            values = laid_over(values, written(option))
    return render(values=values, api_versions=OPERATORS)


def shows(found: Any, seen: Any) -> bool:
    """Whether a place holds what is looked for, or is a longer text with it."""
    parts = [line.strip() for line in found.replace(",", "\n").splitlines()] if isinstance(found, str) else []
    return (
        bool(found == seen) or seen in parts or any(isinstance(seen, str) and f"{{{seen}}}" in part for part in parts)
    )


@pytest.mark.parametrize("option", OPTIONS, ids=[option.path for option in OPTIONS])
def test_an_option_does_what_it_says(option: Option) -> None:
    assert not shows(at(without(option), option.where, option.place), option.seen)

    found = at(together(group(option)), option.where, option.place)

    assert shows(found, option.seen), found


def leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}".removeprefix("."))
    else:
        yield path


def test_every_option_is_tried() -> None:
    shown = set(leaves(yaml.safe_load((CHART / "values.yaml").read_text())))
    tried = {option.path for option in OPTIONS}

    untried = {path for path in shown if not any(path == name or path.startswith(f"{name}.") for name in tried)}

    assert untried == HELD_ELSEWHERE.keys()
