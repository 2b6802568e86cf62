"""Straight line segments, as the line segment detector of von Gioi et al. (2010) finds them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Places, Plane
from analyzer.core.frame import Frame

_LEAST_LENGTH: Final = 0.025
"""Shortest segment that is kept, as a share of the diagonal: shorter ones are texture."""
_SCALE: Final = 0.5
"""Scale at which the detector looks. Measured on photographs, at its own 0.8 it finds fewer segments that are long
enough to be kept, since it breaks more of them in pieces, for twice the time; at 0.4 vanishing points are worse."""
_OFFSET: Final = 0.5 / _SCALE
"""What its coordinates lack, to within a tenth of a pixel: it counts from the middle of the first pixel of its scale
(measured on steps at known places)."""


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments, longest first. All arrays have one row for each; coordinates are pixels, pixel centres at +0.5."""

    ends: Plane
    """(N, 4): x and y of one end, x and y of the other."""
    length: Plane
    """(N,) in pixels."""
    angle: Plane
    """(N,) degrees from level, positive clockwise, -90..90."""

    @cached_property
    def middle(self) -> Plane:
        """(N, 2): x and y."""
        return (self.ends[:, :2] + self.ends[:, 2:]) / 2

    @cached_property
    def steep(self) -> Plane:
        """(N,) degrees from level, 0..90, whichever way."""
        return np.abs(self.angle)

    def __len__(self) -> int:
        return len(self.length)

    def where(self, chosen: Places) -> "Segments":
        """The segments for which `chosen`, (N,) bool, holds."""
        return Segments(self.ends[chosen], self.length[chosen], self.angle[chosen])


def find_segments(frame: Frame) -> Segments:
    """The segments of an image; none in noise, by the detector's own control of false alarms."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD, scale=_SCALE).detect(frame.grey)[0]
    # OpenCV 4 gives (N, 1, 4), OpenCV 5 gives (N, 4), and None stands for no segment.
    ends = np.zeros((0, 4), np.float32) if found is None else np.asarray(found, np.float32).reshape(-1, 4) + _OFFSET
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    order = np.lexsort((ends[:, 1], ends[:, 0], -length))
    order = order[length[order] >= _LEAST_LENGTH * frame.diagonal]
    ends, length = ends[order], length[order]
    # Left end first, so that the angle is within -90..90.
    turned = ends[:, 0] > ends[:, 2]
    ends[turned] = ends[turned][:, [2, 3, 0, 1]]
    angle = np.degrees(np.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0]))
    return Segments(ends, length.astype(np.float32), angle.astype(np.float32))
