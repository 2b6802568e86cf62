"""A release is upgraded from the last released chart, and from any values to any others, without being refused."""

from __future__ import annotations

import copy
import functools
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from . import released
from .presets import OPERATORS, WIDE, rendered
from .renders import CHART, PRESETS, render


@functools.cache
def kept() -> dict[str, Any]:
    """The immutable fields of the last release."""
    found: dict[str, Any] = yaml.safe_load(released.FIELDS.read_text(encoding="utf-8"))
    return found


def broken(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The objects of both whose immutable fields differ."""
    return sorted(name for name in old.keys() & new.keys() if old[name] != new[name])


def test_no_object_of_the_last_release_is_gone() -> None:
    """A Service that is called otherwise cuts its callers off; a claim that is called otherwise loses its data."""
    together = {name for each in released.of_presets().values() for name in each}

    assert sorted(kept().keys() - together) == []


@pytest.mark.parametrize("preset", sorted(PRESETS.keys() - released.OTHERWISE))
def test_fresh_or_reset_values_upgrade(preset: str) -> None:
    """`helm upgrade --values`, and `--reset-then-reuse-values`: the new chart's defaults under the user's values."""
    assert broken(kept(), released.of_presets()[preset]) == []


@pytest.mark.parametrize("preset", WIDE)
def test_reused_values_upgrade(preset: str, old_values: Path) -> None:
    """`helm upgrade --reuse-values`: the old chart's defaults under the user's values, in the new templates."""
    objects = render(PRESETS[preset], chart=old_values, api_versions=OPERATORS)

    assert broken(kept(), released.immutable(objects)) == []


@pytest.fixture(scope="module")
def old_values(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart of today with the default values of the last release."""
    chart = tmp_path_factory.mktemp("upgrade") / CHART.name
    shutil.copytree(CHART, chart)
    shutil.copyfile(released.VALUES, chart / "values.yaml")
    return chart


def test_any_values_may_follow_any_others() -> None:
    by_preset = released.of_presets()
    together = {name: fields for each in by_preset.values() for name, fields in each.items()}

    assert {preset: broken(together, fields) for preset, fields in by_preset.items() if broken(together, fields)} == {}


@pytest.mark.parametrize(
    ("kind", "field"), [("Deployment", "selector"), ("Service", "clusterIP"), ("PersistentVolumeClaim", "accessModes")]
)
def test_a_changed_field_is_found(kind: str, field: str) -> None:
    objects = copy.deepcopy(rendered("redis-embedded-auth-persistence"))
    subject = [each for each in objects if each["kind"] == kind][-1]

    subject["spec"][field] = "other"

    assert broken(kept(), released.immutable(objects)) == [f"{kind}/{subject['metadata']['name']}"]
