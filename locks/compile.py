"""Compiles every lock from the pyprojects, keeping the pins that still hold.

Run as `python locks/compile.py [--upgrade] [--check]`. With --check nothing is written: the locks are compiled
into a copy and the exit code is 1 when any differs. The locks hold hashes and no download addresses, so that they
install the same from any index.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "locks"
SERVICES = ("analyzer", "predictor", "expander", "generator")


def members() -> list[str]:
    """The distribution names of the workspace, which no lock may hold."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]["members"]
    found = [path for pattern in patterns for path in ROOT.glob(f"{pattern}/pyproject.toml")]
    return sorted(tomllib.loads(path.read_text())["project"]["name"] for path in found)


def compile_lock(output: Path, *source: str, upgrade: bool, constraints: Path | None) -> None:
    """Writes one hashed lock; pins already in `output` are kept unless `upgrade`."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--fork-strategy", "fewest"]
    command += ["--prerelease", "if-necessary-or-explicit"]
    for name in members():
        command += ["--no-emit-package", name]
    if constraints is not None:
        command += ["--constraints", str(constraints)]
    if upgrade:
        command += ["--upgrade"]
    subprocess.run([*command, *source, "--output-file", str(output)], cwd=ROOT, check=True)


def compile_all(folder: Path, *, upgrade: bool) -> None:
    """Compiles dev.txt first; all others agree with it."""
    dev = folder / "dev.txt"
    compile_lock(dev, "--group", "dev", "pyproject.toml", upgrade=upgrade, constraints=None)
    compile_lock(folder / "test.txt", "--group", "pyproject.toml:test", upgrade=upgrade, constraints=dev)
    for name, path in [*((name, f"services/{name}") for name in SERVICES), ("gateway", "gateway"), ("cli", "cli")]:
        compile_lock(folder / f"{name}.txt", f"{path}/pyproject.toml", upgrade=upgrade, constraints=dev)
    # The analyzer with the runtime for trained models, for images that are built with it.
    extra = ["--extra", "models", "services/analyzer/pyproject.toml"]
    compile_lock(folder / "analyzer-models.txt", *extra, upgrade=upgrade, constraints=dev)
    uv_pin = next(line for line in dev.read_text().splitlines() if line.startswith("uv=="))
    requirement = folder / "bootstrap.in"
    requirement.write_text(uv_pin.removesuffix("\\").strip() + "\n")
    compile_lock(folder / "bootstrap.txt", str(requirement), upgrade=upgrade, constraints=None)
    requirement.unlink()


def main(arguments: list[str]) -> int:
    """Writes the locks, or with --check says which are stale."""
    if "--check" not in arguments:
        compile_all(LOCKS, upgrade="--upgrade" in arguments)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for lock in LOCKS.glob("*.txt"):
            shutil.copy(lock, copy)
        compile_all(copy, upgrade=False)
        made = {lock.name: lock.read_bytes() for lock in sorted(copy.glob("*.txt"))}
    stale = [name for name, content in made.items() if content != (LOCKS / name).read_bytes()]
    for name in stale:
        print(f"locks/{name} is stale: run `make locks`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
