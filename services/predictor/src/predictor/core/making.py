"""How a movement is made: how far, how fast, about which place.

Amplitudes are what viewers read as subtle, medium and strong in a shot of four seconds; between the three a straight
line. Rotations are radians, shifts are shares of the frame's width, pushes and zooms are growth of the subject.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from film.geometry import Point
from film.movement import Family

UNITS: Final[Mapping[Family, str]] = MappingProxyType(
    {
        Family.STATIC: "",
        Family.PAN: "radian",
        Family.TILT: "radian",
        Family.ROLL: "radian",
        Family.ZOOM: "growth",
        Family.DOLLY: "growth",
        Family.TRUCK: "frame_width",
        Family.PEDESTAL: "frame_width",
        Family.CRANE: "frame_width",
        Family.ARC: "radian",
        Family.DOLLY_ZOOM: "growth",
        Family.HANDHELD: "radian",
        Family.TRACKING: "frame_width",
        Family.RACK_FOCUS: "focus_range",
        Family.WHIP_PAN: "radian",
        Family.CRASH_ZOOM: "growth",
    }
)
"""The unit of each family's amplitude; "" for none."""

AMPLITUDES: Final[Mapping[Family, tuple[float, float, float]]] = MappingProxyType(
    {
        Family.STATIC: (0.0, 0.0, 0.0),
        Family.PAN: (0.04, 0.07, 0.12),
        Family.TILT: (0.03, 0.05, 0.09),
        Family.ROLL: (0.03, 0.05, 0.10),
        Family.ZOOM: (0.08, 0.15, 0.28),
        Family.DOLLY: (0.08, 0.15, 0.28),
        Family.TRUCK: (0.03, 0.05, 0.09),
        Family.PEDESTAL: (0.025, 0.04, 0.07),
        Family.CRANE: (0.05, 0.08, 0.14),
        Family.ARC: (0.08, 0.14, 0.24),
        Family.DOLLY_ZOOM: (0.15, 0.25, 0.40),
        Family.HANDHELD: (0.005, 0.009, 0.015),
        Family.TRACKING: (0.03, 0.05, 0.09),
        Family.RACK_FOCUS: (0.4, 0.7, 1.0),
        Family.WHIP_PAN: (0.3, 0.5, 0.8),
        Family.CRASH_ZOOM: (0.3, 0.5, 0.8),
    }
)
"""Subtle, medium and strong amplitude of each family, at intensity 0, 0.5 and 1."""

DURATIONS_S: Final[Mapping[str, float]] = MappingProxyType({"slow": 6.0, "regular": 4.0, "fast": 2.5})
"""How long a shot of each speed wants to be: a slow move needs time to be seen at all."""

MAX_SWAY_RAD: Final = 0.1

_MEDIUM: Final = 0.5
# A third of the range each.
_SLOW_BELOW: Final = 1 / 3
_FAST_FROM: Final = 2 / 3


def amplitude(family: Family, intensity: float) -> float:
    """The amplitude of a family at an intensity from 0 to 1, in its unit, to four digits."""
    subtle, medium, strong = AMPLITUDES[family]
    if intensity <= _MEDIUM:
        found = subtle + (medium - subtle) * intensity / _MEDIUM
    else:
        found = medium + (strong - medium) * (intensity - _MEDIUM) / (1 - _MEDIUM)
    return round(found, 4)


def speed(family: Family, intensity: float) -> str:
    """How fast a family feels at an intensity: "slow", "regular" or "fast"."""
    if family in (Family.WHIP_PAN, Family.CRASH_ZOOM):
        return "fast"
    if intensity < _SLOW_BELOW:
        return "slow"
    return "fast" if intensity >= _FAST_FROM else "regular"


def in_frame(place: Point) -> Point:
    """The place itself, or the nearest one in the frame: no lens can be about what it never shows."""
    return Point(min(1.0, max(0.0, place.x)), min(1.0, max(0.0, place.y)))
