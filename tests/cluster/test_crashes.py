"""Pods end without a word, and callers of methods that may be repeated do not notice; nodes are drained pod by pod."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from .callers import bring_scripts, steady_load
from .cluster import Refused, kubectl, until
from .kills import kill
from .release import QUICK, SERVICES, Release, merged, name_of, released

TWO = merged(QUICK, {"defaults": {"replicas": 2}})
#: Only what may be repeated without harm: a clip that was being made when its maker died is a lost call.
RATES = {"analyze-anew": 2, "predict": 5, "expand": 5, "estimate": 5}


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    with released("crashes", TWO) as made:
        bring_scripts(made.namespace)
        yield made


def evict(release: Release, pod: dict[str, Any]) -> None:
    name = name_of(pod)
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": release.namespace},
    }
    path = f"/api/v1/namespaces/{release.namespace}/pods/{name}/eviction"
    kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(eviction))


def test_a_drained_node_takes_one_pod_at_a_time(release: Release) -> None:
    first, second = release.pods("predictor")
    evict(release, first)
    with pytest.raises(Refused, match="disruption budget"):
        evict(release, second)
    release.settled()
    evict(release, second)
    release.settled()


def test_kill_9_of_each_service_fails_no_idempotent_call(release: Release) -> None:
    with steady_load(release, RATES):
        for service in SERVICES:
            victim = release.pods(service)[0]
            before = victim["status"]["containerStatuses"][0]["containerID"]
            kill(victim)

            def back(service: str = service, before: str = before) -> bool:
                states = [pod["status"]["containerStatuses"][0] for pod in release.pods(service)]
                ids = [state["containerID"] for state in states]
                return before not in ids and all(state["ready"] for state in states)

            until(back, within_s=60, what=f"the killed {service} back")
            time.sleep(2)
    restarts = {
        service: sum(pod["status"]["containerStatuses"][0]["restartCount"] for pod in release.pods(service))
        for service in SERVICES
    }
    assert restarts == dict.fromkeys(SERVICES, 1)
    codes = [
        status["lastState"]["terminated"]["exitCode"]
        for pod in release.pods()
        for status in pod["status"]["containerStatuses"]
        if status["lastState"]
    ]
    assert codes == [137] * len(SERVICES)
