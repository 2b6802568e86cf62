"""A value under an old name still works, and the notes say what it is called now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .kinds import one
from .renders import CHART, RenderError, render
from .scripts import values_schema

ROWS = """\
- {from: services.gateway.pods, to: services.gateway.replicas, until: "0.4"}
- {from: tracing.address, to: otel.endpoint, until: "0.4"}
"""


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """The chart as it would be had two of its keys other names before."""
    chart = tmp_path / CHART.name
    shutil.copytree(CHART, chart)
    with (chart / "values.yaml").open("a") as values:
        values.write("tracing:\n  on: true\n")
    (chart / "files" / "deprecated.yaml").write_text(ROWS)
    (chart / "values.schema.json").write_text(values_schema.written(chart))
    # The notes as an object, because `helm template` leaves them out.
    (chart / "templates" / "NOTES.txt").rename(chart / "notes")
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n"
    notes = head + 'data: {text: {{ tpl (.Files.Get "notes") . | quote }}}\n'
    (chart / "templates" / "notes.yaml").write_text(notes)
    return chart


def test_an_old_name_is_taken_and_told(renamed: Path) -> None:
    found = render(
        values={"services": {"gateway": {"pods": 3}}, "tracing": {"address": "http://collector:4317"}}, chart=renamed
    )

    assert one(found, "Deployment", "animatize-gateway")["spec"]["replicas"] == 3
    assert "http://collector:4317" in one(found, "ConfigMap", "animatize-gateway")["data"]["config.yaml"]
    text = one(found, "ConfigMap", "notes")["data"]["text"]
    assert (
        "Deprecated: services.gateway.pods is now services.gateway.replicas; the old name is taken until 0.4." in text
    )


def test_who_uses_new_names_hears_nothing(renamed: Path) -> None:
    found = render(values={"services": {"gateway": {"replicas": 2}}}, chart=renamed)

    assert one(found, "Deployment", "animatize-gateway")["spec"]["replicas"] == 2
    assert "Deprecated" not in one(found, "ConfigMap", "notes")["data"]["text"]


def test_a_name_that_is_not_in_the_table_is_refused(renamed: Path) -> None:
    with pytest.raises(RenderError, match="podds"):
        render(values={"services": {"gateway": {"podds": 3}}}, chart=renamed)


def test_a_row_that_names_no_place_is_refused() -> None:
    schema = {"properties": {"otel": {"properties": {}}}}

    with pytest.raises(values_schema.ValuesError, match=r"nowhere\.at\.all"):
        values_schema.take_deprecated(schema, [{"from": "nowhere.at.all", "to": "otel.endpoint", "until": "0.4"}])
