"""What is typed on the line as the contract's options."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import typer
from buf.validate import validate_pb2

from animatize.gateway.v1 import animation_pb2
from animatize.generator.v1 import clip_pb2, generator_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import movement_pb2
from animatize_cli import words

_MICRO: Final = 1_000_000

#: The most that the contract's field can hold (`SpendingRules.max_cost_micro_usd`, int64).
_MOST_MICRO_USD: Final = 2**63 - 1

#: Aspect ratios as they are written everywhere.
ASPECTS: Final = {
    "16:9": clip_pb2.ASPECT_RATIO_16_9,
    "9:16": clip_pb2.ASPECT_RATIO_9_16,
    "1:1": clip_pb2.ASPECT_RATIO_1_1,
    "4:5": clip_pb2.ASPECT_RATIO_4_5,
    "2.39:1": clip_pb2.ASPECT_RATIO_239_100,
}

MOODS: Final = words.typed(prediction_pb2.Mood)
GENRES: Final = words.typed(prediction_pb2.Genre)
PURPOSES: Final = words.typed(prediction_pb2.Purpose)
MOVEMENTS: Final = words.typed(movement_pb2.Movement)
POLICIES: Final = words.typed(animation_pb2.AbstentionPolicy)


def accepted_numbers(field: str) -> tuple[int, ...]:
    """The numbers that the contract accepts for a field of the clip's form, without 0 for "the default"."""
    rules = clip_pb2.OutputProfile.DESCRIPTOR.fields_by_name[field].GetOptions().Extensions[validate_pb2.field]
    return tuple(number for number in getattr(rules.int32, "in") if number)


FRAME_RATES: Final = accepted_numbers("frames_per_second")
SHORT_SIDES: Final = accepted_numbers("short_side_px")


def one_of(choices: dict[str, int]) -> Callable[[str], int]:
    """A parser for a word; a wrong one is refused with the nearest right one, or with all when they are few."""

    def parse(text: str) -> int:
        word = text.strip().lower().replace("_", "-")
        if word in choices:
            return choices[word]
        raise typer.BadParameter(f"found {text!r}; accepted: {_accepted(word, list(choices))}")

    return parse


def number_of(choices: tuple[int, ...]) -> Callable[[str], int]:
    """A parser for one of some whole numbers."""

    def parse(text: str) -> int:
        if text in {str(choice) for choice in choices}:
            return int(text)
        raise typer.BadParameter(f"found {text!r}; accepted: {', '.join(map(str, choices))}")

    return parse


def words_of(text: str) -> str:
    """A parser for text that is sent as it is; bytes that are no UTF-8 are refused."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter(f"found {text!r}; accepted: text in UTF-8") from None
    return text


def dollars(text: str) -> int:
    """US dollars as micro-USD, exactly."""
    try:
        amount = Decimal(text.removeprefix("$")) * _MICRO
        # Before the whole number is made: one with an exponent of a million takes minutes.
        too_much = amount.is_finite() and amount > _MOST_MICRO_USD
        whole = 0 if too_much else int(amount)
    except (ArithmeticError, ValueError):
        raise typer.BadParameter(f"found {text!r}; accepted: US dollars, for example 0.25") from None
    if too_much:
        raise typer.BadParameter(f"found {text!r}; accepted: at most {_MOST_MICRO_USD // _MICRO} US dollars")
    if whole < 0 or whole != amount:
        raise typer.BadParameter(f"found {text!r}; accepted: 0 or more, with at most six digits after the point")
    return whole


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What was typed. None and "" stand for what was not; the mesh then decides.

    Enums are the contract's numbers. duration_s in seconds, energy 0 to 1, max_cost_micro_usd in micro-USD.
    """

    mood: int | None = None
    genre: int | None = None
    purpose: int | None = None
    energy: float | None = None
    movement: int | None = None
    duration_s: float | None = None
    fps: int | None = None
    short_side_px: int | None = None
    aspect: int | None = None
    letterbox: int | None = None
    form: int | None = None
    faststart: bool = False
    poster: bool = False
    prompt: str = ""
    on_abstention: int | None = None
    max_cost_micro_usd: int | None = None

    def intent(self) -> prediction_pb2.Intent | None:
        """What the caller wants to say, or None when nothing was."""
        given = {"mood": self.mood, "genre": self.genre, "purpose": self.purpose, "energy": self.energy}
        intent: prediction_pb2.Intent | None = _message(prediction_pb2.Intent, given)
        return intent

    def options(self) -> animation_pb2.AnimationOptions:
        """The options of an animation whose clip comes in chunks."""
        output = _message(
            clip_pb2.OutputProfile,
            {
                "frames_per_second": self.fps,
                "short_side_px": self.short_side_px,
                "aspect": self.aspect,
                "letterbox": self.letterbox,
                "format": self.form,
                "faststart": self.faststart or None,
                "poster": self.poster or None,
            },
        )
        if self.duration_s is not None:
            output = output or clip_pb2.OutputProfile()
            output.duration.FromMilliseconds(round(self.duration_s * 1000))
        return animation_pb2.AnimationOptions(
            intent=self.intent(),
            # Without an amplitude of its own: the renderer knows how far each movement goes.
            camera=_message(prediction_pb2.CameraMove, {"movement": self.movement}),
            on_abstention=_enum(self.on_abstention),
            user_prompt=self.prompt,
            output=output,
            spending=_message(generator_pb2.SpendingRules, {"max_cost_micro_usd": self.max_cost_micro_usd}),
            delivery=generator_pb2.DELIVERY_CHUNKS,
        )


def _message(kind: Any, given: dict[str, Any]) -> Any:
    """A message of what was given, or None when nothing was."""
    found = {name: value for name, value in given.items() if value is not None}
    return kind(**found) if found else None


def _enum(value: int | None) -> Any:
    return 0 if value is None else value


def _accepted(word: str, choices: list[str]) -> str:
    # As many as fit on a line or two.
    if len(choices) <= 10:
        return ", ".join(choices)
    near = difflib.get_close_matches(word, choices, n=3, cutoff=0.4) or choices[:3]
    return f"{', '.join(near)}, … ({len(choices)} in all; `animatize animate --help` lists them)"
