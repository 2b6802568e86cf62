"""The plain manifests say what the chart says: every overlay, and every set of components."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from . import network_policies
from .conformity import KUBERNETES, problems
from .kinds import Object, containers, of_kind, one, title, workloads
from .kustomized import (
    EXCLUSIVE,
    K8S,
    OVERLAYS,
    as_policies_read,
    build,
    charted,
    cluster,
    combinations,
    combined,
    objects,
    overlay,
    script,
)
from .policies import POLICIES
from .product import SERVICES
from .reading import services
from .tools import run, tool

COMBINATIONS = list(combinations())
COMPARED = [names for names in COMBINATIONS if len(names) <= 2 or len(names) == max(map(len, COMBINATIONS))]
"""Every component alone, every two, and all; each pair has met, and a test of all sets would take a minute."""
NAMESPACES = {
    "dev": "animatize-dev",
    "no-api-keys": "animatize-no-api-keys",
    "production": "animatize",
    "staging": "animatize-staging",
}


def name_of(components: tuple[str, ...]) -> str:
    return "+".join(components) or "base"


def values(*components: str) -> list[Path]:
    return [script.PRESET, *(script.component_values(name) for name in components)]


def test_the_generated_files_are_current() -> None:
    tool("helm")

    assert script.stale(script.wanted()) == []


def test_a_stale_file_is_found(tmp_path: Path) -> None:
    files = {"base/a.yaml": "a\n", "base/b.yaml": "b\n", "components/c/rendered/d.yaml": "d\n"}
    script.write(files, folder=tmp_path)
    assert script.stale(files, folder=tmp_path) == []

    (tmp_path / "base/a.yaml").write_text("other\n")
    (tmp_path / "base/b.yaml").unlink()
    (tmp_path / "components/c/rendered/left.yaml").write_text("left\n")

    assert script.stale(files, folder=tmp_path) == [
        "base/a.yaml",
        "base/b.yaml",
        "components/c/rendered/left.yaml",
    ]
    script.write(files, folder=tmp_path)
    assert script.stale(files, folder=tmp_path) == []


def test_every_generated_object_has_a_file_of_its_own_that_says_so() -> None:
    files = [path for place in ("base", "components/*/rendered") for path in K8S.glob(f"{place}/*.yaml")]

    assert len(files) > 60
    for path in files:
        text = path.read_text()
        [content] = yaml.safe_load_all(text)
        assert text.startswith(script.HEADER), path
        if content["kind"] != "Kustomization":
            assert path.name == f"{content['kind']}-{content['metadata']['name']}.yaml".lower()
            assert content["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "kustomize"
            assert "helm.sh/" not in text
            assert "checksum/" not in text
            assert "namespace" not in content["metadata"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_is_the_chart_with_its_values(name: str) -> None:
    expected = charted([K8S / "overlays" / name / "values.yaml"], namespace=NAMESPACES[name])

    assert cluster(overlay(name)) == cluster(expected)


@pytest.mark.parametrize("components", COMPARED, ids=name_of)
def test_components_are_the_chart_with_their_values(components: tuple[str, ...]) -> None:
    # A part with pods of its own brings its own policy, which the chart leaves out where there are none.
    if script.POLICIES in components:
        expected = charted(values(*components), namespace="trial")
    else:
        walled = charted(values(script.POLICIES, *components), namespace="trial")
        expected = [thing for thing in walled if thing["kind"] != "NetworkPolicy" or "jaeger" in title(thing)]

    assert cluster(objects(combined(components))) == cluster(expected)


@pytest.mark.parametrize(
    "change",
    [
        lambda things: one(things, "Deployment", "animatize-gateway")["spec"].update(minReadySeconds=1),
        lambda things: things.remove(one(things, "NetworkPolicy", "animatize-default-deny")),
        lambda things: one(things, "NetworkPolicy", "animatize-analyzer")["spec"]["egress"].pop(),
        lambda things: variable(things, "analyzer", "ANIMATIZE_ANALYZER_LOG_LEVEL").update(value="INFO"),
        lambda things: variable(things, "gateway", "OTEL_EXPORTER_OTLP_ENDPOINT").update(value="http://elsewhere:4317"),
        lambda things: variable(things, "gateway", "OTEL_TRACES_SAMPLER").update(value="always_off"),
    ],
    ids=["field", "object", "edge", "setting", "address", "variable"],
)
def test_a_difference_is_seen(change: Any) -> None:
    things = copy.deepcopy(overlay("dev"))
    change(things)

    assert cluster(things) != cluster(overlay("dev"))


def variable(things: list[Object], service: str, name: str) -> dict[str, Any]:
    [container] = one(things, "Deployment", f"animatize-{service}")["spec"]["template"]["spec"]["containers"]
    found: list[dict[str, Any]] = [variable for variable in container["env"] if variable["name"] == name]
    return found[0]


def test_an_object_that_is_there_twice_is_refused() -> None:
    things = overlay("dev")

    with pytest.raises(AssertionError, match="twice"):
        cluster([*things, things[-1]])


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize("name", OVERLAYS)
def test_every_overlay_is_valid(name: str, kubernetes: str) -> None:
    assert problems(build(K8S / "overlays" / name), kubernetes=kubernetes) == []


@pytest.mark.parametrize("number", EXCLUSIVE)
def test_all_components_together_are_valid(number: str) -> None:
    components = max((names for names in COMBINATIONS if number in names), key=len)

    assert problems(combined(components), kubernetes=KUBERNETES[-1]) == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_object_is_in_the_namespace_of_the_overlay_once(name: str) -> None:
    things = overlay(name)

    [namespace] = of_kind(things, "Namespace")
    assert namespace["metadata"]["name"] == NAMESPACES[name]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {thing["metadata"].get("namespace") for thing in things if thing is not namespace} == {NAMESPACES[name]}
    assert len({title(thing) for thing in things}) == len(things)


@pytest.mark.parametrize("name", OVERLAYS)
def test_nothing_names_another_namespace_than_its_own(name: str) -> None:
    # The one place where a Service's name with its namespace would be is the settings; they hold for any namespace.
    text = build(K8S / "overlays" / name)

    assert ".svc" not in text
    assert NAMESPACES.keys() == set(OVERLAYS)


@pytest.mark.parametrize("name", OVERLAYS)
def test_services_read_the_settings_that_the_chart_would_give_them(name: str) -> None:
    charts = charted([K8S / "overlays" / name / "values.yaml"], namespace=NAMESPACES[name])

    found = {service.name: service.settings for service in services(overlay(name))}

    assert found.keys() == set(SERVICES)
    assert found == {service.name: service.settings for service in services(charts)}


@pytest.mark.parametrize("overlaid", OVERLAYS)
def test_every_overlay_keeps_every_policy(overlaid: str) -> None:
    things = as_policies_read(overlay(overlaid))

    assert {name: list(breaches(things)) for name, breaches in POLICIES.items()} == {name: [] for name in POLICIES}


@pytest.mark.parametrize("components", COMPARED, ids=name_of)
def test_every_set_of_components_keeps_every_policy(components: tuple[str, ...]) -> None:
    things = as_policies_read(objects(combined(components)))
    # What may speak with whom is said by the one component.
    left_out = [] if script.POLICIES in components else [policy.__name__ for policy in network_policies.POLICIES]
    kept = {name: policy for name, policy in POLICIES.items() if name not in left_out}

    assert {name: list(breaches(things)) for name, breaches in kept.items()} == {name: [] for name in kept}


def test_a_breach_in_an_overlay_is_noticed() -> None:
    things = as_policies_read(overlay("staging"))
    del one(things, "Deployment", "animatize-jaeger")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
    one(things, "NetworkPolicy", "animatize-expander")["spec"]["egress"].pop()

    assert list(POLICIES["changed_settings_restart"](things)) == [
        "Deployment/animatize-jaeger has no checksum of its settings"
    ]
    assert list(POLICIES["edges_are_those_of_the_code"](things)) == ["expander calls jaeger on 4317 and is denied it"]


@pytest.mark.parametrize("config", ["animatize-gateway", "animatize-jaeger"])
def test_a_new_configuration_starts_new_pods(config: str) -> None:
    things = overlay("dev")
    other = copy.deepcopy(things)
    one(other, "ConfigMap", config)["data"]["config.yaml"] += "# changed\n"

    changed = {
        thing["metadata"]["name"]
        for thing, was in zip(script.hashed(other), script.hashed(things), strict=True)
        if thing["kind"] == "Deployment" and thing != was
    }

    assert changed == {config}


def test_the_digest_on_the_pods_is_that_of_their_configuration() -> None:
    things = of_kind(overlay("dev"), "Deployment")

    assert of_kind(script.hashed(overlay("dev")), "Deployment") == things
    assert all(script.HASH in thing["spec"]["template"]["metadata"]["annotations"] for thing in things)


def test_two_owners_of_the_number_of_pods_are_refused(tmp_path: Path) -> None:
    shutil.copytree(K8S, tmp_path / "k8s")
    file = tmp_path / "k8s/overlays/staging/kustomization.yaml"
    both = file.read_text().replace("two-replicas\n", "two-replicas\n  - ../../components/autoscaling\n")
    file.write_text(both)

    done = run("kustomize", "build", file.parent)

    assert done.returncode != 0
    assert "already registered id" in done.stderr


def test_an_autoscaled_deployment_leaves_the_number_of_pods_alone() -> None:
    things = overlay("production")

    scaled = {thing["spec"]["scaleTargetRef"]["name"] for thing in of_kind(things, "HorizontalPodAutoscaler")}
    assert scaled == {f"animatize-{service}" for service in SERVICES}
    assert not any("replicas" in thing["spec"] for thing in of_kind(things, "Deployment"))


def test_without_keys_no_pod_names_a_secret_or_reaches_beyond_the_mesh() -> None:
    things = overlay("no-api-keys")

    assert of_kind(things, "Secret", "ExternalSecret") == []
    for workload in workloads(things):
        assert workload.pod["metadata"]["labels"]["animatize.dev/paid-providers"] == "none"
        assert "ecret" not in yaml.safe_dump(workload.pod)
        assert not any("envFrom" in container for container in containers(workload.pod))
    assert {thing["metadata"]["labels"].get("animatize.dev/paid-providers") for thing in things} == {"none"}

    policies = of_kind(things, "NetworkPolicy")
    ways = [way for policy in policies for way in policy["spec"].get("egress", ())]
    peers = [peer for way in ways for peer in way["to"]]
    outside = [peer for peer in peers if set(peer) != {"podSelector"}]
    dns = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    assert {"Ingress", "Egress"} == set(one(policies, "NetworkPolicy", "animatize-default-deny")["spec"]["policyTypes"])
    assert all(peer["namespaceSelector"] == dns["namespaceSelector"] for peer in outside)
    assert all(way["ports"] for way in ways)
    assert len(outside) == len(SERVICES)
