"""Water: it flows, slower and finer towards its far edge, ripples run over it, and its light shimmers with them."""

from typing import Final

import cv2
import numpy as np

from generator.core.render.environment.area import Area
from generator.core.render.environment.clock import Clock
from generator.core.render.environment.contract import Map, Plane, YuvPlanes
from generator.core.render.environment.grid import Grid
from generator.core.render.environment.natural import Figures
from generator.core.render.environment.patch import Patch
from generator.core.render.environment.source import flowing_source
from generator.core.render.environment.stirring import Streaming, Wave

_CELL: Final = (8, 4)
"""Pixels of a grid cell across and down: ripples are finer downwards."""

_FARTHEST: Final = 0.06
"""Nearness at the far edge; the near edge has 1."""

_ABOVE: Final = 0.6
"""Where water runs out of the picture at the top, its horizon is assumed this share of its height above."""

_WAY: Final = 0.05
"""How far one copy travels, in frame widths; farther, and its fading is seen."""
_SHORTEST_S: Final = 0.8
"""Shortest life of a copy."""

_LENGTHS: Final = ((0.105, 4.0), (0.062, -3.1), (0.036, 2.3))
"""Ripples at the near edge: length downwards in frame widths, and how many times longer they are across; the sign is
the side to which their crests turn."""

_LEAST_PX: Final = (12.0, 28.0)
"""Ripples shorter than the first are not shown, those longer than the second in full: the grid cannot hold them."""

_STEEP: Final = (0.010, 0.028)
"""Displacement over length at intensity 0 and 1; three ripples below 0.03 each never fold the picture over."""

_ACROSS: Final = 0.35
"""Sideways part of a ripple's displacement."""

_GLITTER: Final = (0.12, 0.45)
"""Shimmer of each ripple over the local contrast of the still, at intensity 0 and 1: flat water does not glitter."""
_MOST_LEVELS: Final = 12.0


def make_water(area: Area, canvas: YuvPlanes, figures: Figures, clock: Clock, source: np.random.Generator) -> Patch:
    """The water of an area in motion. Its mean speed over the area is the figures' speed."""
    height, width = area.mask.shape
    grid = Grid(width, height, *_CELL)
    nearness = _nearness(grid, area)
    weight = grid.sampled(
        cv2.resize(area.mask, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA).astype(
            np.float32
        )
    )
    mean = float((nearness * weight).sum() / max(float(weight.sum()), 1e-6))
    speed = figures.speed * area.width
    across, down = (nearness * np.float32(way * speed * clock.span_s / mean) for way in (figures.right, figures.down))
    life = min(max(_WAY * area.width / max(speed, 1e-6), _SHORTEST_S), clock.span_s)
    fastest = speed / mean
    turns = clock.turns(1.0 / life)
    if not clock.loop and fastest * clock.span_s <= _WAY * area.width:
        turns = 0.0
    way = fastest * clock.span_s / (2 * turns) if turns else fastest * clock.span_s
    reach = int(way + _STEEP[1] * area.width * sum(length for length, _ in _LENGTHS)) + 4
    apart = speed * clock.span_s / max(2 * turns, 1.0)
    flowing = flowing_source(
        area, canvas, reach, stays=0.02 * area.width, apart=(figures.right * apart, figures.down * apart)
    )
    free = grid.sampled(flowing.freedom)
    contrast = free * _contrast(grid, canvas.y[area.rows, area.columns])
    ripples = _ripples(grid, nearness, free, area.width, contrast, figures, clock, source)
    stream = Streaming(clock=clock, across=across * free, down=down * free, turns=turns, waves=ripples)
    return Patch(area.rows, area.columns, flowing.mask, flowing.source, grid, stream)


def _nearness(grid: Grid, area: Area) -> Map:
    """How near the water is: in a picture of a plane it grows evenly, from the far edge at the top to 1 below."""
    height = area.mask.shape[0]
    # From the top of the canvas down nothing tells where the horizon is; it is out of sight.
    horizon = -_ABOVE * height if area.rows.start == 0 else 0.0
    rise = (grid.y() + 0.5 - horizon) / (height - horizon)
    return np.broadcast_to(np.clip(rise, _FARTHEST, 1.0), grid.shape).astype(np.float32)


def _ripples(
    grid: Grid,
    nearness: Map,
    free: Map,
    width: float,
    contrast: Map,
    figures: Figures,
    clock: Clock,
    source: np.random.Generator,
) -> list[Wave]:
    steep = _STEEP[0] + (_STEEP[1] - _STEEP[0]) * figures.strength
    glitter = _GLITTER[0] + (_GLITTER[1] - _GLITTER[0]) * figures.strength
    levels = np.minimum(glitter * contrast, _MOST_LEVELS)
    x = (grid.x() - grid.width / 2) / np.float32(width)
    bend = _unevenness(grid, source)
    waves = []
    # With equal steps of the nearness's logarithm a wave's length is in proportion to the nearness.
    depth = np.log(nearness) * np.float32(grid.height / width)
    for length, longer in _LENGTHS:
        here = length * width * nearness
        seen = np.clip((here - _LEAST_PX[0]) / (_LEAST_PX[1] - _LEAST_PX[0]), 0.0, 1.0)
        phase = 2 * np.pi * (depth / length + x / (length * longer * np.sqrt(nearness)) + bend + source.random())
        down = seen * steep * here * free
        waves.append(
            Wave(
                clock,
                phase=phase.astype(np.float32),
                # Short waves on deep water run quicker in proportion to the root of their shortness.
                turns=clock.turns(figures.frequency_hz * np.sqrt(_LENGTHS[0][0] / length)),
                across=(_ACROSS * down).astype(np.float32),
                down=down.astype(np.float32),
                shade=(seen * levels).astype(np.float32),
            )
        )
    return waves


def _unevenness(grid: Grid, source: np.random.Generator) -> Map:
    """Smooth noise of about half a period that breaks up long straight crests."""
    noise = source.normal(size=(6, 10)).astype(np.float32) * np.float32(0.25)
    return grid.sampled(cv2.resize(noise, (80, 48), interpolation=cv2.INTER_CUBIC).astype(np.float32))


def _contrast(grid: Grid, luma: Plane) -> Map:
    """Local standard deviation of the luma at the grid's cells, in levels."""
    small = cv2.resize(luma, (max(1, luma.shape[1] // 2), max(1, luma.shape[0] // 2)), interpolation=cv2.INTER_AREA)
    level = small.astype(np.float32)
    box = (15, 15)
    mean = cv2.blur(level, box)
    variance = np.maximum(cv2.blur(level * level, box) - mean * mean, 0.0)
    return grid.sampled(np.sqrt(variance).astype(np.float32))
