"""Sees a rack focus: sharpness that leaves one part of a resting picture and comes to another."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.movement import Movement
from generator.core.motion_check.verdict import Known

CELLS: Final = (16, 9)
"""Cells of the sharpness maps, across and down."""

LEAST_CHANGE: Final = 0.35
"""Change of ln sharpness that counts: a blur of about one pixel more or less at 480 px width."""

LEAST_SHARE: Final = 0.06
"""Share of the textured cells that must gain, and that must lose, sharpness."""

ONE_SIDED_SHARE: Final = 0.4
"""Share of the textured cells that must change when only one side has texture; the other side is all the rest."""

MOMENTS: Final = 7
"""Moments of the clip at which sharpness is looked at."""

STEADY_SHARE: Final = 0.6
"""Share of a cell's change that must go evenly in one direction."""

PLAIN_ORDER: Final = 2.0
"""Ln of the odds of an order from which sharpness that comes and goes in all cells is a rack focus."""

CELLS_ALIKE: Final = 4.0
"""Cells that count as one when the order is judged."""

PLANES: Final = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05)
"""Disparities that the plane of focus may set off from and come to."""

DEPTHS_OF_FIELD: Final = (0.1, 0.25)
"""Distances from the plane, in disparity, at which things are blurred plainly."""

LEAD_ORDER: Final = 6.0
"""Ln of the odds that a lead of one in nearness gives, where nearness is guessed."""

CALM_LEVELS: Final = 8.0
"""Change of a cell's mean brightness, in grey levels, up to which its sharpness may tell of the lens."""

MOST_NOISE_LEVELS: Final = 6.0
"""Most sharpness, in grey levels, that is put down to noise."""

NOISE_LEVELS: Final = (0.7, 2.0)
"""Least and most sharpness, in grey levels, that noise and codec leave in a flat cell."""

NOISE_TIMES: Final = 3.0
"""How many times that of the flattest cell it is taken for: others hold a little more."""


def rack_focus(frames: Sequence[NDArray[np.uint8]], known: Known) -> dict[Movement, float]:
    """The directions of a rack focus over frames of a resting camera, with probabilities; empty without one.

    Sharpness must leave some cells by and by and come to others, while their mean brightness stays: what moves through
    the picture changes both. With a known disparity it may also pass through all cells in the order of their depths.
    Which side is near is told by the known disparity, else by the subject's box, else by height in the frame: what is
    lower is mostly nearer.
    """
    picked = _moments(frames)
    maps, noise = _sharpness(picked)
    # Cells that were sharp at one time, and how ln sharpness goes in them.
    means = np.stack([cv2.resize(one, CELLS, interpolation=cv2.INTER_AREA) for one in picked])
    restless = (np.ptp(means, axis=0) > CALM_LEVELS).astype(np.uint8)
    # Its edge lies in the cells beside it.
    calm = cv2.dilate(restless, np.ones((3, 3), np.uint8)) == 0
    textured = (maps.max(axis=0) > 2 * noise) & calm
    levels = np.log(maps + noise)
    times = np.linspace(-1.0, 1.0, len(maps))
    change = 2.0 * np.tensordot(times, levels, axes=(0, 0)) / float(times @ times)
    evenly = textured & (_followed(levels, times, 1) >= STEADY_SHARE)
    gains, loses = evenly & (change > LEAST_CHANGE), evenly & (change < -LEAST_CHANGE)
    least = max(2.0, LEAST_SHARE * float(textured.sum()))
    strong = max(6.0, ONE_SIDED_SHARE * float(textured.sum()))
    nearness = _nearness(known)
    passing = textured & (np.ptp(levels, axis=0) > LEAST_CHANGE) & (_followed(levels, times, 2) >= STEADY_SHARE)
    order = _order(levels[:, passing], nearness[passing]) if known.disparity is not None else 0.0
    if gains.sum() < least and loses.sum() >= strong:
        gains = ~loses
    elif loses.sum() < least and gains.sum() >= strong:
        loses = ~gains
    both_sides = gains.sum() >= least and loses.sum() >= least
    if not both_sides and (passing.sum() < strong or abs(order) < PLAIN_ORDER):
        return {}
    if known.disparity is None or not order:
        lead = float((nearness * loses).sum() / loses.sum() - (nearness * gains).sum() / gains.sum())
        order = -LEAD_ORDER * lead
    to_far = 1.0 / (1.0 + float(np.exp(np.clip(order, -30.0, 30.0))))
    both = {Movement.RACK_FOCUS_NEAR_TO_FAR: to_far, Movement.RACK_FOCUS_FAR_TO_NEAR: 1.0 - to_far}
    return dict(sorted(both.items(), key=lambda item: -item[1]))


