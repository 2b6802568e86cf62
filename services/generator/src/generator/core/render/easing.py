"""How progress runs over time.

The smooth form is a velocity trapezoid whose ramps are quintic, so speed and acceleration are continuous and a clip
neither starts nor stops with a jerk. The named curves are those of R. Penner (Programming Macromedia Flash MX, 2002,
chapter 7), known from style sheets and editing programs, each brought to begin at 0 and end at 1 exactly.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.camera import Easing

RAMP: Final = 0.25
"""Share of the clip in which the smooth form speeds up, and again in which it slows down."""

_BACK: Final = 1.70158
"""Penner's constant, with which a curve goes a tenth of the way too far."""

_BACK_IN_OUT: Final = 1.525
"""Penner's factor on it where the curve goes too far at both ends."""

_DOUBLINGS: Final = 10.0
"""Doublings of the speed over the exponential curve."""

Array = NDArray[np.float64]


def ease(t: Array, easing: Easing) -> Array:
    """Progress at the times t, 0..1 of the way's time: from 0 to 1, or there and back to 0 with LOOP.

    Monotone, except LOOP and the curves named after their swing back, which leave 0..1 by a tenth.
    """
    return _CURVES[easing](np.clip(t, 0.0, 1.0))


def burst(t: Array, *, peak: float) -> Array:
    """Progress with one peak of speed, at the time `peak` between 0 and 1, twice as fast as an even way.

    Twice continuously differentiable: rest, quintic ramp up, quintic ramp down, rest.
    """
    t = np.clip(t, 0.0, 1.0)
    rise = 2.0 * peak * ramp_way(np.minimum(t / peak, 1.0))
    fall = 1.0 - 2.0 * (1.0 - peak) * ramp_way(np.minimum((1.0 - t) / (1.0 - peak), 1.0))
    return np.where(t < peak, rise, fall)


def ramp_way(s: Array) -> Array:
    """Way made after the share s of a ramp to unit speed: the integral of 10 s^3 - 15 s^4 + 6 s^5."""
    return s**4 * (2.5 - 3.0 * s + s * s)


def _trapezoid(t: Array) -> Array:
    speed = 1.0 / (1.0 - RAMP)
    start = speed * RAMP * ramp_way(np.minimum(t / RAMP, 1.0))
    middle = speed * (t - RAMP / 2)
    end = 1.0 - speed * RAMP * ramp_way(np.minimum((1.0 - t) / RAMP, 1.0))
    return np.where(t < RAMP, start, np.where(t > 1.0 - RAMP, end, middle))


def _gentle_start(t: Array) -> Array:
    speed = 1.0 / (1.0 - RAMP / 2)
    return np.where(t < RAMP, speed * RAMP * ramp_way(np.minimum(t / RAMP, 1.0)), speed * (t - RAMP / 2))


def _power(order: int) -> "Curve":
    return lambda t: t**order


def _sine(t: Array) -> Array:
    way: Array = 1.0 - np.cos(t * (np.pi / 2))
    return way


def _expo(t: Array) -> Array:
    way: Array = np.expm1(t * (_DOUBLINGS * np.log(2.0))) / np.expm1(_DOUBLINGS * np.log(2.0))
    return way


def _circ(t: Array) -> Array:
    way: Array = 1.0 - np.sqrt(np.maximum(1.0 - t * t, 0.0))
    return way


def _back(strength: float) -> "Curve":
    return lambda t: t * t * ((strength + 1.0) * t - strength)


def _backwards(curve: "Curve") -> "Curve":
    """The same curve from its end: in becomes out."""
    return lambda t: 1.0 - curve(1.0 - t)


def _both(curve: "Curve") -> "Curve":
    """In for the first half of the way, out for the second."""
    return lambda t: np.where(
        t < 0.5, curve(np.minimum(2.0 * t, 1.0)) / 2, 1.0 - curve(np.minimum(2.0 - 2.0 * t, 1.0)) / 2
    )


Curve = Callable[[Array], Array]

_STARTS: Final[Mapping[str, tuple[Curve, Curve]]] = MappingProxyType(
    {
        "sine": (_sine, _sine),
        "quad": (_power(2), _power(2)),
        "cubic": (_power(3), _power(3)),
        "quart": (_power(4), _power(4)),
        "quint": (_power(5), _power(5)),
        "expo": (_expo, _expo),
        "circ": (_circ, _circ),
        "back": (_back(_BACK), _back(_BACK * _BACK_IN_OUT)),
    }
)
"""Each family's start, alone and as the first half of a curve with both."""

_CURVES: Final[Mapping[Easing, Curve]] = MappingProxyType(
    {
        Easing.LINEAR: lambda t: t,
        Easing.SMOOTH: _trapezoid,
        Easing.IN: _gentle_start,
        Easing.OUT: _backwards(_gentle_start),
        Easing.LOOP: lambda t: (1.0 - np.cos(2.0 * np.pi * t)) / 2.0,
        Easing.HOLD: lambda t: np.where(t < 1.0, 0.0, 1.0),
        **{Easing(f"{name}_in"): start for name, (start, _) in _STARTS.items()},
        **{Easing(f"{name}_out"): _backwards(start) for name, (start, _) in _STARTS.items()},
        **{Easing(f"{name}_in_out"): _both(half) for name, (_, half) in _STARTS.items()},
    }
)
