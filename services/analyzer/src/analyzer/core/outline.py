"""What an area's outline tells: how compact it is, and how far it leans."""

import cv2
import numpy as np

from analyzer.core.analysis import Measure, absent, measured
from analyzer.core.arrays import Places
from analyzer.core.evidence import ramp


def compactness(member: Places) -> float:
    """Isoperimetric quotient of the largest outline, 0..1: 1 for a disc. member: (h, w) bool."""
    outlines, _ = cv2.findContours(member.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea)
    around = cv2.arcLength(largest, closed=True)
    if around <= 0:
        return 0.0
    return min(1.0, 4 * np.pi * cv2.contourArea(largest) / around**2)


def asymmetry(member: Places) -> Measure:
    """Share of the area that its mirror image about its own upright axis leaves bare, 0..1. member: (h, w) bool.

    The axis is the one of the best match near the centre of mass, so that one outstretched arm does not move it. A
    standing figure has about 0.1, one in stride 0.3 and more. Absent for what is cut by the frame on one side only,
    and for areas of a few cells.
    """
    rows, columns = np.nonzero(member)
    if len(rows) < 60:
        return absent("The subject is too small for its outline to tell.")
    if bool(member[:, 0].any()) != bool(member[:, -1].any()):
        return absent("The frame cuts the subject's outline.")
    part = member[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    room = part.shape[1]
    wide = np.pad(part, ((0, 0), (room, room)))
    twice = round(2 * (float(np.nonzero(part)[1].mean()) + room))
    reach = max(1, part.shape[1] // 8)
    best = 0
    for axis in range(twice - reach, twice + reach + 1):
        # Column x goes to axis - x.
        first = max(0, axis - wide.shape[1] + 1)
        last = min(wide.shape[1], axis + 1)
        mirror = wide[:, axis - last + 1 : axis - first + 1][:, ::-1]
        best = max(best, int(np.count_nonzero(wide[:, first:last] & mirror)))
    return measured(1.0 - best / len(rows), 0.6 * ramp(len(rows), 60, 300))
