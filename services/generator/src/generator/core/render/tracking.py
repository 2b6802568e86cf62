"""Tracking: the subject goes along with the camera, and so stays in its place of the frame while the rest passes.

A camera that only travels leaves in place what is infinitely far away. A subject that keeps pace with it looks just
the same: given the inverse depth 0 it is passed over by the camera's travel, while turns and lens act on it as on all
else. A layer of its own takes the 0 as a whole; on one surface it fades out around the subject's box.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box

_FADE: Final = 2.0
"""Size of the ellipse in which the subject's own motion has died out, in sizes of that which it fills."""

Map = NDArray[np.float32]


def riding(shape: tuple[int, int], box: Box, *, share: tuple[float, float, float, float]) -> Map:
    """How far each cell of a surface goes along with the camera: 1 on the subject, smoothly 0 around it.

    shape: (rows, columns) of the surface. box: the subject in the still. share: left, top, right and bottom of the
    surface as shares of the still. The ellipse within the box is full.
    """
    rows, columns = shape
    left, top, right, bottom = share
    x = left + (right - left) * (np.arange(columns) + 0.5) / columns
    y = top + (bottom - top) * (np.arange(rows) + 0.5) / rows
    centre = box.centre
    out = np.hypot((x[None, :] - centre.x) / (box.width / 2), (y[:, None] - centre.y) / (box.height / 2))
    s = np.clip((_FADE - out) / (_FADE - 1.0), 0.0, 1.0)
    # Rest, quintic ramp, rest: content beside the subject is stretched without a crease.
    return (s * s * s * (10.0 - 15.0 * s + 6.0 * s * s)).astype(np.float32)


def ridden(w: Map, along: Map) -> Map:
    """The surface's inverse depth with what goes along taken out of the camera's travel; same shapes."""
    return cv2.multiply(w, np.float32(1.0) - along).astype(np.float32, copy=False)
