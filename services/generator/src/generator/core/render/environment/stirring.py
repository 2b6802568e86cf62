"""How places of a material move, on a coarse grid: flows that never end, waves, and changes of brightness.

A flow is two copies that travel the same way half a turn apart; each fades in and out while it does, so its jump back
is never seen (Valve's flow maps: Vlachos, "Water Flow in Portal 2", SIGGRAPH 2010). At t = 0 the copy that shows stands
where the still does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from generator.core.render.environment.clock import Clock, Flicker
from generator.core.render.environment.contract import Map

_FAINT: Final = 0.004
"""A copy that counts for less than one level of brightness is not made."""


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """The material moved by dx, dy: (rows, columns) float32 in canvas pixels, right and down. weight: 0..1."""

    weight: float
    dx: Map
    dy: Map


@dataclass(frozen=True, slots=True, eq=False)
class Stir:
    """One moment: copies whose weights sum to 1, and levels of luma to add, (rows, columns) float32 or None."""

    copies: tuple[Copy, ...]
    shade: Map | None


class Stirring(Protocol):
    """A material's movement over time."""

    def at(self, t: float) -> Stir:
        """The moment t, 0..1 of the clip."""
        ...


class Wave:
    """One wave that runs through a material.

    across, down: (rows, columns) float32, how far it moves places, in pixels. shade: levels of luma that it adds where
    its slope faces the light. phase: (rows, columns), radians, growing the way it runs. turns: periods in a clip.
    """

    def __init__(self, clock: Clock, *, phase: Map, turns: float, across: Map, down: Map, shade: Map) -> None:
        self._clock, self._turns = clock, turns
        sine, cosine = np.sin(phase), np.cos(phase)
        self._from_sine = np.stack([across * sine, down * sine, shade * cosine]).astype(np.float32)
        self._from_cosine = np.stack([-across * cosine, -down * cosine, shade * sine]).astype(np.float32)

    def add(self, t: float, total: Map) -> None:
        """Adds displacement right, down, and shade to `total`, (3, rows, columns) float32."""
        angle = self._clock.angle(t, self._turns)
        total += self._from_sine * np.float32(np.cos(angle))
        total += self._from_cosine * np.float32(np.sin(angle))


@dataclass(frozen=True, kw_only=True, eq=False)
class Streaming:
    """A flow, with waves in it.

    across, down: (rows, columns) float32, how far places travel in the whole clip, in pixels. turns: how often the
    copies begin anew; 0 for a flow that needs not, which travels as one copy. glow: levels of luma at the peak of the
    flicker.
    """

    clock: Clock
    across: Map
    down: Map
    turns: float = 0.0
    waves: Sequence[Wave] = ()
    glow: Map | None = None
    flicker: Flicker | None = field(default=None)

    def at(self, t: float) -> Stir:
        """The moment t, 0..1 of the clip."""
        total = np.zeros((3, *self.across.shape), np.float32)
        for wave in self.waves:
            wave.add(t, total)
        dx, dy, shade = total
        if self.glow is not None and self.flicker is not None:
            shade += self.glow * np.float32(self.flicker.at(t))
        shaded = shade if self.waves or self.glow is not None else None
        moment = self.clock.moment(t)
        if self.turns == 0.0:
            way = np.float32(moment)
            return Stir((Copy(1.0, dx + self.across * way, dy + self.down * way),), shaded)
        copies = []
        for start in (0.5, 0.0):
            turn = (self.turns * moment + start) % 1.0
            weight = 1.0 - abs(2.0 * turn - 1.0)
            if weight > _FAINT:
                way = np.float32((turn - 0.5) / self.turns)
                copies.append(Copy(weight, dx + self.across * way, dy + self.down * way))
        return Stir(tuple(copies), shaded)
