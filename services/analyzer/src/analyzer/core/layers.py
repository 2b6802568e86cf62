"""Near, middle and far: the three layers of a depth map, and how well the near one stands apart."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import ramp, share_of

_BINS: Final = 64
_OUTLINE_REACH_PX: Final = 5
_LEAST_OUTLINE_PX: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """shares: far, middle, near, summing to 1. near: (H, W) uint8. separation, outline_on_edges: 0..1."""

    shares: tuple[float, float, float]
    near: Mask
    separation: float
    outline_on_edges: float
    has_outline: bool


def layers_of(depth: Plane, edges: Mask) -> Layers:
    """Layers by two thresholds that part the disparities best (Otsu 1979).

    depth: (H, W) float32 0..1. edges: (H, W) uint8, 255 on an edge. Separation is how much of the near layer's outline
    is a step in depth rather than a slope.
    """
    low, high = _thresholds(depth[::2, ::2])
    near = (depth >= high).astype(np.uint8)
    near = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8, copy=False)
    far_share, near_share = np.count_nonzero(depth < low) / depth.size, cv2.countNonZero(near) / near.size
    shares = (far_share, max(0.0, 1.0 - far_share - near_share), near_share)
    ring = cv2.morphologyEx(near, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    ring[[0, -1]] = False
    ring[:, [0, -1]] = False
    count = int(np.count_nonzero(ring))
    if count < _LEAST_OUTLINE_PX:
        return Layers(shares, near, 0.0, 0.0, has_outline=False)
    reach = np.ones((_OUTLINE_REACH_PX, _OUTLINE_REACH_PX), np.uint8)
    on_edges = share_of(cv2.dilate(edges, reach)[ring] > 0)
    window = np.ones((9, 9), np.uint8)
    step = cv2.dilate(depth, window)[ring] - cv2.erode(depth, window)[ring]
    # Across 9 pixels a plain slope over the frame changes by some 0.03.
    return Layers(shares, near, ramp(float(np.mean(step)), 0.05, 0.35), on_edges, has_outline=True)


def _thresholds(depth: Plane) -> tuple[float, float]:
    bins = np.minimum(depth * _BINS, _BINS - 1).astype(np.uint8)
    counts = np.asarray(cv2.calcHist([bins], [0], None, [_BINS], [0, _BINS]), np.float64).ravel()
    borders = np.arange(_BINS + 1) / _BINS
    weight = np.concatenate([[0.0], np.cumsum(counts / depth.size)])
    centres = (borders[:-1] + borders[1:]) / 2
    moment = np.concatenate([[0.0], np.cumsum(counts / depth.size * centres)])
    at = np.arange(_BINS + 1)
    share = weight[None, :] - weight[:, None]
    mean = np.where(share > 1e-9, (moment[None, :] - moment[:, None]) / np.maximum(share, 1e-9), 0.0)
    gain = np.where(at[None, :] > at[:, None], share * mean**2, -np.inf)
    both = gain[0, :, None] + gain[:, :] + gain[:, _BINS][None, :]
    both[0] = -np.inf
    both[:, _BINS] = -np.inf
    low, high = np.unravel_index(int(np.argmax(both)), both.shape)
    return float(borders[low]), float(borders[high])
