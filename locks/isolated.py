"""Runs each service's own tests where nothing is installed but its lock and locks/test.txt.

Run as `python locks/isolated.py [SERVICE…]`. A service that imports what it does not declare fails here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "analyzer": "services/analyzer",
    "predictor": "services/predictor",
    "expander": "services/expander",
    "generator": "services/generator",
    "gateway": "gateway",
    "cli": "cli",
}
LIBRARIES = {
    "animatize-protos": "protos",
    "animatize-chassis": "libs/chassis",
    "animatize-film": "libs/film",
}


def own_libraries(folder: str) -> list[str]:
    """The workspace folders that the pyproject in `folder` names as dependencies."""
    declared = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {requirement.split("[")[0].split(">")[0].split("=")[0].strip() for requirement in declared}
    return [path for name, path in LIBRARIES.items() if name in names]


def run_alone(service: str) -> int:
    """Installs one service into an environment of its own and runs its tests; gives pytest's exit code."""
    folder = FOLDERS[service]
    with tempfile.TemporaryDirectory(prefix=f"{service}-") as name:
        environment = Path(name) / "venv"
        venv.create(environment, with_pip=False)
        python = environment / "bin" / "python"
        uv = [sys.executable, "-m", "uv", "pip"]
        locks = [f"locks/{service}.txt", "locks/test.txt"]
        requirements = [part for lock in locks for part in ("-r", lock)]
        install = [*uv, "install", "--quiet", "--python", str(python)]
        subprocess.run([*install, "--require-hashes", *requirements], cwd=ROOT, check=True)
        members = [f"./{path}" for path in (*own_libraries(folder), folder)]
        # Wheels are built with the workspace's hatchling, so that nothing unpinned is fetched.
        wheels = Path(name) / "wheels"
        for member in members:
            build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
            subprocess.run(build, cwd=ROOT / member, check=True, capture_output=True)
        built = sorted(str(path) for path in wheels.glob("*.whl"))
        subprocess.run([*install, "--no-deps", *built], cwd=ROOT, check=True)
        print(f"{service}: its own tests with its own lock", flush=True)
        command = [str(python), "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", f"{folder}/tests"]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Runs the named services, or all; gives 1 when any failed."""
    failed = [service for service in arguments or FOLDERS if run_alone(service) != 0]
    for service in failed:
        print(f"{service}: failed with its own lock")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
