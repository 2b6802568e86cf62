"""The rich form of a failed call: one value here, `google.rpc.Status` with its details on the wire.

Trailers have a hard limit (8 KiB soft in gRPC; beyond it the whole answer is replaced by RESOURCE_EXHAUSTED), so every
part is bounded here and the sum is kept under `MAX_STATUS_BYTES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

#: The trailer that carries the details, as every gRPC library reads it.
DETAILS_KEY: Final = "grpc-status-details-bin"

#: Most bytes of the serialised status. The message travels a second time as text, so the sum stays under 4 KB.
MAX_STATUS_BYTES: Final = 3000

_MAX_MESSAGE_CHARS: Final = 400
_MAX_VALUE_CHARS: Final = 200
_MAX_ENTRIES: Final = 12

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Violation:
    """One field that is wrong: its path in the request, and what would be right."""

    field: str
    description: str


@dataclass(frozen=True)
class Answer:
    """What a caller is told when a call fails.

    reason: UPPER_SNAKE, at most 63 characters, stable: programs decide by it.
    message: one plain sentence for a person.
    metadata: the facts in the sentence, for programs.
    violations: the fields that are wrong, with INVALID_ARGUMENT.
    retry_after_s: seconds after which the same call may succeed; None when waiting does not help or is not known to.
    """

    code: grpc.StatusCode
    reason: str
    message: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    retry_after_s: float | None = None


def encode(answer: Answer, *, domain: str) -> tuple[str, bytes]:
    """The message and the serialised `google.rpc.Status`, both within the limits of trailers.

    What does not fit is cut, last things first, and the number of violations left out is told in the metadata.
    """
    message = _cut(answer.message, _MAX_MESSAGE_CHARS)
    metadata = {
        _cut(key, 64): _cut(value, _MAX_VALUE_CHARS) for key, value in list(answer.metadata.items())[:_MAX_ENTRIES]
    }
    kept = len(answer.violations)
    while True:
        packed = _pack(answer, message=message, metadata=metadata, domain=domain, kept=kept)
        if len(packed) <= MAX_STATUS_BYTES or (kept == 0 and not metadata):
            return message, packed
        if kept:
            kept = kept * 3 // 4
        else:
            metadata.popitem()


def trailer(metadata: object, key: str) -> bytes | str | None:
    """The first value under `key` in trailing metadata, or None; whatever iterable of pairs gRPC hands out."""
    if metadata is None:
        return None
    return next((value for name, value in metadata if name == key), None)  # type: ignore[attr-defined]


def details(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    """The `google.rpc.Status` of a failed call, or None when it carries none or an unreadable one."""
    content = trailer(error.trailing_metadata(), DETAILS_KEY)
    if not isinstance(content, bytes):
        return None
    try:
        return status_pb2.Status.FromString(content)
    except DecodeError:
        return None


def info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo | None:
    """The `google.rpc.ErrorInfo` of a failed call: reason, domain, metadata. None when it carries none."""
    return _detail(error, error_details_pb2.ErrorInfo)


def violations(error: grpc.aio.AioRpcError) -> list[Violation]:
    """The fields that a failed call names as wrong; empty when it names none."""
    found = _detail(error, error_details_pb2.BadRequest)
    if found is None:
        return []
    return [Violation(field=entry.field, description=entry.description) for entry in found.field_violations]


def retry_after(error: grpc.aio.AioRpcError) -> float | None:
    """Seconds after which the server says that a retry may succeed, or None when it says nothing."""
    found = _detail(error, error_details_pb2.RetryInfo)
    return None if found is None else float(found.retry_delay.seconds) + found.retry_delay.nanos / 1e9


def _detail(error: grpc.aio.AioRpcError, kind: type[M]) -> M | None:
    status = details(error)
    if status is None:
        return None
    for entry in status.details:
        if entry.Is(kind.DESCRIPTOR):
            message = kind()
            try:
                entry.Unpack(message)
            except DecodeError:
                return None
            return message
    return None


def _pack(answer: Answer, *, message: str, metadata: Mapping[str, str], domain: str, kept: int) -> bytes:
    status = status_pb2.Status(code=answer.code.value[0], message=message)
    facts = dict(metadata)
    if kept < len(answer.violations):
        facts["violations_left_out"] = str(len(answer.violations) - kept)
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=answer.reason, domain=domain, metadata=facts))
    if answer.violations:
        bad = error_details_pb2.BadRequest()
        for violation in answer.violations[:kept]:
            bad.field_violations.add(
                field=_cut(violation.field, _MAX_VALUE_CHARS), description=_cut(violation.description, _MAX_VALUE_CHARS)
            )
        status.details.add().Pack(bad)
    if answer.retry_after_s is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(round(max(0.0, answer.retry_after_s) * 1e9))
        status.details.add().Pack(retry)
    packed: bytes = status.SerializeToString()
    return packed


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
