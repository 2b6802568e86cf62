"""How progress runs over time.

The smooth form is a velocity trapezoid whose ramps are quintic, so speed and acceleration are continuous and a clip
neither starts nor stops with a jerk.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.order import Easing

RAMP: Final = 0.25
"""Share of the clip in which the smooth form speeds up, and again in which it slows down."""


def ease(t: NDArray[np.float64], easing: Easing) -> NDArray[np.float64]:
    """Progress 0..1 at the times t, 0..1 of the clip. Monotone, except LOOP, which goes there and back."""
    t = np.clip(t, 0.0, 1.0)
    if easing is Easing.LINEAR:
        return t
    if easing is Easing.LOOP:
        return (1.0 - np.cos(2.0 * np.pi * t)) / 2.0
    if easing is Easing.IN:
        return _gentle_start(t)
    if easing is Easing.OUT:
        return 1.0 - _gentle_start(1.0 - t)
    return _trapezoid(t)


def _ramp(s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Way made after the share s of a ramp to unit speed: the integral of 10 s^3 - 15 s^4 + 6 s^5."""
    return s**4 * (2.5 - 3.0 * s + s * s)


def _trapezoid(t: NDArray[np.float64]) -> NDArray[np.float64]:
    speed = 1.0 / (1.0 - RAMP)
    start = speed * RAMP * _ramp(np.minimum(t / RAMP, 1.0))
    middle = speed * (t - RAMP / 2)
    end = 1.0 - speed * RAMP * _ramp(np.minimum((1.0 - t) / RAMP, 1.0))
    return np.where(t < RAMP, start, np.where(t > 1.0 - RAMP, end, middle))


def _gentle_start(t: NDArray[np.float64]) -> NDArray[np.float64]:
    speed = 1.0 / (1.0 - RAMP / 2)
    return np.where(t < RAMP, speed * RAMP * _ramp(np.minimum(t / RAMP, 1.0)), speed * (t - RAMP / 2))
