"""The one table from what can go wrong to what the caller is told."""

from typing import Final

import grpc

from chassis.errors import Answer, ErrorTable, Violation
from predictor.core.errors import UnknownPack, UnknownRule

DOMAIN: Final = "animatize"


def _unknown_rule(error: UnknownRule) -> Answer:
    return Answer(
        grpc.StatusCode.NOT_FOUND,
        "UNKNOWN_RULE",
        str(error),
        metadata={"rule_id": error.rule_id, "nearest": error.nearest},
        violations=(Violation("rule_id", f"is the id or alias of a rule, for example {error.nearest}"),),
    )


def _unknown_pack(error: UnknownPack) -> Answer:
    known = ", ".join(error.known)
    return Answer(
        grpc.StatusCode.NOT_FOUND,
        "UNKNOWN_PACK",
        str(error),
        metadata={"pack": error.pack, "known": known},
        violations=(Violation("pack", f"is empty or one of {known}"),),
    )


ERRORS: Final = ErrorTable(DOMAIN, {UnknownRule: _unknown_rule, UnknownPack: _unknown_pack})
"""Every error that a call can meet. What is not in it becomes INTERNAL with an id."""
