"""What a caller wants: one still, and how it is animated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

#: A value that this room carries from one side to the other without looking into it.
Opaque: TypeAlias = Any


class OnAbstention(StrEnum):
    """What to do when the still gives no movement."""

    MINIMAL_CLIP = "minimal_clip"
    NO_CLIP = "no_clip"


@dataclass(frozen=True)
class Still:
    """A still by its file's bytes, or by the http(s) address where they lie: exactly one is given.

    sha256: what the caller says the bytes' digest is, lower-case hexadecimal; empty when it says nothing.
    """

    content: bytes = b""
    uri: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        if bool(self.content) == bool(self.uri):
            raise ValueError("a still is given by its bytes or by its address, and not by both")


@dataclass(frozen=True)
class Order:
    """One still and all that the caller said about it.

    camera: the movement that the caller chose; None lets the still decide.
    max_cost_micro_usd: the most that the whole animation may cost; None means free work only.
    composed: the caller wants the prompt from the built-in composer, which is free.
    """

    request_id: str
    still: Still
    analysis: Opaque
    intent: Opaque | None
    camera: Opaque | None
    on_abstention: OnAbstention
    user_prompt: str
    writer: Opaque
    composed: bool
    output: Opaque | None
    spending: Opaque | None
    max_cost_micro_usd: int | None
    delivery: Opaque
    seed: int

    @property
    def free_only(self) -> bool:
        """Whether nothing may be spent."""
        return not self.max_cost_micro_usd
