"""The default install: in a namespace that takes only restricted pods, up at once, a clip for those who may ask."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from .callers import Desk, bring_scripts
from .cluster import Refused, get, kubectl, seconds, until
from .release import PORTS, SERVICES, Release, name_of, namespace, put_config_map, ready_since

READY_WITHIN_S = 20
#: What a node with two CPUs has for the release, beside the system.
CPU_FOR_RELEASE = 1.2

#: What helm passed on from the cluster while it installed into a namespace.
INSTALL_WARNINGS: dict[str, str] = {}
UNITS = {"m": 1e-3, "": 1.0, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def quantity(text: str) -> float:
    number = text.rstrip("mKMGi")
    return float(number) * UNITS[text[len(number) :]]


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    with namespace("install") as name:
        made = Release(name)
        # Its creation is when the install begins, by the cluster's own clock.
        put_config_map(name, "begun", {}, {})
        made.install({})
        INSTALL_WARNINGS[name] = made.warnings
        made.ready_at(within_s=120)
        yield made


@pytest.fixture(scope="module")
def desk(release: Release) -> Desk:
    bring_scripts(release.namespace)
    return Desk(release.namespace, "desk", {release.client_label: "true"})


def test_the_cluster_warns_about_nothing(release: Release) -> None:
    assert INSTALL_WARNINGS[release.namespace] == ""


def test_a_pod_that_is_not_restricted_would_be_refused(release: Release) -> None:
    with pytest.raises(Refused, match="violates PodSecurity"):
        kubectl("-n", release.namespace, "run", "open", "--image=none", "--dry-run=server")


def test_five_deployments_are_ready_within_20_s(release: Release) -> None:
    [begun] = get(release.namespace, "configmap", "--field-selector=metadata.name=begun")
    ready = {pod["metadata"]["labels"]["app.kubernetes.io/component"]: ready_since(pod) for pod in release.pods()}
    assert set(ready) == set(SERVICES)
    took_s = max(moment or math.inf for moment in ready.values()) - seconds(begun["metadata"]["creationTimestamp"])
    print(f"ready after {took_s:.0f} s")
    assert took_s <= READY_WITHIN_S


def test_requests_fit_a_node_with_two_cpus(release: Release) -> None:
    pods = release.pods()
    containers = [container for pod in pods for container in pod["spec"]["containers"]]
    cpu = sum(quantity(each["resources"]["requests"]["cpu"]) for each in containers)
    memory = sum(quantity(each["resources"]["requests"]["memory"]) for each in containers)
    print(f"requests: {cpu * 1000:.0f}m CPU, {memory / 2**20:.0f} MiB")
    assert len(pods) == len(SERVICES)
    assert 0 < cpu <= CPU_FOR_RELEASE
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}


def test_a_labelled_pod_gets_a_clip(release: Release, desk: Desk) -> None:
    told = desk.run("clip", f"{release.name}-gateway.{release.namespace}.svc:{PORTS['gateway']}")

    assert desk.warnings == ""
    assert told["box"] == "ftyp"
    assert told["bytes"] > 10_000
    assert told["verdict"]
    assert told["model"] == "local/renderer"
    assert len(told["trace_id"]) == 32


def test_helm_test_fails_without_the_predictor(release: Release) -> None:
    release.scale(0, "predictor")
    until(lambda: not release.get("pods", "predictor"), within_s=60, what="the predictor gone")
    try:
        with pytest.raises(Refused, match="animatize-test"):
            release.helm("test", release.name)
        log = kubectl("-n", release.namespace, "logs", "animatize-test")
        assert "predictor at" in log
        # The pod stays for its log; the ways that were opened for it do not.
        assert [name_of(each) for each in release.get("pods", "test")] == ["animatize-test"]
        assert release.get("networkpolicies", "test") == []
    finally:
        release.scale(1, "predictor")
        release.ready_at(within_s=60)


def test_helm_test_makes_a_clip(release: Release) -> None:
    assert "Phase:          Succeeded" in release.helm("test", release.name)


def test_uninstall_leaves_nothing(release: Release, desk: Desk) -> None:
    assert len(release.leftovers()) > 30
    release.helm("uninstall", release.name)
    kubectl("-n", release.namespace, "delete", "pod", desk.name)
    kubectl("-n", release.namespace, "delete", "configmap", "client", "begun")

    def nothing() -> bool:
        left = release.leftovers()
        assert not left, sorted(left)
        return True

    until(nothing, within_s=60, what="an empty namespace")
