"""Each autoscaler asks for more pods when there is more to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .callers import bring_scripts, steady_load
from .cluster import Refused, kubectl, until
from .release import QUICK, SERVICES, Release, merged, name_of, released

#: Small requests make a light load a heavy one: ten thousandths of a CPU are wanted from each pod.
SCALED = merged(
    QUICK,
    {
        "defaults": {
            "autoscaling": {
                "minReplicas": 1,
                "maxReplicas": 3,
                "targetCPUUtilizationPercentage": 100,
                "hpa": {"enabled": True},
            }
        },
        "services": {name: {"resources": {"requests": {"cpu": "10m"}}} for name in SERVICES},
    },
)
RATES = {"animate": 0.5, "analyze-anew": 2, "predict": 10, "expand": 10, "estimate": 5}


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    try:
        kubectl("top", "nodes")
    except Refused as error:
        pytest.skip(f"no metrics-server that answers: {error}")
    with released("autoscaling", SCALED) as made:
        bring_scripts(made.namespace)
        yield made


def idle(release: Release) -> bool:
    """Whether every autoscaler sees its pods, and wants no more of them."""
    for each in release.get("hpa"):
        status = each["status"]
        assert status.get("currentMetrics"), f"{name_of(each)} sees nothing yet"
        assert status["desiredReplicas"] == 1, f"{name_of(each)} wants {status}"
    return True


def test_every_autoscaler_asks_for_more_pods_under_load(release: Release) -> None:
    most: dict[str, int] = {}
    until(lambda: idle(release), within_s=90, what="autoscalers at rest")

    def all_acted() -> bool:
        for each in release.get("hpa"):
            name, wanted = name_of(each), each["status"].get("desiredReplicas", 0)
            most[name] = max(most.get(name, 0), wanted)
        resting = [name for name, wanted in most.items() if wanted < 2]
        assert not resting, f"{resting} have not acted"
        return len(most) == len(SERVICES)

    with steady_load(release, RATES):
        until(all_acted, within_s=180, what="all autoscalers acted", every_s=2)
        for service in SERVICES:
            until(lambda: len(release.pods(service)) > 1, within_s=30, what=f"a second {service}")  # noqa: B023
    print(most)


def test_pods_go_slowly_and_one_by_one(release: Release) -> None:
    for each in release.get("hpa"):
        down, up = each["spec"]["behavior"]["scaleDown"], each["spec"]["behavior"]["scaleUp"]
        assert down["stabilizationWindowSeconds"] == 300
        assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]
        assert up["stabilizationWindowSeconds"] == 0


def test_no_deployment_fights_its_autoscaler(release: Release) -> None:
    before = {name_of(each): each["spec"]["replicas"] for each in release.get("deployments")}
    release.upgrade(merged(SCALED, {"defaults": {"environment": "changed"}}))
    after = {name_of(each): each["spec"]["replicas"] for each in release.get("deployments")}
    assert all(after[name] >= min(count, 2) for name, count in before.items())


def test_switching_an_autoscaler_on_keeps_the_pods_that_are_there() -> None:
    others = {name: {"enabled": False} for name in SERVICES if name != "expander"}
    before = merged(QUICK, {"services": {**others, "expander": {"replicas": 3}}})
    after = {"minReplicas": 3, "hpa": {"enabled": True}}
    with released("switched", before) as made:
        pods = {pod["metadata"]["uid"] for pod in made.pods("expander")}

        made.upgrade(merged(before, {"services": {"expander": {"autoscaling": after}}}))

        assert len(made.get("hpa")) == 1
        assert [each["spec"]["replicas"] for each in made.get("deployments")] == [3]
        assert {pod["metadata"]["uid"] for pod in made.pods("expander")} == pods
