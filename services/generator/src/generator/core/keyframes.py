"""The first and the last frame of a movement, as pictures."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.errors import EncodingFailed
from generator.core.motion_check import Cancelled
from generator.core.render.frames import Frames
from generator.core.render.shot import Shot
from generator.core.result import Keyframes


def render_keyframes(shot: Shot, *, cancelled: Callable[[], bool]) -> Keyframes:
    """Both ends of a shot. Raises Cancelled once `cancelled` is true."""
    frames = Frames(shot)
    first = to_png(frames.only(0))
    if cancelled():
        raise Cancelled
    last = to_png(frames.only(shot.profile.frames - 1))
    return Keyframes(first_png=first, last_png=last, amplitude=shot.amplitude)


def to_png(frame: NDArray[np.uint8]) -> bytes:
    """A PNG file of one frame; (H * 3 / 2, W) uint8 planar YUV 4:2:0, BT.709 limited range."""
    width = frame.shape[1]
    height = frame.shape[0] * 2 // 3
    quarter = width * height // 4
    flat = frame.reshape(-1)[width * height :]
    chroma = [
        cv2.resize(plane.reshape(height // 2, width // 2), (width, height), interpolation=cv2.INTER_LINEAR)
        for plane in (flat[:quarter], flat[quarter:])
    ]
    yuv = np.stack([frame[:height], *chroma], axis=-1).astype(np.float32) - (16.0, 128.0, 128.0)
    # The inverse of ITU-R BT.709 in limited range, blue, green and red.
    to_bgr = np.array(
        [
            [255 / 219, 1.8556 * 255 / 224, 0.0],
            [255 / 219, -0.18732427 * 255 / 224, -0.46812427 * 255 / 224],
            [255 / 219, 0.0, 1.5748 * 255 / 224],
        ]
    )
    bgr = np.clip(np.rint(yuv @ to_bgr.T), 0, 255).astype(np.uint8)
    made, png = cv2.imencode(".png", bgr)
    if not made:
        raise EncodingFailed("a frame could not be written as PNG")
    return png.tobytes()
