"""What makes a path a family's: the axes it moves on, and how they stand to each other."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from film.movement import Family
from generator.core.motion_check.camera_model import (
    DOLLY,
    PAN,
    PEDESTAL,
    ROLL,
    SHIFT_X,
    SHIFT_Y,
    TILT,
    TRUCK,
    ZOOM,
    Array,
)

AXES: Final[Mapping[Family, tuple[int, ...]]] = MappingProxyType(
    {
        Family.STATIC: (),
        Family.PAN: (PAN,),
        Family.TILT: (TILT,),
        Family.ROLL: (ROLL,),
        Family.ZOOM: (ZOOM,),
        Family.TRUCK: (TRUCK,),
        Family.PEDESTAL: (PEDESTAL,),
        Family.DOLLY: (DOLLY,),
        Family.ARC: (TRUCK, DOLLY, PAN),
        Family.CRANE: (PEDESTAL, DOLLY, TILT),
        Family.DOLLY_ZOOM: (DOLLY, ZOOM),
    }
)
"""The axes that each family's camera moves on."""

ANCHOR_REACH: Final = 0.5
"""Farthest place from the centre, in focal lengths, that is gone towards; farther out the picture slides instead."""

ANCHOR_DRIFT: Final = 0.006
"""Farthest that the way to such a place may stray, in focal lengths: what fits to noisy tracks leave."""

SWAY_REACH: Final = 0.6
"""A sway moves the picture by less than this share of the movement that it is laid over."""

_REACH: Final = np.array([0.6, 0.6, 0.15, 1.0, 1.0, 0.25, 0.25, 1.0, 1.0])
"""How far one unit of each axis moves a typical place of the picture, in focal lengths."""

ARC_DEPTH: Final = 0.4
"""An arc of less than a right angle goes forward by less than this share of its way aside."""

LEAD: Final[Mapping[Family, int]] = MappingProxyType(
    {**{kind: axes[0] for kind, axes in AXES.items() if axes}, Family.ARC: PAN}
)
"""The axis whose sign gives each family its direction."""

KEPT_PERCENTILES: Final = (2, 98)
KEPT_MARGIN: Final = 0.1
"""Inverse depths among which a dolly zoom's subject may lie, and by what share a little beyond."""

TARGET_SPREAD: Final = 0.1
"""Farthest that the places of a dolly zoom's two halves may lie apart, in focal lengths."""


def travelled(path: Array) -> Array:
    """(9,) from the first key frame to the one farthest from it, which in a loop is where the camera turns back.

    The middle frame, where every path is zero, is a key frame too.
    """
    away = np.concatenate([path, np.zeros((1, path.shape[1]))]) - path[0]
    return np.asarray(away[int(np.argmax(np.abs(away).sum(axis=1)))])


def in_shape(kind: Family, path: Array, w: Array) -> bool:
    """Whether a path's axes stand to each other as in the family; free axes alone would let every family be all.

    `w` are the inverse depths of what is seen.
    """
    away = travelled(path)
    sideways = float(np.abs(away[[TRUCK, PEDESTAL]]).max())
    forward = abs(float(away[DOLLY]))
    if kind is Family.STATIC:
        return True
    foreign = [axis for axis in (TILT, PAN, ROLL) if axis not in AXES[kind]]
    lead = abs(float(away[LEAD[kind]])) * float(_REACH[LEAD[kind]])
    if kind is Family.DOLLY_ZOOM:
        # Its two halves cancel: the picture moves by a part of what either does.
        lead *= 0.3
    if (np.abs(path[:, foreign]) * _REACH[foreign]).max() > SWAY_REACH * lead:
        return False
    match kind:
        case Family.ARC | Family.CRANE:
            return forward <= ARC_DEPTH * sideways
        case Family.ZOOM:
            return _anchored(path)
        case Family.DOLLY:
            return _straight(path)
        case Family.DOLLY_ZOOM:
            return (
                away[DOLLY] * away[ZOOM] < 0
                and _straight(path)
                and _anchored(path)
                and _one_target(path)
                and _keeps_one(path, w)
            )
        case _:
            return True


def _anchored(path: Array) -> bool:
    """Whether the picture grows about one place of the frame that stays where it is."""
    return _about_one_place(-np.expm1(path[:, ZOOM]), path[:, [SHIFT_X, SHIFT_Y]])


def _straight(path: Array) -> bool:
    """Whether the camera goes straight towards one place of the frame."""
    return _about_one_place(path[:, DOLLY], path[:, [TRUCK, PEDESTAL]])


def _about_one_place(forward: Array, aside: Array) -> bool:
    place = _place(forward, aside)
    astray = np.abs(aside - forward[:, None] * place).max()
    return bool(np.abs(place).max() <= ANCHOR_REACH and astray <= ANCHOR_DRIFT)


def _place(forward: Array, aside: Array) -> Array:
    """(2,) the place, in focal lengths from the centre, that a way forward with a way aside leads to."""
    place: Array = forward @ aside / max(float(forward @ forward), 1e-12)
    return place


def _one_target(path: Array) -> bool:
    """Whether lens and travel go about the same place; about two of them they would only slide the picture."""
    lens = _place(-np.expm1(path[:, ZOOM]), path[:, [SHIFT_X, SHIFT_Y]])
    travel = _place(path[:, DOLLY], path[:, [TRUCK, PEDESTAL]])
    return bool(np.abs(lens - travel).max() <= TARGET_SPREAD)


def _keeps_one(path: Array, w: Array) -> bool:
    """Whether some depth of the scene keeps its size: without one, everything grows or everything shrinks."""
    first, last = path[0], path[0] + travelled(path)
    # A thing at w is seen at the size f / (1 - z w), in both frames the same.
    focal = np.exp([first[ZOOM], last[ZOOM]])
    kept = float((focal[1] - focal[0]) / _apart(focal[1] * first[DOLLY] - focal[0] * last[DOLLY]))
    low, high = np.percentile(w, KEPT_PERCENTILES)
    return bool(low * (1 - KEPT_MARGIN) <= kept <= high * (1 + KEPT_MARGIN))


def _apart(value: float) -> float:
    """The value, or a tiny one in place of none, to divide by."""
    return value if abs(value) > 1e-9 else 1e-9
