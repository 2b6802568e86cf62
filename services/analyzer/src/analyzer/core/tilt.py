"""How far the camera was tilted about its optical axis."""

from typing import Final

import numpy as np

from analyzer.core.analysis import Horizon, Measure, absent, measured
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp
from analyzer.core.segments import Segments

_NEAR_DEG: Final = 25.0
"""Lines this near to level or upright may be level or upright in the world."""
_APART_DEG: Final = 2.5
"""Lines within this of the common direction belong to it."""
_ROUNDS: Final = 8
_STIFF: Final = 0.02
"""Keeps the change of direction across the frame at 0 where lines stand close together."""
_AGREE_DEG: Final = (4.0, 1.5)
_NOTHING_LEVEL: Final = "Nothing in the still shows what is level."


def measure_tilt(horizon: Horizon | None, segments: Segments, size: tuple[int, int]) -> Measure:
    """Degrees from level, positive when the picture's right side is lower. size: width and height in pixels.

    From the horizon, or else from lines. Perspective turns upright lines more the farther they stand from the middle,
    and level lines more the farther above or below; what they share in the middle is the tilt. When both kinds of
    lines tell it, they must agree; one kind alone, such as a street that climbs, is trusted little.
    """
    if horizon is not None and horizon.quality >= 0.4:
        return measured(horizon.tilt_deg, horizon.quality)
    upright = upright_direction(segments, size)
    down = segments.middle[:, 1] / size[1] - 0.5
    level = _shared(segments.angle, down, segments.length / size[0], segments.steep <= _NEAR_DEG)
    if upright is None and level is None:
        return absent(_NOTHING_LEVEL)
    if upright is None or level is None:
        only = upright or level
        return absent(_NOTHING_LEVEL) if only is None else measured(only[0], 0.4 * only[1])
    weight = upright[1] + level[1]
    agree = ramp(abs(upright[0] - level[0]), *_AGREE_DEG)
    middle = (upright[0] * upright[1] + level[0] * level[1]) / weight if weight > 0 else 0.0
    alone = max(upright, level, key=lambda one: one[1])
    if agree <= 0:
        return measured(alone[0], 0.25 * alone[1])
    return measured(middle, (0.25 + 0.35 * agree) * min(1.0, weight))


def upright_direction(segments: Segments, size: tuple[int, int]) -> tuple[float, float] | None:
    """The lean from upright that upright lines share at the middle, in degrees, and trust 0..1; None without lines.

    Positive when the upper end is further to the right: then the right side of the picture is lower. Trust is low for
    lines that follow no common rule, as grass and leaves do.
    """
    lean = np.where(segments.angle < 0, 90.0 + segments.angle, segments.angle - 90.0)
    across = segments.middle[:, 0] / size[0] - 0.5
    return _shared(lean, across, segments.length / size[1], segments.steep >= 90.0 - _NEAR_DEG)


def _shared(angle: Plane, place: Plane, length: Plane, chosen: Places) -> tuple[float, float] | None:
    """The direction that lines share at the frame's middle, in degrees, and trust 0..1; None without lines.

    A straight line is fitted to direction over place, by weighted least squares with falling weights for outliers.
    """
    angle, place, length = (np.asarray(one[chosen], np.float64) for one in (angle, place, length))
    total = float(length.sum())
    if len(length) < 4 or total < 0.5:
        return None
    weight = length / total
    middle, slope, kept = 0.0, 0.0, weight.copy()
    for _ in range(_ROUNDS):
        mass, first = float(kept.sum()), float((kept * place).sum())
        second = float((kept * place * place).sum()) + _STIFF * mass
        alone, along = float((kept * angle).sum()), float((kept * place * angle).sum())
        room = mass * second - first * first
        middle, slope = (alone * second - along * first) / room, (along * mass - alone * first) / room
        off = np.abs(angle - middle - slope * place)
        kept = weight / (1.0 + (off / 2.0) ** 2)
    inside = float((weight * (np.abs(angle - middle - slope * place) <= _APART_DEG)).sum())
    return middle, ramp(inside, 0.25, 0.7) * ramp(total, 0.5, 3.0)
