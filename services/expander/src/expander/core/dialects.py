"""How each provider's models want to be spoken to, as data.

Sources: the providers' prompting guides for image-to-video. Runway: motion only, short, positive words, the subject in
general terms. Gemini video: cinematography first, then subject, action, context, style. Flux and OpenAI images describe
a still. Common craft: one camera move, one subject action, present tense, speed adverb, scene motion, style.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Name(StrEnum):
    """The dialects, in the contract's order."""

    GENERIC = "generic"
    RUNWAY = "runway"
    GEMINI = "gemini"
    FLUX = "flux"
    OPENAI_IMAGE = "openai_image"
    REPLICATE = "replicate"
    OPENROUTER = "openrouter"


class Part(StrEnum):
    """The parts that a prompt is made of."""

    CAMERA = "camera"
    SUBJECT = "subject"
    ENVIRONMENT = "environment"
    CONTEXT = "context"
    STYLE = "style"
    TIMING = "timing"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of writing.

    order: the parts in the order of the text. least_words and most_words: the length that works best.
    most_units: hard limit in UTF-16 units; longer ones are refused by the provider.
    positive_only: negatives are ignored or misread. takes_negative: a separate text says what to avoid.
    moving: asks for motion; otherwise a still is described. motion_only: the still must not be described again.
    camera_first: the camera must come in the first sentence.
    """

    name: Name
    order: tuple[Part, ...]
    least_words: int
    most_words: int
    most_units: int
    positive_only: bool = False
    takes_negative: bool = False
    moving: bool = True
    motion_only: bool = False
    camera_first: bool = False


_FILM: Final = (Part.USER, Part.CAMERA, Part.SUBJECT, Part.ENVIRONMENT, Part.STYLE, Part.TIMING)
_STILL: Final = (Part.USER, Part.CONTEXT, Part.STYLE)

DIALECTS: Final[Mapping[Name, Dialect]] = MappingProxyType(
    {
        dialect.name: dialect
        for dialect in (
            Dialect(Name.GENERIC, _FILM, 3, 120, 4000, takes_negative=True),
            Dialect(
                Name.RUNWAY,
                (Part.USER, Part.SUBJECT, Part.CAMERA, Part.ENVIRONMENT, Part.STYLE),
                10,
                30,
                1000,
                positive_only=True,
                motion_only=True,
            ),
            Dialect(
                Name.GEMINI,
                (Part.CAMERA, Part.USER, Part.SUBJECT, Part.ENVIRONMENT, Part.CONTEXT, Part.STYLE, Part.TIMING),
                3,
                150,
                8000,
                positive_only=True,
                camera_first=True,
            ),
            Dialect(Name.FLUX, _STILL, 2, 80, 8000, positive_only=True, moving=False),
            Dialect(Name.OPENAI_IMAGE, _STILL, 2, 120, 8000, moving=False),
            Dialect(Name.REPLICATE, _FILM, 3, 80, 4000, takes_negative=True),
            Dialect(Name.OPENROUTER, _FILM, 3, 100, 4000),
        )
    }
)
"""Every dialect by name."""

NEGATIVE: Final = "camera shake, warping, morphing, flicker, extra limbs, text, watermark"
"""What every moving picture is better without."""
