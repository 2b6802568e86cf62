"""Planes from places: strips of a frame, each run of columns drawn from the layers that are seen there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import cv2
import numpy as np

from generator.core.render.layers import Layers, Near
from generator.core.render.raster import Map, Plane, as_map

_STRIP_CELLS: Final = 24
"""Cells of one strip: its two maps of a 1280 px wide frame take 2 MB, which a cache holds."""

_SHORT_COLUMNS: Final = 20
_SHORT_ROWS: Final = 5
"""Shorter stretches of cells that could do with one layer are drawn with what is beside them: a call costs more."""

_KIND_PX: Final = 4
"""Canvas pixels for each cell in which it is noted whether a layer hides what is behind."""

_CLEAR, _MIXED, _SOLID = 0, 1, 2
_OPAQUE: Final = 255


class Frame(Protocol):
    """Planes to draw into: y (H, W), u and v (H/2, W/2), uint8."""

    @property
    def y(self) -> Plane:
        """Luma."""
        ...

    @property
    def u(self) -> Plane:
        """Blue difference."""
        ...

    @property
    def v(self) -> Plane:
        """Red difference."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Sheet:
    """A near layer ready to be drawn.

    clear, clear_half: 255 minus alpha. kinds: over small cells of the canvas, whether none, some or all of what a
    cell of the clip may show there is hidden.
    """

    near: Near
    clear: Plane
    clear_half: Plane
    kinds: Plane


