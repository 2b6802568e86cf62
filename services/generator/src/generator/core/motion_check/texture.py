"""Where a normalised frame has something to hold on to: corners, edges where corners are few, and how well they hold.

A corner is found again in both directions, a point on an edge only across the edge: along it one place looks like the
next. So every point carries how far its place can be trusted in each direction.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS: Final = 300
"""Cells that share the middle frame; each gives its best corner. More tracks cost time and change no verdict."""

LEAST_CORNER: Final = 1e-3
"""Smallest eigenvalue of a corner worth following, on the contrast-normalised frame; noise of 1 level stays below."""

ENOUGH_CORNERS: Final = 80
"""Corners from which edges have nothing to add."""

LEAST_EDGE: Final = 2e-3
"""Largest eigenvalue of an edge worth following where corners are few."""

HALF_TRUST: Final = 5e-4
"""Eigenvalue, over the tracker's window, at which half of a place's variance is the tracker's own noise."""

MARGIN_PX: Final = 7
"""Half the tracker's window."""

_BLOCK_PX: Final = 5
_SOBEL: Final = 1.0 / (255.0 * 4.0)
"""What OpenCV divides gradients by before it gives eigenvalues, for an aperture of 3."""


def corners(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The best corner of each of about 300 square cells of a normalised frame, (points, 2) float32 pixels, x then y.

    Cells without texture give none, so an empty sky brings few points and a flat frame none.
    """
    place, strength = _best(_float(cv2.cornerMinEigenVal(frame, _BLOCK_PX)))
    return place[strength > LEAST_CORNER]


def points(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The corners, and where they are few the cells' strongest edges besides; as `corners` gives them."""
    place, strength = _best(_float(cv2.cornerMinEigenVal(frame, _BLOCK_PX)))
    firm = strength > LEAST_CORNER
    if int(firm.sum()) >= ENOUGH_CORNERS:
        return place[firm]
    on_edge, contrast = _best(_float(cv2.cornerEigenValsAndVecs(frame, _BLOCK_PX, 3)[:, :, :2].max(axis=2)))
    return np.concatenate([place[firm], on_edge[~firm & (contrast > LEAST_EDGE)]])


def trust(frame: NDArray[np.uint8], place: NDArray[np.float32]) -> NDArray[np.float64]:
    """(points, 2, 2) by which a point's errors are multiplied: near 1 across structure, near 0 along an edge.

    The square root of lambda / (lambda + 5e-4) in the directions of the structure tensor's eigenvectors, lambda their
    eigenvalues over the tracker's window: what the tracker's noise leaves of a place's precision there.
    """
    size = (2 * MARGIN_PX + 1, 2 * MARGIN_PX + 1)
    across = cv2.Sobel(frame, cv2.CV_32F, 1, 0, scale=_SOBEL)
    down = cv2.Sobel(frame, cv2.CV_32F, 0, 1, scale=_SOBEL)
    column, row = place.astype(int).T
    tensor = np.empty((len(place), 2, 2))
    for (i, j), product in (((0, 0), across * across), ((0, 1), across * down), ((1, 1), down * down)):
        tensor[:, i, j] = tensor[:, j, i] = cv2.blur(product, size)[row, column]
    values, vectors = np.linalg.eigh(tensor)
    values = np.maximum(values, 0.0)
    held = np.sqrt(values / (values + HALF_TRUST))
    trusted: NDArray[np.float64] = (vectors * held[:, None, :]) @ vectors.transpose(0, 2, 1)
    return trusted


def _float(found: NDArray[Any]) -> NDArray[np.float32]:
    return found.astype(np.float32, copy=False)


def _best(strength: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(cells, 2) the strongest place of each cell, and how strong it is."""
    height, width = strength.shape
    side = max(8, round(float(np.sqrt(width * height / CELLS))))
    strength[:MARGIN_PX], strength[-MARGIN_PX:] = 0, 0
    strength[:, :MARGIN_PX], strength[:, -MARGIN_PX:] = 0, 0
    rows, columns = height // side, width // side
    blocks = strength[: rows * side, : columns * side].reshape(rows, side, columns, side)
    cells = blocks.swapaxes(1, 2).reshape(rows * columns, side * side)
    inside = cells.argmax(axis=1)
    best = np.take_along_axis(cells, inside[:, None], axis=1)[:, 0]
    row, column = np.divmod(np.arange(rows * columns), columns)
    place = np.stack([column * side + inside % side, row * side + inside // side], axis=1).astype(np.float32)
    return place, best
