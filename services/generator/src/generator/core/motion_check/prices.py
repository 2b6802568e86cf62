"""What explanations cost for their freedom, in nats per seen place: the prices that Occam's rule asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from film.movement import Family

ANCHOR_COST: Final = 0.05
"""Cost, in nats per seen place, of a place of its own."""

SWAY_COST: Final = 0.1
"""Cost, in nats per seen place, of a sway."""

OCCAM: Final[Mapping[Family, float]] = MappingProxyType(
    {
        **dict.fromkeys((Family.STATIC, Family.PAN, Family.TILT, Family.ROLL, Family.ZOOM), 0.0),
        **dict.fromkeys((Family.TRUCK, Family.PEDESTAL, Family.DOLLY), 0.15),
        **dict.fromkeys((Family.CRANE, Family.ARC), 0.3),
        Family.DOLLY_ZOOM: 0.27,
    }
)
"""Cost, in nats per seen place, that a family pays for its freedom: depths, and axes that nest a simpler family."""

FIRM: Final[Mapping[Family, float]] = MappingProxyType(
    {
        **dict.fromkeys((Family.TRUCK, Family.PEDESTAL, Family.DOLLY), 0.03),
        **dict.fromkeys((Family.CRANE, Family.ARC), 0.18),
        Family.DOLLY_ZOOM: 0.06,
    }
)
"""The same for a family whose depths are those of a map, and not free to follow what the tracker misses: what is left
is doubt of the map, and what axes that nest a simpler family, with depths of its own, could make of its faults."""

MISSHAPEN: Final = 1.0
"""Cost, in nats per seen place, of giving a path the name of a family whose axes it does not keep to."""

USUAL: Final = np.array([0.7, 0.7, 0.9, 0.7])
"""Farthest ways of the camera, in units of the median depth's inverse, and of ln of the focal length, that cost nothing
more: half a frame's width at the median depth, twice the size."""

EXCESS_COST: Final = 0.5
"""Cost, in nats per seen place, of each unit beyond them."""
