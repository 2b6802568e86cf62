"""The outside tools that these tests run: where they are, and what happens where one is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".tools"
REQUIRED = "ANIMATIZE_REQUIRE_TOOLS"
"""The variable that makes a missing tool a failure where it is 1, so that no check is left out unseen."""


def tool(name: str) -> Path:
    """The tool's path: as `make tools` built it, else as found on PATH. Skips the test, or fails it, without one."""
    built = FOLDER / name
    if built.exists():
        return built
    if found := shutil.which(name):
        return Path(found)
    missing = f"{name} is not here: run `make tools`"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def run(name: str, *arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """What the tool says to these arguments, run at the root of the repository; its exit code is the caller's matter.

    No cluster and no settings of the person who runs the tests are seen by it.
    """
    homes = {f"HELM_{home}_HOME": str(FOLDER / "home") for home in ("CACHE", "CONFIG", "DATA")}
    return subprocess.run(
        [str(tool(name)), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "KUBECONFIG": os.devnull, **homes},
        timeout=50,
        check=False,
    )
