"""From a depth map to the one surface that the renderer bends: inverse depth, smooth, trusted as far as it deserves."""

from dataclasses import dataclass, replace
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

LEAST_PARALLAX: Final = 0.005
"""Frame widths by which near and far come apart at least on a camera's way, where the map tells as much: twice what it
takes to tell a travel from a turn. Who makes a map already draws it in where little speaks for depth; drawn in once
more for want of trust, a world would be so flat that a way through it shows nothing. So little bends no line that one
would notice."""

_NEAR_AND_FAR: Final = (10, 90)
"""Percentiles of the cells between which near and far lie."""

_CELL_PX: Final = 8
"""Canvas pixels for each cell of the surface."""

_GROW_CELLS: Final = 3
"""Near content is widened by this window, so that its outline moves with it and not with what is behind."""

_BLUR_WIDTHS: Final = 1 / 80
"""Standard deviation of the smoothing in frame widths: an outline that is off by that much does not tear."""

_NEIGHBOURS: Final = np.ones((3, 3), np.uint8)

STEEPEST: Final = 0.5
"""Most that travel may change over the distance it changes in: content is then stretched or pressed to two at most."""

Map = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Surface:
    """The still's inverse depth.

    w: (h, w) float32 over the canvas, FAR_W..NEAR_W. subject_w: that of the subject. strength: the share of the map's
    relief that is used, 0..1. trust: how far the map can be relied on, 0..1.
    """

    w: Map
    subject_w: float
    strength: float
    trust: float


def flat() -> Surface:
    """A still without depth: all of it lies at the subject's distance."""
    return Surface(w=np.full((2, 2), MEDIAN_W, np.float32), subject_w=MEDIAN_W, strength=0.0, trust=0.0)


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
    level = FAR_W + (NEAR_W - FAR_W) * disparity
    subject_w = _subject_w(level, subject)
    trust = float(np.clip(quality, LEAST_TRUST, 1.0))
    size = (max(2, -(-canvas_px[0] // _CELL_PX)), max(2, -(-canvas_px[1] // _CELL_PX)))
    cells = cut(trusted(disparity, subject_w=subject_w, strength=trust), share, size)
    grown = cv2.dilate(cells, np.ones((_GROW_CELLS, _GROW_CELLS), np.uint8))
    sigma = _BLUR_WIDTHS * scale / _CELL_PX
    smooth = cv2.GaussianBlur(grown, (0, 0), max(sigma, 1e-3), borderType=cv2.BORDER_REPLICATE)
    return Surface(w=smooth.astype(np.float32), subject_w=subject_w, strength=trust, trust=trust)


def trusted(disparity: Map, *, subject_w: float, strength: float) -> Map:
    """Inverse depth of a disparity 0..1, drawn towards the subject's as far as the map cannot be trusted."""
    w = FAR_W + (NEAR_W - FAR_W) * disparity
    return (subject_w + strength * (w - subject_w)).astype(np.float32)


def lifted(surface: Surface, travel: float) -> Surface:
    """The surface with relief enough for a camera that travels so far to show some, as far as the map tells any.

    travel: what the camera's way moves a typical place by at inverse depth 1, in frame widths.
    """
    low, high = np.percentile(surface.w, _NEAR_AND_FAR)
    parted = travel * float(high - low)
    if not 0.0 < parted < LEAST_PARALLAX or surface.strength >= 1.0:
        return surface
    more = min(LEAST_PARALLAX / parted, 1.0 / surface.strength)
    w = np.float32(surface.subject_w) + np.float32(more) * (surface.w - np.float32(surface.subject_w))
    return replace(surface, w=w, strength=surface.strength * more)


def gentle(surface: Surface, travel: float, *, canvas_px: tuple[int, int], scale: float) -> Surface:
    """The surface without any slope that a camera which travels so far would fold or smear.

    Where it is too steep, near content is widened until its slope down to what is behind is bearable: its outline keeps
    moving with it, and what is beside it gives way. travel: the camera's largest distance from the still's own place,
    in frame widths at inverse depth 1.
    """
    height, width = surface.w.shape
    # Frame widths for each cell; the narrower side decides, so slopes are bearable along both.
    cell = min(canvas_px[0] / width, canvas_px[1] / height) / scale
    fall = np.float32(STEEPEST * cell / max(travel, 1e-6))
    w = surface.w
    deepest = float(w.min())
    for _ in range(int(np.ceil((float(w.max()) - deepest) / fall))):
        lowered = cv2.dilate(w, _NEIGHBOURS) - fall
        if not (lowered > w).any():
            break
        w = np.maximum(w, lowered)
    return replace(surface, w=w.astype(np.float32, copy=False))


def _subject_w(w: Map, subject: Box) -> float:
    height, width = w.shape
    left, top = int(subject.left * width), int(subject.top * height)
    right, bottom = (
        max(left + 1, int(np.ceil(subject.right * width))),
        max(top + 1, int(np.ceil(subject.bottom * height))),
    )
    return float(np.median(w[min(top, height - 1) : bottom, min(left, width - 1) : right]))


def cut(w: Map, share: tuple[float, float, float, float], size: tuple[int, int]) -> Map:
    """The part of a whole still's map that lies under the canvas, at size (width, height), sampled at cell centres.

    w: (h, w) float32. share: the canvas's rectangle as shares of the still.
    """
    height, width = w.shape
    left, top, right, bottom = share
    x = (left + (right - left) * (np.arange(size[0]) + 0.5) / size[0]) * width - 0.5
    y = (top + (bottom - top) * (np.arange(size[1]) + 0.5) / size[1]) * height - 0.5
    grid_x, grid_y = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return cv2.remap(w.astype(np.float32), grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
