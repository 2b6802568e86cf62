"""Leaves, grass, hair and cloth: they swing about their rest, the more the farther they are from what holds them."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.order import EnvironmentMotion
from generator.core.render.environment.area import Area
from generator.core.render.environment.clock import Clock
from generator.core.render.environment.contract import Map, Plane, YuvPlanes
from generator.core.render.environment.grid import Grid
from generator.core.render.environment.natural import Figures
from generator.core.render.environment.patch import Patch
from generator.core.render.environment.source import still_source
from generator.core.render.environment.stirring import Streaming, Wave

_CELL: Final = (8, 8)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a material swings. Lengths in frame widths.

    hangs: held at its top, not at its foot. gust: displacement at full intensity, far from what holds it. spread:
    length of the gusts. flutter: displacement of single leaves, strands and folds. fine: their length. quick: their
    rate over that of the gusts. rigid: share of the swing right where it is held.
    """

    hangs: bool
    gust: float
    spread: float
    flutter: float
    fine: float
    quick: float
    rigid: float


_MANNERS: Final = {
    EnvironmentMotion.FOLIAGE: Manner(False, 0.0085, 0.55, 0.0022, 0.055, 2.3, 0.12),
    EnvironmentMotion.HAIR: Manner(True, 0.0060, 0.30, 0.0018, 0.060, 1.9, 0.05),
    EnvironmentMotion.CLOTH: Manner(True, 0.0070, 0.22, 0.0026, 0.090, 1.6, 0.05),
}
"""Chosen by eye on photographs; 0.0085 of a 1280 px wide frame are 11 px."""

_LEAST: Final = 0.15
"""Share of the swing at intensity 0."""
_RIM: Final = 0.008
"""Width in frame widths over which the swing ends at the material's edge."""
_LIMB: Final = 0.22
"""Distance from its base, in frame widths, at which a plant swings in full."""
_LAWN: Final = 0.35
"""What a row counts for in vegetation that reaches down to the picture's lower edge: that is mostly grass, seen along
the ground, which is not as high as it looks."""
_HOLE: Final = 9
"""Places of a quarter of the size up to which a gap in a plant is a gap in its mask alone."""
_DIP: Final = 0.15
"""Downward part of the sideways swing: what leans over also sinks."""


def make_sway(
    area: Area,
    canvas: YuvPlanes,
    motion: EnvironmentMotion,
    figures: Figures,
    clock: Clock,
    source: np.random.Generator,
    *,
    soft: Plane,
) -> Patch:
    """A material that swings with the figures' frequency.

    soft: (H, W) uint8 over the canvas at any size, 255 where the surroundings may be stretched a little: the sky.
    """
    manner = _MANNERS[motion]
    rim = max(4, int(_RIM * area.width))
    rows, columns = area.padded(rim if soft.any() else 0)
    mask = _roomy(area, soft, rows, columns, rim)
    grid = Grid(mask.shape[1], mask.shape[0], *_CELL)
    loose = grid.sampled(_looseness(mask, area.width, manner, low=rows.stop == area.shape[0]))
    strength = _LEAST + (1.0 - _LEAST) * figures.strength
    gust, flutter = (loose * np.float32(way * strength * area.width) for way in (manner.gust, manner.flutter))
    along = (grid.x() * figures.right + grid.y() * figures.down) / np.float32(area.width)
    none = np.zeros(grid.shape, np.float32)
    waves = []
    for part, factor in ((0.62, 1.0), (0.38, 1.62)):
        bend = _noise(grid, area.width, manner.spread, 0.35, source) + source.random()
        phase = 2 * np.pi * (along / manner.spread * factor + bend)
        waves.append(
            Wave(
                clock,
                phase=phase.astype(np.float32),
                turns=clock.turns(figures.frequency_hz * factor),
                across=gust * np.float32(part),
                down=gust * np.float32(part * _DIP),
                shade=none,
            )
        )
    for turn in (0.0, 0.5):
        shiver = 2 * np.pi * (_noise(grid, area.width, manner.fine, 0.6, source) + turn / 2)
        waves.append(
            Wave(
                clock,
                phase=shiver.astype(np.float32),
                turns=clock.turns(figures.frequency_hz * manner.quick * (1.0 + 0.45 * turn)),
                across=flutter * np.float32(0.6 if turn else 0.35),
                down=flutter * np.float32(0.3 if turn else 0.5),
                shade=none,
            )
        )
    reach = int((manner.gust + manner.flutter) * area.width) + 4
    grown = Area(rows=rows, columns=columns, mask=mask, width=area.width, shape=area.shape)
    stream = Streaming(clock=clock, across=none, down=none, waves=waves)
    return Patch(rows, columns, mask, still_source(grown, canvas, reach), grid, stream)


