"""Whether a small picture is a mixture of two others: how a dissolve is told from a movement."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.clips.frames import Luma

Series = NDArray[np.float64]

THUMB: Final = (128, 72)
"""Width and height of thumbnails. 9 kB of every frame are kept: 33 MB of the longest clip."""

LEAST_SHARE: Final = 0.2
"""Share below which one of two pictures hardly takes part in a mixture."""


def evened(thumb: Luma) -> Series:
    """A thumbnail's structure without its light, as a row of numbers."""
    # Without the finest too, which a moving camera takes away from under itself.
    plane = thumb.astype(np.float32)
    high = cv2.GaussianBlur(plane, (0, 0), 2.5) - cv2.GaussianBlur(plane, (0, 0), 14)
    return np.asarray(high, np.float64).ravel()


def overlap(
    middle: Series, before: tuple[Series, tuple[float, float]], after: tuple[Series, tuple[float, float]]
) -> tuple[Series, Series, Series] | None:
    """A picture and two others that are shifted over it, where all three show something; None where that is little."""
    edge = [max(abs(before[1][axis]), abs(after[1][axis])) for axis in (0, 1)]
    x, y = (int(np.ceil(one)) for one in edge)
    if 4 * x > THUMB[0] or 4 * y > THUMB[1]:
        return None
    inner = np.s_[y : THUMB[1] - y, x : THUMB[0] - x]
    one, two = (_shifted(plane, by)[inner].ravel() for plane, by in (before, after))
    return _plane(middle)[inner].ravel(), one, two


def _shifted(evened: Series, by: tuple[float, float]) -> Series:
    matrix = np.array([[1, 0, by[0]], [0, 1, by[1]]], np.float64)
    return np.asarray(cv2.warpAffine(_plane(evened), matrix, THUMB, borderMode=cv2.BORDER_REPLICATE), np.float64)


def _plane(evened: Series) -> Series:
    return evened.reshape(THUMB[1], THUMB[0])


def like(one: Series, two: Series) -> float:
    """Correlation of two such rows."""
    size = float(np.sqrt((one @ one) * (two @ two)))
    return float(one @ two) / max(size, 1e-9)


def mixture(middle: Series, before: Series, after: Series) -> float:
    """How like a frame is to the best mixture of two others; 0 where one of them has hardly a share."""
    rows = np.stack([before, after], axis=1)
    shares, *_ = np.linalg.lstsq(rows, middle, rcond=None)
    return like(rows @ shares, middle) if min(shares) >= LEAST_SHARE and sum(shares) < 1.2 else 0.0
