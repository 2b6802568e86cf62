"""The telemetry of one service: its providers, its instruments and what it plugs into servers and channels."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

import grpc.aio
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.trace import NoOpTracerProvider, get_current_span

from chassis.telemetry import headers, logs, names
from chassis.telemetry.client import client_interceptors
from chassis.telemetry.export import Pipeline
from chassis.telemetry.instruments import Instruments
from chassis.telemetry.names import Metric
from chassis.telemetry.resource import resource
from chassis.telemetry.server import ServerInterceptor

if TYPE_CHECKING:
    from chassis.settings import ServiceSettings

_DISTRIBUTION: Final = "animatize-chassis"


class Telemetry:
    """Traces, metrics and logs of one service.

    Made by `start` or `off`. Several live side by side in one process and share nothing but the process's log stream.
    Everything but `shutdown` and `flush` is safe to call from any thread.
    """

    def __init__(self, identity: logs.Identity, pipeline: Pipeline | None) -> None:
        self.identity: Final = identity
        self._pipeline = pipeline
        tracers: trace.TracerProvider = pipeline.tracers if pipeline else NoOpTracerProvider()
        meters = pipeline.meters if pipeline else NoOpMeterProvider()
        self.tracer: Final = tracers.get_tracer(names.SCOPE, identity.version, names.SCHEMA_URL)
        self.meter: Final = meters.get_meter(names.SCOPE, identity.version, names.SCHEMA_URL)
        self._instruments = Instruments(self.meter) if pipeline else None

    @staticmethod
    def start(
        *,
        service: str,
        settings: ServiceSettings,
        version: str = metadata.version(_DISTRIBUTION),
        span_processors: Sequence[SpanProcessor] = (),
    ) -> Telemetry:
        """Telemetry that is on: spans, metrics and JSON log lines; exported where the settings name a collector.

        service: the name in all signals, "animatize-gateway". With `settings.metrics_port` the metrics are also a page
        for Prometheus on `settings.host`. `span_processors` get every ended span, cleaned of secrets.
        Raises OSError when the page's port is taken, and SettingsError for a file of headers that cannot be used.
        """
        identity = logs.Identity(service, version)
        logs.set_up(identity, settings.log_level)
        pipeline = Pipeline(
            resource(service=service, version=version, environment=settings.environment),
            otlp_endpoint=settings.otlp_endpoint,
            otlp_headers=None if settings.otlp_headers_file is None else headers.read(settings.otlp_headers_file),
            span_processors=span_processors,
            page=None if settings.metrics_port is None else (settings.host, settings.metrics_port),
        )
        return Telemetry(identity, pipeline)

    @staticmethod
    def off() -> Telemetry:
        """Telemetry that records nothing, adds no interceptors and leaves logging alone."""
        return Telemetry(logs.Identity("", ""), None)

    @property
    def on(self) -> bool:
        """Whether anything is recorded; False when made by `off`, and after `shutdown`."""
        return self._pipeline is not None

    @property
    def heard(self) -> bool:
        """Whether anyone gets the spans or the metrics: a collector, a processor or the page for Prometheus."""
        return self._pipeline is not None and self._pipeline.heard

    @property
    def metrics_address(self) -> str | None:
        """The "host:port" of the page for Prometheus, or None when there is none."""
        return self._pipeline.page_address if self._pipeline else None

    def server_interceptors(self, *, address: Callable[[], str] = lambda: "") -> list[grpc.aio.ServerInterceptor]:
        """What a server puts outermost, before its own interceptors.

        address: where the server listens, `host:port`, asked for at each call; "" when that is not known.
        """
        return [ServerInterceptor(self, address)] if self._pipeline else []

    def client_interceptors(self, *, target: str = "") -> list[grpc.aio.ClientInterceptor]:
        """What a channel to `target` puts innermost, after those that change a call's deadline or metadata."""
        return client_interceptors(self, target) if self._pipeline else []

    def record(
        self, metric: Metric, value: float, attributes: Mapping[str, str], *, context: Context | None = None
    ) -> None:
        """Adds a value to a metric of `telemetry.names`, with the current trace (or that of `context`) as exemplar.

        Raises ValueError for an attribute that the metric does not declare.
        """
        if self._instruments:
            self._instruments.record(metric, value, attributes, context=context)

    def watch_circuit(self, owner: Any, read: Callable[[Any], tuple[str, str]]) -> None:
        """Shows a circuit breaker as a gauge while `owner` lives; `read(owner)` gives its name and state."""
        if self._instruments:
            self._instruments.watch_circuit(owner, read)

    def trace_id(self) -> str:
        """The current trace's id, 32 hex digits, or "" outside of any trace."""
        context = get_current_span().get_span_context()
        return trace.format_trace_id(context.trace_id) if context.is_valid else ""

    async def flush(self) -> None:
        """Sends what is waiting to the collector; gives up after a bounded time."""
        if self._pipeline:
            await _in_daemon(self._pipeline.flush)

    async def shutdown(self) -> None:
        """Sends what is waiting and closes, within two seconds even when the collector is dead. Idempotent."""
        pipeline, self._pipeline = self._pipeline, None
        if pipeline:
            await _in_daemon(pipeline.close)


async def _in_daemon(work: Callable[[], None]) -> None:
    """Runs blocking work off the loop, in a thread that cannot hold up the process's end."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def finish() -> None:
        if not done.done():
            done.set_result(None)

    def run() -> None:
        try:
            work()
        finally:
            loop.call_soon_threadsafe(finish)

    threading.Thread(target=run, daemon=True, name="telemetry-flush").start()
    await done
