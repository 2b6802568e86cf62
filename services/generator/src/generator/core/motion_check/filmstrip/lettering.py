"""Text as smooth masks: OpenCV's stroke letters, drawn four times as large and averaged down."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_FACE: Final = cv2.FONT_HERSHEY_SIMPLEX
_FINE: Final = 4
_CAPITALS: Final = 21.0
"""Height of a capital at scale 1, in pixels."""

_CAPITAL_SHARE: Final = 0.72
"""Height of a capital as a share of the size of the letters, as in most faces."""

_STROKE: Final = 0.085
_BOLD_STROKE: Final = 0.145
"""Widths of strokes as shares of the size."""

_TRACKING: Final = 0.94
"""The face's letters stand wide apart; this much of their width is kept."""


def width_of(text: str, size_px: float, *, bold: bool = False) -> int:
    """Width of one line in whole pixels."""
    return mask_of(text, size_px, bold=bold).shape[1] if text else 0


@lru_cache(maxsize=512)
def mask_of(text: str, size_px: float, *, bold: bool = False) -> NDArray[np.uint8]:
    """One line as (h, w) uint8 coverage; its baseline lies at 0.8 of its height, which is 1.25 times the size."""
    scale = size_px * _FINE * _CAPITAL_SHARE / _CAPITALS
    stroke = max(1, round(size_px * _FINE * (_BOLD_STROKE if bold else _STROKE)))
    plain = "".join(letter if " " <= letter <= "~" else "?" for letter in text)
    (wide, _), _ = cv2.getTextSize(plain, _FACE, scale, stroke)
    height = round(1.25 * size_px)
    sheet = np.zeros((height * _FINE, wide + 4 * stroke), np.uint8)
    cv2.putText(sheet, plain, (2 * stroke, round(0.8 * height * _FINE)), _FACE, scale, 255, stroke, cv2.LINE_AA)
    # The first letter's own margin would indent large letters more than small ones.
    inked = np.flatnonzero(sheet.any(axis=0))
    sheet = sheet[:, inked[0] : inked[-1] + 1] if len(inked) else sheet
    size = (max(1, round(sheet.shape[1] * _TRACKING / _FINE)), height)
    return cv2.resize(sheet, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


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
