"""Photographs to measure with, made from those that the tests use."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

#: The size of a phone's photograph of 12 megapixels.
LARGE_PX: Final = (4000, 3000)

_MEDIA: Final = Path(__file__).resolve().parent.parent / "tests" / "media"
_LARGE: Final = "picosdeeuropa.jpg"
_QUALITY: Final = 85
_GRAIN: Final = 3.5
_MAP_PX: Final = (512, 384)


def photograph(name: str) -> bytes:
    """The file of one of the tests' photographs, about 0.1 MB."""
    return (_MEDIA / name).read_bytes()


def large_photograph() -> bytes:
    """A JPEG of 4000 x 3000 pixels at quality 85; the same bytes every time.

    A small photograph enlarged, with a sensor's grain of 3.5 grey levels in daylight: so the file has 1.9 MB. Entropy
    decoding is most of what decoding costs, so a file of twice the bytes costs some 14 ms more, above the floor and in
    the floor alike.
    """
    small = cv2.imread(str(_MEDIA / _LARGE), cv2.IMREAD_COLOR)
    if small is None:
        raise FileNotFoundError(_MEDIA / _LARGE)
    large = cv2.resize(small, LARGE_PX, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(1).normal(0.0, _GRAIN, (LARGE_PX[1], LARGE_PX[0], 1)).astype(np.float32)
    grained: NDArray[np.uint8] = np.clip(large + grain, 0, 255).astype(np.uint8)
    done, encoded = cv2.imencode(".jpg", grained, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ValueError("OpenCV wrote no JPEG")
    return encoded.tobytes()


def depth_map() -> bytes:
    """A grey PNG of 16 bits, near at the bottom and far at the top with a near hill in the middle."""
    width, height = _MAP_PX
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    hill = np.exp(-(((x / width - 0.5) / 0.15) ** 2 + ((y / height - 0.6) / 0.2) ** 2))
    disparity = np.clip(0.8 * y / height + 0.4 * hill, 0.0, 1.0)
    done, encoded = cv2.imencode(".png", np.round(disparity * 65535).astype(np.uint16))
    if not done:
        raise ValueError("OpenCV wrote no PNG")
    return encoded.tobytes()
