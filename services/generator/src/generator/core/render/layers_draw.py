"""Planes from places: a frame is drawn strip by strip, each from the layers that are seen there, back to front."""

from typing import Final, NamedTuple, Protocol

import cv2
import numpy as np

from generator.core.render.layers import Layers, Near
from generator.core.render.layers_strip import (
    CLEAR,
    MIXED,
    OPAQUE,
    SOLID,
    Leaf,
    Maps,
    Range,
    Scratch,
    blocks_of,
    draw,
)
from generator.core.render.raster import Map, Plane, as_plane
from generator.core.render.side_by_side import ALONE, Hands

_STRIP_CELLS: Final = 24
"""Cells of one strip: its two maps of a 1280 px wide frame take 2 MB, which a cache holds."""

_KIND_PX: Final = 4
"""Canvas pixels for each cell in which it is noted whether a layer hides what is behind."""


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


class _Sheet(NamedTuple):
    """A layer ready to be drawn.

    left, top: corner of its planes on the canvas, even. kinds: over small cells of the canvas, whether none, some or
    all of what a cell of the clip may show there is hidden; None for the ground.
    """

    left: int
    top: int
    luma: Leaf
    chroma: Leaf
    kinds: Plane | None


class _Laid(NamedTuple):
    """A layer as one frame has it.

    luma, chroma: pixels of its planes, x and y, over the grid's cells. kinds: for each cell of the frame whether
    nothing, some or all of it is drawn.
    """

    sheet: _Sheet
    luma: tuple[Map, Map]
    chroma: tuple[Map, Map]
    kinds: Plane


class Painter:
    """Draws layers into frames. Several threads may use it at once: each has a memory of its own in it.

    cell_px: clip pixels for a cell of the grids. magnification: canvas pixels for a clip pixel.
    """

    def __init__(self, layers: Layers, *, cell_px: int, magnification: float) -> None:
        ground = layers.ground
        self._cell = cell_px
        self._scratch = Scratch()
        whole = _Sheet(0, 0, Leaf((ground.y,), None), Leaf((ground.u, ground.v), None), None)
        self._sheets = (whole, *(_sheet(near, layers, cell_px * magnification) for near in layers.near))

    def paint(self, places: list[tuple[Map, Map]], into: Frame, *, hands: Hands = ALONE) -> None:
        """Fills `into`. places: for the ground and each near layer, canvas pixels over the grid's cells.

        hands: who draws.
        """
        laid = [_laid(*layer) for layer in zip(self._sheets, places, self._drawn(places), strict=True)]
        rows = len(laid[0].kinds)
        strips = iter(range(0, rows, _STRIP_CELLS))

        def work() -> None:
            # Whoever is free takes the next one: no two have a row in common.
            for first in strips:
                for layer in laid:
                    self._strip(layer, (first, min(first + _STRIP_CELLS, rows)), into)

        hands.together(work, work)

    def _strip(self, layer: _Laid, rows: Range, into: Frame) -> None:
        """Draws one layer over what is there in some rows of cells."""
        blocks = list(blocks_of(layer.kinds, rows))
        if blocks:
            draw(blocks, Maps(layer.luma, self._cell, blocks, self._scratch), layer.sheet.luma, (into.y,))
            draw(
                blocks, Maps(layer.chroma, self._cell // 2, blocks, self._scratch), layer.sheet.chroma, (into.u, into.v)
            )

    def _drawn(self, places: list[tuple[Map, Map]]) -> list[Plane]:
        """For each layer and cell whether nothing, some or all of the cell is drawn: not what a nearer layer hides."""
        x, _ = places[0]
        kinds = [
            np.full((x.shape[0] - 2, x.shape[1] - 2), SOLID, np.uint8)
            if sheet.kinds is None
            else self._kinds(sheet.kinds, *place)
            for sheet, place in zip(self._sheets, places, strict=True)
        ]
        hidden = np.zeros(kinds[0].shape, bool)
        drawn = []
        for own in reversed(kinds):
            drawn.append(np.where(hidden, np.uint8(CLEAR), own))
            hidden |= own == SOLID
        return drawn[::-1]

    @staticmethod
    def _kinds(kinds: Plane, x: Map, y: Map) -> Plane:
        """For each cell of the frame whether a layer hides none, some or all of it."""
        at_x, at_y = (
            (place[1:-1, 1:-1] + np.float32(0.5)) * np.float32(1 / _KIND_PX) - np.float32(0.5) for place in (x, y)
        )
        found = cv2.remap(kinds, at_x, at_y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        return found.astype(np.uint8, copy=False)


def _laid(sheet: _Sheet, place: tuple[Map, Map], kinds: Plane) -> _Laid:
    luma = (place[0] - np.float32(sheet.left), place[1] - np.float32(sheet.top))
    half = np.float32(0.5)
    # A chroma sample lies amid four luma samples, in the clip as on the canvas.
    return _Laid(sheet, luma, ((luma[0] - half) * half, (luma[1] - half) * half), kinds)


def _sheet(near: Near, layers: Layers, cell_px: float) -> _Sheet:
    height, width = layers.ground.y.shape
    kinds = np.full((-(-height // _KIND_PX), -(-width // _KIND_PX)), CLEAR, np.uint8)
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
    solid = cv2.erode(_shares(alpha, OPAQUE - 1), window) == OPAQUE
    kinds[rows, columns] = np.where(solid, np.uint8(SOLID), np.where(touched, np.uint8(MIXED), np.uint8(CLEAR)))
    return _Sheet(
        near.left,
        near.top,
        luma=Leaf((near.y,), as_plane(cv2.bitwise_not(near.alpha))),
        chroma=Leaf((near.u, near.v), as_plane(cv2.bitwise_not(near.alpha_half))),
        kinds=kinds,
    )


def _around(first: int, length: int, reach: int, most: int) -> slice:
    """The small cells that hold canvas pixels from first on, and as many more as reach into them."""
    return slice(max(0, first // _KIND_PX - reach), min(most, -(-(first + length) // _KIND_PX) + reach))


def _shares(alpha: Plane, above: int) -> Plane:
    """How much of each small cell has an alpha above this, 0..255."""
    there = cv2.threshold(alpha, above, OPAQUE, cv2.THRESH_BINARY)[1]
    size = (alpha.shape[1] // _KIND_PX, alpha.shape[0] // _KIND_PX)
    return as_plane(cv2.resize(there, size, interpolation=cv2.INTER_AREA))
