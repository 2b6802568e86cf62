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

NOISE_LEVELS: Final = 2.0
"""Sharpness, in grey levels, that noise and codec leave in a flat cell."""


def rack_focus(first: NDArray[np.uint8], last: NDArray[np.uint8], known: Known) -> dict[Movement, float]:
    """The directions of a rack focus between two frames of a resting camera, with probabilities; empty without one.

    Which side is near is told by the known disparity, else by the subject's box, else by height in the frame: what is
    lower is mostly nearer.
    """
    before, after = _sharpness(first), _sharpness(last)
    textured = np.maximum(before, after) > 2 * NOISE_LEVELS
    change = np.log(after + NOISE_LEVELS) - np.log(before + NOISE_LEVELS)
    gains, loses = textured & (change > LEAST_CHANGE), textured & (change < -LEAST_CHANGE)
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
    first, middle, last = frames[0], frames[len(frames) // 2], frames[-1]
    through = rack_focus(first, last, known)
    if through:
        return through
    there, back = rack_focus(first, middle, known), rack_focus(middle, last, known)
    return there if there and back and next(iter(there)) is not next(iter(back)) else {}


def _sharpness(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    detail = np.abs(cv2.Laplacian(cv2.blur(frame, (2, 2)), cv2.CV_32F))
    return cv2.resize(detail, CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)


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
