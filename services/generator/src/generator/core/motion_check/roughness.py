"""Tells what trembles by itself: tracks that go less evenly than the rest of the picture.

Whatever a camera does, its tracks do it together. Water, leaves, flames and shaking subjects have a rhythm of their
own, and so have tracks that slipped.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.tracks import Tracks

Array = NDArray[np.float64]

WINDOW_S: Final = 0.9
"""Length of the window that a track is held against a parabola in, in seconds: about one beat of waves and steps."""

LEAST_WINDOW: Final = 5
"""Fewest samples of a window: a parabola leaves two of them free."""

QUIET_SHARE: Final = 0.2
"""Share of the tracks that count as the picture's quietest; all else is held against the roughest of them."""

ROUGH_TIMES: Final = 2.2
"""How many times rougher than those a track is that is better left out."""

ALONE_TIMES: Final = 3.0
"""How many times rougher one is that surely goes by itself; below it may be the tracker's noise."""

ROUGH_PX: Final = 0.08
"""And its least roughness, in pixels at 480 px width: about the noise of one track."""

_ROUNDS: Final = 3
_FEW: Final = 12
_STRIDES: Final = 4


def rough(tracks: Tracks, chosen: NDArray[np.intp], *, fps: float, times: float = ROUGH_TIMES) -> NDArray[np.bool_]:
    """(chosen,) whether each of the chosen tracks is so many times rougher than the quietest; false where not known."""
    told = roughness(tracks, chosen, fps=fps) * (480.0 / tracks.width_px)
    known = np.isfinite(told)
    if int(known.sum()) < _FEW:
        return np.zeros(len(chosen), np.bool_)
    quiet = float(np.quantile(told[known], QUIET_SHARE))
    found: NDArray[np.bool_] = known & (np.where(known, told, 0.0) > max(times * quiet, ROUGH_PX))
    return found


def roughness(tracks: Tracks, chosen: NDArray[np.intp], *, fps: float) -> Array:
    """(chosen,) how far each track strays from even motion, root mean square in pixels; infinite where it is not known.

    That is what a parabola through a window of 0.9 s leaves at the window's middle, less what all tracks share of it: a
    quadratic motion of the picture, fitted with Cauchy weights, so that no camera makes anything rough.
    """
    count = tracks.places.shape[1]
    half = min(max(LEAST_WINDOW, round(WINDOW_S * fps)), count) // 2
    window = 2 * half + (1 if count > 2 * half else -1)
    if window < LEAST_WINDOW:
        return np.full(len(chosen), np.inf)
    leaves = _leaves(window)
    squares, times = np.zeros(len(chosen)), np.zeros(len(chosen))
    for first in range(0, count - window + 1, max(1, window // _STRIDES)):
        seen = tracks.seen[chosen, first : first + window].all(axis=1)
        if int(seen.sum()) < _FEW:
            continue
        rest = np.tensordot(tracks.places[chosen[seen], first : first + window], leaves, axes=(1, 0))
        own = _without_common(tracks.places[chosen[seen], tracks.anchor] / tracks.width_px, rest, tracks.width_px)
        squares[seen] += (own * own).sum(axis=1)
        times[seen] += 1
    return np.where(times > 0, np.sqrt(squares / np.maximum(times, 1.0)), np.inf)


def _leaves(window: int) -> Array:
    """(window,) what, times the samples, gives the middle one less the parabola through all."""
    ticks = np.linspace(-1.0, 1.0, window)
    base = np.stack([np.ones(window), ticks, ticks**2], axis=1)
    kept: Array = np.eye(window)[window // 2] - (base @ np.linalg.pinv(base))[window // 2]
    return kept


def _without_common(place: Array, rest: Array, width_px: int) -> Array:
    """The rest of each track without the motion, quadratic over the picture, that most of them share.

    A push over level ground is such a one.
    """
    x, y = place.T
    base = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    weight = np.ones(len(place))
    own = rest
    for _ in range(_ROUNDS):
        weighted = base * weight[:, None]
        shared = np.linalg.solve(weighted.T @ base + 1e-9 * np.eye(base.shape[1]), weighted.T @ rest)
        own = rest - base @ shared
        far = np.hypot(*own.T)
        weight = 1.0 / (1.0 + (far / max(1.5 * float(np.median(far)), 0.03 * width_px / 480.0)) ** 2)
    return own
