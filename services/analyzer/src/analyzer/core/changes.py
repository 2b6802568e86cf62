"""The slight changes of a still under which its verdicts should stay."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import StabilityChange
from analyzer.core.arrays import Pixels
from analyzer.core.encoding import jpeg_again

_KEPT: Final = 0.95
"""Share of width and height that the crop keeps."""
_GAMMA: Final = {StabilityChange.DARKER: 1.25, StabilityChange.LIGHTER: 0.8}
_QUALITY: Final = {StabilityChange.COMPRESSION: 60, StabilityChange.FLIP: 90}


def changed(pixels: Pixels, change: StabilityChange) -> Pixels:
    """The changed still, contiguous. pixels: (H, W, 3) uint8; a crop is smaller, the others have its size.

    What a photograph goes through on its way: a border lost, a brighter or darker rendering, another compression.
    """
    if change is StabilityChange.CROP:
        across, down = cut(pixels.shape[1]), cut(pixels.shape[0])
        return np.ascontiguousarray(pixels[down : pixels.shape[0] - down, across : pixels.shape[1] - across])
    if change in _GAMMA:
        levels = np.round(255.0 * (np.arange(256) / 255.0) ** _GAMMA[change]).astype(np.uint8)
        return cv2.LUT(pixels, levels).astype(np.uint8, copy=False)
    turned = np.ascontiguousarray(pixels[:, ::-1]) if change is StabilityChange.FLIP else pixels
    return jpeg_again(turned, quality=_QUALITY[change])


def cut(size: int) -> int:
    """The pixels that the crop takes from each end of a side of `size` pixels."""
    return round((1.0 - _KEPT) / 2 * size)
