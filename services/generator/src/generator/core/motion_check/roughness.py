"""Tells what trembles by itself: tracks that go less evenly than the rest of the picture.

Whatever a camera does, its tracks do it together. Water, leaves, flames and shaking subjects have a rhythm of their
own, and so have tracks that slipped.
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from generator.core.motion_check.paths import Array, Plane, by_frame, medians
from generator.core.motion_check.tracks import Tracks

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


def rough(told: Array, *, times: float = ROUGH_TIMES) -> NDArray[np.bool_]:
    """(chosen,) whether each track is so many times rougher than the quietest; false where its roughness is unknown.

    `told` is what `roughness` tells of the chosen tracks.
    """
    known = np.isfinite(told)
    if int(known.sum()) < _FEW:
        return np.zeros(len(told), np.bool_)
    quiet = float(np.quantile(told[known], QUIET_SHARE))
    found: NDArray[np.bool_] = known & (np.where(known, told, 0.0) > max(times * quiet, ROUGH_PX))
    return found


def roughness(tracks: Tracks, chosen: NDArray[np.intp], *, fps: float) -> Array:
    """(chosen,) how far each track strays from even motion, root mean square in pixels at 480 px width.

    That is what a parabola through a window of 0.9 s leaves at the window's middle, less what all tracks share of it: a
    quadratic motion of the picture, fitted with Cauchy weights, so that no camera makes anything rough. Infinite where
    it is not known.
    """
    count = tracks.places.shape[1]
    unknown: Array = np.full(len(chosen), np.inf)
    half = min(max(LEAST_WINDOW, round(WINDOW_S * fps)), count) // 2
    window = 2 * half + (1 if count > 2 * half else -1)
    if window < LEAST_WINDOW:
        return unknown
    places, seen = by_frame(tracks, chosen)
    starts = np.arange(0, count - window + 1, max(1, window // _STRIDES))
    through: NDArray[np.bool_] = np.all(sliding_window_view(seen, window, axis=0)[starts], axis=2)
    told = through.sum(axis=1) >= _FEW
    starts, through = starts[told], through[told]
    if not len(starts):
        return unknown
    rest = sliding_window_view(places, window, axis=0)[starts] @ _leaves(window)
    own = _without_common(places[tracks.anchor] / tracks.width_px, rest, through, tracks.width_px)
    squares = np.where(through, own * own, 0.0).sum(axis=0)
    times = through.sum(axis=0)
    return np.where(times > 0, np.sqrt(squares / np.maximum(times, 1)), np.inf) * tracks.to_480


def _leaves(window: int) -> Array:
    """(window,) what, times the samples, gives the middle one less the parabola through all."""
    ticks = np.linspace(-1.0, 1.0, window)
    base = np.stack([np.ones(window), ticks, ticks**2], axis=1)
    kept: Array = np.eye(window)[window // 2] - (base @ np.linalg.pinv(base))[window // 2]
    return kept


def _without_common(place: Plane, rest: Plane, through: NDArray[np.bool_], width_px: int) -> Array:
    """(windows, points) length of each track's rest without the motion that most of those seen in the window share.

    That is quadratic over the picture: a push over level ground is such a one.
    """
    x, y = place.real, place.imag
    base = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    products = (base[:, :, None] * base[:, None, :]).reshape(len(base), -1)
    weight = through.astype(np.float64)
    far = np.abs(rest)
    for _ in range(_ROUNDS):
        gram = (weight @ products).reshape(-1, base.shape[1], base.shape[1]) + 1e-9 * np.eye(base.shape[1])
        shared = np.linalg.solve(gram, ((weight * rest) @ base)[:, :, None])[:, :, 0]
        far = np.abs(rest - shared @ base.T)
        scale = np.maximum(1.5 * medians(far, through), 0.03 * width_px / 480.0)
        weight = through / (1.0 + (far / scale[:, None]) ** 2)
    return far
