"""The workspace has the edges that its picture shows, and no drawers."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDGES = {
    "protos": set(),
    "libs/chassis": set(),
    "libs/film": set(),
    "services/analyzer": {"protos", "chassis", "film"},
    "services/predictor": {"protos", "chassis", "film"},
    "services/expander": {"protos", "chassis", "film"},
    "services/generator": {"protos", "chassis", "film"},
    "gateway": {"protos", "chassis"},
    "cli": {"protos", "chassis", "film"},
}
SOURCES = [folder / "src" for folder in (ROOT / name for name in EDGES) if (folder / "src").exists()]
ROOMS = {"__main__.py", "bootstrap.py", "settings.py", "rpc", "adapters", "core"}
HOUSES = {
    "analyzer": "services/analyzer",
    "predictor": "services/predictor",
    "expander": "services/expander",
    "generator": "services/generator",
    "gateway": "gateway",
}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "tools", "shared"}
LONGEST_MODULE = 300


def modules() -> list[Path]:
    """Every module of our own that ships."""
    return [path for source in SOURCES for path in source.rglob("*.py")]


@pytest.mark.parametrize("folder", EDGES)
def test_a_distribution_depends_on_what_the_picture_shows(folder: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]

    named = {requirement.split("[")[0] for requirement in project.get("dependencies", [])}
    found = {name.removeprefix("animatize-") for name in named if name.startswith("animatize-")}

    assert found == EDGES[folder]


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_has_the_six_rooms_and_nothing_else(house: str) -> None:
    folder = ROOT / HOUSES[house] / "src" / house

    found = {path.name for path in folder.iterdir()} - {"__init__.py", "__pycache__", "py.typed"}

    # The predictor ships its rules and their calibration as data beside its rooms.
    assert found - {"packs", "calibration"} == ROOMS


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_has_its_papers(house: str) -> None:
    folder = ROOT / HOUSES[house]

    present = {
        "README": (folder / "README.md").exists(),
        "tests": any((folder / "tests").rglob("test_*.py")),
        "proto": (ROOT / "protos" / "animatize" / house / "v1" / f"{house}.proto").exists(),
        "lock": (ROOT / "locks" / f"{house}.txt").exists(),
    }

    assert all(present.values()), present


def test_no_module_is_a_drawer() -> None:
    assert [path for path in modules() if DRAWERS & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_no_module_is_longer_than_one_idea() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name for name, length in lengths.items() if length > LONGEST_MODULE} == set()


def test_the_environment_is_read_in_one_place() -> None:
    def reads_environment(path: Path) -> bool:
        tree = ast.parse(path.read_text())
        return any(isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} for node in ast.walk(tree))

    found = {path.relative_to(ROOT).as_posix() for path in modules() if reads_environment(path)}

    assert found == {"libs/chassis/src/chassis/settings_reading.py"}


def test_the_telemetry_sdk_is_set_up_in_one_place() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if "opentelemetry.sdk" in path.read_text() and "libs/chassis" not in path.as_posix()
    }

    assert found == set()


def test_locks_hold_hashes_and_no_addresses() -> None:
    locks = sorted((ROOT / "locks").glob("*.txt"))

    assert len(locks) >= len(HOUSES) + 3
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock
        assert "--hash=sha256:" in text, lock
