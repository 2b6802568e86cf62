"""Small arithmetic of evidence: how far a figure lies along the way from nothing to plenty."""

from typing import Final

import numpy as np

from analyzer.core.arrays import Places, Plane

_NONE: Final = np.float32(0.0)
_FULL: Final = np.float32(1.0)


def ramp(value: float, least: float, most: float) -> float:
    """0 at `least` and beyond, 1 at `most` and beyond, linear between; `least` may be the larger one."""
    return min(1.0, max(0.0, (float(value) - least) / (most - least)))


def ramps(values: Plane, least: float, most: float) -> Plane:
    """`ramp` for every place of an array."""
    share: Plane = np.asarray(values - np.float32(least), np.float32)
    # In place, and clipped at once: a maximum with a number alone costs as much as all of this.
    np.divide(share, np.float32(most - least), out=share)
    return share.clip(_NONE, _FULL, out=share)


def bands(values: Plane, rise: float, top: float, end: float, fall: float) -> Plane:
    """0 up to `rise`, 1 from `top` to `end`, 0 from `fall` on, linear between."""
    return np.minimum(ramps(values, rise, top), ramps(values, fall, end))


def share_of(places: Places) -> float:
    """Share of the places at which it holds, 0..1: their mean, by counting. places: any shape, not empty."""
    return float(np.count_nonzero(places) / places.size)


def hue_of(a: Plane, b: Plane) -> Plane:
    """Hue in degrees, 0..360, of CIE Lab's a and b, float32."""
    hue: Plane = np.degrees(np.arctan2(b, a))
    # What a remainder gives, in a quarter of its time.
    hue[hue < 0] += np.float32(360)
    return hue


def either(*shares: float) -> float:
    """Evidence that at least one of several independent signs holds (noisy or), 0..1."""
    missing = 1.0
    for share in shares:
        missing *= 1.0 - min(1.0, max(0.0, share))
    return 1.0 - missing
