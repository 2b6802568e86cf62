"""Film grammar in words: one present-tense phrase for every movement, action and motion."""

import colorsys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from expander.core.brief import Action, Brief, Colour, Motion, Place
from film.movement import Family, Movement, family

CAMERA: Final[Mapping[Movement, str]] = MappingProxyType(
    {
        Movement.STATIC: "holds a locked-off frame",
        Movement.PAN_LEFT: "pans left",
        Movement.PAN_RIGHT: "pans right",
        Movement.TILT_UP: "tilts up",
        Movement.TILT_DOWN: "tilts down",
        Movement.ROLL_CLOCKWISE: "rolls clockwise",
        Movement.ROLL_COUNTERCLOCKWISE: "rolls counter-clockwise",
        Movement.ZOOM_IN: "zooms in",
        Movement.ZOOM_OUT: "zooms out",
        Movement.DOLLY_IN: "pushes in",
        Movement.DOLLY_OUT: "pulls back",
        Movement.TRUCK_LEFT: "trucks left",
        Movement.TRUCK_RIGHT: "trucks right",
        Movement.PEDESTAL_UP: "booms up",
        Movement.PEDESTAL_DOWN: "booms down",
        Movement.CRANE_UP: "cranes up",
        Movement.CRANE_DOWN: "cranes down",
        Movement.ARC_CLOCKWISE: "arcs clockwise",
        Movement.ARC_COUNTERCLOCKWISE: "arcs counter-clockwise",
        Movement.DOLLY_ZOOM_IN: "dolly-zooms in",
        Movement.DOLLY_ZOOM_OUT: "dolly-zooms out",
        Movement.HANDHELD: "sways handheld",
        Movement.TRACKING_LEFT: "tracks left",
        Movement.TRACKING_RIGHT: "tracks right",
        Movement.TRACKING_LEAD: "tracks backwards",
        Movement.TRACKING_TAIL: "tracks forwards",
        Movement.TRACKING_ARC_CLOCKWISE: "orbit-tracks clockwise",
        Movement.TRACKING_ARC_COUNTERCLOCKWISE: "orbit-tracks counter-clockwise",
        Movement.TRACKING_AERIAL: "tracks overhead",
        Movement.RACK_FOCUS_NEAR_TO_FAR: "racks focus from the foreground to the background",
        Movement.RACK_FOCUS_FAR_TO_NEAR: "racks focus from the background to the foreground",
        Movement.WHIP_PAN_LEFT: "whip-pans left",
        Movement.WHIP_PAN_RIGHT: "whip-pans right",
        Movement.CRASH_ZOOM_IN: "crash-zooms in",
        Movement.CRASH_ZOOM_OUT: "crash-zooms out",
    }
)
"""What the camera does, third person present."""

ADVERBS: Final[Mapping[str, str]] = MappingProxyType({"slow": "slowly", "regular": "steadily", "fast": "quickly"})
"""How fast, in one word."""

ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "breathe": "breathes softly and blinks",
        "turn_head": "turns the head gently",
        "gesture": "makes a small gesture",
        "walk": "walks on",
        "travel": "moves on",
        "sway": "sways in place",
    }
)
"""What a subject does."""

MOTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "water": "the water ripples",
        "cloud": "the clouds drift",
        "foliage": "the leaves sway in a light breeze",
        "smoke": "thin mist drifts",
        "fire": "the flames flicker",
        "rain": "the rain falls",
        "snow": "the snow falls softly",
        "dust": "dust floats in the air",
        "light": "the lights flicker softly",
        "cloth": "the cloth waves gently",
        "hair": "the hair stirs in a light breeze",
    }
)
"""How the environment moves."""

SCENES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "landscape": "open landscape",
        "waterside": "waterside",
        "forest": "forest",
        "city": "city",
        "interior": "interior",
        "portrait": "portrait",
        "close_up": "close-up",
        "still_life": "still life",
        "night": "night scene",
        "document": "page",
        "abstract": "abstract pattern",
    }
)
"""Kinds of scenes as nouns."""

MATERIALS: Final[Mapping[str, str]] = MappingProxyType(
    {"vegetation": "greenery", "man_made": "buildings", "ground": "open ground", "cloud": "clouds"}
)
"""Materials whose plain name is not what one would say."""