def _roomy(area: Area, soft: Plane, rows: slice, columns: slice, rim: int) -> Plane:
    """The mask over the rectangle, grown by the rim into the soft surroundings and tapered at all others."""
    height, width = rows.stop - rows.start, columns.stop - columns.start
    mask = np.zeros((height, width), np.uint8)
    top, left = area.rows.start - rows.start, area.columns.start - columns.start
    mask[top : top + area.mask.shape[0], left : left + area.mask.shape[1]] = area.mask
    yielding = cv2.resize(soft, (area.shape[1], area.shape[0]), interpolation=cv2.INTER_LINEAR)[rows, columns]
    # Distances are solved on a quarter of the size; they are smooth.
    size = (max(1, width // 4), max(1, height // 4))
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    free = cv2.resize(np.maximum(mask, yielding), size, interpolation=cv2.INTER_AREA)
    inner = _depth_in((free > 127).astype(np.uint8)) / np.float32(max(1, rim / 4))
    outer = 1.0 - _depth_in((small <= 127).astype(np.uint8)) / np.float32(max(1, rim / 4))
    share = np.clip(np.minimum(inner, np.maximum(outer, 0.0)), 0.0, 1.0)
    room = np.rint(cv2.GaussianBlur(share * share * (3 - 2 * share), (0, 0), 1.0) * 255).astype(np.uint8)
    wide = cv2.resize(room, (width, height), interpolation=cv2.INTER_LINEAR)
    allowed = np.maximum(mask, yielding)
    return np.asarray(cv2.multiply(wide, allowed, scale=1 / 255), np.uint8)


def _depth_in(places: NDArray[np.uint8]) -> Map:
    """Distance of each place from those that are 0, as if the picture went on beyond its border."""
    if places.all():
        return np.full(places.shape, 1e6, np.float32)
    return np.asarray(cv2.distanceTransform(places, cv2.DIST_L2, 3), np.float32)


def _looseness(mask: Plane, width: float, manner: Manner, *, low: bool) -> Map:
    """How far from what holds it each place is, 0..1, at a quarter of the size; 0 outside the mask.

    low: whether the mask reaches down to the picture's lower edge.
    """
    small = cv2.resize(mask, (max(1, mask.shape[1] // 4), max(1, mask.shape[0] // 4)), interpolation=cv2.INTER_AREA)
    # Beams and shadows in front do not hold what grows behind them.
    hole = np.ones((_HOLE, _HOLE), np.uint8)
    filled = cv2.morphologyEx((small > 127).astype(np.uint8), cv2.MORPH_CLOSE, hole) > 0
    limb = max(2.0, _LIMB * width / 4)
    # Counted along each column from the last place that is not of the material; blurred, so that columns agree.
    run = np.zeros(small.shape, np.float32)
    length = np.zeros(small.shape[1], np.float32)
    growth = np.where(filled[-1] & (low and not manner.hangs), np.float32(_LAWN), np.float32(1.0))
    rows = range(small.shape[0]) if manner.hangs else range(small.shape[0] - 1, -1, -1)
    for row in rows:
        length = np.where(filled[row], length + growth, 0.0).astype(np.float32)
        growth = np.where(filled[row], growth, np.float32(1.0))
        run[row] = length
    even = cv2.GaussianBlur(run, (0, 0), max(1.0, limb / 12), borderType=cv2.BORDER_REPLICATE)
    far = np.clip(even / np.float32(limb), 0.0, 1.0)
    held = manner.rigid + (1.0 - manner.rigid) * far * np.sqrt(far)
    return np.asarray(held * (small / np.float32(255)), np.float32)


def _noise(grid: Grid, width: float, size: float, depth: float, source: np.random.Generator) -> Map:
    """Smooth noise with features of `size` frame widths and a deviation of `depth`."""
    cells = (max(2, round(grid.width / (size * width)) + 2), max(2, round(grid.height / (size * width)) + 2))
    noise = source.normal(size=cells[::-1]).astype(np.float32) * np.float32(depth)
    fine = cv2.resize(noise, grid.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return fine.astype(np.float32, copy=False)
