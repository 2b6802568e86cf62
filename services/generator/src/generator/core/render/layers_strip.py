"""One strip of a frame and one layer: the rectangles that it is drawn in, the maps of their pixels, and the drawing."""

import re
import threading
from collections.abc import Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np

from generator.core.render.raster import Map, Plane, as_map

_SHORT_COLUMNS: Final = 20
_SHORT_ROWS: Final = 5
"""Shorter stretches of cells that could do with one layer are drawn with what is beside them: a call costs more."""

CLEAR, MIXED, SOLID = 1, 2, 4
"""Of a cell nothing, some or all is drawn."""

_ONE_KIND: Final = bytes(kinds if kinds in (CLEAR, MIXED, SOLID) else MIXED for kinds in range(256))
_RUNS: Final = re.compile(rb"(.)\1*", re.DOTALL)
OPAQUE: Final = 255

Range = tuple[int, int]


class Leaf(NamedTuple):
    """Planes of a layer on one raster. clear: 255 minus their alpha; None where they hide all that is behind."""

    planes: tuple[Plane, ...]
    clear: Plane | None


class Block(NamedTuple):
    """A rectangle of cells of the frame that is drawn at once."""

    kind: int
    rows: Range
    columns: Range


class Scratch(threading.local):
    """Memory for one strip, each thread its own.

    What is made anew for every strip goes back to the system after it, which clears it page by page for the next.
    """

    def __init__(self) -> None:
        self._maps: dict[str, Map] = {}
        self._planes: dict[str, Plane] = {}

    def map(self, name: str, width: int, height: int) -> Map:
        """The map of this name, (height, width) float32, with what was last in it."""
        kept = self._maps.get(name)
        if kept is None or kept.size < width * height:
            kept = self._maps[name] = np.empty(width * height, np.float32)
        return kept[: width * height].reshape(height, width)

    def plane(self, name: str, width: int, height: int) -> Plane:
        """The plane of this name, (height, width) uint8, with what was last in it."""
        kept = self._planes.get(name)
        if kept is None or kept.size < width * height:
            kept = self._planes[name] = np.empty(width * height, np.uint8)
        return kept[: width * height].reshape(height, width)


class Maps:
    """A map for each pixel of the cells that blocks of one strip cover; the next ones of a thread overwrite them.

    places: the planes' pixels over the grid's cells. cell: pixels for each of them.
    """

    def __init__(self, places: tuple[Map, Map], cell: int, blocks: list[Block], scratch: Scratch) -> None:
        self.scratch = scratch
        # The grid has a cell more all round, and so have these.
        top, bottom = min(block.rows[0] for block in blocks), max(block.rows[1] for block in blocks) + 2
        left, right = min(block.columns[0] for block in blocks), max(block.columns[1] for block in blocks) + 2
        size = ((right - left) * cell, (bottom - top) * cell)
        self._x, self._y = (
            as_map(
                cv2.resize(
                    place[top:bottom, left:right],
                    size,
                    dst=scratch.map(name, *size),
                    interpolation=cv2.INTER_LINEAR,
                )
            )
            for name, place in zip("xy", places, strict=True)
        )
        self._cell = cell
        self._above, self._before = (top - 1) * cell, (left - 1) * cell

    def of(self, block: Block, plane: Plane) -> tuple[tuple[slice, slice], Map, Map]:
        """A block's area in a plane of the frame, and the maps of its pixels."""
        (top, bottom), (left, right) = block.rows, block.columns
        down = slice(top * self._cell, min(plane.shape[0], bottom * self._cell))
        across = slice(left * self._cell, min(plane.shape[1], right * self._cell))
        inner = (
            slice(down.start - self._above, down.stop - self._above),
            slice(across.start - self._before, across.stop - self._before),
        )
        return (down, across), self._x[inner], self._y[inner]


def draw(blocks: list[Block], maps: Maps, leaf: Leaf, into: tuple[Plane, ...]) -> None:
    """Draws blocks of a layer's planes over what is there."""
    for block in blocks:
        area, x, y = maps.of(block, into[0])
        if leaf.clear is None or block.kind == SOLID:
            for plane, target in zip(leaf.planes, into, strict=True):
                _remap(plane, x, y, target[area])
            continue
        height, width = x.shape
        clear, above = (maps.scratch.plane(name, width, height) for name in ("clear", "above"))
        _remap(leaf.clear, x, y, clear)
        for plane, target in zip(leaf.planes, into, strict=True):
            _remap(plane, x, y, above)
            cv2.multiply(target[area], clear, dst=target[area], scale=1 / OPAQUE)
            cv2.add(target[area], above, dst=target[area])


def _remap(plane: Plane, x: Map, y: Map, into: Plane) -> None:
    cv2.remap(plane, x, y, cv2.INTER_LINEAR, dst=into, borderMode=cv2.BORDER_REPLICATE)


def blocks_of(kinds: Plane, rows: Range) -> Iterator[Block]:
    """What is to be drawn of some rows of cells."""
    first, end = rows
    for columns_kind, left, right in _stretches(kinds[first:end], axis=0, least=_SHORT_COLUMNS):
        if columns_kind == CLEAR:
            continue
        if columns_kind == SOLID:
            yield Block(SOLID, rows, (left, right))
            continue
        for kind, top, bottom in _stretches(kinds[first:end, left:right], axis=1, least=_SHORT_ROWS):
            if kind != CLEAR:
                yield Block(kind, (first + top, first + bottom), (left, right))


def _stretches(kinds: Plane, *, axis: int, least: int) -> list[tuple[int, int, int]]:
    """Kind, begin and end of stretches of whole columns (axis 0) or rows (axis 1) of cells.

    A stretch is of one kind only where every cell is; what is shorter than `least` is drawn with what is beside it.
    """
    # Kinds are bits, so that two kinds together are neither.
    lines = np.bitwise_or.reduce(kinds, axis=axis).tobytes().translate(_ONE_KIND)
    found: list[tuple[int, int, int]] = []
    for run in _RUNS.finditer(lines):
        begin, end = run.span()
        kind = lines[begin] if end - begin >= least else MIXED
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1], end)
        else:
            found.append((kind, begin, end))
    return found
