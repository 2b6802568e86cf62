"""Text as masks, in the scalable face that comes with Pillow (Aileron, public domain).

The face has no dashes and no arrows; what needs them is drawn.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_FINE: Final = 4
"""Letters are made so many times larger and averaged down: at their own size hinting spaces them unevenly."""
_BOLD: Final = 0.045
"""How much wider a bold stroke is, as a share of the size: the face comes in one weight."""
_SPACE: Final = 0.06
"""Added to a space, as a share of the size: the face's own is too narrow for small letters on a dark ground."""
_PLACEHOLDER: Final = "?"
_LOWEST: Final = 5.0
"""Smaller letters are spots."""


class FaceMissing(RuntimeError):
    """This build of Pillow cannot use scalable faces: it comes without FreeType."""

    def __init__(self) -> None:
        super().__init__("Pillow comes without FreeType here, and so without a scalable face to draw text with")


@lru_cache(maxsize=64)
def _face(size_px: float) -> ImageFont.FreeTypeFont:
    face = ImageFont.load_default(size_px)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise FaceMissing
    # The simple layout gives the same places with and without the shaping library.
    return face.font_variant(layout_engine=ImageFont.Layout.BASIC)


def width_of(text: str, size_px: float, *, bold: bool = False) -> int:
    """Width of one line in whole pixels."""
    size = max(_LOWEST, size_px)
    plain = _plain(text)
    length = _face(size * _FINE).getlength(plain) / _FINE + plain.count(" ") * _SPACE * size
    return round(length + (_BOLD * size if bold else 0.0) + 0.5)


def mask_of(text: str, size_px: float, *, bold: bool = False) -> tuple[NDArray[np.uint8], int, int]:
    """One line as (h, w) uint8 coverage, with the offset of its left edge and of its top from the baseline."""
    size = max(_LOWEST, size_px)
    face = _face(size * _FINE)
    ascent, descent = (-(-part // _FINE) + 1 for part in face.getmetrics())
    wide = width_of(text, size, bold=bold) + 2
    sheet = Image.new("L", (wide * _FINE, (ascent + descent) * _FINE))
    pen, x = ImageDraw.Draw(sheet), float(_FINE)
    for at, word in enumerate(_plain(text).split(" ")):
        x += (face.getlength(" ") + _SPACE * size * _FINE) if at else 0.0
        pen.text((x, ascent * _FINE), word, fill=255, font=face, anchor="ls")
        x += face.getlength(word)
    mask = np.asarray(sheet, np.uint8)
    if bold:
        stroke = np.ones((1, 1 + max(1, round(_BOLD * size * _FINE))), np.uint8)
        mask = cv2.dilate(mask, stroke).astype(np.uint8, copy=False)
    small = cv2.resize(mask, (wide, ascent + descent), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), -1, -ascent


def wrapped(text: str, size_px: float, width_px: float) -> list[str]:
    """The text in lines no wider than width_px, broken between words; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size_px) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def shortened(text: str, size_px: float, width_px: float, *, bold: bool = False) -> str:
    """The text, with its end left out when it is wider than width_px."""
    if width_of(text, size_px, bold=bold) <= width_px:
        return text
    while text and width_of(f"{text}…", size_px, bold=bold) > width_px:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def _plain(text: str) -> str:
    """The text with what the face cannot show as question marks: names of models may hold anything."""
    return "".join(letter if " " <= letter <= "~" or letter in "°·…±" else _PLACEHOLDER for letter in text)
