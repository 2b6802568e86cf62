"""The generated rules and dashboards, as the tests read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from observability.files import ROOT

from .expressions import filled_in

FOLDER = ROOT / "observability"
RULES = FOLDER / "rules" / "animatize.rules.yaml"
BOARDS = sorted((FOLDER / "dashboards").glob("*.json"))

GROUPS = yaml.safe_load(RULES.read_text())["groups"]
EVERY_RULE = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = [rule for rule in EVERY_RULE if "alert" in rule]
RECORDED = {
    rule["record"]: frozenset({"namespace", "service", "slo", "cache"}) for rule in EVERY_RULE if "record" in rule
}


def panels(board: Path) -> list[dict[str, Any]]:
    """The panels of a dashboard, without its rows."""
    return [panel for panel in json.loads(board.read_text())["panels"] if panel["type"] != "row"]


def board_queries() -> list[tuple[str, dict[str, Any]]]:
    """Every query of every dashboard, with a name to find it by."""
    return [
        (f"{board.stem}: {panel['title']}", target)
        for board in BOARDS
        for panel in panels(board)
        for target in panel["targets"]
    ]


def board_variables() -> list[str]:
    """The expressions inside `label_values(…, label)`."""
    return [
        variable["definition"]
        for board in BOARDS
        for variable in json.loads(board.read_text())["templating"]["list"]
        if variable["type"] == "query"
    ]


def every_expression() -> dict[str, str]:
    """Where it is -> an expression that Prometheus can be asked."""
    found = {f"rule {rule.get('record') or rule['alert']} {rule['expr'][:30]}": rule["expr"] for rule in EVERY_RULE}
    found |= {f"{where} {target['refId']}": filled_in(target["expr"]) for where, target in board_queries()}
    for definition in board_variables():
        selected, _ = re.fullmatch(r"label_values\((.*), ([a-z_]+)\)", definition).groups()  # type: ignore[union-attr]
        found[definition] = filled_in(selected)
    return found
