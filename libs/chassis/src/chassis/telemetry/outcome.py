"""How a call ended, said the same way on spans, metrics and log lines."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any, Final

import grpc
import grpc.aio
from opentelemetry.trace import Span, Status, StatusCode, get_current_span

from chassis.telemetry import names, redaction

#: Codes that say the server failed. The others say that the caller, or nobody, did.
SERVER_ERRORS: Final = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)

_BY_NUMBER: Final = {code.value[0]: code for code in grpc.StatusCode}
_RECORDED: Final = "_animatize_recorded"


def attributes(method: str, code: grpc.StatusCode, *, error: bool) -> dict[str, str]:
    """The attributes that a finished call has on its metric."""
    told = {
        names.RPC_SYSTEM_NAME: names.GRPC,
        names.RPC_METHOD: method,
        names.RPC_RESPONSE_STATUS_CODE: code.name,
    }
    if error:
        told[names.ERROR_TYPE] = code.name
    return told


def close(span: Span, code: grpc.StatusCode, *, error: bool) -> None:
    """Writes the code and the status on the span and ends it.

    The status has the code for its description: a server's message may quote what the caller sent.
    """
    span.set_attribute(names.RPC_RESPONSE_STATUS_CODE, code.name)
    if error:
        span.set_attribute(names.ERROR_TYPE, code.name)
        span.set_status(Status(StatusCode.ERROR, code.name))
    span.end()


def code_of(value: Any) -> grpc.StatusCode | None:
    """The status code that a servicer context holds, or None when none was set."""
    return value if isinstance(value, grpc.StatusCode) else _BY_NUMBER.get(value)


def record_once(span: Span, error: BaseException) -> None:
    """Writes the exception on the span, unless an inner span already has it.

    An answer (`abort`) is no exception: what is recorded then is the error that led to it, if there was one. The text
    is cleaned of secrets.
    """
    for found in _chain(error):
        if isinstance(found, grpc.aio.AbortError):
            continue
        if not span.is_recording() or vars(found).get(_RECORDED):
            return
        vars(found)[_RECORDED] = True
        span.add_event(
            names.EXCEPTION_EVENT,
            {
                names.EXCEPTION_TYPE: f"{type(found).__module__}.{type(found).__qualname__}".removeprefix("builtins."),
                names.EXCEPTION_MESSAGE: redaction.text(str(found)),
                names.EXCEPTION_STACKTRACE: redaction.text("".join(traceback.format_exception(found))),
            },
        )
        return


def record_exception(error: BaseException) -> None:
    """Writes the exception on the current span, unless an inner span already has it."""
    record_once(get_current_span(), error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
