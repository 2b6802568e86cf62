"""The physics of what moves by itself: its class, where it goes, how fast and how often, in natural ranges.

Speeds are frame widths per second for a frame that is some metres wide; one still has no scale, so a range stands for
what viewers take as natural, and the intensity chooses the place in it. Directions are fixed by gravity alone: what is
light and warm rises, what is heavy falls. Where the wind comes from is not told by one still, so what it drives has no
direction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

FALLS_DEG: Final = 90.0
"""Downwards, clockwise from right."""
RISES_DEG: Final = -90.0
"""Upwards, clockwise from right."""

_NONE: Final = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Physics:
    """How something moves by itself.

    motion_class: the contract's class in lower case. direction_deg: clockwise from right, None without a direction.
    speed_per_s: frame widths per second, at intensity 0 and 1; both 0 for what stays in its place.
    frequency_hz: swings or flickers per second, at intensity 0 and 1; both 0 for what only flows.
    source: where the range comes from.
    """

    motion_class: str
    direction_deg: float | None
    speed_per_s: tuple[float, float]
    frequency_hz: tuple[float, float]
    source: str

    def speed(self, intensity: float) -> float:
        """The speed at an intensity from 0 to 1, to four digits."""
        return _between(self.speed_per_s, intensity)

    def frequency(self, intensity: float) -> float:
        """The frequency at an intensity from 0 to 1, to four digits."""
        return _between(self.frequency_hz, intensity)


MATERIALS: Final[Mapping[str, Physics]] = MappingProxyType(
    {
        "water": Physics(
            "fluid", None, (0.01, 0.10), (0.3, 1.5), "Munk 1950: wind waves and ripples; slow rivers of 0.1 to 1 m/s"
        ),
        "cloud": Physics("fluid", None, (0.003, 0.02), _NONE, "5 to 20 m/s aloft, kilometres away"),
        "foliage": Physics("oscillating", None, _NONE, (0.3, 2.0), "de Langre 2008: trees 0.3 to 1 Hz, leaves to 2 Hz"),
        "smoke": Physics("fluid", RISES_DEG, (0.02, 0.12), _NONE, "Cetegen and Ahmed 1993: buoyant plumes"),
        "fire": Physics(
            "fluid",
            RISES_DEG,
            (0.05, 0.30),
            (1.5, 10.0),
            "Cetegen and Ahmed 1993: puffing at 1.5 / sqrt(width in m) Hz",
        ),
        "rain": Physics("particles", FALLS_DEG, (0.8, 2.5), _NONE, "Gunn and Kinzer 1949: drops fall with 4 to 9 m/s"),
        "snow": Physics(
            "particles", FALLS_DEG, (0.08, 0.30), (0.3, 1.5), "Locatelli and Hobbs 1974: flakes fall with 0.5 to 2 m/s"
        ),
        "dust": Physics("particles", None, (0.005, 0.04), _NONE, "Hinds 1999: fine dust follows the air of a room"),
        "light": Physics("light", None, _NONE, (0.5, 8.0), "flames and filaments flicker below 10 Hz; stars twinkle"),
        "cloth": Physics("oscillating", None, _NONE, (0.5, 3.0), "Shelley and Zhang 2011: flags and curtains"),
        "hair": Physics("oscillating", None, _NONE, (0.5, 2.0), "strands of 10 to 30 cm as hanging chains"),
    }
)
"""Every motion of the environment, by its name."""

HAZE: Final = Physics("fluid", None, (0.003, 0.02), _NONE, "air in the distance drifts as clouds do")
"""Smoke without a plume: haze and fog lie, and drift level with the wind."""

ACTIONS: Final[Mapping[str, Physics]] = MappingProxyType(
    {
        "breathe": Physics("articulated", None, _NONE, (0.2, 0.33), "12 to 20 breaths a minute at rest"),
        "turn_head": Physics("articulated", None, _NONE, _NONE, "Land and Tatler 2009: the head follows the gaze"),
        "gesture": Physics("articulated", None, _NONE, (0.5, 1.5), "conversational gestures last about a second"),
        "walk": Physics(
            "articulated", None, (0.05, 0.20), (0.8, 1.1), "Bohannon 1997: 1.2 to 1.5 m/s, one stride a second"
        ),
        "travel": Physics("rigid", None, (0.08, 0.50), _NONE, "boats to cars, seen across"),
        "sway": Physics("articulated", None, _NONE, (0.2, 0.5), "Winter 1995: sway of quiet standing below 0.5 Hz"),
    }
)
"""Every action of a subject, by its name."""


def of_material(motion: str, region: str) -> Physics:
    """The physics of a motion in a region; smoke without a region of its own is haze. Raises KeyError for no motion."""
    return HAZE if motion == "smoke" and not region else MATERIALS[motion]


def _between(ends: tuple[float, float], intensity: float) -> float:
    low, high = ends
    return round(low + (high - low) * min(1.0, max(0.0, intensity)), 4)
