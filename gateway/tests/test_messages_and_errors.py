"""Every value of core has its message, and every error its answer."""

from __future__ import annotations

import inspect

import grpc
import pytest

from animatize.gateway.v1 import animation_pb2
from animatize.type.v1 import money_pb2
from chassis.errors import Answer, MessageTooLarge
from gateway.core import failure, fetching
from gateway.core.animation import Animation, Outcome
from gateway.core.cost import Basis
from gateway.core.failure import CutOff, NoResult, StageFailed, TooLate
from gateway.core.fetching import FetchingOff, StillTooLarge, StillUnreachable
from gateway.core.order import OnAbstention
from gateway.core.stage import Stage
from gateway.rpc import errors, messages

PARTIAL = Animation("r")


def names(enum: object) -> dict[str, int]:
    return {name: value for name, value in enum.items() if value}


def test_every_stage_has_its_value() -> None:
    told = {f"STAGE_{stage.name}": value for stage, value in messages.STAGES.items()}
    assert told == names(animation_pb2.Stage)
    assert list(messages.STAGES) == list(Stage)


def test_every_outcome_has_its_value() -> None:
    told = {f"ANIMATION_OUTCOME_{outcome.name}": value for outcome, value in messages.OUTCOMES.items() if outcome}
    assert told == names(animation_pb2.AnimationOutcome)
    assert {*Outcome} == {*messages.OUTCOMES} - {None}


def test_every_basis_has_its_value() -> None:
    told = {f"COST_BASIS_{basis.name}": value for basis, value in messages.BASES.items()}
    assert told == names(money_pb2.CostBasis)
    assert {*Basis} == {*messages.BASES}


def test_every_policy_has_its_value() -> None:
    assert set(messages.ABSTENTION) == set(animation_pb2.AbstentionPolicy.values())
    assert set(messages.ABSTENTION.values()) == {*OnAbstention}


def raised() -> list[type]:
    return [
        kind
        for module in (fetching, failure)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__ and kind is not fetching.FetchError
    ]


def test_every_error_of_core_has_its_answer() -> None:
    assert set(raised()) == errors.ERRORS.classes()


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (TooLate(Stage.EXPAND, floor_s=1, remaining_s=0.5), grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_TOO_SHORT"),
        (NoResult(Stage.GENERATE), grpc.StatusCode.INTERNAL, "NO_RESULT"),
        (CutOff(Stage.GENERATE), grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_CANCELLED"),
        (FetchingOff("allow_http_fetch"), grpc.StatusCode.INVALID_ARGUMENT, "FETCHING_OFF"),
        (StillTooLarge(limit_bytes=9), grpc.StatusCode.INVALID_ARGUMENT, "STILL_TOO_LARGE"),
        (StillUnreachable("it hung", temporary=True), grpc.StatusCode.UNAVAILABLE, "STILL_UNREACHABLE"),
        (StillUnreachable("404", temporary=False), grpc.StatusCode.INVALID_ARGUMENT, "STILL_UNREACHABLE"),
        (MessageTooLarge(size_bytes=2, limit_bytes=1), grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_TOO_LARGE"),
    ],
)
def test_an_error_within_a_stage_is_answered_as_itself_with_the_stage(
    error: Exception, code: grpc.StatusCode, reason: str
) -> None:
    told = errors.answer(StageFailed(Stage.GENERATE, cause=error, partial=PARTIAL), trace_id="")

    assert (told.code, told.reason) == (code, reason)
    assert told.metadata["stage"] == "generate"


@pytest.mark.parametrize("within", [True, False])
def test_what_nobody_foresaw_says_nothing_but_an_id(within: bool) -> None:
    error: Exception = ValueError("password=hunter2")
    told = errors.answer(
        StageFailed(Stage.PREDICT, cause=error, partial=PARTIAL) if within else error, trace_id="a" * 32
    )

    assert told.code is grpc.StatusCode.INTERNAL
    assert "hunter2" not in str(told)
    assert told.metadata["error_id"] in told.message
    assert told.metadata["trace_id"] == "a" * 32


def test_an_answer_as_a_message_is_what_the_trailers_hold() -> None:
    status = errors.status(Answer(grpc.StatusCode.NOT_FOUND, "GONE", "it is gone"))

    assert (status.code, status.message, len(status.details)) == (5, "it is gone", 1)
