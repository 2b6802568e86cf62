"""Log lines: one JSON object per line on standard output, with the trace they belong to and without secrets.

Logging is global to a process, Telemetry is not: the first Telemetry of a process sets logging up, once and before any
channel exists (configuring it again while calls finish can deadlock, grpc/grpc#43421), and each line says which
service it comes from by the context it was written in.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from opentelemetry import trace

from chassis.telemetry import names, redaction


@dataclass(frozen=True)
class Identity:
    """The service that speaks."""

    service: str
    version: str


@dataclass(frozen=True)
class _Speaker:
    identity: Identity
    method: str


_SPEAKER: Final[ContextVar[_Speaker | None]] = ContextVar("chassis_speaker", default=None)
_SETUP: Final = threading.Lock()
# What a bare record has; everything else on a record came from `extra`.
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# The exporters repeat themselves for as long as a collector is away; one line a minute says it.
_REPEATING: Final = "opentelemetry"
_QUIET_S: Final = 60.0


def speak_for(identity: Identity, method: str) -> Token[_Speaker | None]:
    """From here on, lines of this context carry the service and the method; undone by `fall_silent`."""
    return _SPEAKER.set(_Speaker(identity, method))


def fall_silent(token: Token[_Speaker | None]) -> None:
    """Undoes one `speak_for`."""
    _SPEAKER.reset(token)


def set_up(identity: Identity, level: str) -> None:
    """Sends the process's log lines to standard output as JSON; only the first call of a process does anything."""
    root = logging.getLogger()
    with _SETUP:
        if any(isinstance(handler, JsonHandler) for handler in root.handlers):
            return
        root.addHandler(JsonHandler(identity))
        root.setLevel(level)


class JsonHandler(logging.Handler):
    """Writes records as JSON lines to whatever standard output is at the time."""

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self.addFilter(_Quiet(_QUIET_S))
        self._identity = identity

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line; a record that cannot be written is reported as `logging` does, never raised."""
        try:
            sys.stdout.write(line(record, self._identity) + "\n")
            sys.stdout.flush()
        except Exception:
            self.handleError(record)


def line(record: logging.LogRecord, identity: Identity) -> str:
    """The record as one line of JSON; `identity` speaks where the context names no service."""
    speaker = _SPEAKER.get()
    said_by = speaker.identity if speaker else identity
    fields: dict[str, Any] = {
        "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
        "severity": record.levelname,
        "body": redaction.text(record.getMessage()),
        "logger": record.name,
        names.SERVICE_NAME: said_by.service,
        names.SERVICE_VERSION: said_by.version,
    }
    if speaker:
        fields[names.RPC_METHOD] = speaker.method
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        fields["trace_id"] = f"{span.trace_id:032x}"
        fields["span_id"] = f"{span.span_id:016x}"
        fields["trace_flags"] = f"{span.trace_flags:02x}"
    if record.exc_info and record.exc_info[0] is not None:
        fields[names.ERROR_TYPE] = record.exc_info[0].__qualname__
        fields[names.EXCEPTION_STACKTRACE] = redaction.text(logging.Formatter().formatException(record.exc_info))
    for name, value in vars(record).items():
        if name not in _STANDARD:
            fields[name] = redaction.field(name, value)
    return json.dumps(fields, ensure_ascii=False, default=lambda value: redaction.text(str(value)), allow_nan=False)


class _Quiet(logging.Filter):
    """Lets each repeated complaint of the telemetry libraries through once in a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_REPEATING):
            return True
        key = (record.name, str(record.msg))
        now = time.monotonic()
        if now - self._last.get(key, -self._seconds) < self._seconds:
            return False
        self._last[key] = now
        return True
