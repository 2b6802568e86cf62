"""Writes the chart's README from its template and the comments in values.yaml, with helm-docs.

Run as `python helm/readme.py [--check]`. With --check nothing is written and the exit code is 1 when it is stale.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "helm" / "animatize"
README = CHART / "README.md"


def made() -> str:
    """The README as it should be. Exits with a sentence when helm-docs is not here."""
    tool = shutil.which("helm-docs", path=str(ROOT / ".tools")) or shutil.which("helm-docs")
    if tool is None:
        sys.exit("helm-docs is not here: run `make tools`")
    command = [tool, "--dry-run", "--chart-search-root", str(CHART), "--log-level", "warning"]
    # One entry per value, in the order of the file: people look for what stands on top there.
    command += ["--sort-values-order", "file", "--ignore-file", ".helmignore"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return found.strip() + "\n"


def main(arguments: list[str]) -> int:
    """Writes the README, or with --check says whether it is stale."""
    text = made()
    if "--check" not in arguments:
        README.write_text(text, encoding="utf-8")
        return 0
    if not README.exists() or README.read_text(encoding="utf-8") != text:
        print(f"{README.relative_to(ROOT)} is stale: run `make chart`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
