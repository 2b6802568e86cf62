"""Compact sources of light in the frame: lamps, the sun, and what lies around them."""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import Measure, measured
from analyzer.core.arrays import Mask, Pixels
from analyzer.core.components import components
from analyzer.core.evidence import ramp
from analyzer.core.frame import Frame
from film.geometry import Point

_CLIPPED: Final = 250
"""A lamp drives at least its strongest channel to the end of the scale."""
_WHITE_L: Final = 93.0
_COLOURED_L: Final = 60.0
"""Coloured lamps clip one channel and are darker than white ones; they count in dim frames."""
_DIM: Final = 45.0
_MOST: Final = 24
"""Largest ones that are looked at: more are specks of one reflection."""
_LARGEST: Final = 0.03
"""Largest source, as a share of the frame: more is a window or a sky."""
_LEAST_PX: Final = 4
_FALL: Final = 14.0
"""How much darker than a source, in L, what is around it must be."""
_WARM_B: Final = 6.0
_SURE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Sources:
    """Compact light sources.

    share: of the frame. count: how many. x, y: their centre of mass as shares of the frame. strongest: the largest
    one's centre, None without one that can be trusted. warm: share of their area with a warm glow around. quality: how
    far they are lamps and not paint.
    """

    share: float
    count: int
    x: float
    y: float
    strongest: Point | None
    warm: float
    quality: float


def light_sources(frame: Frame) -> Sources:
    """Small areas at the end of the scale with a steep fall of light around them."""
    dim = frame.dim
    # In a light picture small white areas are paint and reflections.
    quality = 0.7 * ramp(dim, 65.0, 30.0) + 0.1
    bright = _bright(frame, coloured=dim < _DIM)
    if not cv2.countNonZero(bright):
        return Sources(0.0, 0, 0.5, 0.5, None, 0.0, quality)
    _, labels, stats, centres = components(bright, connectivity=8)
    share, number, warm, place = 0.0, 0, 0.0, np.zeros(2)
    largest, strongest = 0, None
    for at in _compact(stats, bright.size):
        left, top, wide, high, area = (int(value) for value in stats[at])
        rows = slice(max(0, top - 2 * high), top + 3 * high)
        columns = slice(max(0, left - 2 * wide), left + 3 * wide)
        around = labels[rows, columns]
        near = frame.lab8[rows, columns]
        outside = np.equal(around, 0).astype(np.uint8)
        inside = cv2.mean(near, np.equal(around, at).astype(np.uint8))[0]
        beside = cv2.mean(near, outside)[0]
        if (inside - beside) / 2.55 < _FALL:
            continue
        share += area / bright.size
        number += 1
        place += area / bright.size * (centres[at] + 0.5)
        warm += area / bright.size * ramp(_glow(near, outside, beside), _WARM_B, 3 * _WARM_B)
        if area > largest:
            largest, strongest = area, centres[at] + 0.5
    if strongest is None:
        return Sources(0.0, 0, 0.5, 0.5, None, 0.0, quality)
    x, y = place / share / (frame.width, frame.height)
    point = Point(float(strongest[0]) / frame.width, float(strongest[1]) / frame.height)
    return Sources(share, number, float(x), float(y), point if quality >= _SURE else None, warm / share, quality)


def _compact(stats: NDArray[Any], size: int) -> list[int]:
    """The components that may be lamps by their size and shape, largest first."""
    area, longer = stats[:, cv2.CC_STAT_AREA], stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    fits = (area >= _LEAST_PX) & (area <= _LARGEST * size) & (area >= 0.3 * longer**2)
    # The first component is what is not bright.
    fits[0] = False
    order = np.argsort(-area, kind="stable")
    return [int(at) for at in order[fits[order]][:_MOST]]


def practicals_of(frame: Frame, sources: Sources) -> Measure:
    """Evidence for warm lamps in a dark frame: sources with a warm glow around them, and not one large one alone.

    What glows is never at the end of the scale itself, so the colour is read beside the source.
    """
    dim = ramp(frame.dim, 45.0, 20.0)
    lamps = sources.warm * (0.5 + 0.5 * ramp(sources.count, 0, 4)) * ramp(sources.share, 0.0, 0.002)
    return measured(dim * lamps, 0.2 + 0.6 * dim)


def _bright(frame: Frame, *, coloured: bool) -> Mask:
    bright = frame.level8 >= _eight_bit(_WHITE_L)
    if coloured:
        clipped = np.greater_equal(frame.strongest, np.uint8(_CLIPPED))
        bright |= clipped & (frame.level8 >= _eight_bit(_COLOURED_L))
    return bright.view(np.uint8)


def _eight_bit(lightness: float) -> np.uint8:
    """The least 8-bit L that is not below this one; numpy turns planes to float64 to compare them with a float."""
    return np.uint8(math.ceil(lightness * 2.55))


def _glow(near: Pixels, outside: Mask, mean: float) -> float:
    """Mean of b where the surroundings are lighter than their mean, thus next to the source; 0 when they are black."""
    lit = outside * np.greater(near[..., 0], mean).astype(np.uint8)
    return cv2.mean(near, lit)[2] - 128.0 if lit.any() else 0.0
