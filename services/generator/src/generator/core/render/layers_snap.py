"""Outlines from a coarse map, laid onto the edges of the picture."""

from functools import partial, reduce
from typing import Final

import cv2
import numpy as np

from generator.core.render.canvas import Canvas
from generator.core.render.fill import push_pull
from generator.core.render.layers_outline import without_spots
from generator.core.render.raster import Map, Plane, as_map, as_plane, narrower, sized, sized_map, square, wider
from generator.core.render.side_by_side import ALONE, Hands

_REACH_WIDTHS: Final = 1 / 160
"""How far an outline may be moved, in frame widths: farther away the next texture would catch it."""

_SMOOTH: Final = 5
"""Window of the median, in chroma pixels, that takes single teeth off an outline."""

_TIP_WIDTHS: Final = 1 / 30
"""How far out of an outline something may stick that is taken along, in frame widths."""

_TIP_CELL: Final = 8
_TIP_KNOWN: Final = 0.3
"""The even background is told in cells of chroma pixels of which this share is known."""

_STANDS_OUT: Final = 4.0
_LEAST_AWAY: Final = 10.0
"""What sticks out differs from the even background by this many times what the background itself does, and so many
grey levels more."""

_MOST_USUAL: Final = 8
"""Grey levels by which a background may differ from its own even colour to count as even at all."""

_DEPTH_SHADES: Final = 255
"""A sharp step in disparity counts as much as an edge from black to white; a blurred one as little as it is steep."""

_LEAST_AREA: Final = 0.002
"""Smaller spots and holes that snapping leaves are taken away."""

_NEAR, _FAR = 1, 2


def snapped(canvas: Canvas, disparity: Map, near: Plane, *, tips: bool, hands: Hands = ALONE) -> Plane:
    """The part as (H, W) uint8 over the canvas, 255 in it, its outline on the strongest edges nearby.

    disparity: (H/2, W/2) float32, 0..1. near: (h, w) uint8, 1 in the part, over the canvas. The edges, of colour or of
    disparity, are found by flooding from both sides (watersheds, Meyer 1992) at half size. tips: whether the
    map may have lost what sticks out of the part. hands: who looks for it.
    """
    height, width = canvas.u.shape
    reach = max(2, round(_REACH_WIDTHS * canvas.scale / 2))
    inside = _wide(near, (width, height))
    marks = np.zeros((height, width), np.int32)
    marks[_core(inside, reach) != 0] = _NEAR
    marks[_core(np.uint8(1) - inside, reach) != 0] = _FAR
    luma = sized(canvas.y, (width, height))
    hue = cv2.addWeighted(canvas.u, 0.5, canvas.v, -0.5, 128.0)
    depth = np.rint(disparity * _DEPTH_SHADES).astype(np.uint8)
    cv2.watershed(cv2.merge([luma, hue, depth]), marks)
    # Watershed lines, -1, are a pixel wide and belong to the near side; so does the border of the picture by its mask.
    found = as_plane(np.where(marks == _FAR, 0, 255))
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        found[edge] = inside[edge] * np.uint8(255)
    found = as_plane(cv2.medianBlur(found, _SMOOTH))
    if tips:
        reach = max(2, round(_TIP_WIDTHS * canvas.scale / 2))
        found = _with_tips(found, (luma, canvas.u, canvas.v), reach, hands)
    found = without_spots((found != 0).astype(np.uint8), _LEAST_AREA) * np.uint8(255)
    full = (canvas.y.shape[1], canvas.y.shape[0])
    return as_plane(cv2.threshold(sized(found, full), 127, 255, cv2.THRESH_BINARY)[1])


def _with_tips(mask: Plane, planes: tuple[Plane, Plane, Plane], reach: int, hands: Hands) -> Plane:
    """The mask with what sticks out of it and stands out against an even background: spires, hair, posts.

    Depth maps lose them, and a background that keeps them shows them twice.
    """
    near = wider(mask, reach)
    even = _Even(as_plane(wider(near, 1) == 0))
    odd = reduce(np.bitwise_or, hands.together(*(partial(_standing_out, plane, even) for plane in planes)))
    joined = cv2.morphologyEx(as_plane((odd & near) | mask), cv2.MORPH_CLOSE, square(1))
    _, labels = cv2.connectedComponents(joined, connectivity=4)
    held = np.zeros(int(labels.max()) + 1, bool)
    held[labels[mask != 0]] = True
    held[0] = False
    return as_plane(np.where(held[labels], 255, mask))


def _standing_out(plane: Plane, even: "_Even") -> Plane:
    """1 where a plane differs from its even background."""
    away = as_plane(cv2.absdiff(plane, even.of(plane)))
    # What the background itself differs from its own even colour by, nearby.
    usual = even.of(away)
    calm = cv2.threshold(usual, _MOST_USUAL, 255, cv2.THRESH_BINARY_INV)[1] != 0
    return as_plane(calm & (away > _STANDS_OUT * usual.astype(np.float32) + _LEAST_AWAY))


class _Even:
    """The even colour of planes of one size, carried on from where it is known, 1 in `known`."""

    def __init__(self, known: Plane) -> None:
        height, width = known.shape
        self._known = known
        self._size = (max(1, width // _TIP_CELL), max(1, height // _TIP_CELL))
        self._weight = sized(known * np.uint8(255), self._size).astype(np.float32) / np.float32(255)

    def of(self, plane: Plane) -> Plane:
        """That of one plane."""
        content = sized(plane * self._known, self._size).astype(np.float32)
        even = push_pull(content / np.maximum(self._weight, np.float32(0.1)), as_map(self._weight > _TIP_KNOWN))
        height, width = plane.shape
        return as_plane(cv2.convertScaleAbs(sized_map(even, (width, height))))


def _wide(near: Plane, size: tuple[int, int]) -> Plane:
    return as_plane(sized(near * np.uint8(255), size) > np.uint8(127))


def _core(area: Plane, reach: int) -> Plane:
    """What is certain of an area; a part that is too thin for that, along its middle."""
    core = narrower(area, reach)
    lost = area & (np.uint8(1) - wider(core, 2 * reach))
    return core | narrower(lost, 1)
