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

WAVERS: Final = 2
"""Changes of direction on the stronger course from which a camera wavers; one is a way there and back."""

SWAYS: Final = 3
"""And on both courses together."""

_WINDOW: Final = 7
_ROUNDS: Final = 3
_FEW: Final = 10


def picture_path(tracks: Tracks, chosen: NDArray[np.intp] | None = None) -> Array:
    """(frames, 4) float64: shift x and y in pixels, turn in radians and ln of growth of the picture against the anchor.

    Each frame's similarity is fitted to its tracks by least squares with Cauchy weights around the median shift; a
    frame that shows fewer than three tracks repeats its neighbour towards the anchor. `chosen` are the tracks to use,
    all when None.
    """
    frames = tracks.places.shape[1]
    path = np.zeros((frames, 4))
    order = [*range(tracks.anchor + 1, frames), *range(tracks.anchor - 1, -1, -1)]
    for index in order:
        seen = tracks.seen[:, index] if chosen is None else chosen[tracks.seen[chosen, index]]
        inner = index - 1 if index > tracks.anchor else index + 1
        path[index] = (
            _similarity(tracks.places[seen, tracks.anchor], tracks.places[seen, index])
            if (int(seen.sum()) if chosen is None else len(seen)) >= 3
            else path[inner]
        )
    return path


def similarity_errors(tracks: Tracks, chosen: NDArray[np.intp], ends: tuple[int, int]) -> Array:
    """(chosen,) how far each track misses the similarity that takes the picture from one sample to another, pixels."""
    source, target = tracks.places[chosen, ends[0]], tracks.places[chosen, ends[1]]
    shift_x, shift_y, turn, growth = _similarity(source, target)
    a, b = np.exp(growth) * np.cos(turn), np.exp(growth) * np.sin(turn)
    x, y = source.T
    errors: Array = np.hypot(a * x - b * y + shift_x - target[:, 0], b * x + a * y + shift_y - target[:, 1])
    return errors


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


def courses(tracks: Tracks, chosen: NDArray[np.intp], low: int, high: int) -> Array:
    """(samples, 2) the two strongest ways in which the chosen tracks move together over time, in pixels.

    The first two principal components of their places between two samples, each scaled to the root mean square of the
    shift that it gives a track: a movement along a path is one component, whatever it does to the picture. Zero where
    fewer than ten tracks are seen all the while.
    """
    whole = chosen[tracks.seen[chosen, low : high + 1].all(axis=1)]
    if len(whole) < _FEW:
        return np.zeros((high - low + 1, 2))
    places = tracks.places[whole, low : high + 1]
    away = (places - places.mean(axis=1, keepdims=True)).transpose(0, 2, 1).reshape(-1, high - low + 1)
    values, vectors = np.linalg.eigh(away.T @ away / len(whole))
    # The largest last; the sign says nothing here.
    strongest: Array = vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0.0))
    return strongest


def sways(course: Array, *, width_px: int) -> tuple[int, int]:
    """How often a camera changes its direction by more than noise: on the stronger course, and on both together.

    The stronger course sets the measure for both: a pan that trembles up and down is a pan.
    """
    needed = max(SWAY_SHARE * float(np.ptp(course[:, 0])), SWAY_PX * width_px / 480.0)
    first, second = (_turns(course[:, axis], needed) for axis in (0, 1))
    return first, first + second


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
