"""Places in a still: points, boxes and segments, normalised, with exact mirror images.

Coordinates are shares of the still's width and height: origin top left, x right, y down, 0..1 across the frame. Every
coordinate is rounded to a grid of 2**-20 of the frame (a hundredth of a pixel at 10,000 px). On that grid `1 - x` is
exact in single and double precision, so mirroring twice gives the very same value, and a value that crosses the wire as
a 32-bit float comes back unchanged.
"""

import math
from dataclasses import dataclass
from typing import Final

GRID: Final = 2.0**-20
"""Step of every coordinate. 20 bits after the point leave 4 of a float's 24 for places outside the frame."""

REACH: Final = 15.0
"""How far outside the frame a point may lie, in frames: vanishing points often do. -15..16 is exact in a float."""


_set: Final = object.__setattr__
"""How a frozen value gets what it was rounded to."""


class GeometryError(ValueError):
    """A coordinate that no still has; the family's root."""


class NotFinite(GeometryError):
    """A coordinate is NaN or infinite."""

    def __init__(self, value: float) -> None:
        super().__init__(f"a coordinate is finite, found {value}")
        self.value = value


class OutOfFrame(GeometryError):
    """A coordinate lies where this shape cannot be."""

    def __init__(self, value: float, *, least: float, most: float) -> None:
        super().__init__(f"a coordinate here is between {least:g} and {most:g}, found {value!r}")
        self.value = value
        self.least = least
        self.most = most


@dataclass(frozen=True, slots=True)
class Point:
    """A place as shares of width and height; within REACH of the frame, since vanishing points lie outside it.

    Raises NotFinite for NaN and infinities, OutOfFrame beyond -15..16.
    """

    x: float
    y: float

    def __post_init__(self) -> None:
        _set(self, "x", _snap(self.x, -REACH, 1 + REACH))
        _set(self, "y", _snap(self.y, -REACH, 1 + REACH))

    @property
    def in_frame(self) -> bool:
        """Whether the still shows this place."""
        return 0 <= self.x <= 1 and 0 <= self.y <= 1

    def mirrored(self) -> "Point":
        """The same place in the still mirrored left to right. Exact: twice gives the point itself."""
        # On the grid and within reach as the point itself is, so there is nothing to round or to refuse.
        mirror = object.__new__(Point)
        _set(mirror, "x", 1 - self.x)
        _set(mirror, "y", self.y)
        return mirror


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle inside the frame: left and top edge, width and height, each 0..1.

    The right and bottom edge are on the grid too. Raises NotFinite for NaN and infinities, OutOfFrame when an edge lies
    outside the frame or a size is negative.
    """

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        left, right = _span(self.left, self.width)
        top, bottom = _span(self.top, self.height)
        _set(self, "left", left)
        _set(self, "top", top)
        _set(self, "width", right - left)
        _set(self, "height", bottom - top)

    @classmethod
    def from_pixels(cls, left: float, top: float, width: float, height: float, *, of: tuple[int, int]) -> "Box":
        """The box of a rectangle in pixels, clipped to the frame.

        of: (width, height) of the still in pixels, in that order, both positive.
        """
        frame_width, frame_height = of
        first_x, last_x = _clip(left / frame_width), _clip((left + width) / frame_width)
        first_y, last_y = _clip(top / frame_height), _clip((top + height) / frame_height)
        return cls(first_x, first_y, max(0.0, last_x - first_x), max(0.0, last_y - first_y))

    @property
    def right(self) -> float:
        """Right edge, 0..1."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge, 0..1."""
        return self.top + self.height

    @property
    def centre(self) -> Point:
        """The middle, rounded to the grid."""
        # A coordinate halfway between two steps would round up on either side of the mirror; measured from the frame's
        # middle, the rounding is the same on both.
        return Point(0.5 + _snap_signed((self.left + self.right - 1) / 2), (self.top + self.bottom) / 2)

    @property
    def area(self) -> float:
        """Share of the frame it covers, 0..1."""
        return self.width * self.height

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside or on the edge."""
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0..1; 0 for two boxes without area."""
        width = max(0.0, min(self.right, other.right) - max(self.left, other.left))
        height = max(0.0, min(self.bottom, other.bottom) - max(self.top, other.top))
        union = self.area + other.area - width * height
        return width * height / union if union > 0 else 0.0

    def mirrored(self) -> "Box":
        """The same rectangle in the still mirrored left to right. Exact: twice gives the box itself."""
        return Box(1 - self.right, self.top, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line between two places. It has no direction: its start is the left end (the upper one if level in x).

    Giving the ends the other way round makes an equal segment.
    """

    start: Point
    end: Point

    def __post_init__(self) -> None:
        if (self.start.x, self.start.y) > (self.end.x, self.end.y):
            start, end = self.end, self.start
            _set(self, "start", start)
            _set(self, "end", end)

    def length(self, *, aspect: float) -> float:
        """Length as a share of the still's height. aspect: the still's width over its height, positive."""
        return math.hypot((self.end.x - self.start.x) * aspect, self.end.y - self.start.y)

    def angle_deg(self, *, aspect: float) -> float:
        """Angle from level, positive clockwise, above -90 up to 90. aspect: the still's width over its height.

        The mirrored segment has the negated angle exactly, except that an upright one has 90 on both sides.
        """
        return math.degrees(math.atan2(self.end.y - self.start.y, (self.end.x - self.start.x) * aspect))

    def mirrored(self) -> "Segment":
        """The same line in the still mirrored left to right. Exact: twice gives the segment itself."""
        return Segment(self.end.mirrored(), self.start.mirrored())


def _snap(value: float, least: float, most: float) -> float:
    if not math.isfinite(value):
        raise NotFinite(value)
    # Adding 0.0 turns a negative zero into zero, so that equal values also look equal.
    snapped = round(value / GRID) * GRID + 0.0
    if not least <= snapped <= most:
        raise OutOfFrame(value, least=least, most=most)
    return snapped


def _snap_signed(value: float) -> float:
    # round() takes halves to the even neighbour, which is symmetric around zero.
    return round(value / GRID) * GRID


def _span(first: float, size: float) -> tuple[float, float]:
    near = _snap(first, 0.0, 1.0)
    far = _snap(first + size, 0.0, 1.0)
    if far < near:
        raise OutOfFrame(size, least=0.0, most=1.0)
    return near, far


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))
