"""The one table of the gateway from exceptions to answers."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import grpc
from google.rpc import status_pb2

from chassis.answer import encode
from chassis.errors import Answer, ErrorTable, Violation, builtin, dependency
from gateway.core.failure import CutOff, NoResult, StageFailed, TooLate
from gateway.core.fetching import AddressRefused, FetchingOff, StillTooLarge, StillUnreachable
from gateway.core.stage import Stage

#: The name that all answers of the mesh carry.
DOMAIN: Final = "animatize"

_URI: Final = "image.uri"
_INVALID: Final = grpc.StatusCode.INVALID_ARGUMENT

#: What a service calls a field, and what the caller of AnimateImage calls it.
_FIELDS: Final[Mapping[Stage, Mapping[str, str]]] = {
    Stage.ANALYZE: {"options": "options.analysis"},
    Stage.PREDICT: {"intent": "options.intent"},
    Stage.EXPAND: {name: f"options.{name}" for name in ("intent", "user_prompt", "writer")},
    Stage.GENERATE: {
        "plan.camera": "options.camera",
        **{name: f"options.{name}" for name in ("output", "spending", "delivery", "seed")},
    },
}

_log = logging.getLogger(__name__)


def answer(error: Exception, *, trace_id: str) -> Answer:
    """What the caller is told; what nobody foresaw is INTERNAL with an id that the log knows.

    With the trace's id in it, so that it is the same wherever it is told.
    """
    known = ERRORS.answer(error) or builtin(error, domain=DOMAIN) or _fault(error)
    return replace(known, metadata={"trace_id": trace_id, **known.metadata}) if trace_id else known


def status(told: Answer) -> status_pb2.Status:
    """The answer as a message: exactly what stands in the trailers of a call that ends with it."""
    return status_pb2.Status.FromString(encode(told, domain=DOMAIN)[1])


def behind(error: grpc.aio.AioRpcError, *, stage: str) -> Answer:
    """What is told when a call to the service behind a stage failed."""
    if error.code() is grpc.StatusCode.CANCELLED:
        return cut_off(stage)
    return dependency(error, stage=stage, domain=DOMAIN)


def cut_off(stage: str) -> Answer:
    """What is told when a service broke off a call. Not CANCELLED, which callers take for their own doing."""
    return Answer(
        grpc.StatusCode.UNAVAILABLE,
        "DEPENDENCY_CANCELLED",
        f"the {stage} stage was broken off by the service behind it",
        metadata={"stage": stage},
    )


def _stage_failed(error: StageFailed) -> Answer:
    stage = error.stage.value
    if isinstance(error.cause, grpc.aio.AioRpcError):
        return _in_callers_words(behind(error.cause, stage=stage), error.stage)
    known = ERRORS.answer(error.cause) or builtin(error.cause, domain=DOMAIN) or _fault(error.cause)
    return replace(known, metadata={"stage": stage, **known.metadata})


def _in_callers_words(told: Answer, stage: Stage) -> Answer:
    """The answer with the fields named as the caller wrote them, not as the service behind the stage got them."""
    violations = []
    message = told.message
    for violation in told.violations:
        field = _callers_field(violation.field, stage)
        if field != violation.field and message.startswith(violation.field):
            message = field + message.removeprefix(violation.field)
        violations.append(replace(violation, field=field))
    return replace(told, message=message, violations=tuple(violations))


def _callers_field(field: str, stage: Stage) -> str:
    for own, callers in _FIELDS.get(stage, {}).items():
        if field == own or field.startswith(f"{own}."):
            return callers + field.removeprefix(own)
    return field


def _fault(error: Exception) -> Answer:
    error_id = uuid.uuid4().hex[:12]
    _log.error("a stage failed, error %s", error_id, exc_info=error, extra={"error.id": error_id})
    message = f"internal error; the log knows it as {error_id}"
    return Answer(grpc.StatusCode.INTERNAL, "INTERNAL_ERROR", message, metadata={"error_id": error_id})


def _too_late(error: TooLate) -> Answer:
    return Answer(
        grpc.StatusCode.DEADLINE_EXCEEDED,
        "DEADLINE_TOO_SHORT",
        str(error),
        metadata={"floor_s": f"{error.floor_s:g}", "remaining_s": f"{error.remaining_s:.3f}"},
    )


def _no_result(error: NoResult) -> Answer:
    return Answer(grpc.StatusCode.INTERNAL, "NO_RESULT", str(error))


def _fetching_off(error: FetchingOff) -> Answer:
    accepted = "found an address; accepted: the still's bytes in image.content"
    return Answer(
        _INVALID,
        "FETCHING_OFF",
        str(error),
        metadata={"setting": error.setting},
        violations=(Violation(_URI, accepted),),
    )


def _address_refused(error: AddressRefused) -> Answer:
    facts = {"found": error.found, "accepted": error.accepted}
    message = f"the still's address is refused: {error}"
    return Answer(_INVALID, "ADDRESS_REFUSED", message, metadata=facts, violations=(Violation(_URI, str(error)),))


def _still_too_large(error: StillTooLarge) -> Answer:
    accepted = f"found a larger file; accepted: at most {error.limit_bytes} bytes"
    facts = {"limit_bytes": str(error.limit_bytes)}
    return Answer(_INVALID, "STILL_TOO_LARGE", str(error), metadata=facts, violations=(Violation(_URI, accepted),))


def _still_unreachable(error: StillUnreachable) -> Answer:
    if error.temporary:
        return Answer(grpc.StatusCode.UNAVAILABLE, "STILL_UNREACHABLE", str(error))
    accepted = f"found {error.because}; accepted: an address that answers with an image file"
    return Answer(_INVALID, "STILL_UNREACHABLE", str(error), violations=(Violation(_URI, accepted),))


#: Core's exceptions and their answers.
ERRORS: Final = ErrorTable(
    DOMAIN,
    {
        StageFailed: _stage_failed,
        TooLate: _too_late,
        NoResult: _no_result,
        CutOff: lambda error: cut_off(error.stage.value),
        FetchingOff: _fetching_off,
        AddressRefused: _address_refused,
        StillTooLarge: _still_too_large,
        StillUnreachable: _still_unreachable,
    },
)
