"""The colour of the light: one estimate for the frame, and how it differs between its parts.

The estimate is the mean of two that err differently: shades of grey (Finlayson and Trezzi 2004, Minkowski norm 6) takes
the lightest surfaces for white, grey edge (van de Weijer, Gevers and Gijsenij 2007) takes differences of neighbours for
grey. Where both agree, and what they give is a colour that light can have, the figure can be trusted.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Measure, absent, measured
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp, share_of
from analyzer.core.frame import Frame, averaged
from analyzer.core.quantiles import quantiles
from analyzer.core.regions import Materials

_NORM: Final = 6
_EDGE_NORM: Final = 4
_SAMPLE_PX: Final = 64
_LEAST_CELLS: Final = 100
_CLIPPED: Final = 250
_BLACK: Final = 15
_LINEAR: Final = (((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Linear light by 8-bit value; the straight piece near black, which is not used, is left out."""
_NO_COLOUR: Final = 1.5
"""Mean chroma below which a still is black and white."""
_XYZ: Final = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float64)
"""Linear sRGB to XYZ (IEC 61966-2-1)."""
_KELVIN: Final = (1500.0, 25000.0)
_BLOCKS: Final = (6, 4)
_FULL_MIRED: Final = 150.0
_NO_LIGHT: Final = "The still is black and white."
_ONE_LIGHT: Final = "Too few areas of the still are near to grey."


@dataclass(frozen=True, slots=True)
class PartedLight:
    """How the light's colour differs across the frame: contrast 0..1, and the side of the warmer part, -1..1."""

    contrast: Measure
    warm_side: Measure


def colour_temperature(frame: Frame) -> Measure:
    """Correlated colour temperature in kelvin by McCamy's formula (1992), with how far two estimates agree."""
    if _colourless(frame):
        return absent(_NO_LIGHT)
    linear, usable = _linear(frame)
    if int(usable.sum()) < _LEAST_CELLS:
        return absent("The still has too little that is neither black nor clipped.")
    first = _unit(_sixth(linear[usable]).mean(axis=0) ** (1 / _NORM))
    steps = np.maximum(np.abs(cv2.Scharr(linear, cv2.CV_32F, 1, 0)), np.abs(cv2.Scharr(linear, cv2.CV_32F, 0, 1)))
    second = _unit(_fourth(steps[usable].astype(np.float64)).mean(axis=0) ** (1 / _EDGE_NORM))
    apart = float(np.degrees(np.arccos(np.clip(first @ second, -1.0, 1.0))))
    kelvin, off = _kelvin(_unit(first + second))
    quality = 0.6 * ramp(apart, 12.0, 2.0) * ramp(off, 0.05, 0.01)
    return measured(kelvin, quality)


def parted_light(frame: Frame, materials: Materials) -> PartedLight:
    """Difference of colour temperature between the warmer and the cooler areas of the frame.

    Blocks of the frame are compared by the mean colour of their surfaces near grey; sky and plants have a colour of
    their own and are left out. Trusted as far as warm and cool areas lie apart: spots of colour are things, not light.
    """
    if _colourless(frame):
        return PartedLight(absent(_NO_LIGHT), absent(_NO_LIGHT))
    blocks = _block_mireds(frame, materials)
    known = np.isfinite(blocks)
    if int(known.sum()) < 8:
        return PartedLight(absent(_ONE_LIGHT), absent(_ONE_LIGHT))
    values = blocks[known]
    low, high = quantiles(values, 15, 85)
    contrast = min(1.0, (high - low) / _FULL_MIRED)
    together = _together(blocks)
    quality = 0.6 * together * ramp(share_of(known), 0.25, 0.7)
    across = np.broadcast_to((np.arange(_BLOCKS[0]) + 0.5) / _BLOCKS[0] * 2 - 1, blocks.shape)[known]
    off = values - values.mean()
    total = float(np.abs(off).sum())
    if contrast < 0.1 or total <= 0:
        return PartedLight(measured(contrast, quality), absent("The light has one colour."))
    side = float((off * across).sum()) / total * 2
    warm = measured(float(np.clip(side, -1, 1)), quality * ramp(contrast, 0.1, 0.4))
    return PartedLight(measured(contrast, quality), warm)


