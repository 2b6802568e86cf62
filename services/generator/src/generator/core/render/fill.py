"""What lies behind something near: a guess that nobody looks at twice.

Smooth content is carried in from the hole's border by a push-pull pyramid (Gortler et al. 1996); texture is mirrored at
the border, so that grain goes on where a blur would show. Only the band along the border is textured, because a camera
that moves a little uncovers no more.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.raster import Map, Plane, as_map

_CELL_PX: Final = 6
"""Side of the cells on which smooth content is carried in: finer detail is the mirrored part's."""

_TEXTURE: Final = 0.7
"""Strength of mirrored texture at the border of a hole: all of it is wrong as often as it is right."""

_FADE_WIDTHS: Final = 1 / 60
"""Distance from the border, in widths of the plane, over which texture fades to a third."""

_CONTEXT_PX: Final = 48
"""Content around the hole that is looked at; a band is seldom wider."""

_LEAST_SIDE: Final = 2
"""The pyramid ends when a side is as short as this."""

_CONFIDENT: Final = 4.0
"""Known pixels in a quarter of a coarse cell make the whole cell known."""

_LEAST_SHARE: Final = 0.2
"""A cell with fewer known pixels counts as unknown: its mean in 8 bits would be coarse."""

_CALM_PX: Final = 15
"""Window in which the way to the border is averaged: neighbours that took different ways would stir the texture."""

Places = NDArray[np.intp]


def push_pull(values: Map, weight: Map) -> Map:
    """The values carried on to where their weight is 0: the nearer a known value, the more it counts.

    values: (h, w) float32. weight: (h, w) float32, 0 unknown to 1 known. Where the weight is 1, values stay as they
    are; without any known value everything is 0.
    """
    height, width = weight.shape
    if min(height, width) <= _LEAST_SIDE:
        mean = float((values * weight).sum()) / max(float(weight.sum()), 1e-6)
        return (mean + weight * (values - np.float32(mean))).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    amount = _shrunk(weight, half)
    below = _shrunk(values * weight, half) / np.maximum(amount, np.float32(1e-6))
    coarse = push_pull(below.astype(np.float32), np.minimum(amount * np.float32(_CONFIDENT), np.float32(1.0)))
    around = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return (around + weight * (values - around)).astype(np.float32)


class Hole:
    """A hole in planes of one size, and how it is filled.

    hole: (H, W) uint8, not 0 where content must go. band: the same, for the part of the hole that is textured; the rest
    of it stays smooth.
    """

    def __init__(self, hole: Plane, band: Plane) -> None:
        self._cut = _around(hole)
        self._hole = (hole[self._cut] != 0).astype(np.uint8)
        self._open = np.uint8(1) - self._hole
        self._share = _cells(self._open * np.uint8(255)).astype(np.float32) / np.float32(255)
        rows, columns = np.nonzero(band[self._cut] & self._hole)
        *there, away = _mirrored(self._hole, rows, columns)
        # What would be taken from the hole itself stays smooth.
        outside = self._open[there[0], there[1]] != 0
        self._here = (rows[outside], columns[outside])
        self._there = (there[0][outside], there[1][outside])
        self._strength = (_TEXTURE * np.exp(-away[outside] / (_FADE_WIDTHS * hole.shape[1]))).astype(np.float32)

    def filled(self, plane: Plane) -> Plane:
        """A copy of a plane, (H, W) uint8, whose hole shows what may lie behind."""
        whole = plane.copy()
        if not self._hole.any():
            return whole
        part, into = plane[self._cut], whole[self._cut]
        smooth = self._smooth(part)
        cv2.copyTo(smooth, self._hole, into)
        texture = (part[self._there].astype(np.float32) - smooth[self._there]) * self._strength
        into[self._here] = np.clip(np.rint(smooth[self._here] + texture), 0, 255).astype(np.uint8)
        return whole

    def _smooth(self, part: Plane) -> Plane:
        """The plane without its hole and without detail."""
        height, width = part.shape
        # Means of the masked plane over means of the mask: the mean of each cell's known pixels.
        mean = _cells(part * self._open).astype(np.float32) / np.maximum(self._share, np.float32(1e-3))
        carried = push_pull(mean, (self._share > _LEAST_SHARE).astype(np.float32))
        wide = cv2.resize(carried, (width, height), interpolation=cv2.INTER_LINEAR)
        # Rounds and saturates without a second buffer of floats.
        return cv2.convertScaleAbs(wide).astype(np.uint8, copy=False)


def _mirrored(hole: Plane, rows: Places, columns: Places) -> tuple[Places, Places, Map]:
    """For places of the hole, the places as far on the other side of the nearest border, and how far that is away."""
    height, width = hole.shape
    away = cv2.distanceTransform(hole, cv2.DIST_L2, cv2.DIST_MASK_3)
    far = away[rows, columns]
    # Distance grows straight away from the nearest border: against its slope the way leads there, and on beyond it.
    cv2.blur(away, (_CALM_PX, _CALM_PX), dst=away, borderType=cv2.BORDER_REPLICATE)
    down = away[np.minimum(rows + 1, height - 1), columns] - away[np.maximum(rows - 1, 0), columns]
    right = away[rows, np.minimum(columns + 1, width - 1)] - away[rows, np.maximum(columns - 1, 0)]
    reach = 2 * far / np.maximum(np.hypot(down, right), np.float32(0.2))
    return (
        np.clip(np.rint(rows - reach * down).astype(np.intp), 0, height - 1),
        np.clip(np.rint(columns - reach * right).astype(np.intp), 0, width - 1),
        as_map(far),
    )


def _around(mask: Plane) -> tuple[slice, slice]:
    left, top, width, height = cv2.boundingRect((mask != 0).astype(np.uint8))
    return (
        slice(max(0, top - _CONTEXT_PX), min(mask.shape[0], top + height + _CONTEXT_PX)),
        slice(max(0, left - _CONTEXT_PX), min(mask.shape[1], left + width + _CONTEXT_PX)),
    )


def _cells(plane: NDArray[Any]) -> NDArray[Any]:
    height, width = plane.shape
    return _shrunk(plane, (max(1, -(-width // _CELL_PX)), max(1, -(-height // _CELL_PX))))


def _shrunk(values: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA)
