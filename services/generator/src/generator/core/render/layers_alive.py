"""Layers of a canvas that changes from frame to frame: water that flows, a lens that refocuses."""

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.canvas import Canvas
from generator.core.render.layers import Layers, Near
from generator.core.render.warp import Planes

Plane = NDArray[np.uint8]
Box = tuple[slice, slice]


class Alive:
    """Layers with planes of their own, which follow what is painted on the canvas. One thread at a time.

    canvas: as it is at rest. layers: made of it. What was made up behind near things stays as it is.
    """

    def __init__(self, canvas: Canvas, layers: Layers) -> None:
        y = canvas.y.copy()
        self.canvas = Planes(whole=y, y=y, u=canvas.u.copy(), v=canvas.v.copy())
        ground = layers.ground
        self._own = None if layers.made is None else _shown(layers.made)
        self.layers = replace(
            layers,
            ground=replace(ground, y=ground.y.copy(), u=ground.u.copy(), v=ground.v.copy()),
            near=tuple(replace(near, y=near.y.copy(), u=near.u.copy(), v=near.v.copy()) for near in layers.near),
        )

    def follow(self, boxes: Iterable[Box]) -> None:
        """Brings what was painted on `canvas` within the boxes, rows and columns on even pixels, into the layers."""
        for box in boxes:
            half = (_halved(box[0]), _halved(box[1]))
            ground = self.layers.ground
            own = (None, None, None) if self._own is None else self._own
            for plane, painted, shown, part in zip(
                (ground.y, ground.u, ground.v), self._planes(), own, (box, half, half), strict=True
            ):
                _copied(painted[part], None if shown is None else shown[part], plane[part])
            for near in self.layers.near:
                self._follow(near, box)

    def everything(self) -> Box:
        """The box that is the whole canvas."""
        height, width = self.canvas.y.shape
        return slice(0, height), slice(0, width)

    def _follow(self, near: Near, box: Box) -> None:
        height, width = near.alpha.shape
        top, bottom = max(box[0].start, near.top), min(box[0].stop, near.top + height)
        left, right = max(box[1].start, near.left), min(box[1].stop, near.left + width)
        if top >= bottom or left >= right:
            return
        on_canvas = (slice(top, bottom), slice(left, right))
        inside = (slice(top - near.top, bottom - near.top), slice(left - near.left, right - near.left))
        half_inside = (_halved(inside[0]), _halved(inside[1]))
        half_canvas = (_halved(on_canvas[0]), _halved(on_canvas[1]))
        y, u, v = self._planes()
        shown = (None, None, None) if near.made is None else _shown(near.made)
        for plane, painted, alpha, own, part, there in (
            (near.y, y, near.alpha, shown[0], inside, on_canvas),
            (near.u, u, near.alpha_half, shown[1], half_inside, half_canvas),
            (near.v, v, near.alpha_half, shown[2], half_inside, half_canvas),
        ):
            multiplied = cv2.multiply(painted[there], alpha[part], scale=1 / 255).astype(np.uint8, copy=False)
            _copied(multiplied, None if own is None else own[part], plane[part])

    def _planes(self) -> tuple[Plane, Plane, Plane]:
        return self.canvas.y, self.canvas.u, self.canvas.v


def _shown(made: Plane) -> tuple[Plane, Plane, Plane]:
    """Where luma and both chroma planes show the canvas itself, 1: not where any of it was made up."""
    half = cv2.resize(made, (made.shape[1] // 2, made.shape[0] // 2), interpolation=cv2.INTER_AREA)
    own_half = (half == 0).astype(np.uint8)
    return (made == 0).astype(np.uint8), own_half, own_half


def _copied(source: Plane, where: Plane | None, into: Plane) -> None:
    if where is None:
        np.copyto(into, source)
    else:
        cv2.copyTo(source, where, into)


def _halved(part: slice) -> slice:
    return slice(part.start // 2, part.stop // 2)
