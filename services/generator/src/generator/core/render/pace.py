"""Pace drawn by hand: cubic curves with two handles, and speed ramps."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.camera import Bezier, Easing, Pace, Ramp
from generator.core.render.easing import ease

_HALVINGS: Final = 40
"""Halvings of the parameter until the time is met: exact to 1e-12."""

Array = NDArray[np.float64]


def paced(t: Array, pace: Pace) -> Array:
    """Progress at the times t, 0..1 of the way's time, for any pace; 0 before and 1 after, LOOP again 0."""
    if isinstance(pace, Easing):
        return ease(t, pace)
    t = np.clip(t, 0.0, 1.0)
    return _bezier(t, pace) if isinstance(pace, Bezier) else _ramped(t, pace)


def _bezier(t: Array, curve: Bezier) -> Array:
    """The height of the curve where its x is t; with handles in 0..1 x never turns back, so halving finds it."""
    low, high = np.zeros_like(t), np.ones_like(t)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        before = _cubic(middle, curve.x1, curve.x2) < t
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    way = _cubic((low + high) / 2, curve.y1, curve.y2)
    return np.where(t <= 0.0, 0.0, np.where(t >= 1.0, 1.0, way))


def _cubic(s: Array, first: float, second: float) -> Array:
    rest = 1.0 - s
    way: Array = 3.0 * rest * rest * s * first + 3.0 * rest * s * s * second + s**3
    return way


def _ramped(t: Array, ramp: Ramp) -> Array:
    """The integral of the speed, which runs from point to point by 3 s^2 - 2 s^3: acceleration never jumps."""
    times = np.array([time for time, _ in ramp.points])
    speeds = np.array([speed for _, speed in ramp.points])
    # The first and the last speed last to the ends.
    times = np.concatenate([[min(0.0, times[0])], times, [max(1.0, times[-1])]])
    speeds = np.concatenate([speeds[:1], speeds, speeds[-1:]])
    lengths = np.diff(times)
    ways = np.concatenate([[0.0], np.cumsum(lengths * (speeds[:-1] + speeds[1:]) / 2)])
    index = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(lengths) - 1)
    length = lengths[index]
    s = np.where(length > 0.0, (t - times[index]) / np.where(length > 0.0, length, 1.0), 0.0)
    gain = speeds[index + 1] - speeds[index]
    made = ways[index] + length * (speeds[index] * s + gain * (s**3 - s**4 / 2))
    way: Array = made / ways[-1]
    return way
