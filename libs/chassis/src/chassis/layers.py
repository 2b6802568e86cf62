"""The layers that are about time and failure: the deadline of a call, and what its caller is told when it fails.

Admission and validation have their own modules; `server` puts all of them in order.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import grpc

from chassis import deadline
from chassis.answer import Answer
from chassis.errors import ErrorTable, builtin
from chassis.interception import Call, Context, Proceed
from chassis.telemetry import record_exception

_log = logging.getLogger(__name__)


class Deadlines:
    """Makes the caller's deadline known to everything below, and refuses work that cannot be finished in time.

    floors: `/package.Service/Method` -> seconds that the method needs at the very least. A call that comes with less
    is answered DEADLINE_EXCEEDED, reason DEADLINE_TOO_SHORT, before anything is spent on it.
    """

    def __init__(self, floors: Mapping[str, float]) -> None:
        self._floors = dict(floors)

    async def __call__(self, call: Call, request: Any, context: Context, proceed: Proceed) -> Any:
        """The handler's result, worked out with the caller's deadline in force."""
        left: float | None = context.time_remaining()
        floor = self._floors.get(call.path, 0.0)
        if left is not None and left < floor:
            await context.fail(
                Answer(
                    grpc.StatusCode.DEADLINE_EXCEEDED,
                    "DEADLINE_TOO_SHORT",
                    f"{call.method} needs at least {floor:g} s; {left:.3f} s are left",
                    metadata={"floor_s": f"{floor:g}", "remaining_s": f"{left:.3f}"},
                )
            )
        with deadline.serving(left):
            return await proceed(request, context)


class Answering:
    """Turns whatever a handler raises into a rich answer; what the table does not know leaks nothing."""

    def __init__(self, errors: ErrorTable) -> None:
        self._errors = errors

    async def __call__(self, call: Call, request: Any, context: Context, proceed: Proceed) -> Any:
        """The handler's result; a cancel from outside and an abort pass, any other exception becomes an answer."""
        try:
            return await proceed(request, context)
        except grpc.aio.AbortError:
            raise
        except asyncio.CancelledError as error:
            # A handler that raises this by itself would leave its caller hanging: gRPC takes it for the caller's own
            # cancel and sends nothing (grpc/grpc#29248).
            if _cancelled_from_outside():
                raise
            answer = _fault(call, error)
        except Exception as error:
            if _cancelled_from_outside():
                # Nobody is there to be told, and gRPC would log the failed attempt.
                _log.debug("%s failed after its caller had left", call.path, exc_info=True)
                raise asyncio.CancelledError from error
            answer = self._answer(call, error)
        return await context.fail(answer)

    def _answer(self, call: Call, error: Exception) -> Answer:
        try:
            answers = [self._known(leaf) for leaf in _leaves(error)]
        except Exception as wrong:
            return _fault(call, wrong)
        # Of several failures at once the first speaks, but only when none of them is a fault of ours.
        known = [answer for answer in answers if answer is not None]
        return known[0] if len(known) == len(answers) else _fault(call, error)

    def _known(self, error: Exception) -> Answer | None:
        return self._errors.answer(error) or builtin(error, domain=self._errors.domain)


def _fault(call: Call, error: BaseException) -> Answer:
    error_id = uuid.uuid4().hex[:12]
    record_exception(error)
    _log.error("%s failed, error %s", call.path, error_id, exc_info=error, extra={"error.id": error_id})
    message = f"internal error; the log knows it as {error_id}"
    return Answer(grpc.StatusCode.INTERNAL, "INTERNAL_ERROR", message, metadata={"error_id": error_id})


def _leaves(error: Exception) -> Iterator[Exception]:
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _cancelled_from_outside() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
