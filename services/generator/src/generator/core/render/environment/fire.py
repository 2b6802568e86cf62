"""Fire: flames run upwards from a base that stays, lick sideways, and flicker in their own light."""

from typing import Final

import cv2
import numpy as np

from generator.core.render.environment.area import Area
from generator.core.render.environment.clock import Clock, Flicker
from generator.core.render.environment.contract import YuvPlanes
from generator.core.render.environment.grid import Grid
from generator.core.render.environment.natural import Figures
from generator.core.render.environment.patch import Patch
from generator.core.render.environment.source import flowing_source
from generator.core.render.environment.stirring import Streaming, Wave

_CELL: Final = (8, 8)
_BASE: Final = 0.35
"""Speed at the foot of the flames over that at their tips: hot gas speeds up as it rises."""
_WAY: Final = (0.05, 0.4)
"""How far a copy travels at most: in frame widths, and as a share of the flames' height."""
_SHORTEST_S: Final = 0.25
_LICKS: Final = ((0.5, 0.020), (0.23, 0.011))
"""Sideways waves: length as a share of the flames' height, displacement as a share of it at full intensity."""
_GLOW: Final = (0.05, 0.16)
"""Peak change of the brightness at intensity 0 and 1."""
_BLACK: Final = 16


def make_fire(area: Area, canvas: YuvPlanes, figures: Figures, clock: Clock, source: np.random.Generator) -> Patch:
    """Flames of an area. Their mean speed is the figures' speed, and they flicker with its frequency."""
    height, width = area.mask.shape
    grid = Grid(width, height, *_CELL)
    size = (max(1, width // 4), max(1, height // 4))
    weight = grid.sampled(cv2.resize(area.mask, size, interpolation=cv2.INTER_AREA).astype(np.float32))
    up = np.clip(1.0 - (grid.y() + 0.5) / height, 0.0, 1.0)
    pace = np.broadcast_to(_BASE + (1.0 - _BASE) * up, grid.shape).astype(np.float32)
    pace = pace / np.float32((pace * weight).sum() / max(float(weight.sum()), 1e-6))
    speed = figures.speed * area.width
    life = max(min(_WAY[0] * area.width, _WAY[1] * height) / max(speed, 1e-6), _SHORTEST_S)
    turns = clock.turns(1.0 / min(life, clock.span_s))
    whole = speed * clock.span_s
    licks = []
    for length, depth in _LICKS:
        phase = 2 * np.pi * (-grid.y() / (length * height) + 0.35 * np.sin(grid.x() / (length * height) * 4.0))
        swing = depth * height * figures.strength * up
        licks.append(
            Wave(
                clock,
                phase=(phase + 6.3 * source.random()).astype(np.float32),
                turns=clock.turns(min(speed / (length * height), figures.frequency_hz)),
                across=np.broadcast_to(swing, grid.shape).astype(np.float32),
                down=np.zeros(grid.shape, np.float32),
                shade=np.zeros(grid.shape, np.float32),
            )
        )
    apart = whole / (2 * turns)
    reach = int(apart * float(pace.max()) + sum(depth for _, depth in _LICKS) * height) + 4
    flowing = flowing_source(
        area, canvas, reach, stays=0.04 * area.width, apart=(figures.right * apart, figures.down * apart)
    )
    pace = pace * grid.sampled(flowing.freedom)
    luma = cv2.resize(canvas.y[area.rows, area.columns], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    glow = _GLOW[0] + (_GLOW[1] - _GLOW[0]) * figures.strength
    stream = Streaming(
        clock=clock,
        across=pace * np.float32(figures.right * whole),
        down=pace * np.float32(figures.down * whole),
        turns=turns,
        waves=licks,
        glow=grid.sampled((luma - _BLACK) * np.float32(glow)),
        flicker=Flicker(clock, figures.frequency_hz, source),
    )
    return Patch(area.rows, area.columns, flowing.mask, flowing.source, grid, stream)
