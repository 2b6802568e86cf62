"""A still taken apart: what is behind, made whole again, and what stands before it, each with a depth of its own."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.canvas import Canvas
from generator.core.render.relief import Surface

_OPAQUE: Final = 255

Map = NDArray[np.float32]
Plane = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Near:
    """Something that stands before the rest, inside the rectangle of the canvas that holds it.

    left, top: the rectangle's corner in canvas pixels, even. alpha: (h, w) uint8, alpha_half: (h/2, w/2) for chroma. y:
    (h, w), u, v: (h/2, w/2) uint8, multiplied by alpha. w: inverse depth over the whole canvas, goes on beyond the
    thing's outline. made: (h, w) uint8, not 0 where the layer was made up behind a nearer one; None where
    it was nowhere.
    """

    left: int
    top: int
    alpha: Plane
    alpha_half: Plane
    y: Plane
    u: Plane
    v: Plane
    w: Map
    made: Plane | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Layers:
    """What is rendered, back to front.

    ground: the canvas with its holes filled; w: its inverse depth. near: what stands before it, the farthest first.
    made: (H, W) uint8, not 0 where the ground was made up; None where it was nowhere. hole: share of the canvas that
    was made up with texture, because it can come into sight. relief: whether depth differs at all.
    """

    ground: Canvas
    w: Map
    near: tuple[Near, ...] = ()
    made: Plane | None = None
    hole: float = 0.0
    relief: bool = True

    @property
    def count(self) -> int:
        """Number of layers, at least 1."""
        return 1 + len(self.near)

    def limits(self) -> tuple[float, float]:
        """The least and the largest inverse depth of all layers."""
        every = [self.w, *(near.w for near in self.near)]
        return min(float(w.min()) for w in every), max(float(w.max()) for w in every)


def single(canvas: Canvas, surface: Surface) -> Layers:
    """All of a still in one layer."""
    return Layers(ground=canvas, w=surface.w, relief=surface.strength > 0.0)


def cut_out(canvas: Canvas, alpha: Plane, w: Map, *, made: Plane | None = None) -> Near | None:
    """What lies under alpha, (H, W) uint8 over the canvas, as a layer; None when nothing does.

    made: (H, W) uint8, not 0 where the canvas was made up.
    """
    left, top, width, height = cv2.boundingRect(alpha)
    if width == 0 or height == 0:
        return None
    # Two pixels of nothing all round, unless the canvas ends there: beyond a layer's rectangle its rim goes on.
    right, bottom = _even_up(left + width + 2, alpha.shape[1]), _even_up(top + height + 2, alpha.shape[0])
    left, top = max(0, (left - 2) // 2 * 2), max(0, (top - 2) // 2 * 2)
    part = np.ascontiguousarray(alpha[top:bottom, left:right])
    half_part = cv2.resize(part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA)
    empty = Near(
        left=left,
        top=top,
        alpha=part,
        alpha_half=half_part.astype(np.uint8, copy=False),
        y=part,
        u=part,
        v=part,
        w=w,
        made=None if made is None else made[top:bottom, left:right],
    )
    half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
    return replace(
        empty,
        y=_times(canvas.y[top:bottom, left:right], empty.alpha),
        u=_times(canvas.u[half], empty.alpha_half),
        v=_times(canvas.v[half], empty.alpha_half),
    )


def _times(plane: Plane, alpha: Plane) -> Plane:
    return cv2.multiply(plane, alpha, scale=1 / _OPAQUE).astype(np.uint8, copy=False)


def _even_up(length: int, most: int) -> int:
    return min(most, (length + 1) // 2 * 2)
