"""What lies behind something near: a guess that nobody looks at twice.

Smooth content is carried in from the hole's border by a push-pull pyramid (Gortler et al. 1996); texture is mirrored at
the border, so that grain goes on where a blur would show. Only the band along the border is textured, because a camera
that moves a little uncovers no more.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.raster import Map, Plane, as_map, as_plane

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

_LEAST_SLOPE: Final = 0.1
"""Where distance grows more slowly, amid a hole, the way leads nowhere in particular."""

_STRIP_PX: Final = 128
"""Rows that are textured at a time: maps over a whole hole would take twelve times its plane."""

_STEPS: Final = 128
"""Steps of a grey level that smooth content is carried in with."""


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
        self._hole = as_plane(hole[self._cut] != 0)
        self._open = np.uint8(1) - self._hole
        self._share = _cells(self._open * np.uint8(255)).astype(np.float32) / np.float32(255)
        self._band = as_plane(band[self._cut] & self._hole)
        self._ways = _ways(self._hole)
        self._fade = np.float32(_FADE_WIDTHS * hole.shape[1])

    def filled(self, plane: Plane) -> Plane:
        """A copy of a plane, (H, W) uint8, whose hole shows what may lie behind."""
        whole = plane.copy()
        if not self._hole.any():
            return whole
        part, into = plane[self._cut], whole[self._cut]
        smooth = self._smooth(part)
        cv2.copyTo(smooth, self._hole, into)
        for first in range(0, part.shape[0], _STRIP_PX):
            self._texture(part, smooth, slice(first, min(first + _STRIP_PX, part.shape[0])), into)
        return whole

    def _smooth(self, part: Plane) -> Plane:
        """The plane without its hole and without detail."""
        height, width = part.shape
        # Means of the masked plane over means of the mask: the mean of each cell's known pixels.
        mean = _cells(part * self._open).astype(np.float32) / np.maximum(self._share, np.float32(1e-3))
        carried = push_pull(mean, (self._share > _LEAST_SHARE).astype(np.float32))
        # Fixed point: half of what floats would take over the whole hole.
        steps = np.rint(np.clip(carried, 0, 255) * _STEPS).astype(np.uint16)
        wide = cv2.resize(steps, (width, height), interpolation=cv2.INTER_LINEAR)
        return as_plane(cv2.convertScaleAbs(wide, alpha=1 / _STEPS))

    def _texture(self, part: Plane, smooth: Plane, rows: slice, into: Plane) -> None:
        """Adds texture in the band, in some of the rows."""
        left, _, width, _ = cv2.boundingRect(self._band[rows])
        if width == 0:
            return
        columns = slice(left, left + width)
        band = self._band[rows, columns]
        down, right, far = (_spread(way, rows, columns) for way in self._ways)
        x = np.arange(left, left + width, dtype=np.float32)[None] - right
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - down
        there, around, known = (
            cv2.remap(plane, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
            for plane in (part, smooth, self._open)
        )
        # What would be taken from the hole itself stays smooth.
        strength = cv2.exp(far * np.float32(-1 / self._fade)) * np.float32(_TEXTURE)
        texture = cv2.subtract(there, around, dtype=cv2.CV_32F) * strength
        textured = cv2.convertScaleAbs(np.maximum(smooth[rows, columns] + texture, np.float32(0)))
        cv2.copyTo(textured, band & as_plane(known), into[rows, columns])


def _ways(hole: Plane) -> tuple[Map, Map, Map]:
    """How far down and right of the place it is mirrored from a place of the hole lies, and how far its border is.

    In pixels of the hole, over every second row and column of it.
    """
    half = as_plane(_shrunk(hole * np.uint8(255), (-(-hole.shape[1] // 2), -(-hole.shape[0] // 2))) > np.uint8(127))
    away = as_map(cv2.distanceTransform(half, cv2.DIST_L2, cv2.DIST_MASK_3)) * np.float32(2)
    # Distance grows straight away from the nearest border: against its slope the way leads there, and on beyond it.
    calm = cv2.blur(away, (_CALM_PX // 2, _CALM_PX // 2), borderType=cv2.BORDER_REPLICATE)
    down = as_map(cv2.Scharr(calm, cv2.CV_32F, 0, 1, scale=1 / 64, borderType=cv2.BORDER_REPLICATE))
    right = as_map(cv2.Scharr(calm, cv2.CV_32F, 1, 0, scale=1 / 64, borderType=cv2.BORDER_REPLICATE))
    reach = 2 * away / np.maximum(cv2.magnitude(down, right), np.float32(_LEAST_SLOPE))
    down *= reach
    right *= reach
    return down, right, away


def _spread(way: Map, rows: slice, columns: slice) -> Map:
    """A map over every second row and column, brought to some rows and columns of all."""
    # A cell more on each side, so that strips join as if they were one.
    top, left = max(0, rows.start // 2 - 1), max(0, columns.start // 2 - 1)
    cells = way[top : min(way.shape[0], -(-rows.stop // 2) + 1), left : min(way.shape[1], -(-columns.stop // 2) + 1)]
    wide = cv2.resize(cells, (2 * cells.shape[1], 2 * cells.shape[0]), interpolation=cv2.INTER_LINEAR)
    return as_map(wide)[rows.start - 2 * top : rows.stop - 2 * top, columns.start - 2 * left : columns.stop - 2 * left]


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
