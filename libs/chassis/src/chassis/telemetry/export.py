"""Where signals go: OTLP to a collector, and a page for Prometheus; both closed within a bounded time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, start_http_server

from chassis.telemetry.redaction import RedactingProcessor

# One export may take this long; a collector that is away costs a waiting thread and nothing else.
_EXPORT_S: Final = 5
# The last flush gets so much of the process's end, and then as much again to notice that its exporter is closed.
_FLUSH_S: Final = 1.5
_CLOSE_S: Final = 0.3


class Pipeline:
    """The providers of one Telemetry, with their exporters."""

    def __init__(
        self,
        resource: Resource,
        *,
        otlp_endpoint: str | None,
        otlp_headers: Mapping[str, str] | None = None,
        span_processors: Sequence[SpanProcessor],
        page: tuple[str, int] | None,
    ) -> None:
        processors = list(span_processors)
        readers: list[MetricReader] = []
        self._exporters: list[OTLPSpanExporter | OTLPMetricExporter] = []
        if otlp_endpoint:
            # Without a scheme the address is that of a collector beside us, which speaks plain text.
            insecure = None if "://" in otlp_endpoint else True
            # Without headers of ours the SDK takes those of OTEL_EXPORTER_OTLP_HEADERS.
            about: dict[str, Any] = {"insecure": insecure, "headers": otlp_headers or None, "timeout": _EXPORT_S}
            spans = OTLPSpanExporter(endpoint=otlp_endpoint, **about)
            metrics = OTLPMetricExporter(endpoint=otlp_endpoint, **about)
            processors.append(BatchSpanProcessor(spans, meter_provider=NoOpMeterProvider()))
            readers.append(PeriodicExportingMetricReader(metrics))
            self._exporters = [spans, metrics]
        self._page = Page(*page) if page else None
        if self._page:
            readers.append(self._page.reader)
        self.heard: Final = bool(processors or readers)
        # The sampler is the SDK's default, parentbased_always_on, or what OTEL_TRACES_SAMPLER says.
        self.tracers = TracerProvider(resource=resource, shutdown_on_exit=False, meter_provider=NoOpMeterProvider())
        for processor in processors:
            self.tracers.add_span_processor(RedactingProcessor(processor))
        self.meters = MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)

    @property
    def page_address(self) -> str | None:
        """The Prometheus page's "host:port", or None."""
        return self._page.address if self._page else None

    def flush(self) -> None:
        """Sends what is waiting, or gives up after a bounded time."""
        _bounded([self.tracers.force_flush, self.meters.force_flush], _FLUSH_S)

    def close(self) -> None:
        """Sends what is waiting and closes; within two seconds, whether the collector answers or not."""
        closers: list[Callable[[], Any]] = [self.tracers.shutdown, self.meters.shutdown]
        if self._page:
            closers.append(self._page.close)
        late = _bounded(closers, _FLUSH_S)
        if late:
            for exporter in self._exporters:
                # Its channel closes under the export that still waits, which ends it.
                _quietly(exporter.shutdown)
            _join(late, _CLOSE_S)


class Page:
    """The metrics of one Telemetry, for Prometheus to fetch."""

    def __init__(self, host: str, port: int) -> None:
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self.reader = PrometheusMetricReader(registry=registry, scope_info_enabled=False)
        self._server, self._thread = start_http_server(port, addr=host, registry=registry)
        bound_host, bound_port = self._server.server_address[:2]
        shown = f"[{bound_host!s}]" if ":" in str(bound_host) else str(bound_host)
        self.address = f"{shown}:{bound_port}"

    def close(self) -> None:
        """Stops answering and frees the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _bounded(works: Sequence[Callable[[], Any]], seconds: float) -> list[threading.Thread]:
    """Runs the works side by side and returns after `seconds` at the latest, with those that still run.

    The SDK's own time limits are not kept (open-telemetry/opentelemetry-python#4555, #4568), and a thread of the
    loop's pool would be waited for at the process's end: these are daemons.
    """
    threads = [threading.Thread(target=_quietly, args=(work,), daemon=True, name="telemetry-end") for work in works]
    for thread in threads:
        thread.start()
    return _join(threads, seconds)


def _join(threads: Sequence[threading.Thread], seconds: float) -> list[threading.Thread]:
    ends_at = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, ends_at - time.monotonic()))
    return [thread for thread in threads if thread.is_alive()]


def _quietly(work: Callable[[], Any]) -> None:
    # Telemetry never breaks what it tells of.
    with suppress(Exception):
        work()
