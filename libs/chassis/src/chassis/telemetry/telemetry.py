"""The telemetry of one process."""

from __future__ import annotations

from typing import Any

from opentelemetry import trace
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider


class Telemetry:
    """Owns the providers of one process."""

    def __init__(self) -> None:
        self.tracer = NoOpTracerProvider().get_tracer("animatize")
        self.meter = NoOpMeterProvider().get_meter("animatize")

    @staticmethod
    def off() -> Telemetry:
        """Telemetry that records nothing."""
        return Telemetry()

    def server_interceptors(self) -> list[Any]:
        """Interceptors for a server."""
        return []

    def client_interceptors(self) -> list[Any]:
        """Interceptors for a channel."""
        return []

    def trace_id(self) -> str:
        """Current trace id, 32 hex digits, or empty."""
        context = trace.get_current_span().get_span_context()
        return f"{context.trace_id:032x}" if context.is_valid else ""

    async def shutdown(self) -> None:
        """Flushes and closes."""
