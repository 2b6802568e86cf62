"""Sharpness: how crisp the still is, and whether sharp and blurred areas stand apart."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import Focus, Measure, absent, measured
from analyzer.core.arrays import Mask, Places, Plane
from analyzer.core.components import components
from analyzer.core.evidence import ramp, ramps, share_of
from analyzer.core.frame import Frame, averaged
from analyzer.core.quantiles import quantile, quantiles

_LEAST_EDGES: Final = 200
_ENOUGH_EDGES: Final = 4000
_REBLUR_SIGMA: Final = 1.5
_BLURRED: Final = 1.05
"""Gradient over gradient after the known blur at edges that are four pixels wide (built steps)."""
_CRISPEST: Final = 3.6
"""The same at the crisp texture of one photograph in ten; a perfect step of one pixel gives 2.2."""
_LEAST_CELLS: Final = 0.08
_LARGEST_SPOT: Final = 0.1
"""Widest disc of light that is looked for, as a share of the longer side."""
_SPOT_RISE: Final = 12.0
_SPOT_CRISP: Final = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Sharpness:
    """Sharpness by place.

    share: (h, w) float32 on the grid, 0 blurred or without detail, 1 sharp. shallowness: evidence 0..1 that sharp and
    blurred areas stand apart. known: share of cells that have detail to tell sharpness from.
    """

    share: Plane
    shallowness: float
    known: float


def sharpness_of(frame: Frame) -> Sharpness:
    """Sharpness from the ratio of fine to coarse detail by cell.

    Detail out of focus keeps its coarse part and loses the fine one, whatever its contrast is; cells without coarse
    detail tell nothing and count as blurred with what is around them.
    """
    height, width = frame.grey.shape
    half = (max(1, width // 2), max(1, height // 2))
    grey = averaged(frame.grey.astype(np.float32), half)
    # Blurs of two and five pixels, on the halved picture.
    coarse_detail = cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 2.5)
    floor = (0.6 * frame.noise) ** 2
    fine = np.maximum(cv2.GaussianBlur(frame.by_cell(frame.fine), (3, 3), 0.6) - floor, 0.0)
    coarse = cv2.GaussianBlur(frame.by_cell(coarse_detail * coarse_detail), (3, 3), 0.6)
    known = coarse > 6.0 + floor
    share_known = share_of(known)
    # 0.5 is about what a clean step edge gives; log, because blur acts by factors.
    ratio = np.log2((fine + 0.05) / (coarse + 1.0))
    crisp = ramps(ratio.astype(np.float32), -4.5, -1.5)
    weight = known.astype(np.float32)
    spread = cv2.GaussianBlur(weight, (0, 0), 3.0)
    smooth = cv2.GaussianBlur(crisp * weight, (0, 0), 3.0) / (spread + 0.05)
    return Sharpness(np.asarray(smooth, np.float32), _shallowness(crisp, known, share_known), share_known)


def _shallowness(crisp: Plane, known: Places, share_known: float) -> float:
    """Two groups of sharpness that lie apart in value and in place; smooth areas with colour count as blurred."""
    if share_known < _LEAST_CELLS:
        return 0.0
    values = crisp[known]
    sharp = quantile(values, 90)
    soft = share_of(values < 0.35)
    # What has neither fine nor coarse detail and is no clipped sky is most likely out of focus, yet proves little.
    silent = 1.0 - share_known
    apart = ramp(sharp, 0.35, 0.75) * ramp(soft + 0.35 * silent, 0.35, 0.7)
    blurred = (cv2.GaussianBlur(crisp * known, (0, 0), 4.0) < 0.2).astype(np.float32)
    grouped = float(np.abs(cv2.GaussianBlur(blurred, (0, 0), 6.0) - 0.5).mean() * 2)
    return float(apart * ramp(grouped, 0.35, 0.7)) * ramp(soft, 0.05, 0.25)


def measure_focus(frame: Frame, sharpness: Sharpness, nearness: Plane | None, depth_quality: float) -> Focus:
    """The focus figures. nearness: (h, w) float32 0..1 on the grid, or None without a depth map."""
    told = ramp(sharpness.known, 0.02, 0.2)
    return Focus(
        sharpness=_sharpest(frame),
        shallowness=measured(sharpness.shallowness, told)
        if told > 0
        else absent("The still has too little detail to tell what is in focus."),
        motion_blur=absent("This version does not measure blur along one direction."),
        motion_blur_angle_deg=absent("This version does not measure blur along one direction."),
        noise=measured(frame.noise, 0.8),
        vignetting=_vignetting(frame),
        near_sharp=_near_sharp(sharpness, nearness, depth_quality),
        bokeh=measure_bokeh(frame, sharpness),
    )


def _sharpest(frame: Frame) -> Measure:
    """From the width of the sharper quarter of edges: gradient over gradient after a known blur (Zhuo and Sim 2011).

    On a scale of factors, so that it parts crisp from very crisp: a clean step of one pixel is 0.6, detail finer than
    a step is above it. A ratio of gradients does not depend on brightness or contrast.
    """
    count = len(frame.edge_places)
    if count < _LEAST_EDGES:
        return absent("The still has too few edges.")
    again = cv2.GaussianBlur(frame.grey, (0, 0), _REBLUR_SIGMA).astype(np.uint8, copy=False)
    # Some thousands of places tell a percentile well enough.
    rows, columns = np.divmod(frame.edge_places[:: max(1, count // _ENOUGH_EDGES)], frame.width)
    places = np.clip(rows, 1, frame.height - 2) * frame.width + np.clip(columns, 1, frame.width - 2)
    ratio = _slopes(frame.grey, places) / (_slopes(again, places) + 0.5)
    sharper = quantile(ratio, 75)
    value = ramp(np.log(max(sharper, 1e-3)), np.log(_BLURRED), np.log(_CRISPEST))
    return measured(value, ramp(count / frame.edges.size, 0.0, 0.02))


def _slopes(grey: Mask, places: NDArray[np.intp]) -> Plane:
    """(N,) length of the gradient in grey levels per pixel at places inside the border, by Scharr's operator."""
    width = grey.shape[1]
    flat = grey.ravel()
    around = [flat[places + step].astype(np.float32) for step in _around(width)]
    north_west, north, north_east, west, east, south_west, south, south_east = around
    across = 3 * (north_east - north_west + south_east - south_west) + 10 * (east - west)
    down = 3 * (south_west - north_west + south_east - north_east) + 10 * (south - north)
    return np.asarray(np.hypot(across, down) / np.float32(32), np.float32)


