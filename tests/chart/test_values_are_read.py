"""Every value of values.yaml is read by some template, and what templates read is there."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from .renders import CHART
from .template_reads import Path, Reads, reads

# Values that templates read in a way that cannot be followed in their text -> why that is right.
READ_OTHERWISE: dict[str, str] = {}
# What templates read although values.yaml does not show it -> why that is right.
NOT_SHOWN = {
    "Values.global.deprecated": "what _deprecations.tpl tells NOTES.txt",
    "Values.global.deprecated.*": "what _deprecations.tpl tells NOTES.txt",
}

# It merges `defaults` into each service's section: what it passes on is read elsewhere.
MERGE = frozenset({"animatize.fill"})


@functools.cache
def of_chart() -> Reads:
    """What all templates of the chart read."""
    together = Reads()
    for path in sorted((CHART / "templates").rglob("*.*")):
        found = reads(path.read_text(), skip=MERGE)
        together.exact |= found.exact
        together.whole |= found.whole
    return together


@functools.cache
def values() -> dict[str, Any]:
    """The values by the roots that templates know: Values, and service for the merged section of a service."""
    shown = yaml.safe_load((CHART / "values.yaml").read_text())
    service = shown.pop("defaults") | {"config": {}}
    # Sections of services hold what `defaults` hold, which the schema sees to.
    shown.pop("services")
    return {"Values": shown, "service": service}


def leaves(value: Any, *path: str) -> Iterator[Path]:
    """The paths of all values that are no maps, or empty ones."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from leaves(part, *path, name)
    else:
        yield path


def is_shown(path: Path) -> bool:
    """Whether values.yaml has the path, or ends on the way there in a list or a map that is free."""
    place: Any = values()
    if path[:2] in (("Values", "services"), ("Values", "defaults")):
        return True
    for name in path:
        if name == "*" or not isinstance(place, dict) or not place:
            return True
        if name not in place:
            return False
        place = place[name]
    return True


def test_every_value_is_read() -> None:
    found = of_chart()

    unread = [".".join(path) for path in leaves(values()) if not found.covers(path)]

    assert sorted(set(unread) - READ_OTHERWISE.keys()) == []


def test_every_value_that_is_read_is_shown() -> None:
    hidden = [".".join(path) for path in of_chart().exact if not is_shown(path)]

    assert sorted(set(hidden) - NOT_SHOWN.keys()) == []


def test_no_exception_is_stale() -> None:
    found = of_chart()
    unread = {".".join(path) for path in leaves(values()) if not found.covers(path)}
    hidden = {".".join(path) for path in found.exact if not is_shown(path)}

    assert READ_OTHERWISE.keys() <= unread
    assert NOT_SHOWN.keys() <= hidden


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ .Values.a.b }}", "Values.a.b"),
        ("{{- if $.Values.a.b -}}x{{ end }}", "Values.a.b"),
        ("{{ .root.Values.a.b | quote }}", "Values.a.b"),
        ("{{ $v := .root.Values -}}{{ $v.a.b }}", "Values.a.b"),
        ("{{ with .Values.a }}{{ .b }}{{ end }}", "Values.a.b"),
        ("{{ with $x := .Values.a }}{{ $x.b }}{{ end }}", "Values.a.b"),
        ("{{ toYaml .Values.a }}", "Values.a.b"),
        ("{{ with .Values.a }}{{ toYaml . }}{{ end }}", "Values.a.b"),
        ("{{ range $k, $v := .Values.a }}{{ $k }}{{ end }}", "Values.a.b"),
        ("{{ if .Values.x }}{{ else if .Values.a.b }}{{ end }}", "Values.a.b"),
        ("{{ $context := dict }}{{ $service := $context.service }}{{ $service.a.b }}", "service.a.b"),
        ('{{ ternary "y" "n" (eq .service.a.b "z") }}', "service.a.b"),
        ("{{ with .service.service }}{{ .type }}{{ end }}", "service.service.type"),
    ],
)
def test_a_read_is_found(template: str, path: str) -> None:
    assert reads(template).covers(tuple(path.split(".")))


@pytest.mark.parametrize(
    "template",
    [
        "{{/* .Values.a.b */}}",
        '{{ ".Values.a.b" }}',
        "{{ if .Values.a }}x{{ end }}",
        "{{ with .Values.a }}{{ .c }}{{ end }}",
        "{{ with .Values.a }}{{ end }}{{ .b }}",
        "{{ with .Values.a }}{{ else }}{{ .b }}{{ end }}",
        '{{ define "one" }}{{ $v := .Values.a }}{{ end }}{{ define "two" }}{{ $v.b }}{{ end }}',
        '{{ define "merge" }}{{ if .x }}{{ end }}{{ toYaml .Values.a }}{{ end }}',
    ],
)
def test_what_is_no_read_is_not_taken_for_one(template: str) -> None:
    assert not reads(template, skip=frozenset({"merge"})).covers(("Values", "a", "b"))


def test_a_read_of_what_is_not_shown_is_told() -> None:
    assert not is_shown(("Values", "redis", "mood"))
    assert not is_shown(("service", "replica"))
    assert is_shown(("service", "nodeSelector", "disk"))
