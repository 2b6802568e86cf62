"""The page that lists all telemetry, from the names module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from chassis.telemetry import names
from chassis.telemetry.names import Kind, Metric
from observability.contract import label, series

_KINDS: Final = {
    Kind.COUNTER: "counter",
    Kind.UP_DOWN_COUNTER: "up-down counter",
    Kind.HISTOGRAM: "histogram",
    Kind.GAUGE: "gauge",
}

_RESOURCE: Final = (
    (names.SERVICE_NAME, "`animatize-gateway`, `animatize-analyzer`, …"),
    (names.SERVICE_NAMESPACE, f"`{names.NAMESPACE}`"),
    (names.SERVICE_VERSION, "the version of the product"),
    (names.SERVICE_INSTANCE_ID, "one per process; the pod's uid on a cluster"),
    (names.DEPLOYMENT_ENVIRONMENT_NAME, "the setting `environment`"),
    (names.PROCESS_RUNTIME_NAME, "the Python in use, with its version and description beside it"),
)

_SPANS: Final = (
    ("call, server's end", "SERVER", "`animatize.<package>.v1.<Service>/<Method>`"),
    ("call, caller's end", "CLIENT", "the same"),
    ("stage of the gateway", "INTERNAL", "`analyze`, `predict`, `expand`, `generate`"),
    ("step of a service", "INTERNAL", "`<verb> <step>`: `analyze horizon`, `generate render`, …"),
    ("command to Redis", "CLIENT", "`GET`, `SET`, …; never with keys or values"),
)

_HEAD: Final = """\
# Telemetry

Everything that the services emit. Made from the names module by `python -m observability`; not to be edited by hand.
All names follow schema {schema}. No prompt, image, key or address of a caller is in any signal.

## Resource

| Attribute | Value |
|---|---|
{resource}

## Spans

One call is one trace, across all services. Health checks, reflection and the metrics page make no spans.

| What | Kind | Name |
|---|---|---|
{spans}

## Metrics

Every metric goes out by OTLP when a collector is set, and is on the Prometheus page when `metrics_port` is.

| Metric | Type | Unit | Attributes | Meaning |
|---|---|---|---|---|
{metrics}

The pages add `process_*` and `python_gc_*` of the Prometheus client, and `target_info` with the resource.

### Buckets

{buckets}

### Names at Prometheus

Dots become underscores, the unit becomes a suffix, counters end in `_total`. Attributes become labels the same way.

| Metric | Series | Labels |
|---|---|---|
{series}

A collector's Prometheus exporter calls the circuit `animatize_circuit_state_ratio`, for its unit "1"; the
configurations that ship rename it. A whole bucket bound is `le="1"` there and `le="1.0"` on a service's page; the rules
take both.

## At Prometheus

A service's page does not say on each line which service it is. Rules and dashboards need two labels from the scrape:

| Label | Value | From |
|---|---|---|
| `service` | `gateway`, `analyzer`, `predictor`, `expander`, `generator`; `collector` for the chart's collector | \
relabelling in the chart's ServiceMonitors and in `observability/compose/prometheus.yml` |
| `namespace` | where the pods are | the Prometheus operator; a fixed label in the compose file |

A value on a page cannot show which trace it is from: the Prometheus exporter of Python has no exemplars. Where metrics
go through a collector, as in `compose.yaml`, they have: Prometheus then takes `process_*`, `python_*` and `target_info`
from the pages and all else from the collector, so that nothing is counted twice. In Grafana the data source needs
`exemplarTraceIdDestinations` as in `observability/compose/grafana/datasources`.

Releases that share a namespace are counted as one. Every selector of a rule has the matcher `namespace=~".+"` just so:
whoever installs the rules more than once may replace that text by one namespace. Objectives look back thirty days; a
Prometheus that keeps less shows the budget over what it has.
"""


def page() -> str:
    """The text of docs/telemetry.md."""
    return _HEAD.format(
        schema=names.SCHEMA_URL.rsplit("/", 1)[1],
        resource=_lines(f"| `{name}` | {value} |" for name, value in _RESOURCE),
        spans=_lines(f"| {what} | {kind} | {name} |" for what, kind, name in _SPANS),
        metrics=_lines(_metric(metric) for metric in names.METRICS),
        buckets=_lines(_bounds()),
        series=_lines(_series(metric) for metric in names.METRICS),
    )


def _lines(found: Iterable[str]) -> str:
    return "\n".join(found)


def _metric(metric: Metric) -> str:
    attributes = _ticked(sorted(metric.attributes))
    return f"| `{metric.name}` | {_KINDS[metric.kind]} | `{metric.unit}` | {attributes} | {metric.description} |"


def _series(metric: Metric) -> str:
    return f"| `{metric.name}` | {_ticked(series(metric))} | {_ticked(sorted(map(label, metric.attributes)))} |"


def _ticked(found: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in found)


def _bounds() -> list[str]:
    """One line for each set of bounds, with the metrics that have it."""
    having: dict[tuple[float, ...], list[str]] = {}
    for metric in names.METRICS:
        if metric.buckets:
            having.setdefault(metric.buckets, []).append(metric.name)
    return [f"- {_ticked(found)}: {' '.join(f'{bound:g}' for bound in bounds)}" for bounds, found in having.items()]
