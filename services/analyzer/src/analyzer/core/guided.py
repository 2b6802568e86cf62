"""An edge-aware filter: smooth where the guide is smooth, sharp where it has edges."""

import cv2
import numpy as np

from analyzer.core.arrays import Plane


def guided(guide: Plane, coarse: Plane, values: Plane, *, radius: int, slack: float) -> Plane:
    """`values` drawn at the size of `guide` along its edges (fast guided filter, He and Sun 2015); (H, W) float32.

    guide: (H, W) float32 0..1. coarse: (h, w) the same guide at the size of `values`, (h, w) float32 0..1. radius: half
    the window in coarse pixels. slack: variance of the guide below which an edge does not count, in squared units of
    the guide.
    """
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.blur(plane, size, borderType=cv2.BORDER_REFLECT), np.float32)

    guide_mean, values_mean = mean(coarse), mean(values)
    spread = mean(coarse * coarse) - guide_mean**2
    gain = (mean(coarse * values) - guide_mean * values_mean) / (spread + np.float32(slack))
    offset = values_mean - gain * guide_mean
    full = (guide.shape[1], guide.shape[0])
    wide = [cv2.resize(mean(part), full, interpolation=cv2.INTER_LINEAR) for part in (gain, offset)]
    return np.asarray(cv2.add(cv2.multiply(wide[0], guide), wide[1]), np.float32)
