"""An edge-aware filter: smooth where the guide is smooth, sharp where it has edges."""

import cv2
import numpy as np

from analyzer.core.arrays import Plane


def guided(guide: Plane, values: Plane, *, radius: int, slack: float) -> Plane:
    """`values` refined along the edges of `guide` (guided filter, He, Sun and Tang 2010); same shape, float32.

    guide, values: (H, W) float32 0..1. radius: half the window in pixels. slack: variance of the guide below which an
    edge does not count, in squared units of the guide.
    """
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.blur(plane, size, borderType=cv2.BORDER_REFLECT), np.float32)

    guide_mean, values_mean = mean(guide), mean(values)
    gain = (mean(guide * values) - guide_mean * values_mean) / (mean(guide * guide) - guide_mean**2 + np.float32(slack))
    offset = values_mean - gain * guide_mean
    return np.asarray(mean(gain) * guide + mean(offset), np.float32)
