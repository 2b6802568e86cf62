"""Amplitudes of explained movements in the plan's units, and the comparison with what was asked."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from film.movement import Family, Movement, family
from generator.core.motion_check.camera_model import DOLLY, PAN, PEDESTAL, ROLL, TILT, TRUCK, ZOOM, Fit
from generator.core.motion_check.shapes import travelled
from generator.core.motion_check.verdict import Asked, Outcome, Unit

LOOKS_ALIKE: Final = 0.1
"""Probability from which a movement belongs to those that look the same in this clip."""

EQUIVALENT_SHARE: Final = 0.7
"""Share of the score that a movement keeps which only looks like the asked one."""

AMPLITUDE_SLOPE: Final = 0.5
"""|ln(measured / asked)| at which the amplitude's factor has fallen to 1/e."""

DEFECT_SHARE: Final = 0.5
"""Factor of the score for each of cut, freeze and black border."""

UNITS: Final[Mapping[Family, Unit]] = MappingProxyType(
    {
        **dict.fromkeys(
            (Family.PAN, Family.TILT, Family.ROLL, Family.ARC, Family.WHIP_PAN, Family.HANDHELD), Unit.RADIAN
        ),
        **dict.fromkeys((Family.TRUCK, Family.PEDESTAL, Family.CRANE, Family.TRACKING), Unit.FRAME_WIDTH),
        **dict.fromkeys((Family.DOLLY, Family.ZOOM, Family.CRASH_ZOOM, Family.DOLLY_ZOOM), Unit.GROWTH),
        Family.RACK_FOCUS: Unit.FOCUS_RANGE,
    }
)
"""The unit of each family's amplitude; static has none."""

SEEN_AS: Final[Mapping[Movement, frozenset[Movement]]] = MappingProxyType(
    {
        Movement.TRACKING_LEFT: frozenset({Movement.TRUCK_LEFT, Movement.PAN_LEFT}),
        Movement.TRACKING_RIGHT: frozenset({Movement.TRUCK_RIGHT, Movement.PAN_RIGHT}),
        Movement.TRACKING_LEAD: frozenset({Movement.DOLLY_OUT, Movement.ZOOM_OUT}),
        Movement.TRACKING_TAIL: frozenset({Movement.DOLLY_IN, Movement.ZOOM_IN}),
        Movement.TRACKING_ARC_CLOCKWISE: frozenset({Movement.ARC_CLOCKWISE}),
        Movement.TRACKING_ARC_COUNTERCLOCKWISE: frozenset({Movement.ARC_COUNTERCLOCKWISE}),
        Movement.TRACKING_AERIAL: frozenset(
            {
                Movement.DOLLY_IN,
                Movement.TRUCK_LEFT,
                Movement.TRUCK_RIGHT,
                Movement.PEDESTAL_UP,
                Movement.PEDESTAL_DOWN,
                Movement.CRANE_UP,
                Movement.CRANE_DOWN,
            }
        ),
        Movement.WHIP_PAN_LEFT: frozenset({Movement.PAN_LEFT}),
        Movement.WHIP_PAN_RIGHT: frozenset({Movement.PAN_RIGHT}),
        Movement.CRASH_ZOOM_IN: frozenset({Movement.ZOOM_IN, Movement.DOLLY_IN}),
        Movement.CRASH_ZOOM_OUT: frozenset({Movement.ZOOM_OUT, Movement.DOLLY_OUT}),
        Movement.PAN_LEFT: frozenset({Movement.WHIP_PAN_LEFT}),
        Movement.PAN_RIGHT: frozenset({Movement.WHIP_PAN_RIGHT}),
        Movement.ZOOM_IN: frozenset({Movement.CRASH_ZOOM_IN}),
        Movement.ZOOM_OUT: frozenset({Movement.CRASH_ZOOM_OUT}),
    }
)
"""Asked movements and the camera movements that show them: tracking differs by its subject only, speed by degree."""


