"""The presets: there are enough, each says what it shows, Helm's own linter is content, names fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from .conformity import KUBERNETES
from .kinds import COMPONENT, Object, of_kind, title
from .link_policies import missing
from .object_policies import CANARY, named_within_limits
from .places import at
from .policies import POLICIES
from .presets import OPERATORS, WIDE, rendered
from .product import SERVICES
from .reading import services
from .renders import CHART, PRESETS, render
from .tools import run

LONGEST_RELEASE = "r" * 53
"""Helm takes names of releases up to this length."""


def values_of(preset: str) -> Any:
    """The values of a preset."""
    [path] = PRESETS[preset]
    return yaml.safe_load(path.read_text())


def words(values: Any) -> Iterator[str]:
    """All texts in values, names of keys aside."""
    if isinstance(values, dict):
        for value in values.values():
            yield from words(value)
    elif isinstance(values, list):
        for value in values:
            yield from words(value)
    else:
        yield str(values)


def test_there_are_presets_of_all_that_can_be_chosen() -> None:
    assert len(PRESETS) > 20
    assert {f"only-{service}" for service in SERVICES} <= PRESETS.keys()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_says_what_it_shows(preset: str) -> None:
    first, second, *_ = PRESETS[preset][0].read_text().splitlines()

    assert first.startswith("# ")
    assert first.endswith((".", ":"))
    assert not second.startswith("#")


@pytest.mark.parametrize("preset", PRESETS)
def test_helm_finds_nothing_to_complain_of(preset: str) -> None:
    done = run(
        "helm", "lint", "--strict", "--kube-version", f"{KUBERNETES[-1]}.0", "--values", PRESETS[preset][0], CHART
    )

    assert done.returncode == 0, done.stdout
    assert "[WARNING]" not in done.stdout


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_not_in_the_release_was_named_by_a_value(preset: str) -> None:
    named = set(words(values_of(preset)))

    unnamed = [(kind, name) for kind, name, _ in missing(rendered(preset)) if name not in named]

    assert unnamed == []


def test_a_secret_of_the_release_has_the_keys_that_pods_mount() -> None:
    """Fails when a key of a Secret that the release makes is called otherwise where it is mounted."""
    assert missing(rendered("evaluation-secrets")) == set()
    assert missing(rendered("external-secrets")) == set()
    assert ("Secret", "animatize-redis", "redis-password") in missing(rendered("redis-external-cluster-tls"))


def test_a_secret_is_shown_by_nothing_but_its_secret() -> None:
    holders = [title(subject) for subject in rendered("evaluation-secrets") if CANARY.search(str(subject))]

    assert holders == ["Secret/trial-redis"]


@pytest.mark.parametrize("preset", WIDE)
def test_names_fit_for_the_longest_release(preset: str) -> None:
    objects = render(PRESETS[preset], release=LONGEST_RELEASE, api_versions=OPERATORS)

    assert list(named_within_limits(objects)) == []
    assert list(POLICIES["labelled"](objects)) == []


@pytest.mark.parametrize("preset", ["default", "jaeger", "tls-cert-manager", "redis-embedded"])
def test_services_find_one_another_whatever_the_release_is_called(preset: str) -> None:
    for release in (LONGEST_RELEASE, "a", "my-animatize-2"):
        objects = render(PRESETS[preset], release=release, namespace="other", api_versions=OPERATORS)

        assert list(POLICIES["edges_are_those_of_the_code"](objects)) == []
        assert list(POLICIES["outside_addresses_are_admitted"](objects)) == []
        assert {name.partition(".")[2].partition(".")[0] for name in dialled(objects)} == {"other"}


def dialled(objects: list[Object]) -> list[str]:
    """The hosts that the gateway dials."""
    [gateway] = [service for service in services(objects) if service.name == "gateway"]
    targets = [value for name, value in gateway.settings if name.endswith("_target")]
    return [target.removeprefix("dns:///").partition(":")[0] for target in targets]


def test_some_presets_have_every_kind_of_object() -> None:
    kinds = {preset: {subject["kind"] for subject in rendered(preset)} for preset in PRESETS}

    assert set().union(*(kinds[preset] for preset in WIDE)) == set().union(*kinds.values())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_be_released_alone(service: str) -> None:
    objects = rendered(f"only-{service}")

    assert [each.name for each in services(objects)] == [service]
    assert {subject["metadata"]["labels"][COMPONENT] for subject in of_kind(objects, "Deployment")} == {service}


def test_a_gateway_and_services_of_other_releases_make_a_whole() -> None:
    """What the gateway alone dials is what the services alone listen on."""
    for service in SERVICES[1:]:
        target = at(rendered("only-gateway"), "Settings/gateway", f"{service}_target")

        assert int(target.rpartition(":")[2]) == at(rendered(f"only-{service}"), f"Settings/{service}", "port")


def test_common_labels_and_annotations_are_on_everything() -> None:
    values = {"commonLabels": {"cost-centre": "film"}, "commonAnnotations": {"owner": "film@example.com"}}
    for preset in ("monitoring", "tls-cert-manager", "external-secrets", "evaluation-secrets", "keda", "cilium"):
        for subject in render(PRESETS[preset], values=values, api_versions=OPERATORS):
            assert subject["metadata"]["labels"].get("cost-centre") == "film", title(subject)
            assert subject["metadata"].get("annotations", {}).get("owner") == "film@example.com", title(subject)
