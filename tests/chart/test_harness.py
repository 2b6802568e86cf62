"""What the other tests of the chart stand on: tools are found or named, selectors select what Kubernetes would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from . import tools
from .kinds import containers, of_component, one, selects, workloads
from .renders import RenderError, notes, render


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any tool: the folder for built ones, which PATH holds nothing beside."""
    monkeypatch.setattr(tools, "FOLDER", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.delenv(tools.REQUIRED, raising=False)
    (tmp_path / "path").mkdir()
    return tmp_path


def script(path: Path) -> Path:
    """A tool that does nothing."""
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_missing_tool_is_a_skip_that_says_its_name(empty: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="helm is not here: run `make tools`"):
        tools.tool("helm")


def test_a_missing_tool_is_a_failure_where_tools_are_required(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tools.REQUIRED, "1")

    with pytest.raises(pytest.fail.Exception, match="helm is not here: run `make tools`"):
        tools.tool("helm")


def test_a_built_tool_goes_before_one_on_the_path(empty: Path) -> None:
    elsewhere = script(empty / "path" / "helm")
    assert tools.tool("helm") == elsewhere

    built = script(empty / "helm")
    assert tools.tool("helm") == built


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        ({}, True),
        ({"matchLabels": {"app": "a"}}, True),
        ({"matchLabels": {"app": "b"}}, False),
        ({"matchLabels": {"app": "a", "tier": "x"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "b"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["x"]}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, True),
        ({"matchLabels": {"app": "a"}, "matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_a_selector_takes_what_kubernetes_takes(selector: dict[str, Any], taken: bool) -> None:
    assert selects(selector, {"app": "a"}) is taken


def test_pods_are_found_in_whatever_makes_them() -> None:
    pod = {
        "metadata": {"labels": {"app": "a"}},
        "spec": {"initContainers": [{"name": "i"}], "containers": [{"name": "c"}]},
    }
    meta = {"metadata": {"name": "it"}}
    objects: list[dict[str, Any]] = [
        {"kind": "Deployment", "spec": {"template": pod}, **meta},
        {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": pod}}}, **meta},
        {"kind": "Pod", "spec": pod["spec"], **meta},
        {"kind": "Service", "spec": {}, **meta},
    ]

    found = list(workloads(objects))

    assert [workload.label for workload in found] == ["Deployment/it", "CronJob/it", "Pod/it"]
    assert [[part["name"] for part in containers(workload.pod)] for workload in found] == [["i", "c"]] * 3


def test_the_chart_renders_each_service_and_says_how_to_call_it() -> None:
    objects = render()

    assert one(objects, "Deployment", "animatize-gateway") in of_component(objects, "gateway")
    assert "animatize-gateway" in notes()


def test_what_helm_refuses_is_told_in_its_words() -> None:
    with pytest.raises(RenderError, match="unknown"):
        render(sets=["unknown=1"])
