"""From coarse cells of a material to a soft mask whose edge lies on the picture's own edge.

The guided filter (He, Sun and Tang, "Guided Image Filtering", PAMI 2013) with colour as its guide, solved on a quarter
of the canvas and evaluated in full (He and Sun, "Fast Guided Filter", 2015): the mask becomes, in every neighbourhood,
the straight line over Y, U and V that fits the cells best, and so steps where the colours step.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.environment.contract import Map, Plane, YuvPlanes

SMALL: Final = 4
"""Canvas pixels for a pixel of the small copy on which masks are solved."""

_EPSILON: Final = 6e-4
"""Squared colour step, of the full range 0..1, below which an edge is taken for texture: a step of 2.5 %."""

_CELLS: Final = 1.6
"""Radius of the neighbourhood in cells of the map: the map's edge is a cell or two beside the true one."""

_LOW, _HIGH = 0.35, 0.75
"""Where the fitted mask turns from 0 to 1; above the middle, so that a mixed pixel at the rim rather stays."""

_STRIP: Final = 128


def small_guide(canvas: YuvPlanes) -> Map:
    """The canvas at a quarter of its size: (h, w, 3) float32, Y, U, V as 0..1."""
    height, width = canvas.y.shape
    size = (max(1, width // SMALL), max(1, height // SMALL))
    planes = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (canvas.y, canvas.u, canvas.v)]
    return (np.dstack(planes) / np.float32(255)).astype(np.float32)


def refined(prior: Map, guide: Map, *, cell: float) -> Map:
    """The coefficients (h, w, 4) float32 of the mask over Y, U, V and 1, for `evaluated`.

    prior: (h, w) float32 0..1, where the material was seen. guide: (h, w, 3). cell: pixels of the guide for a cell.
    """
    radius = max(2, round(_CELLS * cell))
    box = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Map) -> Map:
        return cv2.blur(plane, box, borderType=cv2.BORDER_REPLICATE).astype(np.float32, copy=False)

    centre = mean(guide)
    level = mean(prior)
    cross = mean(guide * prior[..., None]) - centre * level[..., None]
    variance = np.empty((*prior.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            variance[..., i, j] = variance[..., j, i] = (
                mean(guide[..., i] * guide[..., j]) - centre[..., i] * centre[..., j]
            )
        variance[..., i, i] += _EPSILON
    slope = np.linalg.solve(variance, cross[..., None])[..., 0]
    offset = level - (slope * centre).sum(axis=2)
    return mean(np.dstack([slope, offset]).astype(np.float32))


def evaluated(coefficients: Map, canvas: YuvPlanes, rows: slice, columns: slice) -> Plane:
    """The mask over a rectangle of the canvas, even-sided: (h, w) uint8 0..255, worked out in strips."""
    height, width = canvas.y.shape
    out = np.empty((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    per_x, per_y = coefficients.shape[1] / width, coefficients.shape[0] / height
    for top in range(rows.start, rows.stop, _STRIP):
        bottom = min(top + _STRIP, rows.stop)
        size = (out.shape[1], bottom - top)
        onto = np.array(
            [
                [per_x, 0.0, (columns.start + 0.5) * per_x - 0.5],
                [0.0, per_y, (top + 0.5) * per_y - 0.5],
            ]
        )
        line = cv2.warpAffine(
            coefficients, onto, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        half = np.s_[top // 2 : bottom // 2, columns.start // 2 : columns.stop // 2]
        colours = (canvas.y[top:bottom, columns], *(cv2.resize(p[half], size) for p in (canvas.u, canvas.v)))
        fitted = line[..., 3].copy()
        for index, colour in enumerate(colours):
            fitted += line[..., index] * (colour * np.float32(1 / 255))
        share = np.clip((fitted - _LOW) / (_HIGH - _LOW), 0.0, 1.0)
        out[top - rows.start : bottom - rows.start] = np.rint(share * share * (3 - 2 * share) * 255)
    return out


def bounding(mask: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Rows and columns around what is not 0, on even pixels; None for an empty mask."""
    left, top, width, height = cv2.boundingRect(mask)
    if width == 0:
        return None
    high, wide = mask.shape
    return (
        slice(top // 2 * 2, min(high, (top + height + 1) // 2 * 2)),
        slice(left // 2 * 2, min(wide, (left + width + 1) // 2 * 2)),
    )
