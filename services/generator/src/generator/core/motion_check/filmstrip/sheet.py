"""A sheet to draw on, and its colours: blue and orange tell apart for every kind of colour vision."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.filmstrip.lettering import mask_of, width_of

Colour = tuple[int, int, int]
"""Blue, green, red."""

GROUND: Final[Colour] = (32, 26, 22)
PANEL: Final[Colour] = (48, 40, 35)
RULE: Final[Colour] = (92, 82, 74)
INK: Final[Colour] = (240, 238, 236)
SOFT: Final[Colour] = (186, 176, 168)
BLUE: Final[Colour] = (233, 180, 86)
ORANGE: Final[Colour] = (0, 159, 230)
YELLOW: Final[Colour] = (66, 228, 240)
"""Sky blue, orange and yellow of Okabe and Ito's palette ("Color Universal Design", 2008)."""

_SHIFT: Final = 4


class Sheet:
    """(H, W, 3) uint8 BGR pixels with what draws on them; places are pixels, x right and y down."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.pixels: NDArray[np.uint8] = np.full((height_px, width_px, 3), GROUND, np.uint8)

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: float,
        colour: Colour = INK,
        bold: bool = False,
        right: bool = False,
    ) -> int:
        """Words with their baseline at y, beginning at x, or ending there when `right`; gives the width in pixels."""
        if not words:
            return 0
        mask = mask_of(words, size, bold=bold)
        height, width = mask.shape
        left, top = round(x) - (width if right else 0), round(y) - round(0.8 * height)
        rows, columns = self.pixels.shape[:2]
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, columns), min(top + height, rows)
        if x0 < x1 and y0 < y1:
            under = self.pixels[y0:y1, x0:x1]
            share = mask[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) / 255
            under[:] = np.rint(under + share * (np.array(colour, np.float32) - under)).astype(np.uint8)
        return int(width)

    def centred(self, words: str, x: float, y: float, *, size: float, colour: Colour = INK) -> None:
        """Words with their middle at x and their baseline at y."""
        self.text(words, x - width_of(words, size) / 2, y, size=size, colour=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        cv2.rectangle(
            self.pixels, (round(x), round(y)), (round(x + width) - 1, round(y + height) - 1), colour, cv2.FILLED
        )

    def picture(self, grey: NDArray[np.uint8], x: int, y: int) -> NDArray[np.uint8]:
        """A grey picture at a place; gives the view of the sheet that it fills."""
        height, width = grey.shape
        under = self.pixels[y : y + height, x : x + width]
        under[:] = grey[:, :, None]
        return under

    def line(self, points: NDArray[np.float64], colour: Colour, *, width: int = 1) -> None:
        """A line through (n, 2) places, smooth to a sixteenth of a pixel."""
        polyline(self.pixels, points, colour, width=width)


def polyline(pixels: NDArray[np.uint8], points: NDArray[np.float64], colour: Colour, *, width: int = 1) -> None:
    """A line through (n, 2) places of any picture, smooth to a sixteenth of a pixel."""
    fixed = np.rint(points * (1 << _SHIFT)).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(pixels, [fixed], isClosed=False, color=colour, thickness=width, lineType=cv2.LINE_AA, shift=_SHIFT)


def dot(pixels: NDArray[np.uint8], x: float, y: float, radius: float, colour: Colour) -> None:
    """A filled disc on any picture."""
    place = (round(x * (1 << _SHIFT)), round(y * (1 << _SHIFT)))
    cv2.circle(pixels, place, round(radius * (1 << _SHIFT)), colour, cv2.FILLED, cv2.LINE_AA, _SHIFT)


def cross(pixels: NDArray[np.uint8], x: float, y: float, radius: float, colour: Colour, *, width: int = 2) -> None:
    """A diagonal cross on any picture, so that it differs from a disc by more than colour."""
    for sign in (-1, 1):
        ends = np.array([[x - radius, y - sign * radius], [x + radius, y + sign * radius]])
        polyline(pixels, ends, colour, width=width)
