"""The one table of the generator from exceptions to answers."""

from typing import Final

import grpc

from chassis.errors import Answer, ErrorTable, Violation, unwanted
from film.stills import StillError
from generator.core.errors import ClipError, ClipTooLarge, EncodingFailed, ModelUnavailable, NotBuilt, WrongOrder
from generator.core.motion_check import Cancelled

DOMAIN: Final = "animatize"
"""The name that all answers of the mesh carry."""

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


ERRORS: Final = ErrorTable(
    DOMAIN,
    {
        StillError: lambda error: _refused("STILL_REFUSED", error),
        WrongOrder: lambda error: _refused("WRONG_ORDER", error),
        ClipError: lambda error: _refused("CLIP_REFUSED", error),
        NotBuilt: _not_built,
        ModelUnavailable: _model_unavailable,
        ClipTooLarge: _clip_too_large,
        EncodingFailed: lambda error: Answer(grpc.StatusCode.INTERNAL, "ENCODING_FAILED", str(error)),
        Cancelled: lambda _: unwanted(),
    },
)
"""Core's and film's exceptions and their answers."""
