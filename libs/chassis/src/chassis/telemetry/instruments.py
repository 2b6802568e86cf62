"""The instruments of one Telemetry: values are recorded by the metric's declaration, never by a name in the code."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, Meter, Observation

from chassis.telemetry import names
from chassis.telemetry.names import Kind, Metric

_STATES: Final = {"closed": 0, "half_open": 1, "open": 2}


class Instruments:
    """Records values; safe to share between threads."""

    def __init__(self, meter: Meter) -> None:
        self._circuits: weakref.WeakKeyDictionary[Any, Callable[[Any], tuple[str, str]]] = weakref.WeakKeyDictionary()
        self._record = {metric.name: self._recorder(meter, metric) for metric in names.METRICS}

    def record(
        self, metric: Metric, value: float, attributes: Mapping[str, str], *, context: Context | None = None
    ) -> None:
        """Adds one value to a metric; the trace of `context`, else the current one, becomes its exemplar.

        Raises ValueError for an attribute the metric does not declare: the list is what keeps the number of series
        bounded.
        """
        if not metric.attributes.issuperset(attributes):
            unknown = ", ".join(sorted(set(attributes) - metric.attributes))
            raise ValueError(f"{metric.name} does not declare the attribute {unknown}")
        self._record[metric.name](value, dict(attributes), context)

    def watch_circuit(self, owner: Any, read: Callable[[Any], tuple[str, str]]) -> None:
        """Shows the circuit of `owner` as a gauge for as long as the owner lives; `read` gives its name and state."""
        self._circuits[owner] = read

    def _observe_circuits(self, _options: CallbackOptions) -> Iterable[Observation]:
        for owner, read in list(self._circuits.items()):
            name, state = read(owner)
            yield Observation(_STATES[state], {names.CIRCUIT: name})

    def _recorder(self, meter: Meter, metric: Metric) -> Callable[[float, dict[str, str], Context | None], None]:
        about = {"unit": metric.unit, "description": metric.description}
        match metric.kind:
            case Kind.HISTOGRAM:
                return meter.create_histogram(
                    metric.name, explicit_bucket_boundaries_advisory=list(metric.buckets), **about
                ).record
            case Kind.COUNTER:
                return meter.create_counter(metric.name, **about).add
            case Kind.UP_DOWN_COUNTER:
                return meter.create_up_down_counter(metric.name, **about).add
            case Kind.GAUGE:
                meter.create_observable_gauge(metric.name, callbacks=[self._observe_circuits], **about)
                return _observed_only


def _observed_only(_value: float, _attributes: dict[str, str], _context: Context | None) -> None:
    raise ValueError("this metric is read from its owners; see watch_circuit")
