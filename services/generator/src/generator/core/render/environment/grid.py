"""Displacements on a coarse grid, spread over pixels in strips: no map of the whole picture ever exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.environment.contract import Map

V = TypeVar("V", np.float32, np.uint8)

STRIP_LINES: Final = 64
"""Lines of one strip: its maps stay in the cache."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid over `width` x `height` pixels with cells of `across` x `down` pixels, and one more cell all round.

    Both are even and divide STRIP_LINES. Values at cell centres are spread by linear interpolation.
    """

    width: int
    height: int
    across: int
    down: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return -(-self.height // self.down) + 2, -(-self.width // self.across) + 2

    def x(self) -> Map:
        """Where the columns lie, (1, columns) float32 in pixels, centre of the first pixel at 0."""
        centres = (np.arange(self.shape[1], dtype=np.float32) - 1) * self.across + np.float32((self.across - 1) / 2)
        return centres[None, :]

    def y(self) -> Map:
        """Where the rows lie, (rows, 1) float32 in pixels."""
        centres = (np.arange(self.shape[0], dtype=np.float32) - 1) * self.down + np.float32((self.down - 1) / 2)
        return centres[:, None]

    def halved(self) -> "Grid":
        """The same cells over chroma, whose pixels are twice as large."""
        return Grid(self.width // 2, self.height // 2, self.across // 2, self.down // 2)

    def sampled(self, plane: Map) -> Map:
        """A plane of any size over the same rectangle, at the grid's cells, beyond its edge as at the edge."""
        height, width = plane.shape
        x = (self.x() + 0.5) * np.float32(width / self.width) - 0.5
        y = (self.y() + 0.5) * np.float32(height / self.height) - 0.5
        at_x, at_y = np.broadcast_arrays(x, y)
        places = (np.ascontiguousarray(at_x, np.float32), np.ascontiguousarray(at_y, np.float32))
        return np.asarray(cv2.remap(plane, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)

    def strips(self, lines: int = STRIP_LINES) -> Iterator[slice]:
        """Strips of pixel rows from the top down; `lines` is a multiple of the cell's height."""
        for top in range(0, self.height, lines):
            yield slice(top, min(top + lines, self.height))

    def spread(self, values: NDArray[V], strip: slice) -> NDArray[V]:
        """Grid values over the pixels of a strip: (lines, width) of the values' own type, a view."""
        first = strip.start // self.down
        count = -(-(strip.stop - strip.start) // self.down)
        rows = values[first : first + count + 2]
        size = (values.shape[1] * self.across, (count + 2) * self.down)
        wide = np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_LINEAR), values.dtype)
        return wide[self.down : self.down + strip.stop - strip.start, self.across : self.across + self.width]
