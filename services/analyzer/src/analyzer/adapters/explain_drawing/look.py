"""Colours and words of the drawing. Colours are (red, green, blue), 0..255."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from analyzer.core.analysis import RegionKind

Colour: TypeAlias = tuple[int, int, int]

GROUND: Final[Colour] = (18, 20, 24)
"""Behind everything: dark, so that the still is the brightest thing on a slide."""
CARD: Final[Colour] = (30, 33, 39)
TRACK: Final[Colour] = (54, 58, 66)
TEXT: Final[Colour] = (236, 238, 242)
QUIET: Final[Colour] = (158, 164, 174)
ACCENT: Final[Colour] = (255, 197, 77)
BAR: Final[Colour] = (104, 184, 255)
CASING: Final[Colour] = (8, 9, 12)

HORIZON: Final[Colour] = (255, 214, 64)
LINES: Final[Colour] = (120, 232, 222)
LEADING: Final[Colour] = (255, 140, 50)
SUBJECT: Final[Colour] = (255, 92, 120)
FACE: Final[Colour] = (120, 255, 120)
PERSON: Final[Colour] = (190, 255, 60)
THIRDS: Final[Colour] = (255, 255, 255)
EYE: Final[Colour] = (255, 255, 255)

REGIONS: Final[Mapping[RegionKind, Colour]] = MappingProxyType(
    {
        RegionKind.UNSPECIFIED: (150, 150, 150),
        RegionKind.SKY: (110, 196, 255),
        RegionKind.VEGETATION: (96, 205, 96),
        RegionKind.WATER: (64, 124, 255),
        RegionKind.GROUND: (201, 150, 84),
        RegionKind.MAN_MADE: (206, 150, 255),
        RegionKind.SNOW: (226, 246, 255),
        RegionKind.SAND: (242, 214, 138),
        RegionKind.ROCK: (172, 160, 150),
        RegionKind.CLOUD: (200, 224, 246),
        RegionKind.SMOKE: (140, 156, 166),
        RegionKind.FIRE: (255, 116, 46),
        RegionKind.CLOTH: (255, 140, 196),
        RegionKind.HAIR: (186, 126, 88),
    }
)

_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "man_made": "built",
        "close_up": "close-up",
        "extreme_close_up": "extreme close-up",
        "medium_close_up": "medium close-up",
        "golden_hour": "low warm sun",
        "ground_plane": "ground plane",
        "vertical_position": "height in the frame",
        "salient_foreground": "what draws the eye",
        "defocus": "what is out of focus",
        "model": "a trained model",
        "triad": "three hues",
        "analogous": "hues side by side",
        "complementary": "opposite hues",
        "monochrome": "one hue",
        "neutral": "hardly any hue",
        "low": "looks up",
        "high": "looks down",
        "overhead": "straight down",
    }
)


def said(value: StrEnum) -> str:
    """A value of core in plain words, "" for one that is not known."""
    return "" if value.value == "unspecified" else _SAID.get(value.value, value.value.replace("_", " "))
