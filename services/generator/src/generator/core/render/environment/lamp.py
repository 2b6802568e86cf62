"""Light that flickers: over one material of the still, or over the whole frame; bright places more than dark ones."""

from typing import Final

import cv2
import numpy as np

from generator.core.render.environment.area import Area
from generator.core.render.environment.clock import Clock, Flicker
from generator.core.render.environment.contract import Map, YuvPlanes
from generator.core.render.environment.grid import Grid
from generator.core.render.environment.natural import Figures
from generator.core.render.environment.patch import Patch
from generator.core.render.environment.source import still_source
from generator.core.render.environment.stirring import Streaming

_CELL: Final = (8, 8)
_DEPTH: Final = (0.02, 0.08)
"""Peak change of the brightness at intensity 0 and 1; more looks like a fault of the clip."""
_BLACK, _WHITE = 16, 235


def make_glow(area: Area, canvas: YuvPlanes, figures: Figures, clock: Clock, source: np.random.Generator) -> Patch:
    """An area whose light flickers."""
    height, width = area.mask.shape
    grid = Grid(width, height, *_CELL)
    luma = cv2.resize(
        canvas.y[area.rows, area.columns], (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA
    ).astype(np.float32)
    none = np.zeros(grid.shape, np.float32)
    stream = Streaming(
        clock=clock,
        across=none,
        down=none,
        glow=grid.sampled(_curve(luma) * np.float32(_depth(figures))),
        flicker=Flicker(clock, figures.frequency_hz, source),
    )
    return Patch(area.rows, area.columns, area.mask, still_source(area, canvas, 0), grid, stream)


class FrameLight:
    """Light over the whole frame that flickers; an Overlay."""

    def __init__(self, figures: Figures, clock: Clock, source: np.random.Generator) -> None:
        self._levels = np.arange(256, dtype=np.float32)
        self._curve = _curve(self._levels) * np.float32(_depth(figures))
        self._flicker = Flicker(clock, figures.frequency_hz, source)

    def over(self, t: float, planes: YuvPlanes) -> None:
        """Brightens or darkens the frame as the light is at t, in place."""
        table = np.clip(np.rint(self._levels + self._curve * self._flicker.at(t)), 0, 255).astype(np.uint8)
        cv2.LUT(planes.y, table, dst=planes.y)


def _depth(figures: Figures) -> float:
    return _DEPTH[0] + (_DEPTH[1] - _DEPTH[0]) * figures.strength


def _curve(luma: Map) -> Map:
    """By how many levels each luma changes for a depth of 1: nothing at black, most in the lights, none at white."""
    share = np.clip((luma - _BLACK) / (_WHITE - _BLACK), 0.0, 1.0)
    return np.asarray(share * share * (_WHITE - _BLACK) * np.minimum(1.0, 6.0 * (1.0 - share)), np.float32)