def _followed(levels: NDArray[np.float64], times: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """(rows, columns) share of each cell's change over time that a polynomial of a degree follows."""
    away = (levels - levels.mean(axis=0)).reshape(len(times), -1)
    base = np.linalg.qr(np.stack([times**k for k in range(degree + 1)], axis=1))[0][:, 1:]
    share: NDArray[np.float64] = ((base.T @ away) ** 2).sum(axis=0) / np.maximum((away**2).sum(axis=0), 1e-9)
    return share.reshape(levels.shape[1:])


def _order(levels: NDArray[np.float64], nearness: NDArray[np.float64]) -> float:
    """Ln of the odds that the plane of focus goes from far to near, by how sharpness, (moments, cells), passes through.

    Every plane that goes evenly from one disparity to another says how sharp each cell is at each moment, by its
    distance from the plane. Each speaks for its direction by what it leaves of the cells' changes; neighbouring cells
    count once.
    """
    away = levels - levels.mean(axis=0)
    whole = float((away**2).sum())
    if levels.shape[1] < 3 or whole < 1e-6:
        return 0.0
    moments = np.linspace(0.0, 1.0, len(levels))
    eased = (moments * moments * (3.0 - 2.0 * moments))[:, None]
    odds = {True: -np.inf, False: -np.inf}
    for start, end, depth in product(PLANES, PLANES, DEPTHS_OF_FIELD):
        if start == end:
            continue
        shown = -np.log1p(((nearness[None, :] - start - (end - start) * eased) / depth) ** 2)
        shown -= shown.mean(axis=0)
        tied = float((shown * away).sum()) / float(np.sqrt(max(float((shown**2).sum()) * whole, 1e-12)))
        left = 1.0 - min(max(tied, 0.0), 0.999) ** 2
        nearer = end > start
        odds[nearer] = float(np.logaddexp(odds[nearer], -levels.shape[1] / CELLS_ALIKE * np.log(left)))
    return odds[True] - odds[False]


def rack_focus_between(frames: Sequence[NDArray[np.uint8]], known: Known) -> dict[Movement, float]:
    """The directions of a rack focus over a resting camera's frames, at least one; empty without a rack focus.

    A clip that loops ends as sharp as it began: its direction is that of the way there, up to the middle, provided that
    the way back is the opposite one.
    """
    through = rack_focus(frames, known)
    if through:
        return through
    middle = len(frames) // 2
    there, back = rack_focus(frames[: middle + 1], known), rack_focus(frames[middle:], known)
    return there if there and back and next(iter(there)) is not next(iter(back)) else {}


def _moments(frames: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
    """The picture at a few moments, each the mean with its neighbours: they show the same with other noise."""
    last = len(frames) - 1
    found = []
    for index in sorted({round(k * last / (MOMENTS - 1)) for k in range(MOMENTS)}):
        around = [frames[k].astype(np.float32) for k in range(max(0, index - 1), min(last, index + 1) + 1)]
        found.append(np.asarray(np.mean(around, axis=0), np.float32))
    return found


def _sharpness(pictures: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float64], float]:
    """(moments, rows, columns) sharpness in grey levels, without what noise adds everywhere; what a flat cell keeps."""
    maps = []
    for picture in pictures:
        detail = cv2.Laplacian(cv2.blur(picture, (2, 2)), cv2.CV_32F)
        maps.append(cv2.resize(detail * detail, CELLS, interpolation=cv2.INTER_AREA))
    power = np.stack(maps).astype(np.float64)
    noise = min(float(power.min()), MOST_NOISE_LEVELS**2)
    left = float(np.clip(NOISE_TIMES * np.sqrt(noise), *NOISE_LEVELS))
    return np.sqrt(np.maximum(power - noise, 0.0)), left


def _nearness(known: Known) -> NDArray[np.float64]:
    if known.disparity is not None:
        return cv2.resize(known.disparity, CELLS, interpolation=cv2.INTER_AREA).astype(np.float64)
    columns, rows = CELLS
    x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    subject = known.subject
    if subject is None:
        return y
    across = (x >= subject.left) & (x <= subject.left + subject.width)
    down = (y >= subject.top) & (y <= subject.top + subject.height)
    return (across & down).astype(np.float64)
