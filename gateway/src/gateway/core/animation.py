"""What an animation gave, and what happens while it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from gateway.core.cost import FREE, Cost
from gateway.core.order import Opaque
from gateway.core.stage import Stage


class Outcome(StrEnum):
    """How an animation ended."""

    COMPLETE = "complete"
    MINIMAL = "minimal"
    ABSTAINED = "abstained"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Timing:
    """How long a stage took, in seconds."""

    stage: Stage
    seconds: float


@dataclass(frozen=True)
class Animation:
    """What the stages made so far; None where a stage made nothing.

    outcome: None while the animation goes on. plan: the movement that is made.
    """

    request_id: str
    outcome: Outcome | None = None
    analysis: Opaque | None = None
    prediction: Opaque | None = None
    expansion: Opaque | None = None
    plan: Opaque | None = None
    generation: Opaque | None = None
    cost: Cost = FREE
    timings: tuple[Timing, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """What an animation would cost.

    animation: all that was made without spending. models: one line for each model of the chain.
    words: what the prompt would cost. upper_bound: the most that the call can cost.
    """

    animation: Animation
    models: tuple[Opaque, ...]
    words: Cost
    upper_bound: Cost


@dataclass(frozen=True)
class Accepted:
    """The order is accepted; these stages follow unless the still gives no movement."""

    request_id: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Started:
    """A stage begins."""

    stage: Stage


@dataclass(frozen=True)
class Done:
    """A stage is done. source: where its result comes from."""

    stage: Stage
    result: Opaque
    source: Opaque
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How much of a stage is done, 0 to 1. Frames are 0 when they are not counted."""

    stage: Stage
    step: str
    fraction: float
    frames_done: int = 0
    frames_total: int = 0


@dataclass(frozen=True)
class Chunk:
    """The next bytes of the clip, from this offset of its file."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Finished:
    """The animation is done."""

    animation: Animation


Event: TypeAlias = Accepted | Started | Done | Progress | Chunk | Finished