class Painter:
    """Draws layers into frames. Holds buffers: one thread at a time.

    cell_px: clip pixels for a cell of the grids. magnification: canvas pixels for a clip pixel.
    """

    def __init__(self, layers: Layers, *, cell_px: int, magnification: float) -> None:
        self._layers = layers
        self._cell = cell_px
        self._sheets = tuple(_sheet(near, layers, cell_px * magnification) for near in layers.near)

    def paint(self, places: list[tuple[Map, Map]], into: Frame) -> None:
        """Fills `into`. places: for the ground and each near layer, canvas pixels over the grid's cells."""
        for index, (place, kinds) in enumerate(zip(places, self._drawn(places), strict=True)):
            if index == 0:
                ground = self._layers.ground
                grid = _Grid(place, (0, 0), self._cell)
                planes = (ground.y, ground.u, ground.v)
            else:
                near = self._sheets[index - 1].near
                grid = _Grid(place, (near.left, near.top), self._cell)
                planes = (near.y, near.u, near.v)
            for first in range(0, len(kinds), _STRIP_CELLS):
                for kind, (top, bottom), columns in _blocks(kinds[first : first + _STRIP_CELLS]):
                    rows = (first + top, first + bottom)
                    if index == 0 or kind == _SOLID:
                        grid.sample(planes, rows, columns, into)
                    else:
                        grid.lay(self._sheets[index - 1], rows, columns, into)

    def _drawn(self, places: list[tuple[Map, Map]]) -> list[Plane]:
        """For each layer and cell whether nothing, some or all of the cell is drawn: not what a nearer layer hides."""
        x, _ = places[0]
        kinds = [np.full((x.shape[0] - 2, x.shape[1] - 2), _SOLID, np.uint8)]
        kinds += [self._kinds(sheet, *place) for sheet, place in zip(self._sheets, places[1:], strict=True)]
        hidden = np.zeros(kinds[0].shape, bool)
        drawn = []
        for own in reversed(kinds):
            drawn.append(np.where(hidden, np.uint8(_CLEAR), own))
            hidden |= own == _SOLID
        return drawn[::-1]

    def _kinds(self, sheet: _Sheet, x: Map, y: Map) -> Plane:
        """For each cell of the frame whether a layer hides none, some or all of it."""
        height, width = self._layers.ground.y.shape
        rows, columns = sheet.kinds.shape
        at_x = (x[1:-1, 1:-1] + np.float32(0.5)) * np.float32(columns / width) - np.float32(0.5)
        at_y = (y[1:-1, 1:-1] + np.float32(0.5)) * np.float32(rows / height) - np.float32(0.5)
        found = cv2.remap(sheet.kinds, at_x, at_y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        return found.astype(np.uint8, copy=False)


Range = tuple[int, int]


class _Grid:
    """The pixels of planes that a frame's cells show, for luma and chroma; blocks of cells are drawn from it.

    corner: of the planes on the canvas, even.
    """

    def __init__(self, place: tuple[Map, Map], corner: tuple[int, int], cell: int) -> None:
        self._x, self._y = place[0] - np.float32(corner[0]), place[1] - np.float32(corner[1])
        half = np.float32(0.5)
        # A chroma sample lies amid four luma samples, in the clip as on the canvas.
        self._half_x, self._half_y = (self._x - half) * half, (self._y - half) * half
        self._cell = cell

    def sample(self, planes: tuple[Plane, Plane, Plane], rows: Range, columns: Range, into: Frame) -> None:
        """Draws a block of planes over what is there."""
        area, x_map, y_map = self._maps(self._x, self._y, self._cell, rows, columns, into.y)
        _remap(planes[0], x_map, y_map, into.y[area])
        area, x_map, y_map = self._maps(self._half_x, self._half_y, self._cell // 2, rows, columns, into.u)
        _remap(planes[1], x_map, y_map, into.u[area])
        _remap(planes[2], x_map, y_map, into.v[area])

    def lay(self, sheet: _Sheet, rows: Range, columns: Range, into: Frame) -> None:
        """Lays a block of a near layer over what is there."""
        near = sheet.near
        area, x_map, y_map = self._maps(self._x, self._y, self._cell, rows, columns, into.y)
        _blend(near.y, _remap(sheet.clear, x_map, y_map), x_map, y_map, into.y[area])
        area, x_map, y_map = self._maps(self._half_x, self._half_y, self._cell // 2, rows, columns, into.u)
        clear = _remap(sheet.clear_half, x_map, y_map)
        _blend(near.u, clear, x_map, y_map, into.u[area])
        _blend(near.v, clear, x_map, y_map, into.v[area])

    @staticmethod
    def _maps(x: Map, y: Map, cell: int, rows: Range, columns: Range, plane: Plane) -> tuple[Any, Map, Map]:
        """The block's area in a plane and a map for each of its pixels."""
        top, left = rows[0] * cell, columns[0] * cell
        bottom, right = min(plane.shape[0], rows[1] * cell), min(plane.shape[1], columns[1] * cell)
        size = ((columns[1] - columns[0] + 2) * cell, (rows[1] - rows[0] + 2) * cell)
        block = (slice(rows[0], rows[1] + 2), slice(columns[0], columns[1] + 2))
        inner = (slice(cell, cell + bottom - top), slice(cell, cell + right - left))
        wide_x = cv2.resize(x[block], size, interpolation=cv2.INTER_LINEAR)[inner]
        wide_y = cv2.resize(y[block], size, interpolation=cv2.INTER_LINEAR)[inner]
        return (slice(top, bottom), slice(left, right)), as_map(wide_x), as_map(wide_y)


def _remap(plane: Plane, x: Map, y: Map, into: Plane | None = None) -> Plane:
    # Without `into` the result is new memory, which is small: one run of one strip.
    return cv2.remap(plane, x, y, cv2.INTER_LINEAR, dst=into, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _blend(plane: Plane, clear: Plane, x: Map, y: Map, into: Plane) -> None:
    above = _remap(plane, x, y)
    cv2.multiply(into, clear, dst=into, scale=1 / _OPAQUE)
    cv2.add(into, above, dst=into)


def _sheet(near: Near, layers: Layers, cell_px: float) -> _Sheet:
    height, width = layers.ground.y.shape
    rows, columns = -(-height // _KIND_PX), -(-width // _KIND_PX)
    whole = np.zeros((height, width), np.uint8)
    whole[near.top : near.top + near.alpha.shape[0], near.left : near.left + near.alpha.shape[1]] = near.alpha
    # A cell of the clip is bent and stretched by half at most; it is looked up at its middle, rounded, and sampling
    # reaches a pixel farther.
    reach = int(np.ceil((0.75 * cell_px + 1) / _KIND_PX + 0.5))
    window = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    touched = cv2.dilate(_shares(whole, 0, (columns, rows)), window) > 0
    solid = cv2.erode(_shares(whole, _OPAQUE - 1, (columns, rows)), window) == _OPAQUE
    return _Sheet(
        near=near,
        clear=cv2.bitwise_not(near.alpha).astype(np.uint8, copy=False),
        clear_half=cv2.bitwise_not(near.alpha_half).astype(np.uint8, copy=False),
        kinds=touched.astype(np.uint8) + solid.astype(np.uint8),
    )


def _shares(alpha: Plane, above: int, size: tuple[int, int]) -> Plane:
    """How much of each cell has an alpha above this, 0..255."""
    there = cv2.threshold(alpha, above, _OPAQUE, cv2.THRESH_BINARY)[1]
    return cv2.resize(there, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _blocks(kinds: Plane) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
    """Rectangles of cells that are to be drawn: their kind, first and last row, first and last column."""
    for columns_kind, left, right in _stretches(kinds, axis=0, least=_SHORT_COLUMNS):
        if columns_kind == _CLEAR:
            continue
        if columns_kind == _SOLID:
            yield _SOLID, (0, kinds.shape[0]), (left, right)
            continue
        for kind, top, bottom in _stretches(kinds[:, left:right], axis=1, least=_SHORT_ROWS):
            if kind != _CLEAR:
                yield kind, (top, bottom), (left, right)


def _stretches(kinds: Plane, *, axis: int, least: int) -> list[tuple[int, int, int]]:
    """Kind, begin and end of stretches of whole columns (axis 0) or rows (axis 1) of cells.

    A stretch is of one kind only where every cell is; what is shorter than `least` is drawn with what is beside it.
    """
    lowest, highest = kinds.min(axis=axis), kinds.max(axis=axis)
    lines = np.where(lowest == highest, lowest, np.uint8(_MIXED))
    ends = [*(np.flatnonzero(lines[1:] != lines[:-1]) + 1).tolist(), len(lines)]
    found: list[tuple[int, int, int]] = []
    begin = 0
    for end in ends:
        kind = int(lines[begin]) if end - begin >= least else _MIXED
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1], end)
        else:
            found.append((kind, begin, end))
        begin = end
    return found
