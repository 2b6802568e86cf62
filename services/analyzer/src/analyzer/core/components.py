"""Connected areas of a mask, in labels of 16 bits where those are enough: they cost two thirds of the wide ones."""

from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

Components: TypeAlias = NDArray[np.integer[Any]]
"""(h, w), the number of the connected area at each place, 0 for none."""

_MOST_16: Final = 65_000
_LEAST_ROOM: Final = {4: 2, 8: 4}
"""Places that an area of one place takes with what parts it from the next, by connectivity."""


def components(mask: MatLike, *, connectivity: int) -> tuple[int, Components, NDArray[Any], NDArray[Any]]:
    """How many areas there are, the one around them counted; labels; per area left, top, width, height, size; centres.

    mask: (h, w) uint8. connectivity: 4 or 8 neighbours. Labels (h, w) are in reading order of their first place.
    """
    count, labels, stats, centres = cv2.connectedComponentsWithStats(
        mask, connectivity=connectivity, ltype=_kind(mask, connectivity)
    )
    return count, _whole(labels), np.asarray(stats), np.asarray(centres)


def labelled(mask: MatLike, *, connectivity: int) -> tuple[int, Components]:
    """How many areas there are, the one around them counted, and their labels; see `components`."""
    count, labels = cv2.connectedComponents(mask, connectivity=connectivity, ltype=_kind(mask, connectivity))
    return count, _whole(labels)


def _kind(mask: MatLike, connectivity: int) -> int:
    return cv2.CV_16U if mask.size / _LEAST_ROOM[connectivity] < _MOST_16 else cv2.CV_32S


def _whole(labels: Any) -> Components:
    plane: Components = np.asarray(labels)
    return plane
