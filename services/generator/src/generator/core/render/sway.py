"""The sway of a camera in a person's hands: slow sums of harmonics that end where they began."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HIGHEST_HZ: Final = 1.75
"""Hands sway below about 2 Hz; what is faster is tremor, which looks like a fault of the clip."""

_FALL: Final = 0.8
"""A harmonic of frequency f has the amplitude 1 / f ** 0.8: slow drift prevails, as in recorded hand-held paths."""

_SLOWEST_HZ: Final = 0.25
"""Below this all harmonics are alike: a person stands or rests an arm, so a long clip drifts no more than a short."""

_TRAVEL: Final = 0.35
"""Sideways travel of the subject in frame widths for each radian of sway: hands move as well as turn."""

_ROLL: Final = 0.4
"""Roll for each radian of pan: wrists hold the horizon better than the direction."""

_PHASES: Final = 4096
"""Moments at which a harmonic sum is measured to bring its peak to 1."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sway:
    """Sway at n moments for an amplitude of 1: (n,) each, peak 1 for the turns."""

    pan: Array
    tilt: Array
    roll: Array
    right: Array
    down: Array


def sway(t: Array, *, duration_s: float, seed: int) -> Sway:
    """The sway at the times t, 0..1 of a clip of duration_s; at 1 it is where it was at 0. The seed picks the path."""
    count = max(1, round(_HIGHEST_HZ * duration_s))
    harmonic = np.arange(1, count + 1)
    steep = np.maximum(harmonic / duration_s, _SLOWEST_HZ) ** _FALL
    source = np.random.default_rng(seed)
    paths = []
    for _ in range(5):
        weight = source.normal(size=(2, count)) / steep
        peak = np.abs(_sum(np.arange(_PHASES) / _PHASES, harmonic, weight)).max()
        paths.append(_sum(t, harmonic, weight) / max(peak, 1e-9))
    return Sway(pan=paths[0], tilt=paths[1], roll=_ROLL * paths[2], right=_TRAVEL * paths[3], down=_TRAVEL * paths[4])


def _sum(t: Array, harmonic: NDArray[np.int_], weight: Array) -> Array:
    angle = 2.0 * np.pi * t[:, None] * harmonic
    total: Array = np.cos(angle) @ weight[0] + np.sin(angle) @ weight[1]
    return total
