"""The vocabulary of camera movement: one name per move, with its family, its mirror image and its opposite.

The names equal the wire enum's value names in lower case, in the same order, so a conversion is a look-up by name.

The sign convention of the whole product is written here and nowhere else:

- A movement is named after what the **camera** does, never after what the picture shows. Left, right, up and down are
  the camera operator's own.
- The picture flows the opposite way: content moves left in a pan right, down in a tilt up, outwards in a zoom in.
- Clockwise roll is seen from behind the camera; the picture turns counter-clockwise.
- An arc clockwise circles the subject clockwise **as seen from above**: the camera travels to its own left and turns
  right to keep the subject. The subject stays, what is nearer flows right, what is farther flows left.
- The axes that carry these signs as numbers stand in `film.freedom`.
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class Movement(StrEnum):
    """One move of the camera or of its lens, as a cinematographer names it."""

    STATIC = "static"
    """The camera is locked off: nothing but the subject moves."""
    PAN_LEFT = "pan_left"
    """The camera turns left on its vertical axis from a fixed place; all depths flow right alike."""
    PAN_RIGHT = "pan_right"
    """The camera turns right on its vertical axis from a fixed place; all depths flow left alike."""
    TILT_UP = "tilt_up"
    """The camera looks up from a fixed place; all depths flow down alike."""
    TILT_DOWN = "tilt_down"
    """The camera looks down from a fixed place; all depths flow up alike."""
    ROLL_CLOCKWISE = "roll_clockwise"
    """The camera turns clockwise around its line of sight; the picture turns counter-clockwise."""
    ROLL_COUNTERCLOCKWISE = "roll_counterclockwise"
    """The camera turns counter-clockwise around its line of sight; the picture turns clockwise."""
    ZOOM_IN = "zoom_in"
    """The focal length grows from a fixed place; the picture expands and all depths expand alike."""
    ZOOM_OUT = "zoom_out"
    """The focal length shrinks from a fixed place; the picture contracts and all depths contract alike."""
    DOLLY_IN = "dolly_in"
    """The camera travels towards what it sees; the picture expands, and near things expand faster."""
    DOLLY_OUT = "dolly_out"
    """The camera travels away from what it sees; the picture contracts, and near things contract faster."""
    TRUCK_LEFT = "truck_left"
    """The camera travels sideways to its left without turning; content flows right, near things faster."""
    TRUCK_RIGHT = "truck_right"
    """The camera travels sideways to its right without turning; content flows left, near things faster."""
    PEDESTAL_UP = "pedestal_up"
    """The camera rises without tilting; content flows down, near things faster."""
    PEDESTAL_DOWN = "pedestal_down"
    """The camera sinks without tilting; content flows up, near things faster."""
    CRANE_UP = "crane_up"
    """The camera rises and tilts down to keep its target; near things flow down, far things flow up."""
    CRANE_DOWN = "crane_down"
    """The camera sinks and tilts up to keep its target; near things flow up, far things flow down."""
    ARC_CLOCKWISE = "arc_clockwise"
    """The camera circles the subject clockwise seen from above; near things flow right, far things flow left."""
    ARC_COUNTERCLOCKWISE = "arc_counterclockwise"
    """The camera circles the subject counter-clockwise seen from above; near things flow left, far things right."""
    DOLLY_ZOOM_IN = "dolly_zoom_in"
    """The camera travels in while the lens widens; the subject keeps its size and the background recedes."""
    DOLLY_ZOOM_OUT = "dolly_zoom_out"
    """The camera travels out while the lens lengthens; the subject keeps its size and the background looms."""
    HANDHELD = "handheld"
    """The camera rests on a person; it sways in all directions and ends about where it began."""
    TRACKING_LEFT = "tracking_left"
    """The camera keeps pace beside a subject that goes left; the subject stays, the background flows right."""
    TRACKING_RIGHT = "tracking_right"
    """The camera keeps pace beside a subject that goes right; the subject stays, the background flows left."""
    TRACKING_LEAD = "tracking_lead"
    """The camera backs away ahead of a subject that approaches; the subject stays, the background contracts."""
    TRACKING_TAIL = "tracking_tail"
    """The camera follows behind a subject that walks away; the subject stays, the background expands."""
    TRACKING_ARC_CLOCKWISE = "tracking_arc_clockwise"
    """The camera circles a moving subject clockwise seen from above while it keeps pace; the background flows left."""
    TRACKING_ARC_COUNTERCLOCKWISE = "tracking_arc_counterclockwise"
    """The camera circles a moving subject counter-clockwise while it keeps pace; the background flows right."""
    TRACKING_AERIAL = "tracking_aerial"
    """The camera follows a moving subject from the air; the subject chooses the direction."""
    RACK_FOCUS_NEAR_TO_FAR = "rack_focus_near_to_far"
    """The focus passes from the foreground to the background; nothing flows, the sharpness changes place."""
    RACK_FOCUS_FAR_TO_NEAR = "rack_focus_far_to_near"
    """The focus passes from the background to the foreground; nothing flows, the sharpness changes place."""
    WHIP_PAN_LEFT = "whip_pan_left"
    """A pan left so fast that the picture smears."""
    WHIP_PAN_RIGHT = "whip_pan_right"
    """A pan right so fast that the picture smears."""
    CRASH_ZOOM_IN = "crash_zoom_in"
    """A zoom in so fast that it strikes."""
    CRASH_ZOOM_OUT = "crash_zoom_out"
    """A zoom out so fast that it strikes."""


@unique
class Family(StrEnum):
    """What a movement is, whichever way it goes."""

    STATIC = "static"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"
    DOLLY = "dolly"
    TRUCK = "truck"
    PEDESTAL = "pedestal"
    CRANE = "crane"
    ARC = "arc"
    DOLLY_ZOOM = "dolly_zoom"
    HANDHELD = "handheld"
    TRACKING = "tracking"
    RACK_FOCUS = "rack_focus"
    WHIP_PAN = "whip_pan"
    CRASH_ZOOM = "crash_zoom"


def _pairs(*pairs: tuple[Movement, Movement]) -> Mapping[Movement, Movement]:
    """Both directions of each pair; every movement that is in no pair stands for itself."""
    table = {movement: movement for movement in Movement}
    for one, other in pairs:
        table[one], table[other] = other, one
    return MappingProxyType(table)


MIRROR: Final = _pairs(
    (Movement.PAN_LEFT, Movement.PAN_RIGHT),
    (Movement.ROLL_CLOCKWISE, Movement.ROLL_COUNTERCLOCKWISE),
    (Movement.TRUCK_LEFT, Movement.TRUCK_RIGHT),
    (Movement.ARC_CLOCKWISE, Movement.ARC_COUNTERCLOCKWISE),
    (Movement.TRACKING_LEFT, Movement.TRACKING_RIGHT),
    (Movement.TRACKING_ARC_CLOCKWISE, Movement.TRACKING_ARC_COUNTERCLOCKWISE),
    (Movement.WHIP_PAN_LEFT, Movement.WHIP_PAN_RIGHT),
)
"""Each movement's image in a mirror that exchanges left and right. Total, and its own inverse."""

