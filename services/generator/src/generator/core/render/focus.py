"""Rack focus: blur that depends on depth and changes over the clip, over a camera that stands still.

The frame is blurred once at a few strengths; each moment mixes, place by place, the two strengths next to the wanted
one. That is exact at the strengths and close to a lens in between.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.warp import Planes

_LEVELS_PX: Final = (0.0, 2.0, 4.0, 8.0)
"""Standard deviations of the blurs for a frame of 1280 px width."""

_REFERENCE_PX: Final = 1280
_FULL: Final = 0.6
"""Distance from the focus, in shares of the disparity's range, at which the strongest blur is reached."""

_SHADES: Final = 256


class FocusStack:
    """One sharp frame at several strengths of blur, mixed by depth.

    sharp: the frame. disparity: (H, W) float32 over the frame, 0 far to 1 near.
    """

    def __init__(self, sharp: Planes, disparity: NDArray[np.float32]) -> None:
        factor = sharp.y.shape[1] / _REFERENCE_PX
        shades = np.clip(np.rint(disparity * (_SHADES - 1)), 0, _SHADES - 1).astype(np.uint8)
        half = cv2.resize(shades, (sharp.u.shape[1], sharp.u.shape[0]), interpolation=cv2.INTER_AREA).astype(np.uint8)
        self._shades = (shades, half, half)
        self._blurred = tuple(
            tuple(_blur(plane, sigma * factor / part) for sigma in _LEVELS_PX)
            for plane, part in ((sharp.y, 1), (sharp.u, 2), (sharp.v, 2))
        )

    def render(self, focus: float, into: Planes) -> None:
        """Fills `into` with the frame as a lens sees it that is focused at the disparity `focus`, 0 far to 1 near."""
        weights = _weights(focus)
        for plane, shades, levels in zip((into.y, into.u, into.v), self._shades, self._blurred, strict=True):
            total: NDArray[Any] = np.zeros(plane.shape, np.uint8)
            for table, level in zip(weights, levels, strict=True):
                share = cv2.LUT(shades, table)
                total = cv2.add(total, cv2.multiply(level, share, scale=1 / (_SHADES - 1)))
            np.copyto(plane, total)


def _blur(plane: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    if sigma == 0.0:
        return plane.copy()
    return cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def _weights(focus: float) -> list[NDArray[np.uint8]]:
    """For each level, the share (0..255) that it has at each of the 256 disparities; the shares sum to 255."""
    away = np.abs(np.arange(_SHADES) / (_SHADES - 1) - focus) / _FULL
    wanted = np.minimum(away, 1.0) * (len(_LEVELS_PX) - 1)
    below = np.minimum(np.floor(wanted), len(_LEVELS_PX) - 2)
    upper = np.rint((wanted - below) * (_SHADES - 1))
    tables = []
    for level in range(len(_LEVELS_PX)):
        share = np.where(below == level, (_SHADES - 1) - upper, 0) + np.where(below + 1 == level, upper, 0)
        tables.append(share.astype(np.uint8))
    return tables
