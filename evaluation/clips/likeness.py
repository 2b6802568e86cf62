"""How like a frame is to what it should show: noise, structure, colour, fine detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

CHANGED: Final = 0.4
"""Similarity of structure below which a place shows something else. Blur as wide as the window's grain and strong
compression leave 0.6 and more of it; other structure leaves 0.2 and less."""

STRUCTURE_PX: Final = 160
"""Long side at which structure is compared: the grain of things, too coarse for noise, blocks and softness."""

_TEXTURE: Final = 4.0
_WINDOW: Final = 2.0
_C2: Final = (0.03 * 255) ** 2
_BLOCK: Final = 32
_LEAST_DETAIL: Final = 2.0
_MID_SIGMA: Final = 1.6
_LEAST_BLOCKS: Final = 6
_FAST_PX: Final = 0.7
_SMEARED_PX: Final = 5.0
_COARSEST: Final = 4
_FULL: Final = 0.9
"""A blur above this, in pixels of an octave, leaves too little of it to be measured beside noise."""


@dataclass(frozen=True)
class Detail:
    """Fine detail against the reference, 1 for as much: in the middle of the blocks, and in the sharpest quarter.

    blur_px: the blur that would leave as much as the sharpest quarter has: a focus that wanders leaves that sharp.
    """

    median: float
    best: float
    blur_px: float


def structure(one: Plane, two: Plane) -> tuple[Plane, Mask]:
    """Similarity of contrast and structure at each pixel (SSIM without its light), and where there is any structure."""
    spread_one, spread_two, both = _moments(one, two)
    found = (2 * both + _C2) / (spread_one + spread_two + _C2)
    return found.astype(np.float32), np.maximum(spread_one, spread_two) > _TEXTURE**2


def _moments(one: Plane, two: Plane) -> tuple[Plane, Plane, Plane]:
    def mean(plane: Plane) -> Plane:
        return cv2.GaussianBlur(plane, (0, 0), _WINDOW).astype(np.float32)

    own, other = mean(one), mean(two)
    return mean(one * one) - own * own, mean(two * two) - other * other, mean(one * two) - own * other


def detail(frame: Plane, reference: Plane, where: Mask, shift: NDArray[np.float32]) -> Detail | None:
    """How much of the reference's fine detail a frame has, block by block; None where there is too little to tell.

    shift: (h, w, 2) of each pixel since the frame before, in pixels. Along a quick movement an open shutter smears, so
    there only changes across it count, and at a very quick one nothing does. Fine detail is set against the coarser
    detail of the same place, so that a change of contrast is no change of sharpness. A blur that leaves little but
    noise of the finest octave is measured at the next one.
    """
    where = where & (np.hypot(shift[..., 0], shift[..., 1]) < _SMEARED_PX)
    found = _octave(frame, reference, where, shift)
    if found is None:
        return None
    blur, by = found.blur_px, 1
    while by < _COARSEST and blur > _FULL * by:
        by *= 2
        size = (frame.shape[1] // by, frame.shape[0] // by)
        small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA).astype(np.float32) for one in (frame, reference)]
        kept = cv2.resize(where.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
        less = (cv2.resize(shift, size, interpolation=cv2.INTER_AREA) / by).astype(np.float32)
        coarse = _octave(small[0], small[1], kept, less)
        if coarse is None:
            break
        blur = by * coarse.blur_px
    return Detail(found.median, found.best, blur)


def _octave(frame: Plane, reference: Plane, where: Mask, shift: NDArray[np.float32]) -> Detail | None:
    length = np.hypot(shift[..., 0], shift[..., 1])
    quick = length > _FAST_PX
    way = np.where(quick[..., None], shift / np.maximum(length, 1e-3)[..., None], 0).astype(np.float32)
    weight = _blocks(where.astype(np.float32))
    fine_frame, fine_reference, mid_frame, mid_reference = (
        _blocks(_energy(picture, way, quick, fine=fine) * where)
        for fine in (True, False)
        for picture in (frame, reference)
    )
    told = (weight > 0.8) & (fine_reference > _LEAST_DETAIL**2) & (mid_frame > 0.2 * mid_reference)
    if int(told.sum()) < _LEAST_BLOCKS:
        return None
    kept = np.sqrt(fine_frame[told] / fine_reference[told] / (mid_frame[told] / mid_reference[told]))
    best = float(np.percentile(kept, 75))
    return Detail(float(np.median(kept)), best, blur_of(best))


def blur_of(kept: float) -> float:
    """The Gaussian blur, in pixels, that leaves this share of fine detail; 0 where none is lost.

    Found by experiment. Sampling between pixels without sharpening (bilinear) looks like a blur of 0.6.
    """
    return float(np.interp(-kept, [-one for one, _ in _BLURS], [px for _, px in _BLURS]))


_BLURS: Final = (
    (1.0, 0.0), (0.991, 0.3), (0.835, 0.45), (0.643, 0.6), (0.484, 0.8), (0.377, 1.0), (0.275, 1.25), (0.205, 1.5),
    (0.125, 2.0), (0.058, 3.0), (0.03, 4.0),
)  # fmt: skip
"""Medians of 35 photographs; nine in ten of them lie within 0.07 of these shares."""


def _energy(picture: Plane, way: NDArray[np.float32], quick: Mask, *, fine: bool) -> Plane:
    """Energy of the changes from pixel to pixel, or of those of a picture without its finest detail."""
    source = picture if fine else cv2.GaussianBlur(picture, (0, 0), _MID_SIGMA)
    x = cv2.filter2D(source, cv2.CV_32F, np.array([[-0.5, 0, 0.5]], np.float32))
    y = cv2.filter2D(source, cv2.CV_32F, np.array([[-0.5], [0], [0.5]], np.float32))
    if fine:
        # Without the mid octaves: what is left is finer than about four pixels.
        soft_x = cv2.GaussianBlur(x, (0, 0), 1.0)
        soft_y = cv2.GaussianBlur(y, (0, 0), 1.0)
        x, y = x - soft_x, y - soft_y
    across = x * way[..., 1] - y * way[..., 0]
    return np.where(quick, across * across, x * x + y * y).astype(np.float32)


def _blocks(plane: Plane) -> Plane:
    size = (max(1, plane.shape[1] // _BLOCK), max(1, plane.shape[0] // _BLOCK))
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
