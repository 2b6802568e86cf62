"""From the motions that were asked for to what moves, and plain reasons for what does not."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from film.geometry import Box
from generator.core.order import EnvironmentMotion, EnvironmentMove, Material, RegionMap
from generator.core.profile import Profile
from generator.core.render.canvas import Canvas
from generator.core.render.environment.area import Area, Areas, Pure
from generator.core.render.environment.clock import Clock
from generator.core.render.environment.contract import Environment, Overlay, Plane, YuvPlanes
from generator.core.render.environment.drift import make_clouds, make_smoke
from generator.core.render.environment.fire import make_fire
from generator.core.render.environment.lamp import FrameLight, make_glow
from generator.core.render.environment.natural import NATURAL, Figures, figures
from generator.core.render.environment.patch import Patch
from generator.core.render.environment.region_map import over_canvas
from generator.core.render.environment.restless_canvas import RestlessCanvas
from generator.core.render.environment.sway import make_sway
from generator.core.render.environment.water import make_water
from generator.core.render.environment.weather import Weather

_FALLING: Final = frozenset({EnvironmentMotion.RAIN, EnvironmentMotion.SNOW, EnvironmentMotion.DUST})
_ON_SUBJECT: Final = frozenset({EnvironmentMotion.HAIR, EnvironmentMotion.CLOTH, EnvironmentMotion.LIGHT})
"""Motions that belong to the subject as well: it wears them, and its light is the scene's."""

_PURE: Final = {
    EnvironmentMotion.WATER: Pure.ALL,
    EnvironmentMotion.CLOUD: Pure.DARKER,
    EnvironmentMotion.FOLIAGE: Pure.STRAIGHT,
}
"""Water and sky look alike throughout, so that what differs is not of them; leaves are never long and straight."""

_BACK_TO_FRONT: Final = (
    EnvironmentMotion.CLOUD,
    EnvironmentMotion.WATER,
    EnvironmentMotion.SMOKE,
    EnvironmentMotion.FIRE,
    EnvironmentMotion.FOLIAGE,
    EnvironmentMotion.CLOTH,
    EnvironmentMotion.HAIR,
    EnvironmentMotion.LIGHT,
)
_BUILDERS: Final[Mapping[EnvironmentMotion, Callable[..., Patch]]] = MappingProxyType(
    {
        EnvironmentMotion.WATER: make_water,
        EnvironmentMotion.SMOKE: make_smoke,
        EnvironmentMotion.FIRE: make_fire,
        EnvironmentMotion.LIGHT: make_glow,
    }
)
_SEED_BITS: Final = 1 << 63


class _NowhereError(Exception):
    """A motion whose material is nowhere; the text says why."""


class Overlays:
    """Several overlays, drawn one after another; an Overlay."""

    def __init__(self, parts: Sequence[Overlay]) -> None:
        self._parts = tuple(parts)

    def over(self, t: float, planes: YuvPlanes) -> None:
        """Draws the moment t, 0..1 of the clip, over a finished frame, in place."""
        for part in self._parts:
            part.over(t, planes)


def make_environment(
    moves: Sequence[EnvironmentMove],
    *,
    canvas: Canvas,
    regions: RegionMap | None,
    subject: Box | None,
    profile: Profile,
    seed: int,
) -> Environment:
    """What moves of what was asked for.

    regions: the analyzer's map over the whole still; without it, and without a motion's material in it, that motion is
    not made. subject: kept still. seed: decides everything that nothing else does. Raises WrongOrder for a map that
    cannot be read.
    """
    maker = _Maker(canvas, regions, subject, profile)
    for index, move in enumerate(moves):
        maker.make(move, np.random.default_rng([seed % _SEED_BITS, index]))
    return maker.environment()


def moves_canvas(move: EnvironmentMove) -> bool:
    """Whether a motion is one of the still's own materials, and not of the air before it or of all its light."""
    return move.motion not in _FALLING and not (move.motion is EnvironmentMotion.LIGHT and move.region is None)


class _Maker:
    """Makes one motion after another, and remembers what came of each."""

    def __init__(self, canvas: Canvas, regions: RegionMap | None, subject: Box | None, profile: Profile) -> None:
        self._canvas, self._profile = canvas, profile
        self._areas = None if regions is None else Areas(canvas, regions, subject)
        self._clock = Clock.of(profile)
        self._patches: list[tuple[int, Patch]] = []
        self._overlays: list[Overlay] = []
        self._made: list[EnvironmentMotion] = []
        self._left_out: list[str] = []

    def environment(self) -> Environment:
        """All that was made."""
        patches = [patch for _, patch in sorted(self._patches, key=lambda entry: entry[0])]
        return Environment(
            restless=RestlessCanvas(self._canvas, patches) if patches else None,
            overlay=Overlays(self._overlays) if self._overlays else None,
            made=tuple(self._made),
            left_out=tuple(self._left_out),
        )

    def make(self, move: EnvironmentMove, source: np.random.Generator) -> None:
        """Makes one motion, or keeps the reason why not."""
        numbers = figures(move, source)
        if move.motion in _FALLING:
            self._overlays.append(Weather(move.motion, numbers, self._profile, self._clock, source))
        elif not moves_canvas(move):
            self._overlays.append(FrameLight(numbers, self._clock, source))
        else:
            try:
                area = self._area(move)
            except _NowhereError as error:
                self._left_out.append(f"{move.motion}: {error}")
                return
            patch = self._patch(move.motion, area, numbers, source)
            self._patches.append((_BACK_TO_FRONT.index(move.motion), patch))
        self._made.append(move.motion)

    def _patch(self, motion: EnvironmentMotion, area: Area, numbers: Figures, source: np.random.Generator) -> Patch:
        if motion is EnvironmentMotion.CLOUD:
            return make_clouds(area, self._canvas, numbers, self._clock)
        build = _BUILDERS.get(motion)
        if build is not None:
            return build(area, self._canvas, numbers, self._clock, source)
        return make_sway(area, self._canvas, motion, numbers, self._clock, source, soft=self._soft(motion))

    def _area(self, move: EnvironmentMove) -> Area:
        """Where the motion's material is. Raises _NowhereError, which says why it is nowhere."""
        if self._areas is None:
            raise _NowhereError("the analysis holds no map of regions, so where it would move is not known")
        wanted = NATURAL.get(move.motion, frozenset({move.region} if move.region else ()))
        if move.region is not None and move.region not in wanted:
            raise _NowhereError(f"{move.region} does not move so")
        missing = wanted if move.region is None else frozenset({move.region})
        if not missing & self._areas.kinds:
            raise _NowhereError(f"the analysis saw no {' or '.join(sorted(missing))} in the still")
        on_subject = move.motion in _ON_SUBJECT
        area = self._areas.find(wanted, move.box, on_subject=on_subject, pure=_PURE.get(move.motion, Pure.NO))
        if area is None:
            raise _NowhereError(
                f"too little {' or '.join(sorted(wanted))} lies in its box, in view and off the subject"
            )
        return area

    def _soft(self, motion: EnvironmentMotion) -> Plane:
        """Where plants may reach into their surroundings: the sky behind them."""
        size = (max(1, self._canvas.y.shape[1] // 4), max(1, self._canvas.y.shape[0] // 4))
        if self._areas is None or motion is not EnvironmentMotion.FOLIAGE:
            return np.zeros(size[::-1], np.uint8)
        sky = over_canvas(self._areas.cells({Material.SKY, Material.CLOUD}), self._canvas.share, size)
        return np.asarray(np.rint(sky * 255), np.uint8)
