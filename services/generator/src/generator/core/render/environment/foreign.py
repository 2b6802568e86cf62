"""What stands in a material and is not of it: rocks and reeds in water, wires and birds before the sky, beams in trees.

A map of materials is too coarse to know them. They are found as what differs from the material around by more than the
material itself does: where waves or clouds differ much among themselves nothing is called foreign.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.environment.contract import Map

_ROUND: Final = (0.20, 0.05)
"""Deviation across and down, in widths of the picture, of the neighbourhood that tells how the material looks: water
and sky change with their height in the picture, and little along a row."""
_ROUNDS: Final = 3
"""Rounds in which what differs counts less and less for the neighbourhood's look."""
_LEAST: Final = (0.035, 0.14)
"""Difference, of the full range 0..1, that is never foreign: nine levels; and for what is darker than a sky, where the
undersides of clouds are not foreign."""
_SPREADS: Final = 5.0
"""Median differences beyond which a place is foreign: in a normal distribution one of a thousand is."""
_LONG: Final = (0.028, 0.06)
"""Widths of the picture from which on a straight edge is no leaf's: a level or upright one, and any other."""
_SHORTEST: Final = 12.0
"""Places below which any texture has straight edges."""
_LEVEL: Final = 0.1
"""Slope up to which an edge is level or upright."""
_WALL: Final = 21
"""Side in places of the neighbourhood in which straight edges are counted."""
_MANY: Final = 0.45
"""Share of the neighbourhood beside straight edges from which on all of it is built."""
_BESIDE: Final = 7
"""Places across a straight edge that stay with it: the beam whose edge it is."""
_GAP: Final = 9
"""Places between foreign ones that are closed."""
_MARGIN: Final = 5
"""Places around a foreign one that stay with it."""


def foreign(guide: Map, prior: Map, *, darker: bool) -> NDArray[np.uint8]:
    """Foreign places, (h, w) uint8 0..255 with soft rims.

    guide: (h, w, 3) float32 Y, U, V as 0..1. prior: (h, w) float32 0..1, where the material was seen. darker: only
    what is darker than the material counts; before a clear sky clouds are not foreign.
    """
    material = prior > np.float32(0.5)
    if not material.any():
        return np.zeros(prior.shape, np.uint8)
    # Colour says less by its figures than brightness does.
    look = guide * np.array([1.0, 2.0, 2.0], np.float32)
    trust = material.astype(np.float32)
    away = np.zeros(prior.shape, np.float32)
    limit = np.float32(_LEAST[darker])
    usual = look
    for _ in range(_ROUNDS):
        usual = _around(look, trust)
        away = np.sqrt(((look - usual) ** 2).sum(axis=2))
        limit = np.float32(max(_LEAST[darker], _SPREADS * float(np.median(away[material]))))
        trust = material / (1 + (2 * away / limit) ** 4)
    odd = ((away > limit) & ((look[..., 0] < usual[..., 0]) | (not darker))).astype(np.uint8)
    # Single places are glitter, and what stands in water has an extent; before the sky there may be wires.
    several = odd if darker else cv2.morphologyEx(odd, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    # What a rock or a tree encloses is part of it, and too small a place to flow in.
    closed = cv2.morphologyEx(several, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_GAP, _GAP)))
    wide = cv2.dilate(closed * np.uint8(255), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_MARGIN, _MARGIN)))
    return np.asarray(cv2.blur(wide, (3, 3)), np.uint8)


def straight(guide: Map) -> NDArray[np.uint8]:
    """Places beside long straight edges, (h, w) uint8 0..255 with soft rims: beams, poles and trunks, not leaves.

    guide: (h, w, 3) float32 Y, U, V as 0..1.
    """
    height, width = guide.shape[:2]
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect((guide[..., 0] * 255).astype(np.uint8))[0]
    beside = np.zeros((height, width), np.uint8)
    if found is not None:
        ends = found.reshape(-1, 2, 2)
        ways = np.abs(ends[:, 1] - ends[:, 0])
        askew = ways.min(axis=1) / np.maximum(ways.max(axis=1), 1e-6)
        least = np.maximum(np.where(askew < _LEVEL, _LONG[0], _LONG[1]) * width, _SHORTEST)
        lines = list(np.rint(ends[np.hypot(*ways.T) >= least]).astype(np.int32))
        cv2.polylines(beside, lines, False, 255, _BESIDE)
    # Amid many beams the rest is wall.
    walls = (cv2.blur(beside, (_WALL, _WALL)) > _MANY * 255).astype(np.uint8) * np.uint8(255)
    beside = np.maximum(beside, np.asarray(cv2.dilate(walls, np.ones((_BESIDE, _BESIDE), np.uint8)), np.uint8))
    return np.asarray(cv2.blur(beside, (5, 5)), np.uint8)


def _around(look: Map, trust: Map) -> Map:
    """The trusted mean look of each place's neighbourhood, solved on a quarter of the size."""
    height, width = trust.shape
    size = (max(1, width // 4), max(1, height // 4))
    across, down = (max(1.0, way * width / 4) for way in _ROUND)

    def smooth(plane: Map) -> Map:
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return np.asarray(
            cv2.GaussianBlur(small, (0, 0), across, sigmaY=down, borderType=cv2.BORDER_REPLICATE), np.float32
        )

    total = smooth(trust)
    mean = smooth(look * trust[..., None]) / np.maximum(total, np.float32(1e-4))[..., None]
    return np.asarray(cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
