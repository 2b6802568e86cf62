"""Which of two mirror images is measured.

Detectors are not symmetric: on exact mirror images the line detector finds other segments and the cascades other
faces. So of a still and its mirror image always the same one is measured, and the other gets the mirrored result.
"""

from enum import Enum
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Pixels

_SAME: Final = 2
"""Largest difference, in grey levels, at which a still counts as its own mirror image. Averaging a symmetric picture
down leaves rounding differences of one level; no eye sees two."""


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
    mirror = cv2.flip(pixels, 1)
    if int(cv2.absdiff(pixels, mirror).max(initial=0)) <= _SAME:
        # The mean of the two, rounded the same way on both sides.
        even = (pixels.astype(np.uint16) + mirror + 1) // 2
        return np.ascontiguousarray(even.astype(np.uint8)), Handedness.SYMMETRIC
    for row, turned in zip(pixels, mirror, strict=True):
        different = np.flatnonzero(row.ravel() != turned.ravel())
        if len(different):
            first = int(different[0])
            larger = row.ravel()[first] > turned.ravel()[first]
            break
    if larger:
        return np.ascontiguousarray(mirror), Handedness.MIRRORED
    return np.ascontiguousarray(pixels), Handedness.AS_IS