def _around(width: int) -> tuple[int, ...]:
    """Steps in the flattened plane to the eight neighbours, row by row."""
    return -width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1


def _vignetting(frame: Frame) -> Measure:
    """Lightness of the corners over that of the middle; trusted as far as the four corners agree."""
    height, width = frame.cells.shape[:2]
    rim_y, rim_x = max(1, height // 10), max(1, width // 10)
    lightness = frame.light
    corners = [
        float(part.mean())
        for rows in (lightness[:rim_y], lightness[-rim_y:])
        for part in (rows[:, :rim_x], rows[:, -rim_x:])
    ]
    middle = float(lightness[height // 3 : height - height // 3, width // 3 : width - width // 3].mean())
    if middle < 2.0:
        return absent("The middle of the still is black.")
    spread = (max(corners) - min(corners)) / (max(corners) + 1.0)
    return measured(sum(corners) / 4 / middle, 0.6 * ramp(spread, 0.5, 0.0))


def _near_sharp(sharpness: Sharpness, nearness: Plane | None, depth_quality: float) -> Measure:
    if nearness is None or depth_quality <= 0:
        return absent("There is no depth map to compare with.")
    if sharpness.shallowness < 0.2:
        return absent("Near and far are equally sharp.")
    farthest, nearest = quantiles(nearness, 30, 70)
    near, far = nearness >= nearest, nearness <= farthest
    one, other = float(sharpness.share[near].mean()), float(sharpness.share[far].mean())
    return measured((one - other) / max(one + other, 0.05), sharpness.shallowness * depth_quality)


def measure_bokeh(frame: Frame, sharpness: Sharpness) -> Measure:
    """Evidence for round spots of light that are out of focus.

    A point of light out of focus is a disc: brighter than all around it, round, without fine detail, and larger than a
    point. Several of them, in a dim surrounding, are lights; one may be anything.
    """
    lightness = frame.light
    size = max(5, round(_LARGEST_SPOT * max(lightness.shape))) | 1
    ground = cv2.morphologyEx(lightness, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    risen = ((lightness - ground) > _SPOT_RISE).astype(np.uint8)
    count, labels, stats, _ = components(risen, connectivity=4)
    spots, largest = 0, size * size
    for at, (_, _, wide, high, area) in enumerate(stats[1:count].tolist(), 1):
        # Discs fill 0.79 of the square around them; what touches another one less.
        if not 6 <= area <= largest or max(wide, high) > 1.6 * min(wide, high) or area < 0.62 * wide * high:
            continue
        member = labels == at
        if float(sharpness.share[member].mean()) < _SPOT_CRISP:
            spots += 1
    # In deep focus round light spots are leaves, pebbles and windows.
    return measured(ramp(spots, 1, 8) * ramp(sharpness.shallowness, 0.05, 0.3), 0.3 + 0.3 * ramp(spots, 0, 8))
