"""From what went wrong to what the caller is told, and back.

    Exception
    ├── RpcError            an Answer, raised
    ├── MessageTooLarge     a request that is refused before it is sent
    ├── crossing.Lost       a worker process that ended in the middle of its work
    ├── crossing.Unwanted   work that had not begun when its caller left
    └── deadline.Expired    nothing left to do the work in

Core code raises its own plain exceptions; each service's `rpc` room holds one `ErrorTable` from those classes to
answers. Whatever is not in the table is a fault of ours: the caller gets INTERNAL with an id that the log knows, and
never the text of the exception.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc

from chassis import deadline
from chassis.answer import Answer, Violation, details, info, retry_after, violations
from chassis.crew.crossing import Lost, Unwanted

__all__ = [
    "Answer",
    "ErrorTable",
    "MessageTooLarge",
    "RpcError",
    "Violation",
    "builtin",
    "dependency",
    "details",
    "info",
    "retry_after",
    "unbuilt",
    "unwanted",
    "violations",
]

_EXPIRED: Final = Answer(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXPIRED", "the deadline passed during the work")

#: Not UNAVAILABLE, which clients repeat by themselves: what was sent may be what ends every worker that gets it.
_LOST: Final = Answer(
    grpc.StatusCode.INTERNAL,
    "WORKER_LOST",
    "the worker process ended in the middle of the work; another takes its place",
)

#: The codes that keep their meaning one hop further up; any other failure of a dependency is our failure.
_PASSED: Final = {
    grpc.StatusCode.DEADLINE_EXCEEDED: ("DEPENDENCY_TIMED_OUT", "did not answer in time"),
    grpc.StatusCode.UNAVAILABLE: ("DEPENDENCY_UNAVAILABLE", "cannot be reached; try again"),
    grpc.StatusCode.RESOURCE_EXHAUSTED: ("DEPENDENCY_EXHAUSTED", "is at its limit"),
    grpc.StatusCode.CANCELLED: ("DEPENDENCY_CANCELLED", "ended the call"),
}

#: Seconds after which to try again what could not be reached: as long as a pod's place is taken by another.
_UNREACHED_S: Final = 1.0

_log = logging.getLogger(__name__)


class RpcError(Exception):
    """An answer that ends the call; raised by rpc code that knows exactly what to say."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.message)
        self.answer = answer


class MessageTooLarge(Exception):
    """A request that the client does not send, because no server of ours takes one of that size.

    size_bytes: of the serialised request. limit_bytes: what is accepted.
    """

    def __init__(self, *, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"the request has {size_bytes} bytes; at most {limit_bytes} are accepted")
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class ErrorTable:
    """The one place of a service where exceptions become answers.

    domain: the name all answers of the mesh carry in `ErrorInfo.domain`.
    rows: class of exception -> function from the exception to its answer. A subclass without a row of its own is
    answered by its nearest base class.
    """

    def __init__(self, domain: str, rows: Mapping[type[Exception], Callable[[Any], Answer]]) -> None:
        self.domain = domain
        self._rows: dict[type, Callable[[Any], Answer]] = dict(rows)

    def answer(self, error: BaseException) -> Answer | None:
        """The answer for an exception, by its class or the nearest base class in the table; None when there is none."""
        for kind in type(error).__mro__:
            row = self._rows.get(kind)
            if row is not None:
                return row(error)
        return None

    def classes(self) -> frozenset[type]:
        """The classes that have a row."""
        return frozenset(self._rows)


def unbuilt(sentence: str) -> RpcError:
    """The error for an RPC that is promised and not there yet: UNIMPLEMENTED, with a plain sentence."""
    return RpcError(Answer(grpc.StatusCode.UNIMPLEMENTED, "NOT_BUILT", sentence))


def dependency(error: grpc.aio.AioRpcError, *, stage: str, domain: str) -> Answer:
    """What the caller is told when a call that we made failed.

    An answer of our own mesh (its ErrorInfo has `domain`, or a name under it) goes on as it is, with `stage` added to
    its metadata unless a deeper stage is already named. Of foreign answers DEADLINE_EXCEEDED, UNAVAILABLE,
    RESOURCE_EXHAUSTED and CANCELLED keep their code; anything else becomes INTERNAL, and its text goes to the log only.
    """
    found = info(error)
    named = {"stage": stage} if stage else {}
    if found is not None and (found.domain == domain or found.domain.endswith(f".{domain}")):
        return Answer(
            code=error.code(),
            reason=found.reason,
            message=error.details() or "",
            metadata={**named, **found.metadata},
            violations=tuple(violations(error)),
            retry_after_s=retry_after(error),
        )
    who = f"the {stage} stage" if stage else "a service behind this one"
    _log.warning("%s failed with %s: %s", who, error.code().name, error.details())
    if error.code() in _PASSED:
        reason, what = _PASSED[error.code()]
        wait = retry_after(error)
        if wait is None and error.code() is grpc.StatusCode.UNAVAILABLE:
            wait = _UNREACHED_S
        return Answer(error.code(), reason, f"{who} {what}", metadata=named, retry_after_s=wait)
    return Answer(grpc.StatusCode.INTERNAL, "DEPENDENCY_FAILED", f"{who} failed", metadata=named)


def unwanted() -> Answer:
    """What is told when work ended early because nobody waits for it: the deadline has passed, or it was cancelled."""
    left = deadline.remaining()
    if left is not None and left <= 0:
        return _EXPIRED
    return Answer(grpc.StatusCode.CANCELLED, "CANCELLED", "the work was not wanted any more")


def builtin(error: BaseException, *, domain: str) -> Answer | None:
    """The answer for the exceptions that the chassis itself knows; None for any other."""
    if isinstance(error, RpcError):
        return error.answer
    if isinstance(error, grpc.aio.AioRpcError):
        return dependency(error, stage="", domain=domain)
    if isinstance(error, deadline.Expired):
        return _EXPIRED
    if isinstance(error, Lost):
        return _LOST
    if isinstance(error, Unwanted):
        return unwanted()
    if isinstance(error, MessageTooLarge):
        sizes = {"size_bytes": str(error.size_bytes), "limit_bytes": str(error.limit_bytes)}
        return Answer(grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_TOO_LARGE", str(error), metadata=sizes)
    return None