# Movements that go to, circle or keep something: how the target is joined to the verb.
_TOWARDS: Final[Mapping[Family, str]] = MappingProxyType(
    {
        Family.DOLLY: "towards",
        Family.ZOOM: "on",
        Family.ARC: "around",
        Family.DOLLY_ZOOM: "on",
        Family.CRASH_ZOOM: "on",
        Family.PAN: "towards",
    }
)
_BESIDE: Final[Mapping[Movement, str]] = MappingProxyType(
    {
        Movement.TRACKING_LEAD: "ahead of",
        Movement.TRACKING_TAIL: "behind",
        Movement.TRACKING_AERIAL: "above",
        Movement.TRACKING_ARC_CLOCKWISE: "around",
        Movement.TRACKING_ARC_COUNTERCLOCKWISE: "around",
    }
)
_AWAY: Final = frozenset({Movement.DOLLY_OUT, Movement.ZOOM_OUT, Movement.DOLLY_ZOOM_OUT, Movement.CRASH_ZOOM_OUT})
# Families whose name tells the speed already, or that have none.
_WITHOUT_ADVERB: Final = frozenset({Family.STATIC, Family.HANDHELD, Family.WHIP_PAN, Family.CRASH_ZOOM})
# A subject that is at most this far from the frame's centre needs no side.
_CENTRAL: Final = 0.12
# Colours below these have no hue that a viewer would name.
_GREY_SATURATION: Final = 0.18
_BLACK_VALUE: Final = 0.18
# Where one colour's name ends on the wheel of hues, in degrees.
_HUES: Final = (
    (15, "red"), (40, "orange"), (68, "yellow"), (160, "green"), (195, "teal"), (255, "blue"), (290, "violet"),
    (340, "pink"), (361, "red"),
)  # fmt: skip


def camera(brief: Brief) -> str:
    """What the camera does, without "the camera": "slowly pushes in towards the vanishing point"."""
    kind = family(brief.movement)
    words = [CAMERA[brief.movement]]
    if kind not in _WITHOUT_ADVERB:
        words.insert(0, ADVERBS.get(brief.speed, ADVERBS["regular"]))
    target = _target(brief, kind)
    if target:
        words.append(target)
    if brief.sway and kind is not Family.HANDHELD:
        words.append("with a subtle floating sway")
    return " ".join(words)


def action(act: Action, *, subject: str) -> str:
    """What the subject does: "the person walks on to the left"."""
    words = f"the {subject or 'subject'} {ACTIONS[act.name]}"
    if act.name in ("walk", "travel", "turn_head") and act.heading:
        return f"{words} to the {'left' if act.heading < 0 else 'right'}"
    return words


def motion(value: Motion) -> str:
    """How a material moves, and where when it lies to one side: "the water ripples in the lower half"."""
    words = MOTIONS[value.name]
    if value.name == "cloud" and value.region == "sky":
        words = "the sky drifts almost imperceptibly"
    if value.name == "smoke" and value.region == "smoke":
        words = "the smoke drifts and rises"
    return f"{words} {_half(value.centre)}".strip()


def place(value: Place) -> str:
    """Where something is: "on the left", "in the centre"."""
    if abs(value.x - 0.5) <= _CENTRAL:
        return "in the centre"
    return "on the left" if value.x < 0.5 else "on the right"


def colours(palette: Sequence[Colour]) -> str:
    """The two most common hues by name, "" for a grey still: "blue and orange tones"."""
    names = dict.fromkeys(name for colour in palette if (name := _hue(colour)))
    return f"{' and '.join(list(names)[:2])} tones" if names else ""


def joined(items: Sequence[str]) -> str:
    """The items as a list in words: "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def _target(brief: Brief, kind: Family) -> str:
    if kind is Family.TRACKING:
        return f"{_BESIDE.get(brief.movement, 'beside')} the {brief.subject or 'subject'}"
    joint = "from" if brief.movement in _AWAY else _TOWARDS.get(kind, "")
    if not joint or brief.anchor is None or not brief.anchor.name:
        return f"around the {brief.subject or 'subject'}" if kind is Family.ARC else ""
    name = brief.anchor.name
    if name == "subject":
        name = brief.subject or "subject"
    if name == "opening" and brief.movement is Movement.DOLLY_IN:
        joint = "through"
    return f"{joint} the {name}"


def _half(centre: Place | None) -> str:
    if centre is None:
        return ""
    # Thirds: what lies around the middle has no side worth naming.
    if centre.y > 2 / 3:
        return "in the lower part of the frame"
    if centre.y < 1 / 3:
        return "in the upper part of the frame"
    return ""


def _hue(colour: Colour) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(colour.red / 255, colour.green / 255, colour.blue / 255)
    if saturation < _GREY_SATURATION or value < _BLACK_VALUE:
        return ""
    return next(name for limit, name in _HUES if hue * 360 < limit)
