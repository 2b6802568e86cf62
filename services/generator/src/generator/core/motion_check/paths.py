"""The camera's path through all samples as a picture sees it: shift, turn and growth; and how smooth it is."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.core.motion_check.tracks import Tracks

Array = NDArray[np.float64]

JITTER_PX: Final = 0.6
"""Jitter, root mean square at 480 px width, at which steadiness has fallen to 1/e."""

SWAY_SHARE: Final = 0.15
"""A change of direction counts once the path has come back by this share of its range."""

SWAY_PX: Final = 1.2
"""And by at least this much: a quarter of a percent of the width."""

SWAYS: Final = 4
"""Changes of direction, both axes together, from which a path is called handheld."""

_WINDOW: Final = 7
_ROUNDS: Final = 3
_FEW: Final = 10


def picture_path(tracks: Tracks) -> Array:
    """(frames, 4) float64: shift x and y in pixels, turn in radians and ln of growth of the picture against the anchor.

    Each frame's similarity is fitted to its tracks by least squares with Cauchy weights around the median shift; a
    frame that shows fewer than three tracks repeats its neighbour towards the anchor.
    """
    frames = tracks.places.shape[1]
    path = np.zeros((frames, 4))
    order = [*range(tracks.anchor + 1, frames), *range(tracks.anchor - 1, -1, -1)]
    for index in order:
        seen = tracks.seen[:, index]
        inner = index - 1 if index > tracks.anchor else index + 1
        path[index] = (
            _similarity(tracks.places[seen, tracks.anchor], tracks.places[seen, index])
            if int(seen.sum()) >= 3
            else path[inner]
        )
    return path


def _similarity(source: Array, target: Array) -> Array:
    moved = target - source
    shift = np.median(moved, axis=0)
    error = np.hypot(*(moved - shift).T)
    a, b = 1.0, 0.0
    for _ in range(_ROUNDS):
        scale = max(1.5 * float(np.median(error)), 0.1)
        weight = 1.0 / (1.0 + (error / scale) ** 2)
        weight /= weight.sum()
        centre, goal = weight @ source, weight @ target
        x, y = (source - centre).T
        u, v = (target - goal).T
        spread = float((weight * (x * x + y * y)).sum()) + 1e-9
        a, b = float((weight * (x * u + y * v)).sum()) / spread, float((weight * (x * v - y * u)).sum()) / spread
        shift = goal - np.array([a * centre[0] - b * centre[1], b * centre[0] + a * centre[1]])
        fitted = np.stack([a * source[:, 0] - b * source[:, 1], b * source[:, 0] + a * source[:, 1]], axis=1) + shift
        error = np.hypot(*(target - fitted).T)
    return np.array([shift[0], shift[1], np.arctan2(b, a), 0.5 * np.log(max(a * a + b * b, 1e-6))])


def steadiness(tracks: Tracks) -> float:
    """How smooth the picture's path is: exp(-jitter / 0.6 px), 1 for a perfect ramp, near 0 for a shaking camera.

    Jitter is what a parabola through seven neighbouring samples of each track leaves, as shift, turn and growth common
    to the tracks, root mean square in pixels at 480 px; 2 percent of the largest step are forgiven, since an eased
    start is no parabola. Clips shorter than seven samples count as steady.
    """
    frames = tracks.places.shape[1]
    if frames < _WINDOW:
        return 1.0
    times = np.arange(_WINDOW) - _WINDOW // 2
    base = np.stack([np.ones(_WINDOW), times, times**2], axis=1)
    leaves = np.eye(_WINDOW)[_WINDOW // 2] - (base @ np.linalg.pinv(base))[_WINDOW // 2]
    common, steps = [], [0.0]
    for first in range(frames - _WINDOW + 1):
        seen = tracks.seen[:, first : first + _WINDOW].all(axis=1)
        if int(seen.sum()) < _FEW:
            continue
        window = tracks.places[seen, first : first + _WINDOW]
        rest = np.tensordot(window, leaves, axes=(1, 0))
        middle = window[:, _WINDOW // 2]
        outward = middle / np.maximum(np.hypot(*middle.T), 1.0)[:, None]
        around = outward[:, ::-1] * (-1.0, 1.0)
        along = [rest[:, 0], rest[:, 1], (rest * outward).sum(axis=1), (rest * around).sum(axis=1)]
        common.append([float(np.median(values)) for values in along])
        steps.append(float(np.hypot(*np.median(window[:, 1] - window[:, 0], axis=0))))
    if not common:
        return 1.0
    to_480 = 480.0 / tracks.width_px
    jitter = float(np.sqrt((np.array(common) ** 2).sum(axis=1).mean())) * to_480
    return float(np.exp(-max(jitter - 0.02 * max(steps) * to_480, 0.0) / JITTER_PX))


def sways(path: Array, *, width_px: int) -> int:
    """How often the shift of a picture path changes direction by more than noise, x and y together."""
    # The longer axis sets the measure for both: a pan that trembles up and down is a pan.
    needed = max(SWAY_SHARE * float(np.ptp(path[:, :2], axis=0).max()), SWAY_PX * width_px / 480.0)
    return sum(_turns(path[:, axis], needed) for axis in (0, 1))


def _turns(values: Array, needed: float) -> int:
    turns, heading = 0, 0
    highest = lowest = float(values[0])
    for value in values[1:]:
        highest, lowest = max(highest, float(value)), min(lowest, float(value))
        if heading >= 0 and highest - value > needed:
            turns += heading
            heading, lowest = -1, float(value)
        elif heading <= 0 and value - lowest > needed:
            turns -= heading
            heading, highest = 1, float(value)
    return turns


def extents(tracks: Tracks) -> Array:
    """(points,) farthest distance of each track from its place in the middle frame, in pixels at 480 px width."""
    away = np.hypot(*np.moveaxis(tracks.places - tracks.places[:, tracks.anchor, None], 2, 0))
    farthest: Array = np.where(tracks.seen, away, 0.0).max(axis=1, initial=0.0) * (480.0 / tracks.width_px)
    return farthest
