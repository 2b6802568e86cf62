"""Without a cluster these tests are skipped; when one fails, the state of its release is shown."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from .callers import MEDIA, Desk, bring_scripts
from .cluster import missing
from .release import QUICK, Release, merged, released

WHY_NOT = missing()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/cluster/" in item.path.as_posix():
            item.add_marker(pytest.mark.cluster)
            item.add_marker(pytest.mark.timeout(600))
            if WHY_NOT:
                item.add_marker(pytest.mark.skip(reason=WHY_NOT))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.when != "teardown":
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Release):
                report.sections.append((f"state of {value.namespace}", value.state()))
    return report


@pytest.fixture(scope="session")
def whole() -> Iterator[Release]:
    """A release with everything that it can bring along: Redis, Jaeger, two analyzers; tests leave it as it is."""
    values = merged(
        QUICK,
        {
            "services": {"analyzer": {"replicas": 2}},
            "redis": {"mode": "embedded"},
            "jaeger": {"enabled": True},
            "networkPolicy": {
                "jaegerViewers": [{"podSelector": {"matchLabels": {"looks-at": "traces"}}}],
                "prometheus": [
                    {"namespaceSelector": {"matchLabels": {"animatize-test": "monitoring"}}},
                ],
            },
        },
    )
    with released("whole", values) as made:
        stills = {"first": "coffee", "second": "rocket", "third": "chelsea", "fourth": "flower"}
        bring_scripts(made.namespace, **{name: (MEDIA / f"{of}.jpg").read_bytes() for name, of in stills.items()})
        yield made


@pytest.fixture(scope="session")
def desk(whole: Release) -> Desk:
    """A pod that may call the gateway of `whole`."""
    return Desk(whole.namespace, "desk", {whole.client_label: "true"})


@pytest.fixture(scope="session")
def viewer(whole: Release) -> Desk:
    """A pod that may look at the traces of `whole`."""
    return Desk(whole.namespace, "viewer", {"looks-at": "traces"})
