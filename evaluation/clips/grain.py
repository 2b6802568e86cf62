"""Traces of coding in one frame: steps at the borders of blocks, and bands where light should run smoothly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

GRIDS: Final = (8, 16)
"""Sizes of transform blocks and macroblocks of the codecs in use, in pixels."""

_CALM: Final = 12.0
"""Changes larger than this, in grey levels, are edges of things and say nothing of blocks."""

_RAMP: Final = (0.02, 0.35)
"""Slope of smooth light, in grey levels a pixel."""

_FLAT_PX: Final = 7


@dataclass(frozen=True)
class Grain:
    """blocks: by how many grey levels steps at block borders exceed those within, at the worse of the grids.

    grid: that grid's size in pixels. bands: share of smoothly lit places that have no gradient at all for 7 pixels,
    None where light runs smoothly nowhere. Clean 8-bit video has some of it too: a fact, no defect.
    """

    blocks: float
    grid: int
    bands: float | None


def grain(luma: NDArray[np.uint8]) -> Grain:
    """The traces in a frame of full size."""
    plane = luma.astype(np.float32)
    excess = {size: _excess(plane, size) for size in GRIDS}
    grid = max(excess, key=lambda size: excess[size])
    return Grain(excess[grid], grid, _bands(plane))


def _excess(plane: Plane, size: int) -> float:
    """Mean over both directions of how much larger steps are at borders than anywhere else, in grey levels."""
    return float(np.mean([_along(plane, size), _along(plane.T, size)]))


def _along(plane: Plane, size: int) -> float:
    if plane.shape[1] < 4 * size:
        return 0.0
    # The bend of light instead of its slope: a step has one, a ramp none.
    step = plane[:, 1:] - plane[:, :-1]
    bend = np.abs(step[:, 1:-1] - 0.5 * (step[:, :-2] + step[:, 2:]))
    calm = np.abs(step[:, 1:-1]) < _CALM
    total, count = (bend * calm).sum(axis=0), calm.sum(axis=0)
    # Column k of these is the step between pixels k + 1 and k + 2.
    phases = [float(total[k::size].sum() / max(1, count[k::size].sum())) for k in range(size)]
    at = (size - 2) % size
    within = [phases[k] for k in range(size) if min((k - at) % size, (at - k) % size) > 1]
    # The largest other place as well: what repeats in the picture itself has no reason to stand at borders alone.
    return max(0.0, phases[at] - max(float(np.median(within)), float(np.percentile(within, 75))))


def _bands(plane: Plane) -> float | None:
    smooth = cv2.GaussianBlur(plane, (0, 0), 6)
    x = cv2.filter2D(smooth, cv2.CV_32F, np.array([[-0.5, 0, 0.5]], np.float32))
    y = cv2.filter2D(smooth, cv2.CV_32F, np.array([[-0.5], [0], [0.5]], np.float32))
    slope = np.hypot(x, y)
    rough = cv2.GaussianBlur((plane - smooth) ** 2, (0, 0), 6)
    ramp = (slope > _RAMP[0]) & (slope < _RAMP[1]) & (rough < 1.0)
    if ramp.mean() < 0.02:
        return None
    square = np.ones((_FLAT_PX, _FLAT_PX), np.uint8)
    flat = cv2.dilate(plane, square) == cv2.erode(plane, square)
    return float(flat[ramp].mean())
