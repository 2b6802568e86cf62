"""Rules and dashboards are current and whole, and ask for nothing that is not emitted."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor_pool import Default

from observability import contract, objectives
from observability.contract import SERVICES
from observability.files import ROOT, all_files

from .expressions import Asked, asked, filled_in, legend_labels
from .generated import ALERTS, BOARDS, EVERY_RULE, RECORDED, board_queries, every_expression, panels


def unknown(found: Asked) -> list[str]:
    """What an expression asks for that nobody emits."""
    known = contract.known() | RECORDED
    complaints = [f"there is no series {name}" for name in found.names if name not in known]
    for selection in found.selections:
        labels = known.get(selection.name, frozenset())
        complaints += [f"{selection.name} has no label {label}" for label in set(selection.matchers) - labels]
    everything = frozenset().union(*(known.get(name, frozenset()) for name in found.names))
    return complaints + [f"nothing here has a label {label}" for label in found.grouped - everything]


def test_generated_files_are_current() -> None:
    stale = [name for name, text in all_files().items() if (ROOT / name).read_text(encoding="utf-8") != text]
    wanted = {path for path in all_files() if path.startswith("observability/dashboards/")}

    assert stale == [], "run `python -m observability`"
    assert {path.relative_to(ROOT).as_posix() for path in BOARDS} == wanted


@pytest.mark.parametrize("where", sorted(every_expression()))
def test_every_expression_asks_for_what_is_emitted(where: str) -> None:
    assert unknown(asked(every_expression()[where])) == []


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("rate(rpc_server_duration_seconds_count[5m])", "there is no series rpc_server_duration_seconds_count"),
        ('animatize_circuit_state{state="open"}', "animatize_circuit_state has no label state"),
        ("sum by (tenant) (animatize_rpc_active)", "nothing here has a label tenant"),
    ],
)
def test_a_name_that_nobody_emits_is_found(expression: str, complaint: str) -> None:
    assert unknown(asked(expression)) == [complaint]


def test_legends_show_labels_that_the_query_keeps() -> None:
    for where, target in board_queries():
        found = asked(filled_in(target["expr"]))
        kept = (
            found.grouped
            if found.grouped - {"le"}
            else frozenset().union(*((contract.known() | RECORDED)[name] for name in found.names))
        )
        assert set(legend_labels(target["legendFormat"])) <= kept, where


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.get("record") or rule["alert"])
def test_an_installation_can_narrow_every_selector_to_its_namespace(rule: dict[str, Any]) -> None:
    narrowed = asked(rule["expr"].replace('namespace=~".+"', 'namespace="mine"'))

    assert {selection.matchers.get("namespace") for selection in narrowed.selections} == {"mine"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda rule: rule["alert"] + rule["labels"].get("window", ""))
def test_an_alert_says_what_it_means_and_where_to_look(alert: dict[str, Any]) -> None:
    annotations = alert["annotations"]
    page, _, section = annotations["runbook_url"].partition("#")
    board = re.match(r"/d/animatize-([a-z]+)\?var-namespace=\{\{ \$labels\.namespace }}$", annotations["dashboard_url"])

    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert annotations["summary"]
    assert len(annotations["description"]) > len(annotations["summary"])
    assert section in _sections(ROOT / page)
    assert board is not None
    assert board[1] in {path.stem for path in BOARDS}


def test_every_section_of_the_runbooks_is_of_an_alert() -> None:
    assert _sections(ROOT / "docs" / "runbooks.md") == {alert["alert"].lower() for alert in ALERTS}


def test_runbooks_name_panels_that_exist() -> None:
    named = re.findall(r'\*([A-Z][a-z]+)\*((?:,? (?:and )?"[^"]+")+)', (ROOT / "docs" / "runbooks.md").read_text())
    shown = {board.stem: {panel["title"] for panel in panels(board)} for board in BOARDS}

    assert len(named) > 10
    for board, quoted in named:
        assert set(re.findall(r'"([^"]+)"', quoted)) <= shown[board.lower()], quoted


def _sections(page: Path) -> set[str]:
    """What a link can point at, as forges make it."""
    return {line[3:].strip().lower().replace(" ", "-") for line in page.read_text().splitlines() if line[:3] == "## "}


def test_each_objective_has_all_burn_rates_that_it_can_reach() -> None:
    found = objectives.load()
    windows = {
        one.name: {rule["labels"]["window"] for rule in ALERTS if rule["alert"] == one.alert}
        for one in found.objectives
    }

    # 14.4, 6 and 3 times half of all calls is more than all calls.
    assert windows.pop("animation-half") == {"3d"}
    assert set(map(frozenset, windows.values())) == {frozenset({"1h", "6h", "1d", "3d"})}


def test_objectives_name_methods_that_exist() -> None:
    for service in SERVICES:
        import_module(f"animatize.{service}.v1.{service}_pb2")
    for one in objectives.load().objectives:
        if one.method:
            service, _, method = one.method.partition("/")
            assert method in Default().FindServiceByName(service).methods_by_name


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"within_s": 0.9}, "0.9 s is no bound of rpc.server.call.duration"),
        ({"percent": 100}, "100 % leaves nothing to watch"),
        ({"service": "analyser"}, "there is no service analyser"),
        ({"kind": "luck"}, "there is no kind luck"),
        ({"method": ""}, "a method belongs to the latency of calls"),
    ],
)
def test_an_objective_that_cannot_be_measured_is_refused(
    change: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    content = yaml.safe_load(objectives.FILE.read_text())
    chosen = next(entry for entry in content["objectives"] if entry["name"] == "analyzer-latency")
    chosen |= change
    file = tmp_path / "slo.yaml"
    file.write_text(yaml.safe_dump(content))

    with pytest.raises(objectives.Unusable, match=re.escape(f"analyzer-latency: {complaint}")):
        objectives.load(file)


def test_a_limit_reaches_the_rules() -> None:
    found = objectives.load()
    budget = {one.name: one.budget for one in found.objectives}
    fast = next(rule for rule in ALERTS if rule["alert"] == "AnimatizePredictorLatencyBurn")

    assert budget["gateway-availability"] == Decimal("0.001")
    assert fast["expr"].count("> 0.144\n") == 2
    assert f">= {found.least_events}" in fast["expr"]


@pytest.mark.parametrize("board", BOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_whole(board: Path) -> None:
    content = json.loads(board.read_text())
    numbers = [panel["id"] for panel in content["panels"]]
    defined = {variable["name"] for variable in content["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]+)", json.dumps(content))) - {"labels"}
    places = [_squares(panel["gridPos"]) for panel in content["panels"]]

    assert content["uid"] == f"animatize-{board.stem}"
    assert content["schemaVersion"] >= 39
    assert len(set(numbers)) == len(numbers)
    assert used == defined
    assert len(set().union(*places)) == sum(map(len, places)), "panels lie on each other"
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in content["panels"])
    assert all(panel["description"] for panel in panels(board))


def _squares(place: dict[str, int]) -> set[tuple[int, int]]:
    return {
        (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
    }


def test_exemplars_are_asked_of_histograms_only() -> None:
    shown = [asked(filled_in(target["expr"])).names for _, target in board_queries() if target["exemplar"]]

    assert len(shown) >= 4
    assert all(name.endswith("_bucket") for found in shown for name in found)
