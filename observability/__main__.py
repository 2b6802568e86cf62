"""Writes rules, dashboards and the list of telemetry. Run as `python -m observability [--check]` from the root.

With --check nothing is written and the exit code is 1 when a file is not current, or is there and should not be.
"""

from __future__ import annotations

import sys

from observability.files import CHART, ROOT, all_files


def main(arguments: list[str]) -> int:
    """Writes what is stale, or with --check says what is."""
    wanted = all_files()
    stale = [name for name, text in wanted.items() if not _is(name, text)]
    # A dashboard that was given up must not live on in the chart.
    folders = (ROOT / "observability" / "dashboards", ROOT / CHART / "dashboards")
    found = [path.relative_to(ROOT).as_posix() for folder in folders for path in sorted(folder.glob("*.json"))]
    left = [name for name in found if name not in wanted]
    if "--check" in arguments:
        for name in [*stale, *left]:
            sys.stdout.write(f"{name} is not current: run `python -m observability`\n")
        return 1 if stale or left else 0
    for name in stale:
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name], encoding="utf-8")
    for name in left:
        (ROOT / name).unlink()
    return 0


def _is(name: str, text: str) -> bool:
    path = ROOT / name
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
