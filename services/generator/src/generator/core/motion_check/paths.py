"""The camera's path through all samples as a picture sees it: shift, turn and growth; and how smooth it is."""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from generator.core.motion_check.tracks import Tracks

Array = NDArray[np.float64]
Plane = NDArray[np.complex128]
"""Places in the picture as complex numbers, x + iy."""

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
_LEAST: Final = 3


def picture_path(tracks: Tracks, chosen: NDArray[np.intp] | None = None) -> Array:
    """(frames, 4) float64: shift x and y in pixels, turn in radians and ln of growth of the picture against the anchor.

    Each frame's similarity is fitted to its tracks by least squares with Cauchy weights around the median shift; a
    frame that shows fewer than three tracks repeats its neighbour towards the anchor. `chosen` are the tracks to use,
    all when None.
    """
    places, seen = by_frame(tracks, chosen)
    told = seen.sum(axis=1) >= _LEAST
    path = np.zeros((len(places), 4))
    path[told] = _similarities(places[tracks.anchor], places[told], seen[told])
    path[tracks.anchor] = 0.0
    for index in range(tracks.anchor + 1, len(places)):
        if not told[index]:
            path[index] = path[index - 1]
    for index in range(tracks.anchor - 1, -1, -1):
        if not told[index]:
            path[index] = path[index + 1]
    return path


def similarity_errors(tracks: Tracks, chosen: NDArray[np.intp], ends: tuple[int, int]) -> Array:
    """(chosen,) how far each track misses the similarity that takes the picture from one sample to another, pixels."""
    places, _ = by_frame(tracks, chosen)
    source, target = places[ends[0]], places[ends[1]]
    shift_x, shift_y, turn, growth = _similarities(source, target[None], np.ones((1, len(chosen)), np.bool_))[0]
    errors: Array = np.abs(np.exp(growth + 1j * turn) * source + (shift_x + 1j * shift_y) - target)
    return errors


def by_frame(tracks: Tracks, chosen: NDArray[np.intp] | None) -> tuple[Plane, NDArray[np.bool_]]:
    """(frames, points) of all tracks or the chosen ones: places as complex numbers, and whether they were seen."""
    places, seen = (tracks.places, tracks.seen) if chosen is None else (tracks.places[chosen], tracks.seen[chosen])
    return np.ascontiguousarray((places[:, :, 0] + 1j * places[:, :, 1]).T), np.ascontiguousarray(seen.T)


def _similarities(source: Plane, target: Plane, seen: NDArray[np.bool_]) -> Array:
    """(frames, 4) as `picture_path` has it: what takes the points, (points,), to their places, (frames, points).

    In complex numbers: a turn and growth multiply, a shift adds.
    """
    moved = target - source
    shift = medians(moved.real, seen) + 1j * medians(moved.imag, seen)
    factor = np.ones_like(shift)
    error = np.abs(moved - shift[:, None])
    for _ in range(_ROUNDS):
        scale = np.maximum(1.5 * medians(error, seen), 0.1)
        weight = seen / (1.0 + (error / scale[:, None]) ** 2)
        weight /= weight.sum(axis=1, keepdims=True)
        centre, goal = (weight * source).sum(axis=1), (weight * target).sum(axis=1)
        away = source - centre[:, None]
        inward = weight * away.conj()
        spread = (inward * away).real.sum(axis=1) + 1e-9
        factor = (inward * (target - goal[:, None])).sum(axis=1) / spread
        shift = goal - factor * centre
        error = np.abs(target - factor[:, None] * source - shift[:, None])
    growth = 0.5 * np.log(np.maximum(factor.real**2 + factor.imag**2, 1e-6))
    return np.stack([shift.real, shift.imag, np.angle(factor), growth], axis=1)


def medians(values: Array, seen: NDArray[np.bool_]) -> Array:
    """(frames,) the median of each row's seen values; every row has one."""
    ordered = np.sort(np.where(seen, values, np.inf), axis=1)
    count = seen.sum(axis=1)
    rows = np.arange(len(ordered))
    found: Array = 0.5 * (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2])
    return found


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
    places, seen = by_frame(tracks, None)
    through: NDArray[np.bool_] = np.all(sliding_window_view(seen, _WINDOW, axis=0), axis=2)
    told = np.flatnonzero(through.sum(axis=1) >= _FEW)
    if not len(told):
        return 1.0
    through = through[told]
    rest = (sliding_window_view(places, _WINDOW, axis=0) @ leaves)[told]
    middle = places[told + _WINDOW // 2]
    # Outward, and around it.
    turned = rest * (middle / np.maximum(np.abs(middle), 1.0)).conj()
    common = sum(medians(values, through) ** 2 for values in (rest.real, rest.imag, turned.real, turned.imag))
    step = places[told + 1] - places[told]
    longest = float(np.hypot(medians(step.real, through), medians(step.imag, through)).max())
    to_480 = tracks.to_480
    jitter = float(np.sqrt(np.mean(common))) * to_480
    return float(np.exp(-max(jitter - 0.02 * longest * to_480, 0.0) / JITTER_PX))


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
    farthest: Array = np.where(tracks.seen, away, 0.0).max(axis=1, initial=0.0) * tracks.to_480
    return farthest
