"""Writes each service's table of settings into its README, from the settings themselves.

Run as `python docs/settings_tables.py [--check]`. With --check nothing is written and the exit code is 1 when a
README is not current.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

from chassis.settings import describe

ROOT = Path(__file__).resolve().parent.parent
# Package -> the README that shows its settings, and what its variables begin with.
TABLES = {
    "analyzer": ("services/analyzer/README.md", "ANIMATIZE_ANALYZER_"),
    "predictor": ("services/predictor/README.md", "ANIMATIZE_PREDICTOR_"),
    "expander": ("services/expander/README.md", "ANIMATIZE_EXPANDER_"),
    "generator": ("services/generator/README.md", "ANIMATIZE_GENERATOR_"),
    "gateway": ("gateway/README.md", "ANIMATIZE_GATEWAY_"),
    "animatize_cli": ("cli/README.md", "ANIMATIZE_CLI_"),
}
BLOCK = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def current(package: str, text: str) -> str:
    """The README's text with the table as the settings are now. Raises ValueError when it has no place for it."""
    readme, prefix = TABLES[package]
    table = describe(import_module(f"{package}.settings").Settings, prefix=prefix)
    if not BLOCK.search(text):
        raise ValueError(f"{readme} has no <!-- settings --> block")
    return BLOCK.sub(lambda match: f"{match[1]}{table.strip()}\n{match[2]}", text)


def main(arguments: list[str]) -> int:
    """Writes the tables, or with --check says which are stale."""
    stale = []
    for package, (name, _) in TABLES.items():
        path = ROOT / name
        old = path.read_text()
        new = current(package, old)
        if new == old:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(new)
    if "--check" not in arguments:
        return 0
    for name in stale:
        print(f"{name}: the settings table is not current: run `make protos`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
