"""Prometheus itself takes every expression, and alerts fire when they should and not before."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from .expressions import asked, filled_in
from .generated import ALERTS, FOLDER, GROUPS, RULES, board_queries
from .tools import run


def test_promtool_takes_the_rules() -> None:
    said = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)

    assert said.returncode == 0, said.stdout + said.stderr


def test_promtool_takes_every_expression_of_the_dashboards(tmp_path: Path) -> None:
    recorded = [
        {"record": f"asked:{number}", "expr": filled_in(target["expr"])}
        for number, (_, target) in enumerate(board_queries())
    ]
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": recorded}]}))

    said = run("promtool", "check", "rules", file)

    assert said.returncode == 0, said.stdout + said.stderr


def test_alerts_fire_when_they_should_and_not_before() -> None:
    said = run("promtool", "test", "rules", FOLDER / "rules" / "tests.yaml")

    assert said.returncode == 0, said.stdout + said.stderr


def test_the_alert_that_looks_back_a_week_fires_when_it_should(tmp_path: Path) -> None:
    groups = [{**group, "interval": "30m"} for group in GROUPS if "AnimatizeCacheHitRateDrop" in _needs(group)]
    (tmp_path / "week.rules.yaml").write_text(yaml.safe_dump({"groups": groups}))
    shutil.copy(FOLDER / "rules" / "tests-week.yaml", tmp_path)

    said = run("promtool", "test", "rules", tmp_path / "tests-week.yaml")

    assert said.returncode == 0, said.stdout + said.stderr


def _needs(group: dict[str, Any]) -> set[str]:
    """The alerts that a group makes or records for."""
    made = {rule.get("alert", rule.get("record")) for rule in group["rules"]}
    return {alert["alert"] for alert in ALERTS if alert["alert"] in made or asked(alert["expr"]).names & made}


def test_every_alert_is_seen_to_fire() -> None:
    files = [FOLDER / "rules" / name for name in ("tests.yaml", "tests-week.yaml")]
    checks = [
        check
        for file in files
        for case in yaml.safe_load(file.read_text())["tests"]
        for check in case["promql_expr_test"]
        if check["exp_samples"]
    ]
    fired = {selection.matchers.get("alertname") for check in checks for selection in asked(check["expr"]).selections}

    assert {alert["alert"] for alert in ALERTS} <= fired


def test_a_rule_that_is_changed_fails_its_test(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "rules" / "tests.yaml", tmp_path)
    changed = RULES.read_text().replace(">= 10", ">= 1000")
    (tmp_path / RULES.name).write_text(changed)

    said = run("promtool", "test", "rules", "--run=one call in ten", tmp_path / "tests.yaml")

    assert said.returncode != 0
    assert "AnimatizeGatewayAvailabilityBurn" in said.stdout + said.stderr
