"""Layers of a shot that follows its subject: the subject keeps its place of the frame while all else passes."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from generator.core.render.layers import Layers, Near
from generator.core.render.relief import Surface, gentle
from generator.core.render.tracking import ridden, riding

_OWN: Final = 0.7
"""Share of a near layer that lies around the subject from which the layer is taken for the subject."""

_FULL: Final = 0.4
"""Share of the subject's box that the layer must fill at least; the corners of a box are seldom the subject."""

_AROUND: Final = 1.3
"""Size of the box around the subject in sizes of its own: boxes cut off hands and hair."""

_CELLS: Final = 160
"""Cells along the longer side of a surface that had no relief of its own."""

Map = NDArray[np.float32]


def following(layers: Layers, subject: Box, *, travel: float) -> Layers:
    """The layers with the subject going along with the camera.

    subject: its box in the still. travel: the camera's largest distance from the still's own place, in frame widths at
    inverse depth 1. The subject's own layer goes along as a whole; where it has none, what is around it gives way.
    """
    for index in range(len(layers.near) - 1, -1, -1):
        if _holds(layers.near[index], layers, subject):
            near = list(layers.near)
            near[index] = replace(near[index], w=np.zeros_like(near[index].w))
            return replace(layers, near=tuple(near))
    ground = _ridden(layers.w, layers, subject, travel)
    near = [replace(one, w=_ridden(one.w, layers, subject, travel)) for one in layers.near]
    return replace(layers, w=ground, near=tuple(near), relief=True)


def _holds(near: Near, layers: Layers, subject: Box) -> bool:
    """Whether a layer is the subject: most of it lies around the subject's box, and it fills the box."""
    height, width = layers.ground.y.shape
    left, top, right, bottom = layers.ground.share
    x = (left + (right - left) * (np.arange(near.alpha.shape[1]) + near.left + 0.5) / width - subject.centre.x) * 2
    y = (top + (bottom - top) * (np.arange(near.alpha.shape[0]) + near.top + 0.5) / height - subject.centre.y) * 2
    in_x, in_y = np.abs(x) <= subject.width, np.abs(y) <= subject.height
    by_x, by_y = np.abs(x) <= subject.width * _AROUND, np.abs(y) <= subject.height * _AROUND
    there = near.alpha > np.iinfo(np.uint8).max // 2
    whole = int(there.sum())
    inside = int(there[np.ix_(in_y, in_x)].sum())
    around = int(there[np.ix_(by_y, by_x)].sum())
    room = subject.width / (right - left) * width * subject.height / (bottom - top) * height
    return around > _OWN * whole and inside > _FULL * room


def _ridden(w: Map, layers: Layers, subject: Box, travel: float) -> Map:
    """One surface, its inverse depth taken out on the subject, and gentle again around it."""
    height, width = layers.ground.y.shape
    if not layers.relief:
        cell = max(width, height) / _CELLS
        w = cv2.resize(w, (max(2, round(width / cell)), max(2, round(height / cell)))).astype(np.float32, copy=False)
    along = ridden(w, riding((w.shape[0], w.shape[1]), subject, share=layers.ground.share))
    # Mirrored: here it is what lies deeper that keeps its place, and its surroundings that give way.
    deeper = Surface(w=-along, subject_w=0.0, strength=1.0, trust=1.0)
    return np.asarray(-gentle(deeper, travel, canvas_px=(width, height), scale=layers.ground.scale).w, np.float32)
