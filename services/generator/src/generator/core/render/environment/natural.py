"""What a motion's figures are taken to be where they are not stated: speed, frequency, direction, strength.

The ranges are those by which motions are predicted: natural speeds in frame widths per second for a frame some metres
wide, and frequencies; the intensity chooses the place between their ends.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from generator.core.order import EnvironmentMotion, EnvironmentMove, Material

_MEDIUM: Final = 0.5

_RANGES: Final[Mapping[EnvironmentMotion, tuple[tuple[float, float], tuple[float, float]]]] = MappingProxyType(
    {
        EnvironmentMotion.WATER: ((0.01, 0.10), (0.3, 1.5)),
        EnvironmentMotion.CLOUD: ((0.003, 0.02), (0.0, 0.0)),
        EnvironmentMotion.FOLIAGE: ((0.0, 0.0), (0.3, 2.0)),
        EnvironmentMotion.SMOKE: ((0.02, 0.12), (0.0, 0.0)),
        EnvironmentMotion.FIRE: ((0.05, 0.30), (1.5, 10.0)),
        EnvironmentMotion.RAIN: ((0.8, 2.5), (0.0, 0.0)),
        EnvironmentMotion.SNOW: ((0.08, 0.30), (0.3, 1.5)),
        EnvironmentMotion.DUST: ((0.005, 0.04), (0.0, 0.0)),
        EnvironmentMotion.LIGHT: ((0.0, 0.0), (0.5, 8.0)),
        EnvironmentMotion.CLOTH: ((0.0, 0.0), (0.5, 3.0)),
        EnvironmentMotion.HAIR: ((0.0, 0.0), (0.5, 2.0)),
    }
)
"""Speed and frequency at intensity 0 and 1."""

_DOWN_DEG: Final = 90.0
_UP_DEG: Final = -90.0
_FIXED: Final[Mapping[EnvironmentMotion, float]] = MappingProxyType(
    {
        EnvironmentMotion.SMOKE: _UP_DEG,
        EnvironmentMotion.FIRE: _UP_DEG,
        EnvironmentMotion.RAIN: _DOWN_DEG,
        EnvironmentMotion.SNOW: _DOWN_DEG,
    }
)
"""Gravity's own directions."""

_MOST_LEAN_DEG: Final = 25.0
"""How far a full heading leans what falls or rises."""

NATURAL: Final[Mapping[EnvironmentMotion, frozenset[Material]]] = MappingProxyType(
    {
        EnvironmentMotion.WATER: frozenset({Material.WATER}),
        # Clouds drift through the sky: cut apart at a line between them, both would tear.
        EnvironmentMotion.CLOUD: frozenset({Material.CLOUD, Material.SKY}),
        EnvironmentMotion.FOLIAGE: frozenset({Material.VEGETATION}),
        EnvironmentMotion.SMOKE: frozenset({Material.SMOKE}),
        EnvironmentMotion.FIRE: frozenset({Material.FIRE}),
        EnvironmentMotion.CLOTH: frozenset({Material.CLOTH}),
        EnvironmentMotion.HAIR: frozenset({Material.HAIR}),
    }
)
"""The materials that a motion is natural to; motions that are not here are of the air or the light."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A motion's figures. right, down: the direction, of length 1. speed: frame widths per second. strength: 0..1."""

    right: float
    down: float
    speed: float
    frequency_hz: float
    strength: float


def figures(move: EnvironmentMove, source: np.random.Generator) -> Figures:
    """The move's figures, natural ones where it states none. source: decides between left and right where nothing does.

    One still does not tell where the wind comes from, but the wind comes from one side.
    """
    strength = move.intensity or _MEDIUM
    speeds, frequencies = _RANGES[move.motion]
    side = -1.0 if source.random() < 0.5 else 1.0
    degrees = _degrees(move, side)
    return Figures(
        right=math.cos(math.radians(degrees)),
        down=math.sin(math.radians(degrees)),
        speed=move.speed_per_s or _between(speeds, strength),
        frequency_hz=move.frequency_hz or _between(frequencies, strength),
        strength=strength,
    )


def _degrees(move: EnvironmentMove, side: float) -> float:
    if move.direction_deg is not None:
        return move.direction_deg
    fixed = _FIXED.get(move.motion)
    if fixed is not None:
        return fixed - math.copysign(_MOST_LEAN_DEG, fixed) * move.heading
    to = move.heading or side
    return 0.0 if to > 0 else 180.0


def _between(ends: tuple[float, float], place: float) -> float:
    low, high = ends
    return low + (high - low) * min(1.0, max(0.0, place))
