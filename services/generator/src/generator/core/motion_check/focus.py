"""Sees a rack focus: sharpness that leaves one part of a resting picture and comes to another."""

from collections.abc import Sequence
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

CALM_LEVELS: Final = 8.0
"""Change of a cell's mean brightness, in grey levels, up to which its sharpness may tell of the lens."""

MOST_NOISE_LEVELS: Final = 6.0
"""Most sharpness, in grey levels, that is put down to noise."""

NOISE_LEVELS: Final = 2.0
"""Sharpness, in grey levels, that noise and codec leave in a flat cell."""


def rack_focus(frames: Sequence[NDArray[np.uint8]], known: Known) -> dict[Movement, float]:
    """The directions of a rack focus over frames of a resting camera, with probabilities; empty without one.

    Sharpness must leave some cells by and by and come to others, while their mean brightness stays: what moves through
    the picture changes both. Which side is near is told by the known disparity, else by the subject's box, else by
    height in the frame: what is lower is mostly nearer.
    """
    picked = _moments(frames)
    maps = _sharpness(picked)
    # Cells that were sharp at one time, and how ln sharpness goes in them.
    means = np.stack([cv2.resize(one, CELLS, interpolation=cv2.INTER_AREA) for one in picked])
    restless = (np.ptp(means, axis=0) > CALM_LEVELS).astype(np.uint8)
    # Its edge lies in the cells beside it.
    calm = cv2.dilate(restless, np.ones((3, 3), np.uint8)) == 0
    textured = (maps.max(axis=0) > 2 * NOISE_LEVELS) & calm
    levels = np.log(maps + NOISE_LEVELS)
    times = np.linspace(-1.0, 1.0, len(maps))[:, None, None]
    even = levels - levels.mean(axis=0)
    slope = (times * even).sum(axis=0) / (times**2).sum()
    change = 2.0 * slope
    steady = (slope**2 * (times**2).sum()) >= STEADY_SHARE * np.maximum((even**2).sum(axis=0), 1e-9)
    gains, loses = textured & steady & (change > LEAST_CHANGE), textured & steady & (change < -LEAST_CHANGE)
    least = max(2.0, LEAST_SHARE * float(textured.sum()))
    strong = max(6.0, ONE_SIDED_SHARE * float(textured.sum()))
    if gains.sum() < least and loses.sum() >= strong:
        gains = ~loses
    elif loses.sum() < least and gains.sum() >= strong:
        loses = ~gains
    if gains.sum() < least or loses.sum() < least:
        return {}
    nearness = _nearness(known)
    lead = float((nearness * loses).sum() / loses.sum() - (nearness * gains).sum() / gains.sum())
    to_far = 1.0 / (1.0 + float(np.exp(-6.0 * lead)))
    both = {Movement.RACK_FOCUS_NEAR_TO_FAR: to_far, Movement.RACK_FOCUS_FAR_TO_NEAR: 1.0 - to_far}
    return dict(sorted(both.items(), key=lambda item: -item[1]))


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


def _sharpness(pictures: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """(moments, rows, columns) sharpness in grey levels, without what noise adds to it everywhere."""
    maps = []
    for picture in pictures:
        detail = cv2.Laplacian(cv2.blur(picture, (2, 2)), cv2.CV_32F)
        maps.append(cv2.resize(detail * detail, CELLS, interpolation=cv2.INTER_AREA))
    power = np.stack(maps).astype(np.float64)
    noise = min(float(power.min()), MOST_NOISE_LEVELS**2)
    return np.sqrt(np.maximum(power - noise, 0.0))


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
