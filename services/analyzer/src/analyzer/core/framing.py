"""A frame within the frame: a dark or near rim around a lighter opening."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Measure, measured
from analyzer.core.arrays import Mask, Places, Plane
from analyzer.core.components import labelled
from analyzer.core.evidence import ramp, share_of
from analyzer.core.frame import Frame
from film.geometry import Point

_OPEN_LEAST: Final = 0.05
_OPEN_MOST: Final = 0.6
_LEAST: Final = 0.15


def framing_of(frame: Frame, marks: Mask, nearness: Plane | None) -> tuple[Measure, Point | None]:
    """Evidence 0..1 and the opening's centre, None below 0.15.

    The opening is the largest light area; it counts as framed as far as what surrounds it is darker, closes it on all
    sides, and is not known to be farther. A light thing on dark ground is surrounded too: what is small, or has the
    very outline of a subject and no straight sides, counts for little. marks: (h, w) uint8 on the grid, index of the
    subject plus 1. nearness: (h, w) float32 on the grid, or None.
    """
    lightness = cv2.GaussianBlur(frame.light, (0, 0), 2.0)
    scaled = np.clip(lightness * 2.55, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light = (scaled > level).astype(np.uint8)
    count, labels = labelled(light, connectivity=4)
    sizes = np.bincount(labels.ravel(), minlength=count).tolist()
    best, opening = 0.0, None
    for at in range(1, count):
        if not _OPEN_LEAST <= sizes[at] / light.size <= _OPEN_MOST:
            continue
        member = labels == at
        ring = (cv2.dilate(member.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & ~member
        darker = ramp(float(lightness[member].mean()) - float(lightness[ring].mean()), 15.0, 40.0)
        # The rim closes the opening at the sides and above; a door or an arch may stand on the lower border.
        sides = (member[:, 0], member[:, -1], member[0])
        closed = ramp(max(share_of(side) for side in sides), 0.35, 0.05)
        closed *= ramp(share_of(member[-1]), 0.8, 0.5)
        even = ramp(float(lightness[~member].std()), 25.0, 10.0)
        near = 0.8
        if nearness is not None:
            # The map is a guess, and lifts what is light and salient: it may speak for a frame, hardly against one.
            near = 0.6 + 0.4 * ramp(float(nearness[ring].mean()) - float(nearness[member].mean()), -0.15, 0.25)
        found = darker * closed * (0.5 + 0.5 * even) * near * _through(member, marks)
        if found > best:
            best = found
            opening = _centre(member)
    return measured(best, 0.5), opening if best >= _LEAST else None


def _centre(member: Places) -> Point:
    """The mean of the cells' middles."""
    rows, columns = np.nonzero(member)
    height, width = member.shape
    return Point((float(columns.mean()) + 0.5) / width, (float(rows.mean()) + 0.5) / height)


def _through(member: Places, marks: Mask) -> float:
    """Evidence 0..1 that one looks through the area rather than at it: it is large, and no subject of its own shape."""
    rows, columns = np.nonzero(member)
    high, wide = float(np.ptp(rows)) + 1, float(np.ptp(columns)) + 1
    # Doors and windows fill their rectangle; what has a shape of its own and is a subject is rather a thing.
    shaped = ramp(len(rows) / (wide * high), 0.92, 0.82)
    large = ramp(max(high / member.shape[0], wide / member.shape[1]), 0.25, 0.5)
    return large * (1.0 - 0.8 * shaped * ramp(_same(member, marks), 0.45, 0.75))


def _same(member: Places, marks: Mask) -> float:
    """The largest overlap of an area with a subject, shared over joint cells, 0..1."""
    best = 0.0
    for at in range(1, int(marks.max(initial=0)) + 1):
        subject = marks == at
        best = max(best, float(np.count_nonzero(member & subject)) / float(np.count_nonzero(member | subject)))
    return best
