"""Enum values of the contract as the words that people read and type."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor

#: Where the name itself would not be said aloud.
_SAID: Final = {
    "ABSTENTION_REASON_NO_INFORMATION": "the still tells nothing",
    "ABSTENTION_REASON_NO_RULE_HOLDS": "no rule holds",
    "ABSTENTION_REASON_WEAK_EVIDENCE": "the evidence is too weak",
    "ABSTENTION_REASON_REFUSED_BY_INTENT": "refused by what was wanted",
    "REGION_KIND_MAN_MADE": "built",
    "SCENE_KIND_CLOSE_UP": "close-up",
    "SCENE_KIND_CITY": "city",
    "TIME_OF_DAY_DAY": "by day",
    "TIME_OF_DAY_GOLDEN_HOUR": "in low warm sun",
    "TIME_OF_DAY_TWILIGHT": "at twilight",
    "TIME_OF_DAY_NIGHT": "at night",
    "DEPTH_CUE_SALIENT_FOREGROUND": "what draws the eye",
    "DEPTH_CUE_VERTICAL_POSITION": "height in the frame",
    "ENVIRONMENT_MOTION_WATER": "water flows",
    "ENVIRONMENT_MOTION_CLOUD": "clouds drift",
    "ENVIRONMENT_MOTION_FOLIAGE": "leaves sway",
    "ENVIRONMENT_MOTION_SMOKE": "smoke drifts",
    "ENVIRONMENT_MOTION_FIRE": "fire flickers",
    "ENVIRONMENT_MOTION_RAIN": "rain falls",
    "ENVIRONMENT_MOTION_SNOW": "snow falls",
    "ENVIRONMENT_MOTION_DUST": "dust floats",
    "ENVIRONMENT_MOTION_LIGHT": "light shifts",
    "ENVIRONMENT_MOTION_CLOTH": "cloth waves",
    "ENVIRONMENT_MOTION_HAIR": "hair stirs",
    "SUBJECT_ACTION_BREATHE": "breathes",
    "SUBJECT_ACTION_TURN_HEAD": "turns the head",
    "SUBJECT_ACTION_GESTURE": "makes a gesture",
    "SUBJECT_ACTION_WALK": "walks",
    "SUBJECT_ACTION_TRAVEL": "travels",
    "SUBJECT_ACTION_SWAY": "sways",
}


def said(enum: Any, value: int) -> str:
    """A value in plain words, "dolly in"; "" for a value that says nothing or is newer than this command."""
    found = enum.DESCRIPTOR.values_by_number.get(value)
    if found is None or value == 0:
        return ""
    return _SAID.get(found.name) or _bare(enum.DESCRIPTOR, found.name).replace("_", " ").lower()


def typed(enum: Any) -> dict[str, int]:
    """What may be typed for an enum, "dolly-in", in the contract's order; nothing stands for "not stated"."""
    descriptor = enum.DESCRIPTOR
    return {
        _bare(descriptor, value.name).replace("_", "-").lower(): value.number
        for value in descriptor.values
        if value.number != 0
    }


def _bare(descriptor: EnumDescriptor, name: str) -> str:
    """The name without the enum's own, which every value begins with."""
    prefix = "".join(f"_{letter}" if letter.isupper() else letter for letter in descriptor.name).lstrip("_").upper()
    return name.removeprefix(f"{prefix}_")
