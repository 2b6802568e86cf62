"""One material painted for one moment: sampled from what it moves from, mixed, and laid into the canvas by its mask."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import cv2
import numpy as np

from generator.core.render.environment.contract import Map, Plane, YuvPlanes
from generator.core.render.environment.grid import Grid
from generator.core.render.environment.stirring import Copy, Stir, Stirring

_HALF: Final = np.float32(0.5)
_MIDDLE: Final = 128
"""Detail of 0, and shade of 0, in a plane of 8 bits."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Source:
    """What a material moves from, over a rectangle of the canvas that holds the patch and its reach.

    y: (H, W) uint8, the luma; or, with `base`, its detail around 128. base: (h, w) uint8 over the patch alone, luma
    that stays in place. u, v: (H/2, W/2). left, top: where the patch begins in it, even. likeness: correlation of the
    two copies' detail, which tells how much contrast their mixture loses.
    """

    y: Plane
    u: Plane
    v: Plane
    left: int
    top: int
    base: Plane | None = None
    likeness: float = 1.0


class Lot(Enum):
    """How much of a strip the mask lets through."""

    NONE = 0
    PART = 1
    ALL = 2


class Patch:
    """A rectangle of the canvas in which a material moves. Holds buffers for a strip: one thread at a time.

    rows, columns: of the canvas, on even pixels. mask: (h, w) uint8, how far the material shows.
    """

    def __init__(
        self, rows: slice, columns: slice, mask: Plane, source: Source, grid: Grid, stirring: Stirring
    ) -> None:
        self.rows, self.columns, self.mask = rows, columns, mask
        self._source, self._grid, self._stirring = source, grid, stirring
        self._rest = np.asarray(cv2.bitwise_not(mask), np.uint8)
        half = (mask.shape[1] // 2, mask.shape[0] // 2)
        self._half_mask = np.asarray(cv2.resize(mask, half, interpolation=cv2.INTER_AREA), np.uint8)
        self._half_rest = np.asarray(cv2.bitwise_not(self._half_mask), np.uint8)
        self._still = grid.x(), grid.y()
        self._lots = [_lot(mask[strip]) for strip in grid.strips()]
        self._half_lots = [_lot(self._half_mask[strip]) for strip in grid.halved().strips()]

    def paint(self, t: float, into: YuvPlanes) -> None:
        """Lays the moment t over what `into` holds in the rectangle."""
        stir = self._stirring.at(t)
        x, y = self._still
        source = self._source
        places = [(copy.weight, x - copy.dx + source.left, y - copy.dy + source.top) for copy in stir.copies]
        self._luma(into.y[self.rows, self.columns], stir, places)
        # A chroma pixel lies amid four luma pixels.
        halves = [(weight, (x - _HALF) * _HALF, (y - _HALF) * _HALF) for weight, x, y in places]
        half = np.s_[self.rows.start // 2 : self.rows.stop // 2, self.columns.start // 2 : self.columns.stop // 2]
        self._chroma((source.u, source.v), (into.u[half], into.v[half]), halves)

    def _luma(self, into: Plane, stir: Stir, places: list[tuple[float, Map, Map]]) -> None:
        grid, source = self._grid, self._source
        shade = None if stir.shade is None else np.clip(np.rint(stir.shade + _MIDDLE), 0, 255).astype(np.uint8)
        for strip, lot in zip(grid.strips(), self._lots, strict=True):
            if lot is Lot.NONE:
                continue
            taken = [_taken(source.y, grid, x, y, strip) for _, x, y in places]
            if source.base is None:
                moved = _mixed(taken, stir.copies)
            else:
                moved = _detail(taken, stir.copies, source.likeness)
                cv2.addWeighted(moved, 1.0, source.base[strip], 1.0, -_MIDDLE, dst=moved)
            if shade is not None:
                cv2.addWeighted(moved, 1.0, grid.spread(shade, strip), 1.0, -_MIDDLE, dst=moved)
            _lay(moved, into[strip], self.mask[strip], self._rest[strip], lot)

    def _chroma(
        self, planes: tuple[Plane, Plane], into: tuple[Plane, Plane], places: list[tuple[float, Map, Map]]
    ) -> None:
        grid = self._grid.halved()
        for strip, lot in zip(grid.strips(), self._half_lots, strict=True):
            if lot is Lot.NONE:
                continue
            maps = [(weight, grid.spread(x, strip), grid.spread(y, strip)) for weight, x, y in places]
            for plane, out in zip(planes, into, strict=True):
                taken = [_sample(plane, x, y) for _, x, y in maps]
                moved = taken[0]
                if len(taken) > 1:
                    cv2.addWeighted(taken[0], maps[0][0], taken[1], maps[1][0], 0.0, dst=moved)
                _lay(moved, out[strip], self._half_mask[strip], self._half_rest[strip], lot)


def _taken(plane: Plane, grid: Grid, x: Map, y: Map, strip: slice) -> Plane:
    return _sample(plane, grid.spread(x, strip), grid.spread(y, strip))


def _sample(plane: Plane, x: Map, y: Map) -> Plane:
    return np.asarray(cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _mixed(taken: list[Plane], copies: tuple[Copy, ...]) -> Plane:
    if len(taken) > 1:
        cv2.addWeighted(taken[0], copies[0].weight, taken[1], copies[1].weight, 0.0, dst=taken[0])
    return taken[0]


def _detail(taken: list[Plane], copies: tuple[Copy, ...], likeness: float) -> Plane:
    """The copies' detail mixed so that its contrast stays: two unlike copies mixed halves would lose 30 % of it.

    Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending Operator", 2018.
    """
    if len(taken) == 1:
        return taken[0]
    first, second = copies[0].weight, copies[1].weight
    gain = 1.0 / np.sqrt(first * first + second * second + 2.0 * likeness * first * second)
    first, second = first * gain, second * gain
    cv2.addWeighted(taken[0], first, taken[1], second, _MIDDLE * (1.0 - first - second), dst=taken[0])
    return taken[0]


def _lot(mask: Plane) -> Lot:
    if mask.min() == np.iinfo(np.uint8).max:
        return Lot.ALL
    return Lot.PART if mask.any() else Lot.NONE


def _lay(moved: Plane, into: Plane, mask: Plane, rest: Plane, lot: Lot) -> None:
    """Lays `moved` into `into` by the mask, in place; exactly `moved` at 255 and exactly `into` at 0."""
    if lot is Lot.ALL:
        into[:] = moved
        return
    front = cv2.multiply(moved, mask, scale=1 / 255)
    back = cv2.multiply(into, rest, scale=1 / 255)
    cv2.add(front, back, dst=into)
