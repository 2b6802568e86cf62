"""Who reaches whom: exactly the edges of the service graph, and a stray pod nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from .callers import Desk, bring_scripts, reached
from .cluster import create_namespace, get, kubectl, until
from .release import METRICS, PORTS, SERVICES, Release, name_of

Places = dict[str, tuple[str, int]]
WORKING = [service for service in SERVICES if service != "gateway"]
CALLS = {f"{service} grpc" for service in WORKING}
PAGES = {f"{service} metrics" for service in SERVICES}
#: Who keeps results in the shared cache.
CACHING = {"analyzer", "expander"}


@pytest.fixture(scope="module")
def places(whole: Release) -> Places:
    """Every port of the release's pods, by the pods' addresses: names could hide what is open."""
    found: Places = {}
    for pod in whole.pods():
        component, address = pod["metadata"]["labels"]["app.kubernetes.io/component"], pod["status"]["podIP"]
        for container in pod["spec"]["containers"]:
            for port in container["ports"]:
                found[f"{component} {port['name']}"] = (address, port["containerPort"])
    for service in SERVICES:
        assert found[f"{service} grpc"][1] == PORTS[service]
        assert found[f"{service} metrics"][1] == METRICS
    return found


@pytest.fixture(scope="module")
def elsewhere(whole: Release) -> Iterator[str]:
    """Another namespace."""
    name = f"{whole.namespace}-other"
    create_namespace(name)
    bring_scripts(name)
    try:
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def known(namespace: str, pod: str, place: tuple[str, int]) -> None:
    """Returns when a pod reaches what it may reach: policies need a moment to know a new pod."""
    until(lambda: reached(namespace, pod, {"it": place}), within_s=20, what=f"{pod} known to the policies")


def test_a_stray_pod_reaches_nothing(whole: Release, places: Places) -> None:
    Desk(whole.namespace, "stray")
    # It does reach what no policy guards, so that it is not simply cut off.
    assert reached(whole.namespace, "stray", {"dns": cluster_dns()}) == {"dns"}
    assert reached(whole.namespace, "stray", places) == set()


def test_a_pod_of_another_namespace_reaches_nothing_whatever_it_calls_itself(
    whole: Release, places: Places, elsewhere: str
) -> None:
    own = {key: value for key, value in whole.pods("gateway")[0]["metadata"]["labels"].items() if "hash" not in key}
    Desk(elsewhere, "stray", {whole.client_label: "true", **own})
    assert reached(elsewhere, "stray", {"dns": cluster_dns()}) == {"dns"}
    assert reached(elsewhere, "stray", places) == set()


def test_a_client_reaches_the_gateway_alone(whole: Release, places: Places) -> None:
    Desk(whole.namespace, "client", {whole.client_label: "true"})
    known(whole.namespace, "client", places["gateway grpc"])
    assert reached(whole.namespace, "client", places) == {"gateway grpc"}


def test_prometheus_reaches_the_metrics_alone(whole: Release, places: Places) -> None:
    name = f"{whole.namespace}-monitoring"
    create_namespace(name, **{"animatize-test": "monitoring"})
    try:
        bring_scripts(name)
        desk = Desk(name, "prometheus")
        known(name, "prometheus", places["gateway metrics"])
        assert reached(name, "prometheus", places) == {*PAGES, "jaeger metrics"}
        address, port = places["analyzer metrics"]
        assert "animatize_" in desk.run("page", f"http://{address}:{port}/metrics")
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def test_a_viewer_reaches_the_traces_alone(whole: Release, places: Places, viewer: Desk) -> None:
    known(whole.namespace, viewer.name, places["jaeger query-http"])
    assert reached(whole.namespace, viewer.name, places) == {"jaeger query-http", "jaeger query-grpc"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_whom_it_calls_and_no_one_else(whole: Release, places: Places, service: str) -> None:
    allowed = {"jaeger otlp-grpc"}
    if service == "gateway":
        allowed |= CALLS
    if service in CACHING:
        allowed.add("redis redis")
    outside = {"api server": api_server(), "node": node(), "internet": ("1.1.1.1", 443), "dns": cluster_dns()}
    # A pod reaches itself whatever policies say.
    others = {name: place for name, place in {**places, **outside}.items() if not name.startswith(f"{service} ")}
    assert reached(whole.namespace, whole.deployment(service), others) == {*allowed, "dns"}


def test_redis_and_jaeger_call_no_one(whole: Release) -> None:
    # Their images have nothing to try it with; the policies that hold for them say it.
    for component in ("redis", "jaeger"):
        [policy] = whole.get("networkpolicies", component)
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
        assert not policy["spec"].get("egress")


def api_server() -> tuple[str, int]:
    [service] = get("default", "service", "--field-selector=metadata.name=kubernetes")
    return service["spec"]["clusterIP"], 443


def node() -> tuple[str, int]:
    [found, *_] = json.loads(kubectl("get", "nodes", "-o", "json"))["items"]
    [address] = [each["address"] for each in found["status"]["addresses"] if each["type"] == "InternalIP"]
    return address, 10250


def cluster_dns() -> tuple[str, int]:
    found = get("kube-system", "service", "-l", "k8s-app=kube-dns") or [
        each for each in get("kube-system", "service") if "dns" in name_of(each)
    ]
    return found[0]["spec"]["clusterIP"], 53