OPPOSITE: Final = _pairs(
    (Movement.PAN_LEFT, Movement.PAN_RIGHT),
    (Movement.TILT_UP, Movement.TILT_DOWN),
    (Movement.ROLL_CLOCKWISE, Movement.ROLL_COUNTERCLOCKWISE),
    (Movement.ZOOM_IN, Movement.ZOOM_OUT),
    (Movement.DOLLY_IN, Movement.DOLLY_OUT),
    (Movement.TRUCK_LEFT, Movement.TRUCK_RIGHT),
    (Movement.PEDESTAL_UP, Movement.PEDESTAL_DOWN),
    (Movement.CRANE_UP, Movement.CRANE_DOWN),
    (Movement.ARC_CLOCKWISE, Movement.ARC_COUNTERCLOCKWISE),
    (Movement.DOLLY_ZOOM_IN, Movement.DOLLY_ZOOM_OUT),
    (Movement.TRACKING_LEFT, Movement.TRACKING_RIGHT),
    (Movement.TRACKING_LEAD, Movement.TRACKING_TAIL),
    (Movement.TRACKING_ARC_CLOCKWISE, Movement.TRACKING_ARC_COUNTERCLOCKWISE),
    (Movement.RACK_FOCUS_NEAR_TO_FAR, Movement.RACK_FOCUS_FAR_TO_NEAR),
    (Movement.WHIP_PAN_LEFT, Movement.WHIP_PAN_RIGHT),
    (Movement.CRASH_ZOOM_IN, Movement.CRASH_ZOOM_OUT),
)
"""Each movement played backwards. Static, handheld and aerial tracking have no other way round: they stand alone."""


def family(movement: Movement) -> Family:
    """What the movement is, whichever way it goes: `pan` for `pan_left`, `dolly_zoom` for `dolly_zoom_in`."""
    return _FAMILY[movement]


def mirrored(movement: Movement) -> Movement:
    """The movement that a left-right mirror would show. Total; mirroring twice gives the movement itself."""
    return MIRROR[movement]


def opposite(movement: Movement) -> Movement:
    """The movement played backwards, or itself where it has no other way round. Twice gives the movement itself."""
    return OPPOSITE[movement]


def _family_of(movement: Movement) -> Family:
    # The longest fitting name wins, so that `dolly_zoom_in` is a dolly zoom and no dolly.
    fitting = [kind for kind in Family if f"{movement}_".startswith(f"{kind}_")]
    return max(fitting, key=len)


_FAMILY: Final[Mapping[Movement, Family]] = MappingProxyType({movement: _family_of(movement) for movement in Movement})
