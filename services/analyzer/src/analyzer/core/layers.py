"""Near, middle and far: the three layers of a depth map, and how well the near one stands apart."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Mask, Plane
from analyzer.core.evidence import ramp, share_of

_BINS: Final = 64
_AS_GOOD: Final = 0.1
"""Share of the variance by which a pair of thresholds may part worse than the best and still speak for the shares."""
_OUTLINE_REACH_PX: Final = 5
_LEAST_OUTLINE_PX: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """shares: far, middle, near, summing to 1; of all ways to part the map, by how well each parts it.

    near: (H, W) uint8, by the best way. separation, outline_on_edges: 0..1.
    """

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
    high, shares = _parted(depth[::2, ::2])
    near = (depth >= high).astype(np.uint8)
    near = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8, copy=False)
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


def _parted(depth: Plane) -> tuple[float, tuple[float, float, float]]:
    """The best upper threshold, and the shares far, middle, near.

    A slope can be parted in many places about as well, and the next encoding of a still takes another pair of
    thresholds: the shares are the means over all pairs, weighted by how little worse than the best they part.
    """
    bins = np.minimum(depth * _BINS, _BINS - 1).astype(np.uint8)
    counts = np.asarray(cv2.calcHist([bins], [0], None, [_BINS], [0, _BINS]), np.float64).ravel() / depth.size
    borders = np.arange(_BINS + 1) / _BINS
    weight = np.concatenate([[0.0], np.cumsum(counts)])
    centres = (borders[:-1] + borders[1:]) / 2
    moment = np.concatenate([[0.0], np.cumsum(counts * centres)])
    at = np.arange(_BINS + 1)
    share = weight[None, :] - weight[:, None]
    mean = np.where(share > 1e-9, (moment[None, :] - moment[:, None]) / np.maximum(share, 1e-9), 0.0)
    gain = np.where(at[None, :] > at[:, None], share * mean**2, -np.inf)
    both = gain[0, :, None] + gain[:, :] + gain[:, _BINS][None, :]
    both[0] = -np.inf
    both[:, _BINS] = -np.inf
    high = np.unravel_index(int(np.argmax(both)), both.shape)[1]
    variance = float((counts * (centres - moment[-1]) ** 2).sum())
    chances = np.exp((both - both.max()) / (_AS_GOOD * max(variance, 1e-6)))
    chances /= chances.sum()
    far, near = float((chances.sum(axis=1) * weight).sum()), float((chances.sum(axis=0) * (1.0 - weight)).sum())
    return float(borders[high]), (far, max(0.0, 1.0 - far - near), near)
