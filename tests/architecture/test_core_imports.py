"""A core decides and measures; it reaches for nothing outside itself."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORES = {
    "analyzer": ROOT / "services/analyzer/src/analyzer/core",
    "predictor": ROOT / "services/predictor/src/predictor/core",
    "expander": ROOT / "services/expander/src/expander/core",
    "generator": ROOT / "services/generator/src/generator/core",
    "gateway": ROOT / "gateway/src/gateway/core",
}
ALLOWED = {"numpy", "cv2", "film"}
# The predictor's conditions are written in a standard expression language.
ALSO_ALLOWED = {"predictor": {"cel_expr_python"}}
# The standard library's ways to the environment, the network, files, processes, logs and chance.
REFUSED = {
    "os",
    "pathlib",
    "io",
    "shutil",
    "tempfile",
    "glob",
    "socket",
    "ssl",
    "http",
    "urllib",
    "subprocess",
    "multiprocessing",
    "logging",
    "random",
    "secrets",
    "sqlite3",
}


def imported(source: str) -> set[str]:
    """The top-level names of everything that `source` imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def refused(service: str, source: str) -> set[str]:
    """The imports of `source` that the core of `service` may not have."""
    allowed = ALLOWED | ALSO_ALLOWED.get(service, set()) | {service}
    standard = set(sys.stdlib_module_names) - REFUSED
    return imported(source) - allowed - standard


@pytest.mark.parametrize("service", CORES)
def test_a_core_imports_only_what_it_may(service: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in CORES[service].rglob("*.py")
        for name in refused(service, path.read_text())
    }

    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import environ",
        "import socket",
        "from pathlib import Path",
        "import random",
        "import requests",
    ],
)
def test_a_forbidden_import_would_be_found(line: str) -> None:
    assert refused("analyzer", f"import numpy\n{line}\n") != set()


def test_only_the_predictor_may_use_the_expression_language() -> None:
    line = "import cel_expr_python"

    assert refused("predictor", line) == set()
    assert refused("gateway", line) == {"cel_expr_python"}
