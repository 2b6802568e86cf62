"""A collector in the test's own process: what services export arrives here over real OTLP/gRPC and can be asked for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent import futures
from dataclasses import dataclass
from typing import Any, Final

import grpc
import pytest
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status as WireStatus

_POLL_S: Final = 0.02


@dataclass(frozen=True)
class SpanEvent:
    """An event of a span."""

    name: str
    attributes: dict[str, Any]


@dataclass(frozen=True)
class SpanLink:
    """A link from a span to another; ids in hex."""

    trace_id: str
    span_id: str
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Span:
    """A span as it arrived; ids in hex, `parent_id` empty for a root, times in nanoseconds since 1970.

    kind: "INTERNAL", "SERVER", "CLIENT" ...; status: "UNSET", "OK" or "ERROR".
    """

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    status: str
    attributes: dict[str, Any]
    events: tuple[SpanEvent, ...]
    links: tuple[SpanLink, ...]
    start_ns: int
    end_ns: int
    resource: dict[str, Any]


class Collector:
    """What has been exported so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: list[Span] = []
        self._metrics: list[Any] = []
        self._headers: list[dict[str, str]] = []
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=4, thread_name_prefix="otlp"))
        # The package's generated functions have no types.
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(  # type: ignore[no-untyped-call]
            _Traces(self), self._server
        )
        # As above.
        metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(  # type: ignore[no-untyped-call]
            _Metrics(self), self._server
        )
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.endpoint: Final = f"http://127.0.0.1:{port}"

    def spans(self, *, trace_id: str | None = None) -> list[Span]:
        """The spans that arrived, in order of their start; of one trace when it is named."""
        with self._lock:
            found = [span for span in self._spans if trace_id is None or span.trace_id == trace_id]
        return sorted(found, key=lambda span: span.start_ns)

    async def wait_for(self, count: int, *, trace_id: str | None = None, timeout_s: float = 40.0) -> list[Span]:
        """As `spans`, as soon as there are at least `count`; AssertionError with their names when there are not."""
        ends_at = time.monotonic() + timeout_s
        while len(found := self.spans(trace_id=trace_id)) < count:
            if time.monotonic() > ends_at:
                raise AssertionError(f"{len(found)} of {count} spans arrived: {[span.name for span in found]}")
            await asyncio.sleep(_POLL_S)
        return found

    def metrics(self) -> list[Any]:
        """All `ResourceMetrics` messages that arrived, oldest first; values are cumulative."""
        with self._lock:
            return list(self._metrics)

    def metric_names(self) -> set[str]:
        """The names of all metrics that arrived."""
        return {
            metric.name for resource in self.metrics() for scope in resource.scope_metrics for metric in scope.metrics
        }

    def headers(self) -> list[dict[str, str]]:
        """The metadata of each export that arrived, oldest first."""
        with self._lock:
            return list(self._headers)

    def clear(self) -> None:
        """Forgets everything that arrived."""
        with self._lock:
            self._spans.clear()
            self._metrics.clear()
            self._headers.clear()

    def close(self) -> None:
        """Stops receiving."""
        self._server.stop(0).wait()

    def add_headers(self, context: Any) -> None:
        """Keeps the metadata of an export."""
        with self._lock:
            self._headers.append({str(pair.key): str(pair.value) for pair in context.invocation_metadata()})

    def add_spans(self, spans: Sequence[Span]) -> None:
        """Keeps spans that arrived."""
        with self._lock:
            self._spans.extend(spans)

    def add_metrics(self, metrics: Sequence[Any]) -> None:
        """Keeps metrics that arrived."""
        with self._lock:
            self._metrics.extend(metrics)


class _Traces(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: Any) -> Any:
        self._collector.add_headers(context)
        for group in request.resource_spans:
            resource = _attributes(group.resource.attributes)
            for scope in group.scope_spans:
                self._collector.add_spans([_span(span, resource) for span in scope.spans])
        return trace_service_pb2.ExportTraceServiceResponse()


class _Metrics(metrics_service_pb2_grpc.MetricsServiceServicer):
    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: Any) -> Any:
        self._collector.add_headers(context)
        self._collector.add_metrics(list(request.resource_metrics))
        return metrics_service_pb2.ExportMetricsServiceResponse()


def _span(span: WireSpan, resource: dict[str, Any]) -> Span:
    return Span(
        service=str(resource.get("service.name", "")),
        name=span.name,
        kind=WireSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        status=WireStatus.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
        attributes=_attributes(span.attributes),
        events=tuple(SpanEvent(event.name, _attributes(event.attributes)) for event in span.events),
        links=tuple(
            SpanLink(link.trace_id.hex(), link.span_id.hex(), _attributes(link.attributes)) for link in span.links
        ),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        resource=resource,
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(inner) for inner in value.array_value.values]
    return getattr(value, kind) if kind else None


@pytest.fixture
def otlp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A running collector; services started during the test, in this process or another, export within 0.1 s."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "200")
    collector = Collector()
    yield collector
    collector.close()
