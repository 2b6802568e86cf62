"""A release changes while callers call, and no call fails."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from .callers import bring_scripts, steady_load
from .cluster import kubectl
from .release import QUICK, REQUESTS, SERVICES, Release, merged, released

RATES = {"animate": 0.5, "analyze": 3, "predict": 3, "expand": 3, "estimate": 3}
CHANGED = {
    "defaults": {"logLevel": "DEBUG"},
    "services": {"analyzer": {"replicas": 2, "config": {"cache_entries": 64}}, "gateway": {"replicas": 2}},
}


@pytest.fixture
def release(request: pytest.FixtureRequest) -> Iterator[Release]:
    with released("upgrades", request.param) as made:
        bring_scripts(made.namespace)
        yield made


@pytest.mark.parametrize("release", [REQUESTS], ids=["as the chart rolls out"], indirect=True)
def test_a_rolling_restart_of_every_service_fails_no_call(release: Release) -> None:
    # One pod of each, which is the hardest: its callers know no other until they look up names again.
    before = {pod["metadata"]["uid"] for pod in release.pods()}
    with steady_load(release, RATES):
        kubectl("-n", release.namespace, "rollout", "restart", *map(release.deployment, SERVICES))
        release.settled()
    assert before.isdisjoint(pod["metadata"]["uid"] for pod in release.pods())


@pytest.mark.parametrize("release", [QUICK], ids=["quick"], indirect=True)
def test_upgrade_and_rollback_fail_no_call(release: Release) -> None:
    with steady_load(release, RATES):
        release.upgrade(merged(QUICK, CHANGED))
        release.settled()
        assert len(release.pods("analyzer")) == 2
        assert "log_level: DEBUG" in release.settings("expander")
        assert "cache_entries: 64" in release.settings("analyzer")

        release.helm("rollback", release.name)
        release.settled()
        assert len(release.pods("analyzer")) == 1
        assert "log_level: INFO" in release.settings("expander")
        assert "cache_entries" not in release.settings("analyzer")

    history = json.loads(release.helm("history", release.name, "-o", "json"))
    assert [each["status"] for each in history] == ["superseded", "superseded", "deployed"]
