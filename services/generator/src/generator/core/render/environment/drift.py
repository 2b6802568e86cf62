"""Clouds, smoke and fog: they drift as a whole, clouds slower towards the horizon; smoke curls while it does."""

from typing import Final

import cv2
import numpy as np

from generator.core.render.environment.area import Area
from generator.core.render.environment.clock import Clock
from generator.core.render.environment.contract import Map, YuvPlanes
from generator.core.render.environment.grid import Grid
from generator.core.render.environment.natural import Figures
from generator.core.render.environment.patch import Patch
from generator.core.render.environment.source import flowing_source
from generator.core.render.environment.stirring import Streaming, Wave

_CELL: Final = (8, 8)

_LOWEST: Final = 0.45
"""Speed of the lowest clouds over that of the highest: they are farther away."""

_CLOUD_WAY: Final = 0.15
"""How far a copy of the clouds travels, in frame widths, before it begins anew."""
_SMOKE_WAY: Final = 0.08
_SHORTEST_S: Final = 0.8
_ONE_WAY: Final = 0.12
"""In a clip that does not loop, clouds that go no farther than this travel as one copy and never begin anew."""

_CURLS: Final = ((0.14, 0.010), (0.075, 0.006))
"""Curls of smoke: length along the flow and displacement across it, in frame widths at full intensity."""


def make_clouds(area: Area, canvas: YuvPlanes, figures: Figures, clock: Clock) -> Patch:
    """Clouds that drift. Their mean speed over the area is the figures' speed."""
    grid = Grid(area.mask.shape[1], area.mask.shape[0], *_CELL)
    high = 1.0 - np.clip((grid.y() + 0.5) / grid.height, 0.0, 1.0)
    pace = np.broadcast_to(_LOWEST + (1.0 - _LOWEST) * high, grid.shape).astype(np.float32)
    return _drifting(area, canvas, figures, clock, grid, pace / _mean(grid, area, pace), (), way=_CLOUD_WAY)


def make_smoke(area: Area, canvas: YuvPlanes, figures: Figures, clock: Clock, source: np.random.Generator) -> Patch:
    """Smoke or fog that drifts and curls."""
    grid = Grid(area.mask.shape[1], area.mask.shape[0], *_CELL)
    curls = []
    along = (grid.x() * figures.right + grid.y() * figures.down) / area.width
    beside = (grid.y() * figures.right - grid.x() * figures.down) / area.width
    for length, depth in _CURLS:
        size = np.full(grid.shape, depth * figures.strength * area.width, np.float32)
        phase = 2 * np.pi * (along / length + 0.4 * np.sin(beside / length * 2.1 + 6.3 * source.random()))
        curls.append(
            Wave(
                clock,
                phase=phase.astype(np.float32),
                turns=clock.turns(figures.speed / length),
                across=size * np.float32(-figures.down),
                down=size * np.float32(figures.right),
                shade=np.zeros(grid.shape, np.float32),
            )
        )
    return _drifting(area, canvas, figures, clock, grid, np.ones(grid.shape, np.float32), curls, way=_SMOKE_WAY)


def _drifting(
    area: Area,
    canvas: YuvPlanes,
    figures: Figures,
    clock: Clock,
    grid: Grid,
    pace: Map,
    waves: list[Wave] | tuple[()],
    *,
    way: float,
) -> Patch:
    whole = figures.speed * area.width * clock.span_s
    fastest = whole * float(pace.max())
    turns = clock.turns(1.0 / min(max(way / max(figures.speed, 1e-6), _SHORTEST_S), clock.span_s))
    if not clock.loop and fastest <= _ONE_WAY * area.width:
        turns = 0.0
    reach = fastest / (2 * turns) if turns else fastest
    apart = whole / max(2 * turns, 1.0)
    flowing = flowing_source(
        area,
        canvas,
        int(reach + sum(depth for _, depth in _CURLS) * area.width) + 4,
        stays=0.08 * area.width if turns else None,
        apart=(figures.right * apart, figures.down * apart),
    )
    pace = pace * grid.sampled(flowing.freedom)
    stream = Streaming(
        clock=clock,
        across=pace * np.float32(figures.right * whole),
        down=pace * np.float32(figures.down * whole),
        turns=turns,
        waves=waves,
    )
    return Patch(area.rows, area.columns, flowing.mask, flowing.source, grid, stream)


def _mean(grid: Grid, area: Area, pace: Map) -> np.float32:
    size = (max(1, area.mask.shape[1] // 8), max(1, area.mask.shape[0] // 8))
    weight = grid.sampled(cv2.resize(area.mask, size, interpolation=cv2.INTER_AREA).astype(np.float32))
    return np.float32((pace * weight).sum() / max(float(weight.sum()), 1e-6))
