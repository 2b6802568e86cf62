"""Rack focus: blur that depends on depth and changes over the clip, as a lens does it.

A lens spreads what is out of focus over a disc whose radius grows with the distance from the focus in disparity (the
circle of confusion of a thin lens). The picture is spread once at a few radii; each moment mixes, place by place, the
two next to the wanted one. That is exact at those radii and close to a lens in between. The picture is a finished
frame where the camera stands still, and the canvas that frames are warped from where it moves.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from generator.core.render.warp import Planes

_RADII_PX: Final = (0.0, 1.5, 3.5, 7.0, 14.0)
"""Radii of the discs for a frame of 1280 px width: doubling, which the eye takes for even steps."""

_REFERENCE_PX: Final = 1280
_FULL: Final = 0.6
"""Distance from the focus, in shares of the disparity's range, at which the largest disc is reached."""

_FINE_PX: Final = 4.0
"""A disc of a larger radius is made at half the size, where it costs an eighth and looks the same."""

_GRAINS: Final = 4
"""Samples along each side of a kernel's cell: the discs' outlines are round to a quarter of a pixel."""

_SHADES: Final = 256


def focus_of(disparity: NDArray[np.float32], box: Box) -> float:
    """The disparity of what fills a box of the still: its median; disparity: (h, w) over the whole still."""
    height, width = disparity.shape
    left, top = min(int(box.left * width), width - 1), min(int(box.top * height), height - 1)
    right, bottom = max(left + 1, int(np.ceil(box.right * width))), max(top + 1, int(np.ceil(box.bottom * height)))
    return float(np.median(disparity[top:bottom, left:right]))


def shades_of(disparity: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A disparity, 0 far to 1 near, in 256 steps: finer than discs are told apart."""
    return np.clip(np.rint(disparity * (_SHADES - 1)), 0, _SHADES - 1).astype(np.uint8)


class FocusStack:
    """One sharp picture at several strengths of blur, mixed by depth.

    sharp: the picture. shades: (H, W) uint8 over it, its disparity as `shades_of` says it. frame_px: its pixels for the
    width of the frame, None when it is the frame itself.
    """

    def __init__(self, sharp: Planes, shades: NDArray[np.uint8], *, frame_px: float | None = None) -> None:
        factor = (sharp.y.shape[1] if frame_px is None else frame_px) / _REFERENCE_PX
        half = cv2.resize(shades, (sharp.u.shape[1], sharp.u.shape[0]), interpolation=cv2.INTER_AREA).astype(np.uint8)
        self._shades = (shades, half, half)
        self._spread = tuple(
            tuple(_spread(plane, radius * factor / part) for radius in _RADII_PX)
            for plane, part in ((sharp.y, 1), (sharp.u, 2), (sharp.v, 2))
        )

    def render(self, focus: float, into: Planes) -> None:
        """Fills `into` with the picture as a lens sees it that is focused at the disparity `focus`, 0 far to 1 near."""
        weights = _weights(focus)
        for plane, shades, levels in zip((into.y, into.u, into.v), self._shades, self._spread, strict=True):
            total: NDArray[Any] | None = None
            for table, level in zip(weights, levels, strict=True):
                if not table.any():
                    continue
                part = cv2.multiply(level, cv2.LUT(shades, table), scale=1 / (_SHADES - 1))
                total = part if total is None else cv2.add(total, part)
            np.copyto(plane, levels[0] if total is None else total)


def _spread(plane: NDArray[np.uint8], radius: float) -> NDArray[np.uint8]:
    """The plane with every sample spread over a disc."""
    if radius == 0.0:
        return plane.copy()
    if radius <= _FINE_PX:
        return _filtered(plane, radius)
    height, width = plane.shape
    small = cv2.resize(plane, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    spread = _filtered(small.astype(np.uint8, copy=False), radius / 2)
    return cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _filtered(plane: NDArray[np.uint8], radius: float) -> NDArray[np.uint8]:
    spread = cv2.filter2D(plane, cv2.CV_8U, _disc(radius), borderType=cv2.BORDER_REPLICATE)
    return spread.astype(np.uint8, copy=False)


def _disc(radius: float) -> NDArray[np.float32]:
    """A kernel of sum 1: the share of each cell that lies within the radius."""
    reach = int(np.ceil(radius))
    side = 2 * reach + 1
    at = (np.arange(side * _GRAINS) + 0.5) / _GRAINS - side / 2
    inside = (np.hypot(*np.meshgrid(at, at)) <= radius + 0.5).astype(np.float32)
    cells = inside.reshape(side, _GRAINS, side, _GRAINS).mean(axis=(1, 3))
    kernel: NDArray[np.float32] = (cells / cells.sum()).astype(np.float32)
    return kernel


def _weights(focus: float) -> list[NDArray[np.uint8]]:
    """For each radius, the share (0..255) that it has at each of the 256 disparities; the shares sum to 255."""
    away = np.abs(np.arange(_SHADES) / (_SHADES - 1) - focus) / _FULL
    radii = np.array(_RADII_PX)
    wanted = np.interp(np.minimum(away, 1.0) * radii[-1], radii, np.arange(len(radii)))
    below = np.minimum(np.floor(wanted), len(radii) - 2)
    upper = np.rint((wanted - below) * (_SHADES - 1))
    tables = []
    for level in range(len(radii)):
        share = np.where(below == level, (_SHADES - 1) - upper, 0) + np.where(below + 1 == level, upper, 0)
        tables.append(share.astype(np.uint8))
    return tables
