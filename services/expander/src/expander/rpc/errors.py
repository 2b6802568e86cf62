"""The one table from what can go wrong to what the caller is told."""

from typing import Final

import grpc

from chassis.errors import Answer, ErrorTable, Violation
from expander.core.errors import LanguageModelError, NoLanguageModel, NothingToSay, TooDear

DOMAIN: Final = "animatize"


def _nothing_to_say(error: NothingToSay) -> Answer:
    return Answer(
        grpc.StatusCode.INVALID_ARGUMENT,
        "PREDICTION_ABSTAINS",
        str(error),
        metadata={"field": "prediction.best"},
        violations=(Violation("prediction.best", "is there: only a prediction that recommends a shot can be said"),),
    )


def _no_language_model(error: NoLanguageModel) -> Answer:
    return Answer(
        grpc.StatusCode.FAILED_PRECONDITION,
        "NO_LANGUAGE_MODEL",
        str(error),
        metadata={"field": "writer", "remedy": "set writer to WRITER_COMPOSER or WRITER_AUTO"},
    )


def _too_dear(error: TooDear) -> Answer:
    return Answer(
        grpc.StatusCode.FAILED_PRECONDITION,
        "TOO_DEAR",
        str(error),
        metadata={
            "ceiling_micro_usd": str(error.ceiling_micro_usd),
            "allowed_micro_usd": str(error.allowed_micro_usd),
            "remedy": "raise max_cost_micro_usd or set writer to WRITER_COMPOSER",
        },
    )


def _language_model(_error: LanguageModelError) -> Answer:
    return Answer(
        grpc.StatusCode.UNAVAILABLE,
        "LANGUAGE_MODEL_FAILED",
        "the language model did not write; WRITER_AUTO falls back to the composer",
        metadata={"remedy": "set writer to WRITER_AUTO or WRITER_COMPOSER"},
    )


ERRORS: Final = ErrorTable(
    DOMAIN,
    {
        NothingToSay: _nothing_to_say,
        NoLanguageModel: _no_language_model,
        TooDear: _too_dear,
        LanguageModelError: _language_model,
    },
)
"""Every error that a call can meet. What is not in it becomes INTERNAL with an id."""
