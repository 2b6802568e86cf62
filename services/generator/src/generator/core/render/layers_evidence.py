"""What a picture says of a line drawn in it: whether the two sides look different, and whether there is an edge."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.raster import Map, Plane, as_plane, square

_RING: Final = 25
"""Window, in cells, with whose mean gradient that on an outline is compared: 12 to both sides."""

_GRADIENT_FLOOR: Final = 2.0
"""Grey levels a cell: weaker gradients are noise."""

_SIDE: Final = 7
"""Window, in cells, in which the two sides of an outline are compared."""

_LEAST_SIDE: Final = 1e-3

_SIDE_FLOOR: Final = 5.0
"""Grey levels: sides that vary less vary by noise."""

_AROUND: Final = square(1)

Places = NDArray[np.intp]


class Sides:
    """Looks of both sides of any outline in one picture. colours: (h, w, 3) uint8."""

    def __init__(self, colours: Plane) -> None:
        self._values = [plane.astype(np.float32) for plane in cv2.split(colours)]
        self._means = [(_mean(value), _mean(value * value)) for value in self._values]

    def difference(self, near: Plane, at: Places | None = None) -> Map:
        """For each cell how different the two sides of an outline beside it look, in standard deviations of either.

        near: (h, w) uint8, 1 on one side. at: (n,) the cells that are asked for, in rows one after another; None for
        all. Means and variances of both sides are those of a small window around the cell; (h, w) float32, or (n,).
        """
        inside = near.astype(np.float32)
        share = _picked(_mean(inside), at)
        rest = np.float32(1.0) - share
        some, others = np.maximum(share, np.float32(_LEAST_SIDE)), np.maximum(rest, np.float32(_LEAST_SIDE))
        apart = np.zeros(share.shape, np.float32)
        spread = np.full(share.shape, _SIDE_FLOOR**2, np.float32)
        for value, (mean, squared) in zip(self._values, self._means, strict=True):
            one_sum = _picked(_mean(value * inside), at)
            one, other = one_sum / some, (_picked(mean, at) - one_sum) / others
            apart += (one - other) ** 2
            spread += np.maximum(_picked(squared, at) - one * one * share - other * other * rest, np.float32(0.0))
        found: Map = np.sqrt(apart / spread)
        return found


def contrast(colours: Plane) -> Map:
    """For each cell the strongest gradient beside it over the mean gradient around it, (h, w) float32."""
    planes = cv2.split(colours)
    strongest = _gradient(as_plane(planes[0]))
    for plane in planes[1:]:
        strongest = np.maximum(strongest, _gradient(as_plane(plane)))
    beside = cv2.dilate(strongest, _AROUND)
    around = cv2.blur(beside, (_RING, _RING))
    ratio: Map = beside / (around + np.float32(_GRADIENT_FLOOR))
    return ratio


def _picked(values: Map, at: Places | None) -> Map:
    return values if at is None else values.ravel()[at]


def _mean(values: Map) -> Map:
    return cv2.blur(values, (_SIDE, _SIDE)).astype(np.float32, copy=False)


def _gradient(plane: Plane) -> Map:
    across, down = (cv2.Sobel(plane, cv2.CV_32F, *order, scale=0.25) for order in ((1, 0), (0, 1)))
    return cv2.magnitude(across, down).astype(np.float32, copy=False)
