"""How far movements go: the unit of each family, what a speed means, and the farthest that is sensible."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from film.movement import Family, Movement, family
from generator.core.camera import CameraMove, Speed
from generator.core.errors import WrongOrder
from generator.core.motion_check import Unit

UNIT: Final[Mapping[Family, Unit]] = MappingProxyType(
    {
        Family.PAN: Unit.RADIAN,
        Family.TILT: Unit.RADIAN,
        Family.ROLL: Unit.RADIAN,
        Family.ARC: Unit.RADIAN,
        Family.WHIP_PAN: Unit.RADIAN,
        Family.HANDHELD: Unit.RADIAN,
        Family.TRUCK: Unit.FRAME_WIDTH,
        Family.PEDESTAL: Unit.FRAME_WIDTH,
        Family.CRANE: Unit.FRAME_WIDTH,
        Family.TRACKING: Unit.FRAME_WIDTH,
        Family.DOLLY: Unit.GROWTH,
        Family.ZOOM: Unit.GROWTH,
        Family.CRASH_ZOOM: Unit.GROWTH,
        Family.DOLLY_ZOOM: Unit.GROWTH,
        Family.RACK_FOCUS: Unit.FOCUS_RANGE,
    }
)
"""The unit of each family's amplitude; a static camera has none."""

_DEFAULTS: Final[Mapping[Family, tuple[float, float, float]]] = MappingProxyType(
    {
        Family.PAN: (0.04, 0.07, 0.12),
        Family.TILT: (0.03, 0.05, 0.09),
        Family.ROLL: (0.03, 0.05, 0.10),
        Family.ARC: (0.08, 0.14, 0.24),
        Family.WHIP_PAN: (0.12, 0.16, 0.20),
        Family.HANDHELD: (0.005, 0.009, 0.015),
        Family.TRUCK: (0.03, 0.05, 0.09),
        Family.PEDESTAL: (0.025, 0.04, 0.07),
        Family.CRANE: (0.05, 0.08, 0.14),
        Family.TRACKING: (0.03, 0.05, 0.09),
        Family.DOLLY: (0.08, 0.15, 0.28),
        Family.ZOOM: (0.08, 0.15, 0.28),
        Family.CRASH_ZOOM: (0.30, 0.50, 0.80),
        Family.DOLLY_ZOOM: (0.15, 0.25, 0.40),
        Family.RACK_FOCUS: (0.40, 0.70, 1.00),
    }
)
"""Amplitudes for slow, regular and fast, in the family's unit; chosen by eye on photographs at 4 s."""

_ALONG: Final[Mapping[Movement, tuple[float, float, float]]] = MappingProxyType(
    dict.fromkeys((Movement.TRACKING_LEAD, Movement.TRACKING_TAIL), (0.07, 0.13, 0.22))
)
"""The same for movements whose way along the line of sight is given in widths: as far as a dolly goes."""

_CAPS: Final[Mapping[Unit, float]] = MappingProxyType(
    {
        Unit.RADIAN: 0.6,
        Unit.FRAME_WIDTH: 0.5,
        Unit.GROWTH: 2.0,
        Unit.FOCUS_RANGE: 1.0,
    }
)
"""Beyond these one still has nothing to show: a view that was never taken, or pixels blown up threefold."""

_SWAY_CAP_RAD: Final = 0.05
"""A hand that shakes more is no longer a hand; also keeps the sway's border within reach."""


def asked_amplitude(move: CameraMove, *, field: str = "plan.camera.amplitude_unit") -> float:
    """The amplitude that the move asks for, in its family's unit; 0 for a static camera.

    field: the request's name of the unit. Raises WrongOrder, which names it, when the move gives its amplitude in
    another unit.
    """
    kind = family(move.movement)
    unit = UNIT.get(kind)
    if unit is None:
        return 0.0
    if move.unit is None:
        slow, regular, fast = _ALONG.get(move.movement, _DEFAULTS[kind])
        return {Speed.SLOW: slow, Speed.REGULAR: regular, Speed.FAST: fast}[move.speed]
    if move.unit is not unit:
        raise WrongOrder(
            field=field,
            found=f"{move.unit} for {move.movement}",
            accepted=f"{unit}, or no unit for the renderer's own amplitude",
        )
    return move.amplitude


def cap(move: CameraMove) -> float:
    """The farthest that the move can sensibly go, in its family's unit."""
    unit = UNIT.get(family(move.movement))
    if family(move.movement) is Family.HANDHELD:
        return _SWAY_CAP_RAD
    return 0.0 if unit is None else _CAPS[unit]
