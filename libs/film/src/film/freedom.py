"""The axes a camera can move on, and which of them each movement uses.

The frame is the camera's own, as OpenCV has it: x to the right, y down, z forward along the line of sight. Translations
are along these axes; rotations are right-handed around them, which makes every sign one rule:

    truck     +x   the camera travels right       tilt   about +x   the camera looks up
    pedestal  +y   the camera sinks               pan    about +y   the camera turns right
    dolly     +z   the camera travels forward     roll   about +z   the camera turns clockwise, seen from behind

The lens adds two: zoom (+ is a longer focal length) and focus (+ is from near to far).
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from types import MappingProxyType
from typing import Final

from film.movement import Movement


@dataclass(frozen=True, kw_only=True, slots=True)
class Freedom:
    """Signs of a movement on the six axes of the camera and the two of its lens: -1, 0 or 1 each.

    Magnitudes are no part of a movement's name, so none stand here. An all-zero value is a movement without a direction
    of its own: static, handheld (a sway that ends where it began) and aerial tracking (the subject leads).
    """

    truck: int = 0
    """Travel along x: 1 right, -1 left."""
    pedestal: int = 0
    """Travel along y: 1 down, -1 up."""
    dolly: int = 0
    """Travel along z: 1 forward, -1 backward."""
    tilt: int = 0
    """Turn around x: 1 up, -1 down."""
    pan: int = 0
    """Turn around y: 1 right, -1 left."""
    roll: int = 0
    """Turn around z: 1 clockwise seen from behind the camera, -1 counter-clockwise."""
    zoom: int = 0
    """Focal length: 1 longer (in), -1 shorter (out)."""
    focus: int = 0
    """Focus distance: 1 from near to far, -1 from far to near."""

    def __post_init__(self) -> None:
        if any(sign not in (-1, 0, 1) for sign in astuple(self)):
            message = f"every sign is -1, 0 or 1, found {astuple(self)}"
            raise ValueError(message)

    def mirrored(self) -> "Freedom":
        """The same movement in a mirror that exchanges left and right: x travel, pan and roll change sign."""
        return Freedom(
            truck=-self.truck,
            pedestal=self.pedestal,
            dolly=self.dolly,
            tilt=self.tilt,
            pan=-self.pan,
            roll=-self.roll,
            zoom=self.zoom,
            focus=self.focus,
        )

    def reversed(self) -> "Freedom":
        """The same movement played backwards: every sign changes."""
        return Freedom(
            truck=-self.truck,
            pedestal=-self.pedestal,
            dolly=-self.dolly,
            tilt=-self.tilt,
            pan=-self.pan,
            roll=-self.roll,
            zoom=-self.zoom,
            focus=-self.focus,
        )

    @property
    def travels(self) -> bool:
        """Whether the camera leaves its place, so that near and far things part (parallax)."""
        return bool(self.truck or self.pedestal or self.dolly)


FREEDOM: Final[Mapping[Movement, Freedom]] = MappingProxyType(
    {
        Movement.STATIC: Freedom(),
        Movement.PAN_LEFT: Freedom(pan=-1),
        Movement.PAN_RIGHT: Freedom(pan=1),
        Movement.TILT_UP: Freedom(tilt=1),
        Movement.TILT_DOWN: Freedom(tilt=-1),
        Movement.ROLL_CLOCKWISE: Freedom(roll=1),
        Movement.ROLL_COUNTERCLOCKWISE: Freedom(roll=-1),
        Movement.ZOOM_IN: Freedom(zoom=1),
        Movement.ZOOM_OUT: Freedom(zoom=-1),
        Movement.DOLLY_IN: Freedom(dolly=1),
        Movement.DOLLY_OUT: Freedom(dolly=-1),
        Movement.TRUCK_LEFT: Freedom(truck=-1),
        Movement.TRUCK_RIGHT: Freedom(truck=1),
        Movement.PEDESTAL_UP: Freedom(pedestal=-1),
        Movement.PEDESTAL_DOWN: Freedom(pedestal=1),
        Movement.CRANE_UP: Freedom(pedestal=-1, tilt=-1),
        Movement.CRANE_DOWN: Freedom(pedestal=1, tilt=1),
        # Seen from above, clockwise from six o'clock leads to nine: to the camera's left, turning right to look back.
        Movement.ARC_CLOCKWISE: Freedom(truck=-1, pan=1),
        Movement.ARC_COUNTERCLOCKWISE: Freedom(truck=1, pan=-1),
        Movement.DOLLY_ZOOM_IN: Freedom(dolly=1, zoom=-1),
        Movement.DOLLY_ZOOM_OUT: Freedom(dolly=-1, zoom=1),
        Movement.HANDHELD: Freedom(),
        Movement.TRACKING_LEFT: Freedom(truck=-1),
        Movement.TRACKING_RIGHT: Freedom(truck=1),
        Movement.TRACKING_LEAD: Freedom(dolly=-1),
        Movement.TRACKING_TAIL: Freedom(dolly=1),
        Movement.TRACKING_ARC_CLOCKWISE: Freedom(truck=-1, pan=1),
        Movement.TRACKING_ARC_COUNTERCLOCKWISE: Freedom(truck=1, pan=-1),
        Movement.TRACKING_AERIAL: Freedom(),
        Movement.RACK_FOCUS_NEAR_TO_FAR: Freedom(focus=1),
        Movement.RACK_FOCUS_FAR_TO_NEAR: Freedom(focus=-1),
        Movement.WHIP_PAN_LEFT: Freedom(pan=-1),
        Movement.WHIP_PAN_RIGHT: Freedom(pan=1),
        Movement.CRASH_ZOOM_IN: Freedom(zoom=1),
        Movement.CRASH_ZOOM_OUT: Freedom(zoom=-1),
    }
)
"""The axes of every movement. Agrees with `mirrored` and `opposite`: mirroring the name mirrors the signs."""


def freedom(movement: Movement) -> Freedom:
    """The signs of the movement on every axis. Total."""
    return FREEDOM[movement]
