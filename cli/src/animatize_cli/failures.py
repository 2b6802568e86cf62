"""From a failed call to a plain sentence and an exit code."""

from __future__ import annotations

from typing import Final

import grpc
from google.rpc import status_pb2

from animatize_cli.exits import Exit, Problem
from chassis.answer import DETAILS_KEY
from chassis.errors import MessageTooLarge, info, retry_after, violations

_CODE: Final = grpc.StatusCode

_EXITS: Final = {
    _CODE.INVALID_ARGUMENT: Exit.USAGE,
    _CODE.OUT_OF_RANGE: Exit.USAGE,
    _CODE.UNAVAILABLE: Exit.UNREACHABLE,
    _CODE.DEADLINE_EXCEEDED: Exit.DEADLINE,
}


def of_call(error: grpc.aio.AioRpcError, *, gateway: str, timeout_s: float) -> Problem:
    """What went wrong with a call to the gateway, for the person who made it."""
    code = error.code()
    told = info(error)
    facts = tuple(f"{violation.field}: {violation.description}" for violation in violations(error))
    wait_s = retry_after(error)
    remedy = f"Try again in {wait_s:.1f} s." if wait_s is not None else ""
    if told is None:
        sentence, remedy = _untold(error, gateway=gateway, timeout_s=timeout_s)
        return Problem(sentence, _EXITS.get(code, Exit.FAILED), code=code.name, remedy=remedy)
    message = _sentence(error.details() or f"The call ended with {code.name}")
    # A field that says the same as the message says it once.
    facts = tuple(fact for fact in facts if fact.casefold().rstrip(".") not in message.casefold())
    return Problem(
        message,
        _EXITS.get(code, Exit.FAILED),
        code=code.name,
        reason=told.reason,
        facts=facts,
        remedy=remedy,
        trace_id=told.metadata.get("trace_id", ""),
    )


def of_status(status: status_pb2.Status) -> Problem:
    """What went wrong with one still of many, as if it had been the only one."""
    code = next((code for code in _CODE if code.value[0] == status.code), _CODE.UNKNOWN)
    trailers = grpc.aio.Metadata((DETAILS_KEY, status.SerializeToString()))
    error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailers, details=status.message)
    return of_call(error, gateway="the gateway", timeout_s=0.0)


def of_size(error: MessageTooLarge) -> Problem:
    """A request that was not sent because no server takes one of that size."""
    found, accepted = error.size_bytes / (1 << 20), error.limit_bytes / (1 << 20)
    return Problem(f"The request has {found:.1f} MiB; accepted: at most {accepted:.0f} MiB.", Exit.USAGE)


def _untold(error: grpc.aio.AioRpcError, *, gateway: str, timeout_s: float) -> tuple[str, str]:
    """The sentence and the remedy for an error that gRPC made itself."""
    match error.code():
        case _CODE.UNAVAILABLE:
            return (
                f"No mesh answers at {gateway}.",
                "Start one with `animatize up`, or add --local to start one for this call only.",
            )
        case _CODE.DEADLINE_EXCEEDED:
            return f"The call was not done after {timeout_s:g} s.", "Allow more with --timeout SECONDS."
        case _CODE.UNIMPLEMENTED:
            return f"What answers at {gateway} does not know this call.", "Is it the gateway of this version?"
        case code:
            return _sentence(f"The call ended with {code.name}: {error.details() or 'no more is known'}"), ""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
