"""Small arithmetic of evidence: how far a figure lies along the way from nothing to plenty."""

import numpy as np

from analyzer.core.arrays import Plane


def ramp(value: float, least: float, most: float) -> float:
    """0 at `least` and beyond, 1 at `most` and beyond, linear between; `least` may be the larger one."""
    return min(1.0, max(0.0, (float(value) - least) / (most - least)))


def ramps(values: Plane, least: float, most: float) -> Plane:
    """`ramp` for every place of an array."""
    share: Plane = np.asarray((values - np.float32(least)) / np.float32(most - least), np.float32)
    # In place; numpy's clip costs twice as much.
    np.maximum(share, np.float32(0.0), out=share)
    np.minimum(share, np.float32(1.0), out=share)
    return share


def bands(values: Plane, rise: float, top: float, end: float, fall: float) -> Plane:
    """0 up to `rise`, 1 from `top` to `end`, 0 from `fall` on, linear between."""
    return np.minimum(ramps(values, rise, top), ramps(values, fall, end))


def either(*shares: float) -> float:
    """Evidence that at least one of several independent signs holds (noisy or), 0..1."""
    missing = 1.0
    for share in shares:
        missing *= 1.0 - min(1.0, max(0.0, share))
    return 1.0 - missing
