"""Alerts on what usually stands behind a burning budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chassis.telemetry import names
from observability.contract import SERVICES, base
from observability.promql import ANYWHERE, METHODS, Rule, alert, among, selector

HIT_RATIO: Final = "animatize:cache_hit:ratio_rate1h"
LOOK_UPS: Final = "animatize:cache_look_ups:increase1h"

#: The chart names a pod `<release>-animatize-<service>-…`, without the release where that has the name already.
PODS: Final = f'=~".*animatize.*-({"|".join(SERVICES)})-.+"'

Thresholds = Mapping[str, Mapping[str, Any]]


def cache_recorded() -> list[Rule]:
    """The hit rate of each cache by the hour. A look-up that was answered by either tier is a hit."""
    name = base(names.CACHE_REQUESTS)
    by = "sum by (namespace, service, cache)"
    answered = selector(name, result='="hit"')
    hits = f"{by} (rate({answered}[1h]))"
    none = f"0 * {by} (rate({selector(name)}[1h]))"
    return [
        Rule(record=HIT_RATIO, expr=f"(\n{hits}\nor\n{none}\n)\n/\n{by} (rate({selector(name)}[1h]))"),
        Rule(record=LOOK_UPS, expr=f"{by} (increase({selector(name)}[1h]))"),
    ]


def of_services(causes: Thresholds) -> list[Rule]:
    """Alerts on what the services say of themselves."""
    return [_circuit_open(causes), _overloaded(causes), _cache_drop(causes), _abstention(causes)]


def _circuit_open(causes: Thresholds) -> Rule:
    # Between two probes the circuit shows as half-open for a moment, which must not start the wait anew.
    state = f"max_over_time({selector(base(names.CIRCUIT_STATE))}[2m])"
    return alert(
        "AnimatizeCircuitOpen",
        f"max by (namespace, service, circuit) ({state}) == 2",
        hold=causes["circuit_open"]["for"],
        severity="ticket",
        summary="A circuit breaker stays open",
        description=(
            "{{ $labels.service }} in {{ $labels.namespace }} has not called {{ $labels.circuit }} for more than "
            f"{causes['circuit_open']['for']}. Calls go on without it, as far as they can."
        ),
        board="cache",
    )


def _overloaded(causes: Thresholds) -> Rule:
    limits = causes["overload"]
    calls = f"{base(names.RPC_SERVER_CALL_DURATION)}_count"
    by = "sum by (namespace, service)"
    refused = selector(calls, rpc_method=METHODS, rpc_response_status_code='="RESOURCE_EXHAUSTED"')
    every = selector(calls, rpc_method=METHODS)
    return alert(
        "AnimatizeOverloaded",
        f"{by} (rate({refused}[5m]))\n/\n{by} (rate({every}[5m]))\n> {limits['refused_share']}\n"
        f"and\n{by} (increase({every}[5m])) >= {limits['least_calls']}",
        hold=limits["for"],
        severity="page",
        summary="A service refuses calls because it has no room",
        description=(
            "{{ $labels.service }} in {{ $labels.namespace }} refuses {{ $value | humanizePercentage }} of its calls "
            "as RESOURCE_EXHAUSTED."
        ),
        board="runtime",
    )


def _cache_drop(causes: Thresholds) -> Rule:
    limits = causes["cache_drop"]
    before = f"{HIT_RATIO}{ANYWHERE} offset 1w"
    return alert(
        "AnimatizeCacheHitRateDrop",
        f"{HIT_RATIO}{ANYWHERE} < {limits['share_of_before']} * ({before})\n"
        f"and ({before}) > {limits['least_before']}\nand {LOOK_UPS}{ANYWHERE} >= {limits['least_look_ups']}",
        hold=limits["for"],
        severity="ticket",
        summary="A cache answers far less than a week ago",
        description=(
            "The cache {{ $labels.cache }} of {{ $labels.service }} in {{ $labels.namespace }} answers "
            "{{ $value | humanizePercentage }} of its look-ups, less than half of what it did a week ago."
        ),
        board="cache",
    )


def _abstention(causes: Thresholds) -> Rule:
    limits = causes["abstention"]
    stills = f"{base(names.PIPELINE_DURATION)}_count"
    abstained, every = selector(stills, outcome='="abstained"'), selector(stills)
    by = "sum by (namespace, service)"
    return alert(
        "AnimatizeAbstentionRate",
        f"{by} (rate({abstained}[1h]))\n/\n{by} (rate({every}[1h]))\n> {limits['share']}\n"
        f"and\n{by} (increase({every}[1h])) >= {limits['least_stills']}",
        hold=limits["for"],
        severity="ticket",
        summary="Most stills are answered without a clip",
        description=(
            "For {{ $value | humanizePercentage }} of the stills of the last hour in {{ $labels.namespace }} no "
            "movement was sure enough. Each answer may be right; so many at once are worth a look."
        ),
        board="pipeline",
    )


def of_kubernetes(causes: Thresholds) -> list[Rule]:
    """Alerts on what the cluster says of the pods."""
    limits = causes["memory"]
    used = selector("container_memory_working_set_bytes", pod=PODS, container=among(SERVICES))
    limit = selector("kube_pod_container_resource_limits", pod=PODS, container=among(SERVICES), resource='="memory"')
    by = "max by (namespace, pod, container)"
    return [
        alert(
            "AnimatizePodNearMemoryLimit",
            f"{by} ({used})\n/\n{by} ({limit})\n> {limits['share_of_limit']}",
            hold=limits["for"],
            severity="ticket",
            summary="A pod is about to be killed for its memory",
            description=(
                "{{ $labels.pod }} in {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of the memory "
                "that it may have."
            ),
            board="runtime",
        )
    ]


def of_collector(causes: Thresholds) -> list[Rule]:
    """Alerts on the chart's OpenTelemetry Collector."""
    by = "sum by (namespace)"
    failed = f"{by} (rate({selector('otelcol_exporter_send_failed_spans', service='collector')}[5m]))"
    refused = f"{by} (rate({selector('otelcol_receiver_refused_spans', service='collector')}[5m]))"
    return [
        alert(
            "AnimatizeTelemetryDropped",
            f"{failed} > 0\nor\n{refused} > 0",
            hold=causes["telemetry_dropped"]["for"],
            severity="ticket",
            summary="The collector loses traces",
            description=(
                "The collector in {{ $labels.namespace }} loses {{ $value | humanize }} spans a second. Calls are not "
                "affected; their traces are incomplete."
            ),
            board="runtime",
        )
    ]
