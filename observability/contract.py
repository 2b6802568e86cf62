"""What a rule or a dashboard may ask Prometheus for: the services' metrics by their Prometheus names, and a few others.

The names follow the translation of the OpenTelemetry Prometheus exporter that the services' pages are written by:
dots become underscores, the unit becomes a suffix, counters end in `_total`. Units in braces and "1" leave no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chassis.telemetry import names
from chassis.telemetry.names import Kind, Metric

SERVICES: Final = ("gateway", "analyzer", "predictor", "expander", "generator")
"""The parts of the product: the values of the label `service`, which the scrape adds."""

SCRAPE_LABELS: Final = frozenset({"job", "instance", "namespace", "service", "pod"})
"""What the scrape adds to every series; `pod` only where there are pods."""

_UNITS: Final = {"s": "seconds", "By": "bytes", "1": ""}

FOREIGN: Final[Mapping[str, frozenset[str]]] = {
    # The services' pages, from prometheus_client and the OpenTelemetry exporter themselves.
    "process_resident_memory_bytes": frozenset(),
    "process_cpu_seconds_total": frozenset(),
    "process_open_fds": frozenset(),
    "process_max_fds": frozenset(),
    "process_start_time_seconds": frozenset(),
    "python_gc_collections_total": frozenset({"generation"}),
    "target_info": frozenset({"service_name", "service_namespace", "service_version", "deployment_environment_name"}),
    # kubelet (cAdvisor) and kube-state-metrics.
    "container_memory_working_set_bytes": frozenset({"container"}),
    "kube_pod_container_resource_limits": frozenset({"container", "resource"}),
    # The chart's OpenTelemetry Collector, from its own page; traces only, see docs/telemetry.md.
    "otelcol_exporter_send_failed_spans": frozenset({"exporter"}),
    "otelcol_receiver_refused_spans": frozenset({"receiver"}),
    # Prometheus itself.
    "ALERTS": frozenset({"alertname", "alertstate", "severity"}),
}
"""Names that are not ours but needed, with their labels beyond those of the scrape."""


def base(metric: Metric) -> str:
    """The metric's name at Prometheus, without a histogram's endings: `rpc_server_call_duration_seconds`."""
    name = label(metric.name)
    unit = _UNITS.get(metric.unit, "" if metric.unit.startswith("{") else label(metric.unit))
    if unit and not name.endswith(f"_{unit}"):
        name = f"{name}_{unit}"
    return f"{name}_total" if metric.kind is Kind.COUNTER else name


def series(metric: Metric) -> tuple[str, ...]:
    """Every name that the metric's series have: three for a histogram, else one."""
    name = base(metric)
    return (f"{name}_bucket", f"{name}_count", f"{name}_sum") if metric.kind is Kind.HISTOGRAM else (name,)


def label(attribute: str) -> str:
    """The label that an attribute becomes."""
    return attribute.replace(".", "_")


def labels(metric: Metric) -> frozenset[str]:
    """The labels of the metric's series, without those of the scrape; a histogram's have `le`."""
    own = frozenset(label(attribute) for attribute in metric.attributes)
    return own | {"le"} if metric.kind is Kind.HISTOGRAM else own


def known() -> dict[str, frozenset[str]]:
    """Everything that may be asked for: name of the series -> its labels, those of the scrape included."""
    ours = {name: labels(metric) for metric in names.METRICS for name in series(metric)}
    return {name: own | SCRAPE_LABELS for name, own in {**ours, **FOREIGN}.items()}
