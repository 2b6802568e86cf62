"""What the renderer knows of its own clip, for the motion check."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from generator.core.motion_check import Known
from generator.core.render.frames import Frames
from generator.core.render.relief import FAR_W, NEAR_W
from generator.core.render.scenery import Scenery, disparity_over
from generator.core.render.shot import Shot

_MARGIN: Final = np.s_[1:-1, 1:-1]
"""The grid without its outer cells, which lie outside the frame."""

_GOES_ALONG: Final = 0.9 * FAR_W
"""Nothing of a still lies so far away: what has a lower inverse depth goes along with the camera."""

_NEIGHBOURS: Final = np.ones((3, 3), np.uint8)
"""A track's window reaches into the cells beside its own."""

_NEAREST: Final = 0.1
"""No camera comes nearer to a place than to a tenth of its distance."""

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]


def known_of(shot: Shot) -> Known:
    """Focal length, subject, depth and what moves by itself in the clip's middle frame."""
    middle = shot.profile.frames // 2
    pose = shot.path.at(shot.times()[middle : middle + 1])
    x, y, w = (grid[_MARGIN] for grid in Frames(shot).seen(middle))
    along = w < _GOES_ALONG
    if shot.path.still and shot.path.focus(shot.times()[:1]) is not None:
        # Where the camera stands, depth tells by what the lens is focused, which is the map itself.
        disparity = disparity_over(shot.scenery, x, y)
    else:
        disparity = _bent(shot, w, along, z=float(pose.z[0]))
    moving = along | _restless(shot, x, y)
    return Known(
        focal=float(pose.focal[0]) * shot.cover.zoom,
        subject=_subject(shot.scenery, x, y),
        disparity=disparity,
        moving=cv2.dilate(moving.astype(np.uint8), _NEIGHBOURS) > 0 if moving.any() else None,
    )


def _bent(shot: Shot, w: Map, along: Mask, *, z: float) -> Map:
    """The disparity of what was bent, not what the map said.

    Trust and the limits of tearing have flattened it; without a map it is flat.
    w: inverse depth over the grid. along: where it goes along with the camera, which has come nearer by z.
    """
    there = np.where(along, np.float32(shot.scenery.surface.subject_w), w)
    # As the middle frame's camera has it, that may have come nearer or gone away.
    seen = there / np.maximum(1.0 - z * there, _NEAREST)
    return ((seen - FAR_W) / (NEAR_W - FAR_W)).astype(np.float32)


def _restless(shot: Shot, x: Map, y: Map) -> Mask:
    """Which of the grid's cells show a part of the canvas that moves."""
    found = np.zeros(x.shape, np.bool_)
    if shot.environment.restless is None or shot.path.focus(shot.times()[:1]) is not None:
        return found
    for patch in shot.environment.restless.patches:
        shown = cv2.remap(
            patch.mask,
            x - np.float32(patch.columns.start),
            y - np.float32(patch.rows.start),
            cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
        found |= shown > 0
    return found


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
