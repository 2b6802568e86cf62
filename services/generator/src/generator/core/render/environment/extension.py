"""A material continued beyond its edge, so that what flows in from there is more of it and not what stands beside it.

Every place outside takes the place mirrored at the nearest edge of the material, as the fill behind near layers does.
Where the mask ends amid its material there is no edge in the picture; there the picture itself goes on, and the flow
comes to rest instead, so that it is stretched and not torn.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.environment.contract import Map, Plane
from generator.core.render.environment.grid import Grid

_CELL: Final = 4
"""Pixels for a place of the small copy on which edges are looked at."""
_CORE: Final = 242
"""A mask of 95 % and more holds nothing but the material."""
_BESIDE: Final = (1.5, 4.5)
"""Distance from the edge, in places, at which both of its sides are compared."""
_STEP: Final = (8.0, 20.0)
"""Levels up to which both sides are one material, and from which on they are two."""

Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class _Mirror:
    """For every place, (h, w) each: where its image in the core lies, its nearest edge's number, how far that is."""

    x: Map
    y: Map
    edge: Labels
    away: Map


def continued(planes: tuple[Plane, ...], mask: Plane, *, calm: float) -> tuple[tuple[Plane, ...], Map]:
    """The planes with what is outside the mask taken from inside, and how freely each place may move.

    planes: y (H, W), then any of half that size. mask: (H, W) uint8, 255 for the material alone. calm: pixels over
    which the freedom, (h, w) float32 0..1 at a quarter of the size, falls to 0 where the mask ends amid its material.
    """
    height, width = mask.shape
    small = np.asarray(
        cv2.resize(mask, (max(1, width // _CELL), max(1, height // _CELL)), interpolation=cv2.INTER_AREA), np.uint8
    )
    core = np.asarray(cv2.erode((small >= _CORE).astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    if not core.any() or core.all():
        return planes, np.ones(small.shape, np.float32)
    mirror = _mirrored(core)
    going_on = _going_on(planes, mirror, core)
    grid = Grid(width, height, _CELL, _CELL)
    per_x, per_y = np.float32(width / core.shape[1]), np.float32(height / core.shape[0])
    half_place = np.float32(0.5)
    at_x = (grid.sampled(mirror.x) + half_place) * per_x - half_place
    at_y = (grid.sampled(mirror.y) + half_place) * per_y - half_place
    keep = grid.sampled(np.maximum(np.asarray(cv2.blur(core.astype(np.float32), (3, 3)), np.float32), going_on))
    luma, *chroma = planes
    half = grid.halved()
    half_x, half_y = (at_x - half_place) / np.float32(2), (at_y - half_place) / np.float32(2)
    filled = (
        _filled(luma, grid, at_x, at_y, keep),
        *(_filled(plane, half, half_x, half_y, keep) for plane in chroma),
    )
    open_end = ((core == 0) & (going_on > half_place)).astype(np.uint8)
    return filled, _freedom(open_end, calm / _CELL)


def _mirrored(core: Plane) -> _Mirror:
    """The mirror image of every place at the nearest edge of the core; the edge itself if the image is not in it."""
    height, width = core.shape
    away, labels = cv2.distanceTransformWithLabels(1 - core, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(core)
    # Labels are given to the core's pixels in an order of OpenCV's own; each is found at its own place.
    row_of, column_of = np.zeros(int(labels.max()) + 1, np.int32), np.zeros(int(labels.max()) + 1, np.int32)
    row_of[labels[rows, columns]], column_of[labels[rows, columns]] = rows, columns
    near_y, near_x = row_of[labels], column_of[labels]
    y, x = np.mgrid[0:height, 0:width]
    far_y, far_x = 2 * near_y - y, 2 * near_x - x
    within = (far_y >= 0) & (far_y < height) & (far_x >= 0) & (far_x < width)
    held = within & (core[np.clip(far_y, 0, height - 1), np.clip(far_x, 0, width - 1)] > 0)
    return _Mirror(
        x=np.where(held, far_x, near_x).astype(np.float32),
        y=np.where(held, far_y, near_y).astype(np.float32),
        edge=np.asarray(labels, np.int32),
        away=np.asarray(away, np.float32),
    )


def _going_on(planes: tuple[Plane, ...], mirror: _Mirror, core: Plane) -> Map:
    """How far the material goes on beyond the edge that is nearest to each place, 0..1; told right at that edge."""
    height, width = core.shape
    step = np.zeros(core.shape, np.float32)
    for plane in planes:
        small = cv2.blur(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32), (3, 3))
        step = np.maximum(step, np.abs(small - cv2.remap(small, mirror.x, mirror.y, cv2.INTER_LINEAR)))
    least, most = _BESIDE
    beside = (mirror.away > least) & (mirror.away <= most)
    size = int(mirror.edge.max()) + 1
    count = np.bincount(mirror.edge[beside], minlength=size)
    total = np.bincount(mirror.edge[beside], weights=step[beside], minlength=size)
    # An edge that nothing lies beside is the picture's own.
    mean = np.where(count > 0, total / np.maximum(count, 1), 0.0).astype(np.float32)[mirror.edge]
    low, high = _STEP
    share = np.clip((high - np.asarray(cv2.blur(mean, (9, 9)), np.float32)) / np.float32(high - low), 0.0, 1.0)
    return np.asarray(share, np.float32)


def _freedom(open_end: Plane, calm: float) -> Map:
    if not open_end.any():
        return np.ones(open_end.shape, np.float32)
    away = cv2.distanceTransform(1 - open_end, cv2.DIST_L2, 5) / np.float32(max(1.0, calm))
    share = np.clip(away, 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _filled(plane: Plane, grid: Grid, x: Map, y: Map, keep: Map) -> Plane:
    out = np.empty_like(plane)
    for strip in grid.strips():
        taken = cv2.remap(
            plane, grid.spread(x, strip), grid.spread(y, strip), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        share = np.clip(grid.spread(keep, strip), 0.0, 1.0)
        out[strip] = np.rint(plane[strip] * share + taken * (np.float32(1) - share))
    return out
