"""From a depth map to the one surface that the renderer bends: inverse depth, smooth, trusted as far as it deserves."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box

NEAR_W: Final = 1.0
"""Inverse depth of the nearest place; sets the unit of depth."""

FAR_W: Final = 0.25
"""Inverse depth of the farthest place: four times as far as the nearest, between a landscape's seven and a room's
three."""

MEDIAN_W: Final = 0.6
"""Inverse depth of a still of unknown depth."""

LEAST_TRUST: Final = 0.3
"""A map of any quality gives this much of its relief: a tenth of a frame's parallax then differs by a few pixels."""

_CELL_PX: Final = 8
"""Canvas pixels for each cell of the surface."""

_GROW_CELLS: Final = 3
"""Near content is widened by this window, so that its outline moves with it and not with what is behind."""

_BLUR_WIDTHS: Final = 1 / 80
"""Standard deviation of the smoothing in frame widths: an outline that is off by that much does not tear."""

STEEPEST: Final = 0.5
"""Most that travel may change over the distance it changes in: content is then stretched or pressed to two at most."""

Map = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Surface:
    """The still's inverse depth.

    w: (h, w) float32 over the canvas, FAR_W..NEAR_W. subject_w: that of the subject. strength: the share of the map's
    relief that is used, 0..1.
    """

    w: Map
    subject_w: float
    strength: float

    def limits(self) -> tuple[float, float]:
        """The least and the largest inverse depth."""
        return float(self.w.min()), float(self.w.max())

    def softened(self, share: float) -> "Surface":
        """The same surface with its relief about the subject brought down to the share 0..1."""
        w = (self.subject_w + share * (self.w - self.subject_w)).astype(np.float32)
        return Surface(w=w, subject_w=self.subject_w, strength=self.strength * share)


def flat() -> Surface:
    """A still without depth: all of it lies at the subject's distance."""
    return Surface(w=np.full((2, 2), MEDIAN_W, np.float32), subject_w=MEDIAN_W, strength=0.0)


def make_surface(
    disparity: Map,
    *,
    quality: float,
    subject: Box,
    share: tuple[float, float, float, float],
    canvas_px: tuple[int, int],
    scale: float,
) -> Surface:
    """The surface over a canvas.

    disparity: (h, w) float32 over the whole still, 0 far to 1 near. quality: how far it can be trusted, 0..1. share:
    the canvas's rectangle as shares of the still. canvas_px: (width, height). scale: canvas pixels a frame's width.
    """
    w = FAR_W + (NEAR_W - FAR_W) * disparity
    subject_w = _subject_w(w, subject)
    trust = float(np.clip(quality, LEAST_TRUST, 1.0))
    w = subject_w + trust * (w - subject_w)
    size = (max(2, -(-canvas_px[0] // _CELL_PX)), max(2, -(-canvas_px[1] // _CELL_PX)))
    cells = _cut(w, share, size)
    grown = cv2.dilate(cells, np.ones((_GROW_CELLS, _GROW_CELLS), np.uint8))
    sigma = _BLUR_WIDTHS * scale / _CELL_PX
    smooth = cv2.GaussianBlur(grown, (0, 0), max(sigma, 1e-3), borderType=cv2.BORDER_REPLICATE)
    return Surface(w=smooth.astype(np.float32), subject_w=subject_w, strength=trust)


def bearable(surface: Surface, travel: float, *, canvas_px: tuple[int, int], scale: float) -> float:
    """The share of the relief, 0..1, at which a camera that travels so far neither folds nor smears the surface.

    travel: the camera's largest distance from the still's own place, in frame widths at inverse depth 1.
    """
    height, width = surface.w.shape
    per_x, per_y = width * scale / canvas_px[0], height * scale / canvas_px[1]
    slope_x = np.abs(np.diff(surface.w, axis=1)).max(initial=0.0) * per_x
    slope_y = np.abs(np.diff(surface.w, axis=0)).max(initial=0.0) * per_y
    steepness = travel * float(max(slope_x, slope_y))
    return 1.0 if steepness <= STEEPEST else STEEPEST / steepness


def _subject_w(w: Map, subject: Box) -> float:
    height, width = w.shape
    left, top = int(subject.left * width), int(subject.top * height)
    right, bottom = (
        max(left + 1, int(np.ceil(subject.right * width))),
        max(top + 1, int(np.ceil(subject.bottom * height))),
    )
    return float(np.median(w[min(top, height - 1) : bottom, min(left, width - 1) : right]))


def _cut(w: Map, share: tuple[float, float, float, float], size: tuple[int, int]) -> Map:
    """The part of a whole still's map that lies under the canvas, at size (width, height), sampled at cell centres."""
    height, width = w.shape
    left, top, right, bottom = share
    x = (left + (right - left) * (np.arange(size[0]) + 0.5) / size[0]) * width - 0.5
    y = (top + (bottom - top) * (np.arange(size[1]) + 0.5) / size[1]) * height - 0.5
    grid_x, grid_y = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return cv2.remap(w.astype(np.float32), grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
