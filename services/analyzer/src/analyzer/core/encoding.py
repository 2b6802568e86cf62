"""Maps as small PNG files, and pictures through a JPEG file and back."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Labels, Mask, Pixels, Plane

_QUICK: Final = (
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB),
)
"""Differences of neighbours and their runs: on these maps a quarter of the time of level 3, for fewer bytes."""

_STORED: Final = (
    *(cv2.IMWRITE_PNG_COMPRESSION, 0),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE),
)
"""As they are: the lower half of 16 bits is as good as noise, so packing takes ten times as long to write and six times
as long to read, for a file that is a quarter smaller."""


def png_shares(values: Plane, *, bits: int) -> bytes:
    """A grey PNG whose full scale stands for 1. values: (H, W) float32 0..1. bits: 8 or 16."""
    if bits == 16:
        return _png(np.round(np.clip(values, 0.0, 1.0) * np.float32(65535)).astype(np.uint16), _STORED)
    return _png(np.round(np.clip(values, 0.0, 1.0) * np.float32(255)).astype(np.uint8))


def png_labels(values: Labels) -> bytes:
    """A grey PNG whose values are the labels themselves. values: (H, W) uint8."""
    return _png(values)


def png_mask(values: Mask) -> bytes:
    """A grey PNG, 255 where the mask holds. values: (H, W) uint8, 0 or 1."""
    return _png(values * np.uint8(255))


def _png(values: object, how: tuple[int, ...] = _QUICK) -> bytes:
    return cv2.imencode(".png", np.asarray(values), how)[1].tobytes()


def jpeg_again(pixels: Pixels, *, quality: int) -> Pixels:
    """The picture as it comes back from a JPEG file. pixels: (H, W, 3) uint8 BGR. quality: 1..100."""
    file = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))[1]
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
