"""What the renderer knows of its own clip, for the motion check."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from generator.core.motion_check import Known
from generator.core.render.frames import Frames
from generator.core.render.relief import FAR_W, NEAR_W
from generator.core.render.scenery import Scenery
from generator.core.render.shot import Shot

_MARGIN: Final = np.s_[1:-1, 1:-1]
"""The grid without its outer cells, which lie outside the frame."""

Map = NDArray[np.float32]


def known_of(shot: Shot) -> Known:
    """Focal length, subject and depth in the clip's middle frame."""
    middle = shot.profile.frames // 2
    pose = shot.path.at(shot.times()[middle : middle + 1])
    x, y = (grid[_MARGIN] for grid in Frames(shot).places(middle))
    # What was bent, not what the map said: trust and the limits of tearing have flattened it.
    disparity = None if shot.scenery.disparity is None else _relief_over(shot.scenery, x, y)
    return Known(
        focal=float(pose.focal[0]) * shot.cover.zoom,
        subject=_subject(shot.scenery, x, y),
        disparity=disparity,
    )


def _relief_over(scenery: Scenery, x: Map, y: Map) -> Map:
    """The rendered surface at canvas pixels x, y as a disparity, 0 far to 1 near."""
    height, width = scenery.canvas.y.shape
    rows, columns = scenery.surface.w.shape
    at_x = ((x + 0.5) * columns / width - 0.5).astype(np.float32)
    at_y = ((y + 0.5) * rows / height - 0.5).astype(np.float32)
    w = cv2.remap(scenery.surface.w, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    disparity: Map = np.clip((w - FAR_W) / (NEAR_W - FAR_W), 0.0, 1.0).astype(np.float32)
    return disparity


def _subject(scenery: Scenery, x: Map, y: Map) -> Box | None:
    """The rectangle around the grid cells that show the subject; None when it is out of frame."""
    left, top, right, bottom = scenery.canvas.share
    height, width = scenery.canvas.y.shape
    at_x = left + (right - left) * (x + 0.5) / width
    at_y = top + (bottom - top) * (y + 0.5) / height
    box = scenery.subject
    shown = (at_x >= box.left) & (at_x <= box.right) & (at_y >= box.top) & (at_y <= box.bottom)
    if not shown.any():
        return None
    found = cv2.boundingRect(shown.astype(np.uint8))
    rows, columns = shown.shape
    return Box.from_pixels(*found, of=(columns, rows))
