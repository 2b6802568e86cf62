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
READMES = {
    "analyzer": "services/analyzer/README.md",
    "predictor": "services/predictor/README.md",
    "expander": "services/expander/README.md",
    "generator": "services/generator/README.md",
    "gateway": "gateway/README.md",
}
BLOCK = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def current(service: str, text: str) -> str:
    """The README's text with the table as the settings are now."""
    model = import_module(f"{service}.settings").Settings
    table = describe(model, prefix=f"ANIMATIZE_{service.upper()}_")
    if not BLOCK.search(text):
        raise ValueError(f"{READMES[service]} has no <!-- settings --> block")
    return BLOCK.sub(lambda match: f"{match[1]}{table.strip()}\n{match[2]}", text)


def main(arguments: list[str]) -> int:
    """Writes the tables, or with --check says which are stale."""
    stale = []
    for service, name in READMES.items():
        path = ROOT / name
        old = path.read_text()
        new = current(service, old)
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
