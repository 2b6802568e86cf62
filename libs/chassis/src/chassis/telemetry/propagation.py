"""Trace context and baggage in gRPC metadata: W3C formats, and of the baggage only what may travel.

The propagators are held here and not in OpenTelemetry's global: several Telemetry objects live in one process, and
a global that another library replaces must not decide what leaves a service.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import grpc.aio
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.instrumentation.grpc._client import _carrier_setter
from opentelemetry.trace import NonRecordingSpan, SpanContext, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chassis.telemetry import names

_TRACE: Final = TraceContextTextMapPropagator()
_BAGGAGE: Final = W3CBaggagePropagator()
_TRACEPARENT: Final = "traceparent"
# An allowed entry is a word; a longer one is not ours.
_LONGEST_ENTRY: Final = 64


def extracted(metadata: Iterable[tuple[str, str | bytes]] | None) -> Context:
    """The caller's trace context and allowed baggage; an empty context when the metadata hold neither."""
    carrier = {key: value for key, value in metadata or () if isinstance(value, str)}
    return _allowed(_BAGGAGE.extract(carrier, _TRACE.extract(carrier, Context())))


def injected(metadata: Any, context: Context) -> grpc.aio.Metadata:
    """A copy of `metadata` that also carries the trace context and the allowed baggage of `context`."""
    carrier = grpc.aio.Metadata(*tuple(metadata or ()))
    _TRACE.inject(carrier, context, setter=_carrier_setter)
    _BAGGAGE.inject(carrier, _allowed(context), setter=_carrier_setter)
    return carrier


def written(span: SpanContext) -> str:
    """The span as a `traceparent` of 55 ASCII characters, or empty when the span is not valid."""
    carrier: dict[str, str] = {}
    _TRACE.inject(carrier, set_span_in_context(NonRecordingSpan(span), Context()))
    return carrier.get(_TRACEPARENT, "")


def read(traceparent: str) -> SpanContext:
    """The span that a `traceparent` names; an invalid one when the text is none."""
    return get_current_span(_TRACE.extract({_TRACEPARENT: traceparent}, Context())).get_span_context()


def _allowed(context: Context) -> Context:
    """The context with all baggage removed that is not on the list."""
    for key, value in baggage.get_all(context).items():
        if key not in names.BAGGAGE_ALLOWED or len(str(value)) > _LONGEST_ENTRY:
            context = baggage.remove_baggage(key, context)
    return context
