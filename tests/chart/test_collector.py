"""The chart's collector counts before it chooses, chooses by the objectives, and lets no secret through."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from chassis.telemetry import names
from observability import objectives
from observability.files import ROOT

FILE = ROOT / "helm" / "animatize" / "files" / "collector.yaml"
CONFIG: dict[str, Any] = yaml.safe_load(FILE.read_text())
PIPELINES = CONFIG["service"]["pipelines"]
POLICIES = {policy["name"]: policy for policy in CONFIG["processors"]["tail_sampling"]["policies"]}
UNITS = {"ms": 1e-3, "s": 1.0}


def test_every_part_that_is_defined_is_used_and_the_other_way_round() -> None:
    used = {
        kind: {name for pipeline in PIPELINES.values() for name in pipeline.get(kind, [])}
        for kind in ("receivers", "processors", "exporters")
    }
    connectors = set(CONFIG["connectors"])

    assert used["processors"] == set(CONFIG["processors"])
    assert used["receivers"] == set(CONFIG["receivers"]) | connectors
    assert used["exporters"] == set(CONFIG["exporters"]) | connectors
    assert set(CONFIG["service"]["extensions"]) == set(CONFIG["extensions"])


def test_memory_comes_first_secrets_next_and_calls_are_counted_before_traces_are_chosen() -> None:
    everything, kept = PIPELINES["traces/all"], PIPELINES["traces/kept"]

    assert everything["processors"] == ["memory_limiter", "resourcedetection", "redaction"]
    assert everything["exporters"] == ["spanmetrics", "forward"]
    assert kept["receivers"] == ["forward"]
    assert kept["processors"][0] == "tail_sampling"
    assert CONFIG["processors"]["resourcedetection"]["detectors"] == ["env"]


def test_traces_slower_than_their_objective_are_kept() -> None:
    conditions = POLICIES["slow services"]["ottl_condition"]["span"]
    limits = {}
    for condition in conditions:
        method, nanoseconds = re.search(r'name == "(.+?)".*> (\d+)$', condition, re.DOTALL).groups()  # type: ignore[union-attr]
        limits[method] = int(nanoseconds) / 1e9
    found = objectives.load().objectives

    assert limits == {one.method: one.within_s for one in found if one.kind == "call_latency"}
    slow = POLICIES["slow animations"]["latency"]["threshold_ms"] / 1000
    assert slow == next(one.within_s for one in found if one.name == "animation-most")
    assert POLICIES["errors"]["status_code"] == {"status_codes": ["ERROR"]}
    assert 0 < POLICIES["one in ten of the rest"]["probabilistic"]["sampling_percentage"] <= 100


def test_spans_are_counted_in_the_buckets_of_calls() -> None:
    written = CONFIG["connectors"]["spanmetrics"]["histogram"]["explicit"]["buckets"]
    bounds = [float(re.sub(r"[a-z]+$", "", bound)) * UNITS[re.sub(r"^[\d.]+", "", bound)] for bound in written]

    assert bounds == pytest.approx(names.RPC_SERVER_CALL_DURATION.buckets)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("said Bearer abcdefghijk123 to me", "said **** to me"),
        ("https://store/still?a=1&X-Amz-Signature=abcdef12&b=2", "https://store/still?a=1****&b=2"),
        ("rediss://user:pa55@host:1/0", "****host:1/0"),
        ("key sk-abcdefghijklmnop1234 is ours", "key **** is ours"),
        ("a fig on a table", "a fig on a table"),
        ("animatize.gateway.v1.GatewayService/AnimateImage", "animatize.gateway.v1.GatewayService/AnimateImage"),
    ],
)
def test_secrets_in_values_are_masked(value: str, left: str) -> None:
    # What the processor does with RE2 holds for Python's expressions too: none of them looks around or behind.
    for pattern in CONFIG["processors"]["redaction"]["blocked_values"]:
        value = re.sub(pattern, "****", value)

    assert value == left


@pytest.mark.parametrize(
    ("key", "blocked"),
    [
        ("http.request.header.authorization", True),
        ("api_key", True),
        ("db.password", True),
        ("gen_ai.usage.input_tokens", False),
        (names.RPC_METHOD, False),
        (names.CACHE, False),
    ],
)
def test_attributes_with_telling_names_are_masked(key: str, blocked: bool) -> None:
    patterns = CONFIG["processors"]["redaction"]["blocked_key_patterns"]

    assert any(re.search(pattern, key) for pattern in patterns) is blocked


def test_no_attribute_of_ours_is_taken_for_a_secret() -> None:
    patterns = CONFIG["processors"]["redaction"]["blocked_key_patterns"]
    ours = {attribute for metric in names.METRICS for attribute in metric.attributes}

    assert [key for key in ours for pattern in patterns if re.search(pattern, key)] == []
