"""What the pipeline needs of the outside: the four stages, stills that lie elsewhere, and someone who watches.

Messages pass through as opaque values; beside each stand the few facts that decisions are made by. A port may raise
whatever its adapter meets: the pipeline adds the stage and what was made before, and decides nothing by the class.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from gateway.core.animation import Chunk, Progress
from gateway.core.cost import Cost
from gateway.core.order import Opaque, Order


class Fetcher(Protocol):
    """Gets a still from where it lies."""

    async def fetch(self, uri: str, *, limit_s: float) -> bytes:
        """The file's bytes. Raises the errors of `core.fetching`."""


class Watch(Protocol):
    """Someone who is told what runs."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """The block is one stage's work."""


@dataclass(frozen=True)
class Analyzed:
    """An analysis in three forms, since maps are the bulk of it.

    told: with the maps that the caller asked for. figures: without maps. shown: with the maps that rendering needs.
    """

    told: Opaque
    figures: Opaque
    shown: Opaque
    source: Opaque


class Analyzer(Protocol):
    """Tells what is in a still."""

    async def analyze(self, content: bytes, order: Order, *, limit_s: float) -> Analyzed:
        """The analysis of these bytes, with the maps that rendering needs whatever the caller asked for."""


@dataclass(frozen=True)
class Predicted:
    """A prediction. abstained: it holds no movement."""

    prediction: Opaque
    abstained: bool
    source: Opaque


class Predictor(Protocol):
    """Tells what could move."""

    async def predict(self, figures: Opaque, order: Order, *, limit_s: float) -> Predicted:
        """The prediction from an analysis without maps."""


@dataclass(frozen=True)
class Expanded:
    """A movement in words, and what the words cost."""

    expansion: Opaque
    cost: Cost
    source: Opaque


class Expander(Protocol):
    """Says a movement in words."""

    async def expand(
        self, prediction: Opaque, figures: Opaque, order: Order, *, unpaid: bool, limit_s: float
    ) -> Expanded:
        """The words for the predicted movement, or for the caller's own where the order holds one.

        unpaid: nothing is spent on it, whatever the order allows.
        """


@dataclass(frozen=True)
class Generated:
    """A clip, and what it cost."""

    generation: Opaque
    cost: Cost
    source: Opaque


@dataclass(frozen=True)
class Priced:
    """What a clip would cost: one line for each model, and the most of them."""

    models: tuple[Opaque, ...]
    upper_bound: Cost


@dataclass(frozen=True)
class Work:
    """All that making a clip needs beside the order. spendable_micro_usd: what may be spent; None is free work only."""

    content: bytes
    plan: Opaque
    shown: Opaque
    expansion: Opaque | None
    spendable_micro_usd: int | None


Making: TypeAlias = Progress | Chunk | Generated


class Generator(Protocol):
    """Makes the clip."""

    def plan(self, prediction: Opaque, camera: Opaque | None) -> Opaque:
        """The movement to make: what was predicted, with the caller's camera in place of the predicted one."""

    def minimal_plan(self, growth: float) -> Opaque:
        """A push that is hardly noticed: the picture grows by this share, from 0 to 1, and nothing else moves."""

    def generate(self, work: Work, order: Order, *, limit_s: float) -> AsyncIterator[Making]:
        """Progress and chunks as they come, then the clip. Closing the iterator stops the work."""

    async def price(self, work: Work, order: Order, *, limit_s: float) -> Priced:
        """What `generate` would cost. Changes nothing."""
