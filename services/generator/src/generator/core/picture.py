"""Frames as pictures that every viewer opens."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.errors import EncodingFailed

JPEG_QUALITY: Final = 90
"""Of 100: no blocks to be seen, about 0.2 MB for a frame of 720 lines."""

# The inverse of ITU-R BT.709 in limited range: rows give blue, green and red from Y, U and V.
_TO_BGR: Final = np.array(
    [
        [255 / 219, 1.8556 * 255 / 224, 0.0],
        [255 / 219, -0.18732427 * 255 / 224, -0.46812427 * 255 / 224],
        [255 / 219, 0.0, 1.5748 * 255 / 224],
    ]
)
_AFFINE: Final = np.hstack([_TO_BGR, -_TO_BGR @ np.array([[16.0], [128.0], [128.0]])])

Picture = NDArray[np.uint8]


def planes(frame: Picture) -> tuple[Picture, Picture, Picture]:
    """Y (H, W), U and V (H/2, W/2) of a frame (H * 3 / 2, W) uint8 planar YUV 4:2:0; views, no copies."""
    width = frame.shape[1]
    height = frame.shape[0] * 2 // 3
    chroma = frame[height:].reshape(2, height // 2, width // 2)
    return frame[:height], chroma[0], chroma[1]


def to_yuv444(frame: Picture) -> Picture:
    """(H, W, 3) uint8: the frame with a U and a V for every pixel; chroma lies amid its four luma samples."""
    y, u, v = planes(frame)
    size = (y.shape[1], y.shape[0])
    whole = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False) for plane in (u, v)]
    return cv2.merge([y, *whole]).astype(np.uint8, copy=False)


def to_bgr(frame: Picture) -> Picture:
    """(H, W, 3) uint8 BGR of a frame (H * 3 / 2, W) uint8 planar YUV 4:2:0, BT.709 limited range."""
    return cv2.transform(to_yuv444(frame), _AFFINE).astype(np.uint8, copy=False)


def to_jpeg(frame: Picture) -> bytes:
    """A JPEG file of a frame; JPEG because whatever shows a poster shows it. Raises EncodingFailed."""
    made, file = cv2.imencode(".jpg", to_bgr(frame), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not made:
        raise EncodingFailed("a frame could not be written as JPEG")
    return file.tobytes()
