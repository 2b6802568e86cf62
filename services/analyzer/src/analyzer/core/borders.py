"""What the frame's borders cut: content that goes on beyond them, and large near figures at the sides."""

from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Measure, absent, measured
from analyzer.core.arrays import Mask, Places, Plane
from analyzer.core.components import components
from analyzer.core.evidence import ramp, share_of
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame
from analyzer.core.quantiles import median, quantiles

_RIM: Final = 0.05
_NOISE_KEPT: Final = 0.56
"""Mean difference of neighbours, in the halved picture, that white noise of deviation 1 makes."""
_DARKER: Final = 12.0
"""L by which a dark figure lies below the rest of the frame."""
_HIGH: Final = (0.5, 0.8)
"""Height, as a share of the frame's, from which a figure at the side counts, and at which it counts fully."""
_WIDE: Final = (0.08, 0.15, 0.4, 0.55)
_NO_DETAIL: Final = "The still has no detail that could go on beyond a border."
_NO_FIGURE: Final = "No near figure stands at a side."


def open_borders(frame: Frame) -> tuple[Measure, Measure, Measure, Measure]:
    """Left, right, top, bottom: how much content a border cuts over what the frame shows in the same direction, 0..1.

    Counted is change of luminance along the border, which is what runs across it; a line beside the border is not cut.
    """
    grey = frame.half
    floor = np.float32(_NOISE_KEPT * frame.noise + 0.5)
    down = np.maximum(cv2.absdiff(grey[1:], grey[:-1]) - floor, np.float32(0.0))
    across = np.maximum(cv2.absdiff(grey[:, 1:], grey[:, :-1]) - floor, np.float32(0.0))
    found = []
    for change, axis in ((down, 1), (across, 0)):
        whole = float(change.mean())
        if whole < 0.1:
            found += [absent(_NO_DETAIL)] * 2
            continue
        rim = max(2, round(_RIM * change.shape[axis]))
        first, last = (change[:, :rim], change[:, -rim:]) if axis == 1 else (change[:rim], change[-rim:])
        quality = 0.8 * ramp(whole, 0.1, 1.0)
        found += [measured(min(1.0, float(part.mean()) / whole), quality) for part in (first, last)]
    left, right, top, bottom = found
    return left, right, top, bottom


def near_edge_figure(frame: Frame, sharpness: Sharpness, nearness: Plane | None) -> tuple[Measure, Measure]:
    """Evidence 0..1 for a large near figure that a side border cuts, with something beyond it, and its side -1..1.

    Near things at the side are dark against the scene, or out of focus where the scene is sharp; they stand on the
    bottom border and leave most of the frame to what is beyond. nearness: (h, w) float32 0..1, speaks against a figure
    that is not nearer than the rest.
    """
    lightness = cv2.GaussianBlur(frame.light, (0, 0), 1.5)
    middle, deep = quantiles(lightness, 50, 5)
    # What hangs together when all that is dark is taken may fall apart when only the darkest is.
    levels = [middle - _DARKER] if deep + 8.0 >= middle - _DARKER else [middle - _DARKER, deep + 8.0]
    masks = [((lightness < level).astype(np.uint8), 1.0) for level in levels]
    if sharpness.shallowness > 0.2:
        masks.append(((sharpness.share < 0.25).astype(np.uint8), sharpness.shallowness))
    left, right = 0.0, 0.0
    for mask, trust in masks:
        if mask.any():
            opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8, copy=False)
            figures = _at_sides(opened, frame, nearness)
            left, right = max(left, trust * figures[0]), max(right, trust * figures[1])
    best = max(left, right)
    if best < 0.05:
        return measured(0.0, 0.5), absent(_NO_FIGURE)
    return measured(best, 0.5), measured((right - left) / (right + left), 0.5)


def _at_sides(mask: Mask, frame: Frame, nearness: Plane | None) -> tuple[float, float]:
    """The best figure of a mask at the left and at the right border."""
    count, labels, stats, _ = components(mask, connectivity=8)
    height, width = mask.shape
    found = [0.0, 0.0]
    for at, (left, top, wide, high, _) in enumerate(stats[1:count].tolist(), 1):
        at_left, at_right = left == 0, left + wide == width
        if at_left == at_right or top + high < 0.95 * height:
            continue
        member = labels == at
        size = ramp(high / height, *_HIGH) * min(
            ramp(wide / width, _WIDE[0], _WIDE[1]), ramp(wide / width, _WIDE[3], _WIDE[2])
        )
        # Ground fills its rectangle at the bottom only; a figure stands up along the border.
        border = member[:, 0] if at_left else member[:, -1]
        upright = ramp(share_of(border), 0.35, 0.65)
        worth = size * upright * _coherent(member, frame) * _beyond(member, frame) * _nearer(member, nearness)
        side = 0 if at_left else 1
        found[side] = max(found[side], worth)
    return found[0], found[1]


def _coherent(member: Places, frame: Frame) -> float:
    """Evidence 0..1 that the area is one figure: it fills its outline, is calmer than the rest and even in light."""
    rows, columns = np.nonzero(member)
    solid = len(rows) / ((np.ptp(rows) + 1) * (np.ptp(columns) + 1))
    inside, rest = median(frame.texture[member]), median(frame.texture[~member])
    spread = float(frame.light[member].std())
    return ramp(solid, 0.4, 0.65) * ramp(inside / (rest + 1.0), 1.1, 0.5) * ramp(spread, 20.0, 8.0)


def _beyond(member: Places, frame: Frame) -> float:
    """Evidence 0..1 for something to look at beyond the figure: detail, in the rest of the frame."""
    return ramp(share_of(frame.texture[~member] > 3.0), 0.05, 0.3)


def _nearer(member: Places, nearness: Plane | None) -> float:
    if nearness is None:
        return 0.7
    # The map is a guess: it may speak for nearness, hardly against it.
    return 0.6 + 0.4 * ramp(float(nearness[member].mean()) - float(nearness[~member].mean()), -0.1, 0.15)
