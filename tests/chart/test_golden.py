"""The kept examples are what the chart renders; what a change does to a release is read in their difference."""

from __future__ import annotations

import pytest
import yaml

from . import golden
from .renders import CHART


@pytest.mark.parametrize("preset", golden.EXAMPLES)
def test_an_example_is_current(preset: str) -> None:
    kept = (golden.FOLDER / f"{preset}.yaml").read_text(encoding="utf-8")

    assert kept == golden.example(preset), "after a change that is meant, run `python -m tests.chart.golden`"


@pytest.mark.parametrize("preset", golden.EXAMPLES)
def test_an_example_does_not_change_with_the_version(preset: str) -> None:
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]

    assert f"animatize-{version}" not in golden.example(preset)
    assert "checksum/" not in golden.example(preset)


def test_only_examples_are_kept() -> None:
    assert {path.stem for path in golden.FOLDER.iterdir()} == set(golden.EXAMPLES)
