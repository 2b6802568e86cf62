"""Replicas come and go: callers use the new ones within the stated time, and lose no call to those that leave."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from .callers import bring_scripts, steady_load
from .cluster import until
from .release import REQUESTS, SERVICES, Release, ready_since, released

#: How old connections get unless the chart says otherwise, in seconds, a tenth more or less.
CONNECTION_AGE_S = 60
#: How long after that names have been looked up again and calls have come, with a DNS that remembers for 5 s.
FOUND_AFTER_S = 9
RATES = {"animate": 0.3, "analyze": 4, "predict": 4, "expand": 4, "estimate": 4}


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    # Connections get as old as the chart lets them: how soon a new pod is used depends on it.
    with released("scaling", REQUESTS) as made:
        bring_scripts(made.namespace)
        yield made


def stated_s(release: Release, service: str) -> float:
    """Seconds within which a new pod of a service is used."""
    said = re.search(r"connection_age_s: (\S+)", release.settings(service))
    return 1.1 * (float(said[1]) if said else CONNECTION_AGE_S) + FOUND_AFTER_S


def test_three_replicas_of_each_share_the_calls(release: Release) -> None:
    within_s = {service: stated_s(release, service) for service in SERVICES}
    with steady_load(release, RATES):
        release.scale(3, *SERVICES)
        ready_at = release.ready_at(within_s=60)

        def all_used() -> dict[str, dict[str, list[float]]]:
            served = {service: release.served(service, ready_at) for service in SERVICES}
            unused = [name for pods in served.values() for name, moments in pods.items() if not moments]
            assert not unused, f"no calls at {unused}"
            return served

        served = until(all_used, within_s=max(within_s.values()) + 10, what="every replica in use", every_s=3)
        for service, pods in served.items():
            late_s = max(min(moments) for moments in pods.values()) - ready_at
            print(f"{service}: all three in use {late_s:.1f} s after they were ready")
            assert late_s <= within_s[service]

        shared_from = time.time()
        time.sleep(10)
        for service in SERVICES:
            counts = {name: len(moments) for name, moments in release.served(service, shared_from).items()}
            print(f"{service}: {counts}")
            assert len(counts) == 3
            # A third each, were the counts large.
            assert min(counts.values()) >= 0.1 * sum(counts.values())

        release.scale(1, *SERVICES)
        release.settled()
        assert [len(release.pods(service)) for service in SERVICES] == [1] * len(SERVICES)
    assert all(ready_since(pod) for pod in release.pods())
