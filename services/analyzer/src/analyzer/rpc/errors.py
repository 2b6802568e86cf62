"""The one table of the analyzer from exceptions to answers."""

from typing import Final

import grpc

from analyzer.core.errors import Cancelled, DigestMismatch, NotFetched
from chassis.errors import Answer, ErrorTable, Violation, unwanted
from film.stills import StillError

DOMAIN: Final = "animatize"
"""The name that all answers of the mesh carry."""


def _refused(error: StillError) -> Answer:
    sentence = f"found {error.found}; accepted is {error.accepted}"
    return Answer(
        grpc.StatusCode.INVALID_ARGUMENT,
        "STILL_REFUSED",
        str(error),
        metadata={"field": error.field, "found": error.found, "accepted": error.accepted},
        violations=(Violation(error.field, sentence),),
    )


def _mismatch(error: DigestMismatch) -> Answer:
    return Answer(
        grpc.StatusCode.INVALID_ARGUMENT,
        "DIGEST_MISMATCH",
        str(error),
        metadata={"field": error.field, "announced": error.announced, "found": error.found},
        violations=(Violation(error.field, f"the bytes have {error.found}"),),
    )


def _not_fetched(error: NotFetched) -> Answer:
    return Answer(grpc.StatusCode.UNIMPLEMENTED, "NOT_BUILT", str(error), metadata={"field": error.field})


ERRORS: Final = ErrorTable(
    DOMAIN,
    {
        StillError: _refused,
        DigestMismatch: _mismatch,
        NotFetched: _not_fetched,
        Cancelled: lambda _: unwanted(),
    },
)
"""Core's and film's exceptions and their answers."""
