"""The shared cache: what one replica has seen, another knows; when it goes, calls go on."""

from __future__ import annotations

import time

from .callers import Desk, steady_load
from .cluster import kubectl, until
from .release import PORTS, Release, name_of

#: Calls whose results no replica has in its memory.
RATES = {"animate": 0.3, "analyze-another": 5, "expand-another": 5}


def sources(whole: Release, desk: Desk, still: str, count: int) -> list[str]:
    target = f"{whole.name}-gateway.{whole.namespace}.svc:{PORTS['gateway']}"
    found: list[str] = desk.run("sources", target, f"{still}.jpg", str(count))
    return found


def test_what_one_replica_has_seen_another_knows(whole: Release, desk: Desk) -> None:
    assert len(whole.pods("analyzer")) == 2
    found = sources(whole, desk, "first", 8)
    # Made once, fetched once by the other replica, then in the memory of both.
    assert found[0] == "MADE"
    assert sorted(found[1:]) == ["MEMORY_CACHE"] * 6 + ["SHARED_CACHE"]


def test_a_redis_that_goes_fails_no_call(whole: Release, desk: Desk) -> None:
    [before] = whole.pods("redis")
    with steady_load(whole, RATES):
        kubectl("-n", whole.namespace, "delete", "pod", name_of(before), "--wait=false")
        until(lambda: name_of(before) not in map(name_of, whole.get("pods", "redis")), within_s=60, what="Redis gone")
        whole.ready_at(within_s=60)
        # Long enough for those who gave Redis up to come back to it.
        time.sleep(10)
    [after] = whole.pods("redis")
    assert name_of(after) != name_of(before)


def test_a_redis_that_came_back_is_used_again(whole: Release, desk: Desk) -> None:
    stills = iter(("second", "third", "fourth"))

    def shared() -> bool:
        still = next(stills, None)
        assert still, "no still is left to try with"
        return "SHARED_CACHE" in sources(whole, desk, still, 8)

    until(shared, within_s=60, what="a result from the shared cache", every_s=10)
