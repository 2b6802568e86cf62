"""A surface to draw on: lines without steps, shapes that shine through, text.

Places are in pixels, x right and y down, and may lie between pixels or outside the surface.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from analyzer.adapters.explain_drawing import lettering
from analyzer.adapters.explain_drawing.look import Colour
from analyzer.core.arrays import Pixels

_SHIFT: Final = 4
"""Bits after the point in OpenCV's coordinates: a sixteenth of a pixel."""
_FAR: Final = 20_000.0
"""OpenCV counts coordinates in 32 bits with the shift; nothing seen lies further outside."""

XY: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.top + self.height

    def meets(self, other: "Rect") -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: "Rect") -> bool:
        """Whether it lies wholly inside the other."""
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


class Canvas:
    """Pixels (H, W, 3) uint8 RGB that are drawn on in place."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    @staticmethod
    def blank(width: int, height: int, colour: Colour) -> "Canvas":
        """A new surface in one colour."""
        return Canvas(np.full((height, width, 3), colour, np.uint8))

    @property
    def frame(self) -> Rect:
        """The whole surface."""
        return Rect(0, 0, self.pixels.shape[1], self.pixels.shape[0])

    def part(self, rect: Rect) -> "Canvas":
        """A rectangle as a surface of its own; drawing there draws here, and stays inside."""
        left, top = round(rect.left), round(rect.top)
        return Canvas(self.pixels[top : top + round(rect.height), left : left + round(rect.width)])

    def show(self, picture: Pixels) -> None:
        """Fills the surface with a picture (h, w, 3) uint8 RGB, whatever its size."""
        height, width = self.pixels.shape[:2]
        smaller = picture.shape[0] > height
        cv2.resize(picture, (width, height), self.pixels, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)

    def line(self, places: Sequence[XY], colour: Colour, width: float, *, opacity: float = 1.0) -> None:
        """A line through the places."""
        thickness = max(1, round(width))
        points = [np.array([_fixed(place) for place in places], np.int32)]
        self._through(
            lambda pixels: cv2.polylines(pixels, points, False, colour, thickness, cv2.LINE_AA, _SHIFT),
            _around(places, thickness + 2),
            opacity,
        )

    def dashes(self, start: XY, end: XY, colour: Colour, width: float, *, dash: float, opacity: float = 1.0) -> None:
        """A straight line of dashes with gaps half as long."""
        length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        count = max(1, round(length / (1.5 * dash)))
        for at in range(count):
            one, other = at / count, (at + 2 / 3) / count
            self.line([_between(start, end, one), _between(start, end, other)], colour, width, opacity=opacity)

    def fill(self, rect: Rect, colour: Colour, *, opacity: float = 1.0) -> None:
        """A filled rectangle, its edges on whole pixels."""
        first = (round(rect.left), round(rect.top))
        last = (max(first[0], round(rect.right) - 1), max(first[1], round(rect.bottom) - 1))
        corners = [(rect.left, rect.top), (rect.right, rect.bottom)]
        self._through(
            lambda pixels: cv2.rectangle(pixels, first, last, colour, cv2.FILLED), _around(corners, 2), opacity
        )

    def ellipse(self, centre: XY, axes: XY, colour: Colour, width: float, *, angle_deg: float = 0.0) -> None:
        """The outline of an ellipse by its half axes; the first axis is turned clockwise by angle_deg."""
        turn, around = np.radians(angle_deg), np.linspace(0.0, 2 * np.pi, 73)
        along, across = axes[0] * np.cos(around), axes[1] * np.sin(around)
        xs = centre[0] + along * np.cos(turn) - across * np.sin(turn)
        ys = centre[1] + along * np.sin(turn) + across * np.cos(turn)
        self.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), colour, width)

    def text(
        self, place: XY, text: str, colour: Colour, size: float, *, bold: bool = False, align: str = "left"
    ) -> None:
        """One line of text; the place is on its baseline at its left end, or its right end or middle as aligned."""
        if not text:
            return
        mask, left, top = lettering.mask_of(text, size, bold=bold)
        wide = lettering.width_of(text, size, bold=bold)
        x = round(place[0] - {"left": 0.0, "right": wide, "middle": wide / 2}[align]) + left
        y = round(place[1]) + top
        height, width = self.pixels.shape[:2]
        cut_x, cut_y = max(0, -x), max(0, -y)
        mask = mask[cut_y : max(0, height - y), cut_x : max(0, width - x)]
        if mask.size:
            x, y = x + cut_x, y + cut_y
            under = self.pixels[y : y + mask.shape[0], x : x + mask.shape[1]]
            cover = mask[..., None].astype(np.float32) / np.float32(255)
            under[:] = np.round(under * (1 - cover) + np.array(colour, np.float32) * cover).astype(np.uint8)

    def _through(self, draw: Callable[[Pixels], object], around: Rect, opacity: float) -> None:
        """Draws, letting what is below shine through."""
        if opacity >= 1.0:
            draw(self.pixels)
            return
        height, width = self.pixels.shape[:2]
        top, left = int(np.clip(around.top, 0, height)), int(np.clip(around.left, 0, width))
        rows = slice(top, int(np.clip(np.ceil(around.bottom), top, height)))
        columns = slice(left, int(np.clip(np.ceil(around.right), left, width)))
        below = self.pixels[rows, columns].copy()
        if below.size:
            draw(self.pixels)
            here = self.pixels[rows, columns]
            here[:] = cv2.addWeighted(np.ascontiguousarray(here), opacity, below, 1.0 - opacity, 0.0)


def _fixed(place: XY) -> tuple[int, int]:
    x, y = (min(_FAR, max(-_FAR, part)) for part in place)
    return round(x * (1 << _SHIFT)), round(y * (1 << _SHIFT))


def _between(start: XY, end: XY, share: float) -> XY:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _around(places: Sequence[XY], margin: float) -> Rect:
    xs, ys = [place[0] for place in places], [place[1] for place in places]
    left, top = min(xs) - margin, min(ys) - margin
    return Rect(left, top, max(xs) + margin - left, max(ys) + margin - top)
