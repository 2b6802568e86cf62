"""Sharpness: how crisp the still is, and whether sharp and blurred areas stand apart."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Focus, Measure, absent, measured
from analyzer.core.arrays import Places, Plane
from analyzer.core.evidence import ramp, ramps
from analyzer.core.frame import Frame

_LEAST_EDGES: Final = 200
_REBLUR_SIGMA: Final = 1.5
_LEAST_CELLS: Final = 0.08


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
    grey = frame.grey.astype(np.float32)
    blurs = [cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (1.0, 2.0, 5.0)]
    floor = (0.6 * frame.noise) ** 2
    fine = frame.by_cell(np.maximum(cv2.blur((grey - blurs[0]) ** 2, (9, 9)) - floor, 0.0))
    coarse = frame.by_cell(cv2.blur((blurs[1] - blurs[2]) ** 2, (9, 9)))
    known = coarse > 6.0 + floor
    share_known = float(known.mean())
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
    values = np.sort(crisp[known])
    sharp = float(np.percentile(values, 90))
    soft = float((values < 0.35).mean())
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
    )


def _sharpest(frame: Frame) -> Measure:
    """From the width of the sharpest edges: gradient over gradient after a known blur (Zhuo and Sim 2011)."""
    on_edge = frame.edges > 0
    count = int(np.count_nonzero(on_edge))
    if count < _LEAST_EDGES:
        return absent("The still has too few edges.")
    again = cv2.GaussianBlur(frame.grey, (0, 0), _REBLUR_SIGMA)
    across = cv2.Scharr(again, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(again, cv2.CV_32F, 0, 1, scale=1 / 32)
    ratio = frame.slope[on_edge] / (cv2.magnitude(across, down)[on_edge] + 0.5)
    best = float(np.percentile(ratio, 90))
    sigma = _REBLUR_SIGMA / np.sqrt(max(best * best - 1.0, 0.02))
    return measured(ramp(sigma, 3.5, 0.8), ramp(count / on_edge.size, 0.0, 0.02))


def _vignetting(frame: Frame) -> Measure:
    """Lightness of the corners over that of the middle; trusted as far as the four corners agree."""
    height, width = frame.cells.shape[:2]
    rim_y, rim_x = max(1, height // 10), max(1, width // 10)
    lightness = frame.cells[..., 0]
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
    near, far = nearness >= np.percentile(nearness, 70), nearness <= np.percentile(nearness, 30)
    one, other = float(sharpness.share[near].mean()), float(sharpness.share[far].mean())
    return measured((one - other) / max(one + other, 0.05), sharpness.shallowness * depth_quality)
