"""Names on the still, none over another."""

from dataclasses import dataclass
from typing import Final

from analyzer.adapters.explain_drawing.canvas import XY, Canvas, Rect
from analyzer.adapters.explain_drawing.lettering import width_of
from analyzer.adapters.explain_drawing.look import CASING, Colour

_PAD: Final = 0.4
"""Room around the letters, as a share of their size."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name and the places where it may stand, best first; each is the left end or the middle of its plate."""

    text: str
    colour: Colour
    places: tuple[XY, ...]
    middle: bool = False


class Names:
    """Collects names and writes those that find room, in the order in which they came."""

    def __init__(self, canvas: Canvas, size: float) -> None:
        """size: of the letters in pixels."""
        self._canvas = canvas
        self._size = size
        self._taken: list[Rect] = []

    def write(self, name: Name) -> bool:
        """Whether the name found room at one of its places, moved into the frame if need be."""
        size = self._size
        wide, high = width_of(name.text, size) + 2 * _PAD * size, size * (1 + 2 * _PAD)
        frame = self._canvas.frame
        if wide > frame.width or high > frame.height:
            return False
        for x, y in name.places:
            left = min(frame.width - wide, max(0.0, x - wide / 2 if name.middle else x))
            top = min(frame.height - high, max(0.0, y - high / 2))
            plate = Rect(round(left), round(top), wide, high)
            if any(plate.meets(other) for other in self._taken):
                continue
            self._taken.append(plate)
            self._canvas.fill(plate, CASING, opacity=0.72)
            self._canvas.text((plate.left + _PAD * size, plate.top + high - 0.57 * size), name.text, name.colour, size)
            return True
        return False
