"""The chart as part of another: its condition, its values and the values that all charts share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from .kinds import containers, of_kind, workloads
from .policies import POLICIES
from .renders import CHART, render

PARENT = {
    "apiVersion": "v2",
    "name": "studio",
    "version": "1.0.0",
    "dependencies": [{"name": "animatize", "version": ">=0.1.0-0", "condition": "animatize.enabled"}],
}
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: {{ .Release.Namespace }}}\n"


@pytest.fixture(scope="module")
def umbrella(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart with one object of its own and this chart as its dependency."""
    folder = tmp_path_factory.mktemp("umbrella") / "studio"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(yaml.safe_dump(PARENT))
    (folder / "values.yaml").write_text(yaml.safe_dump({"animatize": {"enabled": True}}))
    (folder / "templates" / "own.yaml").write_text(CONFIG_MAP)
    shutil.copytree(CHART, folder / "charts" / "animatize")
    return folder


def rendered(umbrella: Path, **values: Any) -> list[dict[str, Any]]:
    """The objects of the umbrella with values."""
    return render(chart=umbrella, release="studio", namespace="film", values=values)


def test_a_chart_can_hold_this_one(umbrella: Path) -> None:
    objects = rendered(umbrella)

    assert len(of_kind(objects, "Deployment")) == 5
    assert {each["metadata"]["namespace"] for each in objects} == {"film"}


def test_its_condition_leaves_it_out(umbrella: Path) -> None:
    objects = rendered(umbrella, animatize={"enabled": False})

    assert [each["metadata"]["name"] for each in objects] == ["own"]


def test_shared_values_reach_it(umbrella: Path) -> None:
    shared = {"imageRegistry": "r.example.com", "imagePullSecrets": ["key"], "storageClass": "of another chart"}

    objects = rendered(umbrella, **{"global": shared}, animatize={"redis": {"mode": "embedded"}})

    for workload in workloads(objects):
        assert workload.pod["spec"]["imagePullSecrets"] == [{"name": "key"}]
        assert all(each["image"].startswith("r.example.com/") for each in containers(workload.pod))


def test_its_own_values_reach_it(umbrella: Path) -> None:
    objects = rendered(umbrella, animatize={"services": {"analyzer": {"replicas": 3}}, "fullnameOverride": "clips"})

    [analyzer] = [each for each in of_kind(objects, "Deployment") if each["metadata"]["name"] == "clips-analyzer"]
    assert analyzer["spec"]["replicas"] == 3


@pytest.mark.parametrize("policy", sorted(POLICIES.keys() - {"labelled", "in_one_namespace"}))
def test_policies_hold_there_too(umbrella: Path, policy: str) -> None:
    objects = rendered(umbrella, animatize={"jaeger": {"enabled": True}, "redis": {"mode": "embedded"}})

    assert list(POLICIES[policy](objects)) == []
