"""Answers on their way to the wire and back."""

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from chassis import deadline, errors
from chassis.answer import DETAILS_KEY, MAX_STATUS_BYTES, encode
from chassis.errors import Answer, ErrorTable, MessageTooLarge, RpcError, Violation, builtin, dependency

CODES = grpc.StatusCode


def failed(answer: Answer, *, domain: str = "test") -> grpc.aio.AioRpcError:
    message, packed = encode(answer, domain=domain)
    return grpc.aio.AioRpcError(answer.code, grpc.aio.Metadata(), grpc.aio.Metadata((DETAILS_KEY, packed)), message)


def bare(code: CODES, text: str = "secret") -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), text)


def test_an_answer_comes_back_as_it_went() -> None:
    violation = Violation("image.content", "is empty")
    error = failed(
        Answer(
            CODES.INVALID_ARGUMENT, "BAD", "it is bad", metadata={"a": "1"}, violations=(violation,), retry_after_s=0.25
        )
    )

    found = errors.info(error)
    assert found is not None
    assert (found.reason, found.domain, dict(found.metadata)) == ("BAD", "test", {"a": "1"})
    assert errors.violations(error) == [violation]
    assert errors.retry_after(error) == 0.25


@pytest.mark.parametrize(
    "answer",
    [
        Answer(CODES.INTERNAL, "R", "ä" * 100_000),
        Answer(CODES.INTERNAL, "R", "m", metadata={str(n): "ä" * 5000 for n in range(100)}),
        Answer(CODES.INTERNAL, "R", "m", violations=tuple(Violation("ä" * 5000, "ä" * 5000) for _ in range(100))),
        Answer(
            CODES.INTERNAL,
            "R",
            "ä" * 5000,
            metadata={str(n): "ä" * 5000 for n in range(12)},
            violations=(Violation("ä" * 500, "ä" * 500),) * 50,
        ),
    ],
)
def test_whatever_is_said_fits_into_the_trailers(answer: Answer) -> None:
    message, packed = encode(answer, domain="test")

    assert len(packed) <= MAX_STATUS_BYTES
    assert len(message.encode()) + len(packed) < 4096
    assert errors.info(failed(answer)) is not None


def test_an_answer_without_details_tells_nothing() -> None:
    error = bare(CODES.UNAVAILABLE)

    assert errors.info(error) is None
    assert errors.violations(error) == []
    assert errors.retry_after(error) is None


def test_details_that_cannot_be_read_tell_nothing() -> None:
    broken = grpc.aio.Metadata((DETAILS_KEY, b"\xff\xff\xff"))
    assert errors.info(grpc.aio.AioRpcError(CODES.INTERNAL, grpc.aio.Metadata(), broken, "")) is None

    status = status_pb2.Status(code=13)
    status.details.add(
        type_url=f"type.googleapis.com/{error_details_pb2.ErrorInfo.DESCRIPTOR.full_name}", value=b"\xff\xff"
    )
    inside = grpc.aio.Metadata((DETAILS_KEY, status.SerializeToString()))
    assert errors.info(grpc.aio.AioRpcError(CODES.INTERNAL, grpc.aio.Metadata(), inside, "")) is None


def test_an_error_that_never_reached_the_wire_tells_nothing() -> None:
    assert errors.info(grpc.aio.AioRpcError(CODES.CANCELLED)) is None


class NearError(Exception):
    pass


class NearerError(NearError):
    pass


class NearestError(NearerError):
    pass


def test_the_table_answers_by_the_nearest_class() -> None:
    table = ErrorTable(
        "test",
        {
            NearError: lambda error: Answer(CODES.ABORTED, "NEAR", "near"),
            NearerError: lambda error: Answer(CODES.ABORTED, "NEARER", "nearer"),
        },
    )

    reasons = [answer and answer.reason for answer in map(table.answer, (NearError(), NearestError(), ValueError()))]
    assert reasons == ["NEAR", "NEARER", None]
    assert table.classes() == {NearError, NearerError}


@pytest.mark.parametrize(
    "code", [CODES.DEADLINE_EXCEEDED, CODES.UNAVAILABLE, CODES.RESOURCE_EXHAUSTED, CODES.CANCELLED]
)
def test_a_dependencys_bare_code_that_means_the_same_upstream_passes_without_its_text(code: CODES) -> None:
    answer = dependency(bare(code), stage="analyze", domain="test")

    assert answer.code is code
    assert "secret" not in answer.message
    assert answer.metadata["stage"] == "analyze"


@pytest.mark.parametrize("code", [CODES.NOT_FOUND, CODES.UNKNOWN, CODES.UNIMPLEMENTED, CODES.INVALID_ARGUMENT])
def test_any_other_bare_code_of_a_dependency_is_our_failure(code: CODES) -> None:
    answer = dependency(bare(code), stage="", domain="test")

    assert (answer.code, answer.reason) == (CODES.INTERNAL, "DEPENDENCY_FAILED")
    assert "secret" not in answer.message
    assert answer.metadata == {}


@pytest.mark.parametrize("domain", ["test", "analyzer.test"])
def test_an_answer_of_our_own_mesh_passes_whole_with_the_deepest_stage(domain: str) -> None:
    said = Answer(
        CODES.INVALID_ARGUMENT,
        "BAD",
        "it is bad",
        metadata={"a": "1"},
        violations=(Violation("image", "is empty"),),
        retry_after_s=2.0,
    )

    once = dependency(failed(said, domain=domain), stage="analyze", domain="test")
    twice = dependency(failed(once), stage="animate", domain="test")

    assert (once.code, once.reason, once.message) == (said.code, said.reason, said.message)
    assert (once.violations, once.retry_after_s) == (said.violations, said.retry_after_s)
    assert once.metadata == twice.metadata == {"a": "1", "stage": "analyze"}


def test_an_answer_of_a_stranger_is_not_taken_for_ours() -> None:
    answer = dependency(failed(Answer(CODES.NOT_FOUND, "X", "secret"), domain="stranger"), stage="s", domain="test")

    assert answer.code is CODES.INTERNAL


def test_a_dependency_that_says_when_to_return_is_quoted() -> None:
    said = failed(Answer(CODES.RESOURCE_EXHAUSTED, "X", "full", retry_after_s=3.0), domain="stranger")

    assert dependency(said, stage="s", domain="test").retry_after_s == 3.0


def test_the_chassis_knows_its_own_exceptions() -> None:
    own = Answer(CODES.ABORTED, "OWN", "own")
    too_large = builtin(MessageTooLarge(size_bytes=3, limit_bytes=2), domain="test")

    assert builtin(RpcError(own), domain="test") is own
    assert too_large is not None
    assert (too_large.code, dict(too_large.metadata)) == (
        CODES.INVALID_ARGUMENT,
        {"size_bytes": "3", "limit_bytes": "2"},
    )
    assert builtin(ValueError(), domain="test") is None


def test_work_that_nobody_waits_for_was_cancelled_or_came_too_late() -> None:
    assert errors.unwanted().code is grpc.StatusCode.CANCELLED
    with deadline.within(60):
        assert errors.unwanted().code is grpc.StatusCode.CANCELLED
    with deadline.within(0):
        assert errors.unwanted().code is grpc.StatusCode.DEADLINE_EXCEEDED
