"""Fire and smoke: claimed only on strong evidence, since much that is orange or grey is neither."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import RegionKind
from analyzer.core.arrays import Plane
from analyzer.core.evidence import bands, ramp, ramps, share_of
from analyzer.core.materials import Cells, Setting
from analyzer.core.quantiles import median

_GLOW: Final = 96.0
"""Lightness of a flame's core: it is brighter than any lit surface beside it."""
_REACH: Final = 4.0


def fire_and_smoke(cells: Cells, setting: Setting) -> Mapping[RegionKind, Plane]:
    """Evidence 0..1 by cell for fire and for smoke.

    Fire: a nearly white or yellow core within saturated orange, in a still that is dark on the whole, as a flame lights
    what is near it and exposure follows the flame. Sunsets have the colours too, but lie calm and wide in a sky.
    Smoke: soft grey without an edge that hangs together with fire.
    """
    none = np.zeros_like(cells.lightness)
    dark = ramp(median(cells.lightness), 40.0, 22.0)
    flame = bands(cells.hue, 30, 42, 88, 98) * ramps(cells.chroma, 38.0, 55.0) * ramps(cells.lightness, 38.0, 55.0)
    core = (cells.lightness > _GLOW) | ((cells.lightness > 75.0) & (cells.hue > 60.0) & (flame > 0.5))
    share = share_of(flame > 0.5)
    if dark <= 0 or share < 0.01 or not core.any():
        return {RegionKind.FIRE: none, RegionKind.SMOKE: none}
    near = np.asarray(cv2.GaussianBlur(core.astype(np.float32), (0, 0), _REACH), np.float32)
    restless = ramps(np.asarray(cv2.GaussianBlur(cells.texture, (0, 0), 2.0), np.float32), 2.0, 5.0)
    fire = np.minimum(flame, np.minimum(ramps(near, 0.004, 0.03), restless)) * np.float32(dark * setting.real)
    burning = ramp(share_of(fire > 0.35), 0.01, 0.04)
    grey = ramps(cells.chroma, 14.0, 7.0) * bands(cells.lightness, 15, 25, 75, 85) * ramps(cells.texture, 6.0, 2.5)
    above = np.asarray(cv2.GaussianBlur(fire, (0, 0), 12.0), np.float32)
    smoke = grey * np.float32(burning) * ramps(above, 0.01, 0.08)
    return {RegionKind.FIRE: fire, RegionKind.SMOKE: smoke * ramps(near, 0.2, 0.05)}