def _colourless(frame: Frame) -> bool:
    return frame.mean_chroma < _NO_COLOUR


def _linear(frame: Frame) -> tuple[Plane, Places]:
    """Linear RGB in rough, (h, w, 3) float32 0..1, and where it is neither clipped nor black."""
    scale = min(1.0, _SAMPLE_PX / max(frame.width, frame.height))
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    small = cv2.cvtColor(averaged(frame.pixels_for(_SAMPLE_PX), size), cv2.COLOR_BGR2RGB)
    most = small.max(axis=2)
    return np.asarray(cv2.LUT(small, _LINEAR), np.float32), (most < _CLIPPED) & (most > _BLACK)


def _fourth(values: Plane) -> Plane:
    """To the power of _EDGE_NORM; numpy's own power takes ten times as long."""
    squares = values * values
    return squares * squares


def _sixth(values: Plane) -> Plane:
    """To the power of _NORM."""
    squares = values * values
    return squares * squares * squares


def _unit(colour: Plane) -> Plane:
    unit: Plane = (colour + 1e-6) / np.linalg.norm(colour + 1e-6)
    return unit


def _kelvin(rgb: Plane) -> tuple[float, float]:
    """Correlated colour temperature, and how far the colour is from those that light has, in y of CIE 1931."""
    x_big, y_big, z_big = (float(one) for one in _XYZ @ rgb)
    total = x_big + y_big + z_big
    x, y = x_big / total, y_big / total
    n = (x - 0.3320) / (0.1858 - y)
    kelvin = float(np.clip(449.0 * n**3 + 3525.0 * n**2 + 6823.3 * n + 5520.33, *_KELVIN))
    # The daylight locus, y over x (CIE 015); below 4000 K the black body's lies close to it.
    locus = -3.0 * x * x + 2.87 * x - 0.275
    return kelvin, abs(y - locus)


def _block_mireds(frame: Frame, materials: Materials) -> Plane:
    """(4, 6) mireds by block of the frame, NaN where too little is near to grey."""
    lightness, a, b = frame.planes
    # On the line from blue to amber, which light takes; green and purple are paint.
    like_light = (np.abs(a) < 6 + 0.5 * np.abs(b)) & (frame.chroma < 38) & (lightness > 12) & (lightness < 96)
    like_light &= materials.sky < 0.3
    weight = like_light.astype(np.float32)
    share = cv2.resize(weight, _BLOCKS, interpolation=cv2.INTER_AREA)
    means = [cv2.resize(plane * weight, _BLOCKS, interpolation=cv2.INTER_AREA) for plane in (lightness, a, b)]
    level, red, yellow = (plane / np.maximum(share, 1e-6) for plane in means)
    f_y = (level + 16) / 116
    x_big = 0.9505 * (f_y + red / 500) ** 3
    y_big, z_big = f_y**3, 1.089 * (f_y - yellow / 200) ** 3
    total = x_big + y_big + z_big + 1e-9
    x, y = x_big / total, y_big / total
    n = (x - 0.3320) / (0.1858 - y)
    kelvin = np.clip(449.0 * n**3 + 3525.0 * n**2 + 6823.3 * n + 5520.33, *_KELVIN)
    return np.where(share > 0.15, 1e6 / kelvin, np.nan)


def _together(blocks: Plane) -> float:
    """How alike neighbours are beside all pairs, 0..1: 1 where the warm part lies on one side of the cool one."""
    spread = float(np.nanvar(blocks))
    if spread <= 0:
        return 0.0
    steps = np.concatenate(((blocks[:, 1:] - blocks[:, :-1]).ravel(), (blocks[1:] - blocks[:-1]).ravel()))
    steps = steps[np.isfinite(steps)]
    return 0.0 if not len(steps) else ramp(float((steps**2).mean()) / (2 * spread), 1.0, 0.35)
