"""Colours: a video's planes into luma and chroma, those into red, green and blue, and how far two colours are apart."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

WEIGHTS: Final = {"BT.709": (0.2126, 0.0722), "BT.601": (0.299, 0.114), "BT.2020": (0.2627, 0.0593)}
"""Shares of red and blue in luma: ITU-R BT.709, BT.601, BT.2020."""

HD_LINES: Final = 720
"""From this many lines on players take BT.709 where no matrix is declared, below it BT.601."""


def matrix_of(declared: str, height_px: int) -> str:
    """The matrix that a player uses."""
    if declared in WEIGHTS:
        return declared
    return "BT.709" if height_px >= HD_LINES else "BT.601"


def luma_of(bgr: NDArray[np.uint8], matrix: str) -> NDArray[np.uint8]:
    """Full-range luma of a picture, (H, W) uint8."""
    red, blue = WEIGHTS[matrix]
    weights = np.array([[blue, 1 - red - blue, red]], np.float32)
    return cv2.transform(bgr, weights).reshape(bgr.shape[:2]).astype(np.uint8, copy=False)


def bgr_of(ycc: Plane, matrix: str) -> Plane:
    """Blue, green and red, 0 to 1, of (H, W, 3) full-range luma 0 to 255 and chroma around 0."""
    red, blue = WEIGHTS[matrix]
    luma, cb, cr = cv2.split(ycc)
    r = luma + 2 * (1 - red) * cr
    b = luma + 2 * (1 - blue) * cb
    g = (luma - red * r - blue * b) / (1 - red - blue)
    return np.clip(cv2.merge([b, g, r]) / 255, 0, 1).astype(np.float32)


def lab_of(bgr: Plane) -> Plane:
    """CIE L*a*b* of sRGB colours 0 to 1, (H, W, 3), white D65; video is shown by the same curve on most screens."""
    return cv2.cvtColor(np.ascontiguousarray(bgr, np.float32), cv2.COLOR_BGR2Lab).astype(np.float32, copy=False)


def difference(one: NDArray[np.floating], two: NDArray[np.floating]) -> NDArray[np.float64]:
    """CIEDE2000 of colours in L*a*b* along the last axis (Sharma, Wu, Dalal 2005); 1 can just be seen side by side."""
    l1, a1, b1 = np.moveaxis(np.asarray(one, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(two, np.float64), -1, 0)
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2)
    d_light, d_chroma = l2 - l1, c2 - c1
    light, c = (l1 + l2) / 2, (c1 + c2) / 2
    far = np.abs(h1 - h2) > np.pi
    h = np.where(c1 * c2 == 0, h1 + h2, (h1 + h2) / 2 + np.where(far, np.where(h1 + h2 < 2 * np.pi, np.pi, -np.pi), 0))
    t = 1 - 0.17 * np.cos(h - np.pi / 6) + 0.24 * np.cos(2 * h)
    t = t + 0.32 * np.cos(3 * h + np.pi / 30) - 0.20 * np.cos(4 * h - np.radians(63))
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * c, 1 + 0.015 * c * t
    swing = np.radians(30) * np.exp(-(((np.degrees(h) - 275) / 25) ** 2))
    r = -np.sin(2 * swing) * 2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    x, y, z = d_light / s_light, d_chroma / s_chroma, d_hue / s_hue
    found: NDArray[np.float64] = np.sqrt(np.maximum(x * x + y * y + z * z + r * y * z, 0))
    return found
