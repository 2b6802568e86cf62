"""Planes from places: strips of a frame, each run of columns drawn from the layers that are seen there."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

import cv2
import numpy as np

from generator.core.render.layers import Layers, Near
from generator.core.render.raster import Map, Plane, as_map, as_plane

_STRIP_CELLS: Final = 24
"""Cells of one strip: its two maps of a 1280 px wide frame take 2 MB, which a cache holds."""

_SHORT_COLUMNS: Final = 20
_SHORT_ROWS: Final = 5
"""Shorter stretches of cells that could do with one layer are drawn with what is beside them: a call costs more."""

_KIND_PX: Final = 4
"""Canvas pixels for each cell in which it is noted whether a layer hides what is behind."""

_CLEAR, _MIXED, _SOLID = 1, 2, 4
_ONE_KIND: Final = bytes(kinds if kinds in (_CLEAR, _MIXED, _SOLID) else _MIXED for kinds in range(256))
_RUNS: Final = re.compile(rb"(.)\1*", re.DOTALL)
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


Range = tuple[int, int]


class _Leaf(NamedTuple):
    """Planes of a layer on one raster. clear: 255 minus their alpha; None where they hide all that is behind."""

    planes: tuple[Plane, ...]
    clear: Plane | None


class _Sheet(NamedTuple):
    """A layer ready to be drawn.

    left, top: corner of its planes on the canvas, even. kinds: over small cells of the canvas, whether none, some or
    all of what a cell of the clip may show there is hidden; None for the ground.
    """

    left: int
    top: int
    luma: _Leaf
    chroma: _Leaf
    kinds: Plane | None


class _Block(NamedTuple):
    """A rectangle of cells of the frame that is drawn at once."""

    kind: int
    rows: Range
    columns: Range


class Painter:
    """Draws layers into frames. Holds nothing that changes: several threads may use it at once.

    cell_px: clip pixels for a cell of the grids. magnification: canvas pixels for a clip pixel.
    """

    def __init__(self, layers: Layers, *, cell_px: int, magnification: float) -> None:
        ground = layers.ground
        self._cell = cell_px
        whole = _Sheet(0, 0, _Leaf((ground.y,), None), _Leaf((ground.u, ground.v), None), None)
        self._sheets = (whole, *(_sheet(near, layers, cell_px * magnification) for near in layers.near))

    def paint(self, places: list[tuple[Map, Map]], into: Frame) -> None:
        """Fills `into`. places: for the ground and each near layer, canvas pixels over the grid's cells."""
        for sheet, (x, y), kinds in zip(self._sheets, places, self._drawn(places), strict=True):
            luma = (x - np.float32(sheet.left), y - np.float32(sheet.top))
            half = np.float32(0.5)
            # A chroma sample lies amid four luma samples, in the clip as on the canvas.
            chroma = ((luma[0] - half) * half, (luma[1] - half) * half)
            for first in range(0, len(kinds), _STRIP_CELLS):
                blocks = list(_blocks(kinds, (first, min(first + _STRIP_CELLS, len(kinds)))))
                if blocks:
                    _draw(blocks, _Maps(luma, self._cell, blocks), sheet.luma, (into.y,))
                    _draw(blocks, _Maps(chroma, self._cell // 2, blocks), sheet.chroma, (into.u, into.v))

    def _drawn(self, places: list[tuple[Map, Map]]) -> list[Plane]:
        """For each layer and cell whether nothing, some or all of the cell is drawn: not what a nearer layer hides."""
        x, _ = places[0]
        kinds = [
            np.full((x.shape[0] - 2, x.shape[1] - 2), _SOLID, np.uint8)
            if sheet.kinds is None
            else self._kinds(sheet.kinds, *place)
            for sheet, place in zip(self._sheets, places, strict=True)
        ]
        hidden = np.zeros(kinds[0].shape, bool)
        drawn = []
        for own in reversed(kinds):
            drawn.append(np.where(hidden, np.uint8(_CLEAR), own))
            hidden |= own == _SOLID
        return drawn[::-1]

    @staticmethod
    def _kinds(kinds: Plane, x: Map, y: Map) -> Plane:
        """For each cell of the frame whether a layer hides none, some or all of it."""
        at_x, at_y = (
            (place[1:-1, 1:-1] + np.float32(0.5)) * np.float32(1 / _KIND_PX) - np.float32(0.5) for place in (x, y)
        )
        found = cv2.remap(kinds, at_x, at_y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        return found.astype(np.uint8, copy=False)


class _Maps:
    """A map for each pixel of the cells that blocks of one strip cover.

    places: the planes' pixels over the grid's cells. cell: pixels for each of them.
    """

    def __init__(self, places: tuple[Map, Map], cell: int, blocks: list[_Block]) -> None:
        # The grid has a cell more all round, and so have these.
        top, bottom = min(block.rows[0] for block in blocks), max(block.rows[1] for block in blocks) + 2
        left, right = min(block.columns[0] for block in blocks), max(block.columns[1] for block in blocks) + 2
        size = ((right - left) * cell, (bottom - top) * cell)
        self._x, self._y = (
            as_map(cv2.resize(place[top:bottom, left:right], size, interpolation=cv2.INTER_LINEAR)) for place in places
        )
        self._cell = cell
        self._above, self._before = (top - 1) * cell, (left - 1) * cell

    def of(self, block: _Block, plane: Plane) -> tuple[tuple[slice, slice], Map, Map]:
        """A block's area in a plane of the frame, and the maps of its pixels."""
        (top, bottom), (left, right) = block.rows, block.columns
        down = slice(top * self._cell, min(plane.shape[0], bottom * self._cell))
        across = slice(left * self._cell, min(plane.shape[1], right * self._cell))
        inner = (
            slice(down.start - self._above, down.stop - self._above),
            slice(across.start - self._before, across.stop - self._before),
        )
        return (down, across), self._x[inner], self._y[inner]


def _draw(blocks: list[_Block], maps: _Maps, leaf: _Leaf, into: tuple[Plane, ...]) -> None:
    """Draws blocks of a layer's planes over what is there."""
    for block in blocks:
        area, x, y = maps.of(block, into[0])
        if leaf.clear is None or block.kind == _SOLID:
            for plane, target in zip(leaf.planes, into, strict=True):
                _remap(plane, x, y, target[area])
            continue
        clear = _remap(leaf.clear, x, y)
        for plane, target in zip(leaf.planes, into, strict=True):
            _blend(plane, clear, x, y, target[area])


def _remap(plane: Plane, x: Map, y: Map, into: Plane | None = None) -> Plane:
    # Without `into` the result is new memory, which is small: one run of one strip.
    return cv2.remap(plane, x, y, cv2.INTER_LINEAR, dst=into, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _blend(plane: Plane, clear: Plane, x: Map, y: Map, into: Plane) -> None:
    above = _remap(plane, x, y)
    cv2.multiply(into, clear, dst=into, scale=1 / _OPAQUE)
    cv2.add(into, above, dst=into)


def _sheet(near: Near, layers: Layers, cell_px: float) -> _Sheet:
    height, width = layers.ground.y.shape
    kinds = np.full((-(-height // _KIND_PX), -(-width // _KIND_PX)), _CLEAR, np.uint8)
    # A cell of the clip is bent and stretched by half at most; it is looked up at its middle, rounded, and sampling
    # reaches a pixel farther.
    reach = int(np.ceil((0.75 * cell_px + 1) / _KIND_PX + 0.5))
    # The layer's rectangle and what reaches into it; beyond the canvas its rim goes on.
    rows, columns = (
        _around(first, length, reach, most)
        for first, length, most in zip((near.top, near.left), near.alpha.shape, kinds.shape, strict=True)
    )
    alpha = np.zeros(((rows.stop - rows.start) * _KIND_PX, (columns.stop - columns.start) * _KIND_PX), np.uint8)
    top, left = near.top - rows.start * _KIND_PX, near.left - columns.start * _KIND_PX
    alpha[top : top + near.alpha.shape[0], left : left + near.alpha.shape[1]] = near.alpha
    bottom, right = height - rows.start * _KIND_PX, width - columns.start * _KIND_PX
    alpha[bottom:] = alpha[bottom - 1 : bottom]
    alpha[:, right:] = alpha[:, right - 1 : right]
    window = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    touched = cv2.dilate(_shares(alpha, 0), window) > 0
    solid = cv2.erode(_shares(alpha, _OPAQUE - 1), window) == _OPAQUE
    kinds[rows, columns] = np.where(solid, np.uint8(_SOLID), np.where(touched, np.uint8(_MIXED), np.uint8(_CLEAR)))
    return _Sheet(
        near.left,
        near.top,
        luma=_Leaf((near.y,), as_plane(cv2.bitwise_not(near.alpha))),
        chroma=_Leaf((near.u, near.v), as_plane(cv2.bitwise_not(near.alpha_half))),
        kinds=kinds,
    )


def _around(first: int, length: int, reach: int, most: int) -> slice:
    """The small cells that hold canvas pixels from first on, and as many more as reach into them."""
    return slice(max(0, first // _KIND_PX - reach), min(most, -(-(first + length) // _KIND_PX) + reach))


def _shares(alpha: Plane, above: int) -> Plane:
    """How much of each small cell has an alpha above this, 0..255."""
    there = cv2.threshold(alpha, above, _OPAQUE, cv2.THRESH_BINARY)[1]
    size = (alpha.shape[1] // _KIND_PX, alpha.shape[0] // _KIND_PX)
    return as_plane(cv2.resize(there, size, interpolation=cv2.INTER_AREA))


def _blocks(kinds: Plane, rows: Range) -> Iterator[_Block]:
    """What is to be drawn of some rows of cells."""
    first, end = rows
    for columns_kind, left, right in _stretches(kinds[first:end], axis=0, least=_SHORT_COLUMNS):
        if columns_kind == _CLEAR:
            continue
        if columns_kind == _SOLID:
            yield _Block(_SOLID, rows, (left, right))
            continue
        for kind, top, bottom in _stretches(kinds[first:end, left:right], axis=1, least=_SHORT_ROWS):
            if kind != _CLEAR:
                yield _Block(kind, (first + top, first + bottom), (left, right))


def _stretches(kinds: Plane, *, axis: int, least: int) -> list[tuple[int, int, int]]:
    """Kind, begin and end of stretches of whole columns (axis 0) or rows (axis 1) of cells.

    A stretch is of one kind only where every cell is; what is shorter than `least` is drawn with what is beside it.
    """
    # Kinds are bits, so that two kinds together are neither.
    lines = np.bitwise_or.reduce(kinds, axis=axis).tobytes().translate(_ONE_KIND)
    found: list[tuple[int, int, int]] = []
    for run in _RUNS.finditer(lines):
        begin, end = run.span()
        kind = lines[begin] if end - begin >= least else _MIXED
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1], end)
        else:
            found.append((kind, begin, end))
    return found
