"""Which of two mirror images is measured.

Detectors are not symmetric: on exact mirror images the line detector finds other segments and the cascades other
faces. So of a still and its mirror image always the same one is measured, and the other gets the mirrored result.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Pixels, Plane

_SAME: Final = 2
"""Largest difference, in grey levels, at which a still counts as its own mirror image. Averaging a symmetric picture
down leaves rounding differences of one level; no eye sees two."""

_CELLS: Final = 32
_RAMP: Final = np.linspace(-1.0, 1.0, _CELLS, dtype=np.float32)[None]
_CLEAR: Final = 0.4
"""Difference, in grey levels, that compressing a still again does not make: it changes means of cells by hundredths."""


class Handedness(Enum):
    """How a still stands to the image that is measured."""

    AS_IS = "as is"
    MIRRORED = "mirrored"
    SYMMETRIC = "symmetric"


def canonical(pixels: Pixels) -> tuple[Pixels, Handedness]:
    """The image to measure, contiguous, and how the still stands to it.

    pixels: (H, W, 3) uint8. A still and its exact mirror image give the same image. A symmetric still gives an image
    that is its own mirror image exactly.
    """
    mirror = np.asarray(cv2.flip(pixels, 1), np.uint8)
    if cv2.norm(pixels, mirror, cv2.NORM_INF) <= _SAME:
        # The mean of the two, rounded the same way on both sides.
        even = (pixels.astype(np.uint16) + mirror + 1) // 2
        return np.ascontiguousarray(even.astype(np.uint8)), Handedness.SYMMETRIC
    if _leans_right(pixels, mirror):
        return np.ascontiguousarray(mirror), Handedness.MIRRORED
    return np.ascontiguousarray(pixels), Handedness.AS_IS


def _leans_right(pixels: Pixels, mirror: Pixels) -> bool:
    """Whether the still's weight lies on the right; exactly one of a still and its mirror image does.

    Told by the first clear difference between the sides of a coarse picture, so that a still that was saved again, or
    mirrored and saved again, is measured in the same handedness; by the first differing value where none is clear.
    """
    one, other = (_coarse(image) for image in (pixels, mirror))
    # Computed on both and subtracted, so that the mirrored still gives exactly the negated figure.
    for figure, turned in zip(_balances(one), _balances(other), strict=True):
        if abs(figure - turned) > _CLEAR:
            return figure > turned
    for row, flipped in zip(pixels, mirror, strict=True):
        different = np.flatnonzero(row.ravel() != flipped.ravel())
        if len(different):
            return bool(row.ravel()[different[0]] > flipped.ravel()[different[0]])
    return False


def _coarse(pixels: Pixels) -> Plane:
    small: Plane = np.asarray(cv2.resize(pixels, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA), np.float32)
    return small


def _balances(coarse: Plane) -> Iterator[float]:
    """How much more lies on the right than on the left, in grey levels, of one thing after the other.

    Light; light above and below; red over blue.
    """
    light = coarse.mean(axis=2)
    half = _CELLS // 2
    rows = (light, light[:half], light[half:], coarse[..., 2] - coarse[..., 0])
    return (float((plane * _RAMP).mean()) for plane in rows)
