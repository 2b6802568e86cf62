"""How the command ends: the exit codes that scripts can rely on, and the one exception that carries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Any


@unique
class Exit(IntEnum):
    """The exit codes. They never change their meaning."""

    OK = 0
    """Done. Also how `up` ends when it is told to stop."""
    FAILED = 1
    """It was tried and did not work."""
    USAGE = 2
    """The command line or a file given on it cannot be used; repeating does not help."""
    UNREACHABLE = 3
    """No mesh answers at the address, or a service of it does not."""
    DEADLINE = 4
    """The time allowed was over."""
    ABSTAINED = 5
    """The still gives no movement, and no clip was wanted then."""
    DIFFERENT = 6
    """The camera of the clip does something else than was asked."""
    UNTOLD = 7
    """What the camera of the clip does could not be told, so neither whether it was asked."""
    INTERRUPTED = 130
    """Stopped from outside, by Ctrl-C or SIGTERM."""


@dataclass
class Problem(Exception):
    """Why the command does not succeed, for a person and for a program.

    sentence: one plain sentence. exit_code: how the command ends. code: the gRPC status name, "" when no call failed.
    reason: stable word of the answer, "" when there is none. facts: lines with more, such as each field that is wrong.
    remedy: what to do about it, "" when nothing is known. trace_id: of the call, "" without tracing.
    """

    sentence: str
    exit_code: Exit = Exit.FAILED
    code: str = ""
    reason: str = ""
    facts: tuple[str, ...] = field(default=())
    remedy: str = ""
    trace_id: str = ""

    def __str__(self) -> str:
        return self.sentence

    def as_json(self) -> dict[str, Any]:
        """The problem for a program; empty parts are left out."""
        parts: dict[str, Any] = {
            "exitCode": int(self.exit_code),
            "code": self.code,
            "reason": self.reason,
            "message": self.sentence,
            "facts": list(self.facts),
            "remedy": self.remedy,
            "traceId": self.trace_id,
        }
        return {name: value for name, value in parts.items() if value or name == "exitCode"}


def unusable(sentence: str, *, remedy: str = "") -> Problem:
    """A problem with what was given on the command line."""
    return Problem(sentence, Exit.USAGE, remedy=remedy)
