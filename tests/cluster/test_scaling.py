"""Replicas come and go: callers use the new ones within the stated time, and lose no call to those that leave."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from .callers import bring_scripts, steady_load
from .cluster import until
from .release import REQUESTS, SERVICES, Release, ready_since, released

#: Seconds after the age of a connection by which names are looked up again and calls have come.
FOUND_AFTER_S = 9
RATES = {"animate": 0.3, "analyze": 4, "predict": 4, "expand": 4, "estimate": 4}


@pytest.fixture(scope="module")
def release() -> Iterator[Release]:
    # Connections get as old as the chart lets them: how soon a new pod is used depends on it.
    with released("scaling", REQUESTS) as made:
        bring_scripts(made.namespace)
        yield made


def stated_s(release: Release, service: str) -> float:
    """Seconds within which a new pod of a service is used: a connection's age, a tenth more, and a look-up."""
    said = re.search(r"connection_age_s: (\S+)", release.settings(service))
    assert said is not None
    return 1.1 * float(said[1]) + FOUND_AFTER_S


@pytest.mark.parametrize("service", SERVICES)
def test_three_replicas_of_a_service_share_its_calls(release: Release, service: str) -> None:
    within_s = stated_s(release, service)
    with steady_load(release, RATES):
        release.scale(3, service)
        ready_at = release.ready_at(within_s=60)

        def all_used() -> dict[str, list[float]]:
            served = release.served(service, ready_at)
            unused = [name for name, moments in served.items() if not moments]
            assert not unused, f"no calls at {unused}"
            return served

        served = until(all_used, within_s=within_s + 10, what="every replica in use", every_s=2)
        late_s = max(min(moments) for moments in served.values()) - ready_at
        print(f"{service}: all three in use {late_s:.1f} s after they were ready, {within_s:.0f} s are stated")
        assert late_s <= within_s

        shared_from = time.time()
        time.sleep(8)
        counts = {name: len(moments) for name, moments in release.served(service, shared_from).items()}
        print(f"{service}: {counts}")
        assert len(counts) == 3
        # A third each, were the counts large.
        assert min(counts.values()) >= 0.1 * sum(counts.values())

        release.scale(1, service)
        release.settled()
        assert len(release.pods(service)) == 1
    assert all(ready_since(pod) for pod in release.pods())
