"""Nothing secret leaves: the one filter for log lines and spans.

It removes what looks like a key, a token, a signed address or image bytes, wherever it stands in a text, and the whole
value of a field whose name says that it is secret. A prompt is replaced by its length and the first twelve digits of
its SHA-256, enough to find equal ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import Status

from chassis.telemetry import names

# On every span and line of a call; their values are method names, codes and addresses: the search is spared.
_FIXED: Final = frozenset(
    {
        names.RPC_SYSTEM_NAME,
        names.RPC_METHOD,
        names.RPC_RESPONSE_STATUS_CODE,
        names.ERROR_TYPE,
        names.SERVER_ADDRESS,
        names.NETWORK_PEER_ADDRESS,
        names.DB_SYSTEM_NAME,
        names.DB_OPERATION_NAME,
        names.EVENT_NAME,
    }
)

REDACTED: Final = "[redacted]"

_SECRET_NAME: Final = re.compile(
    r"(?:^|[._-])(?:authorization|cookie|password|passwd|secret|api[_-]?key|private[_-]?key|access[_-]?token|token)$",
    re.IGNORECASE,
)
_PROMPT_NAME: Final = re.compile(r"(?:^|[._-])prompt(?:[._-]text)?$", re.IGNORECASE)

_PATTERNS: Final = (
    # A private key in PEM.
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
        REDACTED,
    ),
    # An Authorization value: the scheme stays.
    (re.compile(r"\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    # Keys of providers by their known beginnings, and JSON web tokens.
    (
        re.compile(
            r"\b(?:(?:sk|pk|rk|r8|hf|gsk|xai|key|ghp)[-_]|AKIA|AIza)(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{12,}"
            r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
        ),
        REDACTED,
    ),
    # The user part of an address: scheme://user:password@host.
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s:@]*:[^/\s@]+@", re.IGNORECASE), rf"\1{REDACTED}@"),
    # The query of an address: a signed URL is a key.
    (re.compile(r"(\bhttps?://[^\s?\"'<>]+)\?[^\s\"'<>]+", re.IGNORECASE), rf"\1?{REDACTED}"),
    # name=value and "name": "value" with a secret name.
    (
        re.compile(
            r"((?:authorization|password|passwd|secret|api[_-]?key|access[_-]?token|token)[\"']?\s*[=:]\s*[\"']?)"
            r"(?!\[redacted\]|Bearer |Basic )[^\s\"',;&)}]+",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # Image bytes as a data address, or any long run of base64.
    (re.compile(r"\bdata:[\w/+.-]+;base64,[A-Za-z0-9+/=]+"), REDACTED),
    (re.compile(r"[A-Za-z0-9+/]{200,}={0,2}"), REDACTED),
)


def text(value: str) -> str:
    """The text without secrets; the same object when there were none."""
    for pattern, replacement in _PATTERNS:
        value = pattern.sub(replacement, value)
    return value


def field(name: str, value: Any) -> Any:
    """The value of a named field without secrets: numbers and truth values pass, bytes become their length."""
    if name in _FIXED:
        return value
    if _SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"[{len(value)} bytes]"
    if isinstance(value, str):
        if _PROMPT_NAME.search(name):
            return f"[{len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()[:12]}]"
        return text(value)
    if isinstance(value, Mapping):
        return {str(key): field(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [field(name, inner) for inner in value]
    return value


class RedactingProcessor(SpanProcessor):
    """Hands spans on without secrets; a span that holds none is handed on as it is."""

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Passes the start on."""
        self._inner.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Passes the ended span on, a cleaned copy of it if it held a secret."""
        self._inner.on_end(_clean_span(span))

    def shutdown(self) -> None:
        """Shuts the inner processor down."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flushes the inner processor."""
        return self._inner.force_flush(timeout_millis)


def _clean_span(span: ReadableSpan) -> ReadableSpan:
    attributes = dict(span.attributes or {})
    clean = {name: _span_value(name, value) for name, value in attributes.items()}
    events = [_clean_event(event) for event in span.events]
    description = span.status.description
    clean_description = description and text(description)
    if (
        clean == attributes
        and clean_description == description
        and all(new is old for new, old in zip(events, span.events, strict=True))
    ):
        return span
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=clean,
        events=events,
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code, clean_description),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _clean_event(event: Event) -> Event:
    attributes = dict(event.attributes or {})
    clean = {name: _span_value(name, value) for name, value in attributes.items()}
    return event if clean == attributes else Event(event.name, clean, event.timestamp)


def _span_value(name: str, value: Any) -> Any:
    """As `field`; a tuple stays a tuple, so that an unchanged attribute compares equal."""
    return tuple(field(name, value)) if isinstance(value, tuple) else field(name, value)
