"""The one table of the generator from exceptions to answers."""

from typing import Final

import grpc

from chassis.errors import Answer, ErrorTable, Violation, unwanted
from film.stills import StillError
from generator.core.errors import ClipError, ClipTooLarge, EncodingFailed, ModelUnavailable, NotBuilt, WrongOrder
from generator.core.motion_check import Cancelled
from generator.rpc.room import NoTime

DOMAIN: Final = "animatize"
"""The name that all answers of the mesh carry."""

RETRY_S: Final = 5.0
"""When to come back for memory: about the time of a clip of 2160 lines a second long."""

_INVALID: Final = grpc.StatusCode.INVALID_ARGUMENT


def _refused(reason: str, error: StillError | WrongOrder | ClipError) -> Answer:
    return Answer(
        _INVALID,
        reason,
        str(error),
        metadata={"field": error.field, "found": error.found, "accepted": error.accepted},
        violations=(Violation(error.field, f"found {error.found}; accepted is {error.accepted}"),),
    )


def _not_built(error: NotBuilt) -> Answer:
    return Answer(grpc.StatusCode.UNIMPLEMENTED, "NOT_BUILT", str(error))


def _model_unavailable(error: ModelUnavailable) -> Answer:
    return Answer(grpc.StatusCode.FAILED_PRECONDITION, "MODEL_UNAVAILABLE", str(error), metadata={"model": error.model})


def _clip_too_large(error: ClipTooLarge) -> Answer:
    return Answer(
        grpc.StatusCode.FAILED_PRECONDITION, "CLIP_TOO_LARGE", str(error), metadata={"limit_bytes": str(error.limit)}
    )


def _no_time(error: NoTime) -> Answer:
    return Answer(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "MEMORY_BUSY",
        f"the memory for this call, {error.size >> 20} MiB of {error.most >> 20}, did not become free while there was "
        "time left for the work; try again with a longer deadline, or ask for fewer pixels",
        metadata={"needed_bytes": str(error.size), "limit_bytes": str(error.most)},
        retry_after_s=RETRY_S,
    )


ERRORS: Final = ErrorTable(
    DOMAIN,
    {
        StillError: lambda error: _refused("STILL_REFUSED", error),
        WrongOrder: lambda error: _refused("WRONG_ORDER", error),
        ClipError: lambda error: _refused("CLIP_REFUSED", error),
        NoTime: _no_time,
        NotBuilt: _not_built,
        ModelUnavailable: _model_unavailable,
        ClipTooLarge: _clip_too_large,
        EncodingFailed: lambda error: Answer(grpc.StatusCode.INTERNAL, "ENCODING_FAILED", str(error)),
        Cancelled: lambda _: unwanted(),
    },
)
"""Core's and film's exceptions and their answers."""
