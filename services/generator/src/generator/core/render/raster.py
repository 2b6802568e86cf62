"""What is done to planes and maps again and again: other sizes, wider and narrower areas; with their types kept."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Plane = NDArray[np.uint8]


def square(reach: int) -> Plane:
    """A window of 2 * reach + 1 cells along each side."""
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


def as_plane(values: NDArray[Any]) -> Plane:
    """The same values as (h, w) uint8; no copy where they are that already."""
    return np.asarray(values, np.uint8)


def as_map(values: NDArray[Any]) -> Map:
    """The same values as (h, w) float32; no copy where they are that already."""
    return np.asarray(values, np.float32)


def sized(plane: Plane, size: tuple[int, int]) -> Plane:
    """A plane at (width, height): means of what each cell covers, or between cells where it grows."""
    return as_plane(cv2.resize(plane, size, interpolation=_way(plane, size)))


def sized_map(values: Map, size: tuple[int, int]) -> Map:
    """A map at (width, height): means of what each cell covers, or between cells where it grows."""
    return as_map(cv2.resize(values, size, interpolation=_way(values, size)))


def wider(area: Plane, reach: int) -> Plane:
    """An area, above 0 in it, widened by a square's reach."""
    return as_plane(cv2.dilate(area, square(reach)))


def narrower(area: Plane, reach: int) -> Plane:
    """An area narrowed by a square's reach; the border of the picture is no border of it."""
    return as_plane(cv2.erode(area, square(reach), borderType=cv2.BORDER_REPLICATE))


def soft(values: Map, sigma: float) -> Map:
    """A map smoothed by a Gaussian."""
    return as_map(cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def over_half(part: Plane, size: tuple[int, int]) -> Plane:
    """At (width, height), 1 where an area, above 0 in it, covers more than half of a cell."""
    whole = cv2.threshold(part, 0, 255, cv2.THRESH_BINARY)[1]
    return as_plane(sized(as_plane(whole), size) > _HALF)


_HALF = 127


def _way(values: NDArray[Any], size: tuple[int, int]) -> int:
    return cv2.INTER_AREA if size[0] * size[1] < values.shape[0] * values.shape[1] else cv2.INTER_LINEAR