def amplitude(movement: Movement, fitted: Fit, *, w: float, guessed: float | None = None) -> float | None:
    """How far the movement went, in its family's unit; None for movements without one.

    Turns are radians of the path. Shifts are those of the subject, whose inverse depth is `w`, as a lens of one frame
    width shows them, so that a crop changes none; where the lens is not known they are what is seen: `guessed` is the
    focal length, in frame widths, that the path was found with, and a camera that travels tells none. Growth is the
    larger view of the subject over the smaller, minus 1; for a dolly zoom it is the ratio of the focal lengths, which
    is what the background shows.
    """
    away = travelled(fitted.path)
    match family(movement):
        case Family.PAN | Family.WHIP_PAN | Family.ARC:
            return abs(float(away[PAN]))
        case Family.TILT:
            return abs(float(away[TILT]))
        case Family.ROLL:
            return abs(float(away[ROLL]))
        case Family.ZOOM | Family.CRASH_ZOOM | Family.DOLLY_ZOOM:
            return math.expm1(abs(float(away[ZOOM])))
        case Family.TRUCK:
            return abs(float(away[TRUCK])) * w * (guessed or 1.0)
        case Family.PEDESTAL | Family.CRANE:
            return abs(float(away[PEDESTAL])) * w * (guessed or 1.0)
        case Family.DOLLY:
            # The middle frame, at 0, may be the turning point.
            ways = np.append(fitted.path[:, DOLLY], 0.0)
            sizes = 1.0 / np.maximum(1.0 - ways * w, 0.05)
            return float(sizes.max() / sizes.min()) - 1.0
        case _:
            return None


def in_unit(value: float, unit: Unit, wanted: Unit) -> float | None:
    """An amplitude in another unit: a turn shifts the picture by its tangent; None where no such bridge exists."""
    if unit is wanted:
        return value
    if (unit, wanted) == (Unit.RADIAN, Unit.FRAME_WIDTH):
        return math.tan(min(value, 1.5))
    if (unit, wanted) == (Unit.FRAME_WIDTH, Unit.RADIAN):
        return math.atan(value)
    return None


def outcome(asked: Asked | None, measured: Movement | None, alternatives: Mapping[Movement, float]) -> Outcome:
    """How the measured movement stands to the asked one; `alternatives` are those that look the same, with shares.

    A static camera that was asked to sway is a handheld one.
    """
    if measured is None:
        return Outcome.UNKNOWN
    if asked is None:
        return Outcome.MEASURED
    wanted = asked.movement
    if wanted is Movement.STATIC and asked.sway_rad > 0 and measured is Movement.HANDHELD:
        wanted = Movement.HANDHELD
    if wanted is measured:
        return Outcome.AS_ASKED
    seen_as = SEEN_AS.get(wanted, frozenset()) | {wanted}
    if any(share >= LOOKS_ALIKE and movement in seen_as for movement, share in alternatives.items()):
        return Outcome.EQUIVALENT
    return Outcome.DIFFERENT


def score(
    result: Outcome, asked: Asked, *, value: float | None, unit: Unit | None, steadiness: float, flaws: int
) -> float:
    """How well the clip does what was asked, 0 to 1: direction x exp(-|ln(measured / asked)| / 0.5) x steadiness.

    Direction is 1 as asked, 0.7 for an equivalent movement and 0 otherwise. The amplitude counts where both sides have
    one in units that can be bridged. Steadiness does not count when a handheld camera or a sway was
    asked for. Each of the `flaws` (cut, freeze, black border) halves the score.
    """
    direction = {Outcome.AS_ASKED: 1.0, Outcome.EQUIVALENT: EQUIVALENT_SHARE}.get(result, 0.0)
    if asked.movement is not Movement.HANDHELD and asked.sway_rad == 0:
        direction *= steadiness
    if asked.amplitude and asked.unit and value and unit:
        bridged = in_unit(value, unit, asked.unit)
        if bridged:
            direction *= math.exp(-abs(math.log(bridged / asked.amplitude)) / AMPLITUDE_SLOPE)
    return direction * DEFECT_SHARE**flaws
