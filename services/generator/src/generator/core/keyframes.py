"""The first and the last frame of a movement, as pictures."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.errors import EncodingFailed
from generator.core.motion_check import Cancelled
from generator.core.picture import to_bgr
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
    made, png = cv2.imencode(".png", to_bgr(frame))
    if not made:
        raise EncodingFailed("a frame could not be written as PNG")
    return png.tobytes()
