"""The dashboards of calls: are the promises kept, and where does the time go."""

from __future__ import annotations

from typing import Final

from chassis.telemetry import names, outcome
from observability import rules
from observability.board import Json, Panel, Query, Row, board
from observability.objectives import Objectives
from observability.promql import among
from observability.queries import CALLS, HERE, mean, quantile, quantiles, rate

_GATEWAY: Final = 'service="gateway"'
_BEHIND: Final = 'service!="gateway"'


def overview(objectives: Objectives) -> Json:
    """Whether the promises are kept, and the calls of each service."""
    calls = names.RPC_SERVER_CALL_DURATION
    failed = f"rpc_response_status_code{among(sorted(code.name for code in outcome.SERVER_ERRORS))}"
    window = objectives.window
    hour = f"{rules.ratio('1h')}{{{HERE}}}"
    rows = (
        Row(
            "Objectives",
            (
                Panel(
                    "Budget left",
                    (Query(f"{rules.BUDGET}{{{HERE}}}", "{{slo}}", instant=True),),
                    f"What is left of each objective's budget over {window}: 100 % untouched, below nought broken.",
                    unit="percentunit",
                    kind="bargauge",
                    low_is_bad=(0.0, 0.25),
                    most=1,
                ),
                Panel(
                    "Bad events in the last hour",
                    (Query(hour, "{{slo}}"),),
                    "The share of events that broke their objective, over the last hour.",
                    unit="percentunit",
                ),
                Panel(
                    "Alerts",
                    (Query(f'ALERTS{{{HERE}, alertname=~"Animatize.+", alertstate="firing"}}'),),
                    "The alerts that are firing now.",
                    kind="table",
                    width=24,
                    height=5,
                ),
            ),
        ),
        Row(
            "Calls",
            (
                Panel(
                    "Calls per second",
                    (Query(rate(calls, "service", CALLS, ending="_count"), "{{service}}"),),
                    "All calls that services answered, by service.",
                    unit="reqps",
                    width=8,
                ),
                Panel(
                    "Share of calls that failed",
                    (
                        Query(
                            f"(\n{rate(calls, 'service', CALLS, failed, ending='_count')}\nor\n"
                            f"0 * {rate(calls, 'service', CALLS, ending='_count')}\n)\n/\n"
                            f"{rate(calls, 'service', CALLS, ending='_count')}",
                            "{{service}}",
                        ),
                    ),
                    "Calls that failed for a reason of the server, by service.",
                    unit="percentunit",
                    width=8,
                ),
                Panel(
                    "Duration, p95",
                    (Query(quantile(0.95, calls, "service", CALLS), "{{service}}", exemplars=True),),
                    "95 of 100 calls took less than this. Dots are calls; each leads to its trace.",
                    unit="s",
                    width=8,
                ),
                Panel(
                    "Answers by code",
                    (
                        Query(
                            rate(calls, "service, rpc_response_status_code", CALLS, ending="_count"),
                            "{{service}} {{rpc_response_status_code}}",
                        ),
                    ),
                    "How calls ended.",
                    unit="reqps",
                    stacked=True,
                ),
                Panel(
                    "Duration by method, p95",
                    (Query(quantile(0.95, calls, "service, rpc_method", CALLS), "{{service}} {{rpc_method}}"),),
                    "95 of 100 calls of a method took less than this.",
                    unit="s",
                ),
            ),
        ),
    )
    says = "Whether the promises are kept, and rate, errors and duration of each service."
    return board("overview", "Overview", says, rows, by_service=True)


def pipeline() -> Json:
    """How long an animation takes, and which part of it."""
    whole, stage = names.PIPELINE_DURATION, names.STAGE_DURATION
    hops = names.RPC_CLIENT_CALL_DURATION
    rows = (
        Row(
            "From a still to its clip",
            (
                Panel(
                    "Duration",
                    quantiles(whole),
                    "From a still to its result, whatever became of it. Dots are calls; each leads to its trace.",
                    unit="s",
                ),
                Panel(
                    "Stills by outcome",
                    (Query(rate(whole, "outcome", ending="_count"), "{{outcome}}"),),
                    "What became of the stills.",
                    unit="ops",
                    stacked=True,
                ),
            ),
        ),
        Row(
            "Stages",
            (
                Panel(
                    "Where the time goes",
                    (Query(mean(stage, "stage", _GATEWAY), "{{stage}}"),),
                    "Mean duration of the gateway's stages, one on the other: together an animation.",
                    unit="s",
                    stacked=True,
                ),
                Panel(
                    "Stages of the gateway, p95",
                    (Query(quantile(0.95, stage, "stage", _GATEWAY), "{{stage}}", exemplars=True),),
                    "95 of 100 took less than this.",
                    unit="s",
                ),
                Panel(
                    "Steps inside the services, mean",
                    (Query(f"sort_desc({mean(stage, 'stage', _BEHIND)} > 0)", "{{stage}}", instant=True),),
                    "Mean duration of each step now, the longest first.",
                    unit="s",
                    kind="bargauge",
                    height=14,
                ),
                Panel(
                    "Steps that failed or were cancelled",
                    (Query(rate(stage, "stage, outcome", 'outcome!="ok"', ending="_count"), "{{stage}} {{outcome}}"),),
                    "Steps that did not end well.",
                    unit="ops",
                    height=14,
                ),
            ),
        ),
        Row(
            "Between the services",
            (
                Panel(
                    "Calls to other services, p95",
                    (Query(quantile(0.95, hops, "rpc_method", CALLS), "{{rpc_method}}", exemplars=True),),
                    "As the caller sees them, retries and the way included.",
                    unit="s",
                ),
                Panel(
                    "Calls to other services that failed",
                    (
                        Query(
                            rate(
                                hops,
                                "rpc_method, rpc_response_status_code",
                                CALLS,
                                'rpc_response_status_code!="OK"',
                                ending="_count",
                            ),
                            "{{rpc_method}} {{rpc_response_status_code}}",
                        ),
                    ),
                    "By the code that the caller got.",
                    unit="reqps",
                ),
            ),
        ),
    )
    says = "How long an animation takes, and which part of it."
    return board("pipeline", "Pipeline", says, rows, by_service=True)
