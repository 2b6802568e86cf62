"""Everything that is generated: its place and its content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import yaml

from observability import dashboards, rules, telemetry_list
from observability.objectives import Objectives, load

ROOT: Final = Path(__file__).resolve().parent.parent
CHART: Final = "helm/animatize/files"

_RULES_HEAD: Final = "# Made from observability/slo.yaml by `python -m observability`; not to be edited by hand.\n"


class _Dumper(yaml.SafeDumper):
    """YAML for people: texts of more than one line, and those with braces or quotes in them, as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # A block holds quotes and braces as they are, so that nothing which reads or replaces text meets an escape.
    block = "\n" in value or '"' in value or "{" in value
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if block else None)


_Dumper.add_representer(str, _text)


def all_files(objectives: Objectives | None = None) -> dict[str, str]:
    """Path from the root -> text, for every generated file; the same every time."""
    chosen = objectives or load()
    ruled = _RULES_HEAD + yaml.dump(rules.document(chosen), Dumper=_Dumper, sort_keys=False, width=120)
    made = {"observability/rules/animatize.rules.yaml": ruled, f"{CHART}/rules.yaml": ruled}
    for name, board in dashboards.boards(chosen).items():
        text = _json(board)
        made |= {f"observability/dashboards/{name}.json": text, f"{CHART}/dashboards/{name}.json": text}
    made["docs/telemetry.md"] = telemetry_list.page()
    return made


def _json(board: dict[str, Any]) -> str:
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"
