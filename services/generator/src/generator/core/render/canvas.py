"""The still as the renderer reads from it: YUV planes, a little finer than the clip, and the frame's place in them."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Point
from generator.core.render.side_by_side import ALONE, Hands

OVERSCAN: Final = 1.10
"""Canvas pixels for each clip pixel along a side: with linear sampling the picture stays as sharp as with a cubic."""

_SPARE: Final = 0.25
"""What lies beside the frame is kept up to this share of it on each side; no movement reaches farther."""

_SAME_PX: Final = 8.0
"""A still that was decoded to even sides within so many pixels of the canvas's own is taken as it is."""

_Y: Final = (0.2126, 0.7152, 0.0722)
"""Luma weights of red, green and blue, ITU-R BT.709, table 3.2."""


Plane = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A rectangle of the still in pixels of the still: the frame of a camera that does not move."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Canvas:
    """The still's planes and where the unmoved frame lies in them.

    y: (H, W) uint8; u, v: (H/2, W/2) uint8; BT.709 limited range; H and W even. scale: canvas pixels for a frame's
    width. centre_x, centre_y: the frame's centre in canvas pixels, edges at 0 and W. share: the canvas's own rectangle
    as (left, top, right, bottom) shares of the still.
    """

    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]
    scale: float
    centre_x: float
    centre_y: float
    share: tuple[float, float, float, float]

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what can be sampled, in frame widths from the frame's centre."""
        height, width = self.y.shape
        # Half a pixel in, where linear sampling still has a neighbour on both sides.
        return (
            (0.5 - self.centre_x) / self.scale,
            (0.5 - self.centre_y) / self.scale,
            (width - 0.5 - self.centre_x) / self.scale,
            (height - 0.5 - self.centre_y) / self.scale,
        )


def frame_window(still_px: tuple[int, int], aspect: float, *, about: Point) -> Window:
    """The largest rectangle of an aspect in a still, as near to `about` as fits.

    still_px: (width, height). aspect: width over height. The whole width or the whole height is always used, so
    nothing is cropped that need not be.
    """
    width, height = still_px
    if width / height > aspect:
        wide = height * aspect
        return Window(left=_place(wide, width, about.x), top=0.0, width=wide, height=float(height))
    high = width / aspect
    return Window(left=0.0, top=_place(high, height, about.y), width=float(width), height=high)


def _place(size: float, whole: float, centre: float) -> float:
    return min(max(centre * whole - size / 2, 0.0), whole - size)


def pixels_needed(window: Window, out_width_px: int, *, growth: float) -> float:
    """Canvas pixels for the frame's width: what the clip can use, no more than the still has, never below the clip.

    growth: the largest enlargement on the way, 1 or more.
    """
    wanted = out_width_px * OVERSCAN * growth
    return max(min(wanted, window.width), float(out_width_px))


def most_pixels(still_px: tuple[int, int], window: Window, *, scale: float) -> int:
    """Pixels that a canvas has at most, wherever its window lies in the still. scale: as for `make_canvas`."""
    beside = 1 + 2 * _SPARE
    wide, high = min(still_px[0], beside * window.width), min(still_px[1], beside * window.height)
    return int(np.ceil(wide * high * (scale / window.width) ** 2))


def make_canvas(
    pixels: NDArray[np.uint8], still_px: tuple[int, int], window: Window, *, scale: float, hands: Hands = ALONE
) -> Canvas:
    """The canvas of a decoded still.

    pixels: (H, W, 3) uint8 BGR, the whole still at any size. still_px: the size in which `window` is counted. scale:
    canvas pixels for the window's width. Chroma is averaged over its four pixels.
    """
    height, width = pixels.shape[:2]
    per_x, per_y = width / still_px[0], height / still_px[1]
    left = int(np.floor(max(0.0, window.left - _SPARE * window.width) * per_x))
    right = int(np.ceil(min(still_px[0], window.left + (1 + _SPARE) * window.width) * per_x))
    top = int(np.floor(max(0.0, window.top - _SPARE * window.height) * per_y))
    bottom = int(np.ceil(min(still_px[1], window.top + (1 + _SPARE) * window.height) * per_y))
    factor = scale / (window.width * per_x)
    cut = pixels[top:bottom, left:right]
    size = (_even(cut.shape[1] * factor), _even(cut.shape[0] * factor))
    if abs(factor - 1) * max(cut.shape[:2]) < _SAME_PX and cut.shape[0] % 2 == cut.shape[1] % 2 == 0:
        size = (cut.shape[1], cut.shape[0])
    if (cut.shape[1], cut.shape[0]) != size:
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC).astype(np.uint8)
    y, (u, v) = hands.together(lambda: _luma(cut), lambda: _chroma(cut))
    # The even size may stretch by a pixel; places are counted along x, and along y in the same unit to within it.
    stretch_x, stretch_y = size[0] / (right - left), size[1] / (bottom - top)
    return Canvas(
        y=y,
        u=u,
        v=v,
        scale=window.width * per_x * stretch_x,
        centre_x=((window.left + window.width / 2) * per_x - left) * stretch_x,
        centre_y=((window.top + window.height / 2) * per_y - top) * stretch_y,
        share=(left / width, top / height, right / width, bottom / height),
    )


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))


def _luma(bgr: Plane) -> Plane:
    """Y of BT.709 in limited range, 16..235."""
    red, green, blue = _Y
    luma = np.array([[blue, green, red, 0.0]]) * (219 / 255)
    luma[0, 3] = 16.0
    return cv2.transform(bgr, luma).reshape(bgr.shape[:2]).astype(np.uint8, copy=False)


def _chroma(bgr: Plane) -> tuple[Plane, Plane]:
    """U and V of BT.709 in limited range, 16..240."""
    red, green, blue = _Y
    half = cv2.resize(bgr, (bgr.shape[1] // 2, bgr.shape[0] // 2), interpolation=cv2.INTER_AREA)
    to_u = np.array([1.0 - blue, -green, -red]) / (2 * (1.0 - blue))
    to_v = np.array([-blue, -green, 1.0 - red]) / (2 * (1.0 - red))
    chroma = np.zeros((2, 4))
    chroma[:, :3] = np.stack([to_u, to_v]) * (224 / 255)
    chroma[:, 3] = 128.0
    uv = cv2.transform(half, chroma)
    return (
        np.ascontiguousarray(uv[..., 0]).astype(np.uint8, copy=False),
        np.ascontiguousarray(uv[..., 1]).astype(np.uint8, copy=False),
    )
