"""Where a material lies on the canvas: its mask with soft edges on the picture's own, kept off the subject."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from generator.core.order import Material, RegionMap
from generator.core.render.canvas import Canvas
from generator.core.render.environment.contract import Map, Plane
from generator.core.render.environment.foreign import foreign, straight
from generator.core.render.environment.matte import bounding, evaluated, refined, small_guide
from generator.core.render.environment.region_map import Labels, inside, over_canvas, read_labels, where

_LEAST_SHARE: Final = 0.001
"""Less than a thousandth of the canvas is not seen to move."""

_RIM: Final = 0.02
"""Width, in frame widths, of the soft rim where a box cuts a material."""

_OWN: Final = 0.6
"""A subject of which more than this is the material is that material: a waterfall, a cloud, a fire."""

_NARROW: Final = 13
"""Places of a quarter of the canvas's size that water or sky is wide at least."""

_HEART: Final = (0.5, 0.8)
"""Shares of a subject's box, about its middle, within which nothing moves and from which on all may: few subjects
fill their corners."""


class Pure(Enum):
    """What that stands in a material is left out of it."""

    NO = "nothing"
    STRAIGHT = "what is straight"
    DARKER = "what is darker"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Area:
    """A material on the canvas.

    rows, columns: the rectangle around it, on even pixels. mask: (h, w) uint8 over the rectangle. width: canvas pixels
    for a frame's width. shape: (height, width) of the canvas.
    """

    rows: slice
    columns: slice
    mask: Plane
    width: float
    shape: tuple[int, int]

    @property
    def share(self) -> float:
        """Share of the canvas that it covers."""
        return float(self.mask.mean()) / 255 * self.mask.size / (self.shape[0] * self.shape[1])

    def padded(self, reach: int) -> tuple[slice, slice]:
        """The rectangle grown by `reach` pixels on all sides, within the canvas, on even pixels."""
        reach += reach % 2
        height, width = self.shape
        return (
            slice(max(0, self.rows.start - reach), min(height, self.rows.stop + reach)),
            slice(max(0, self.columns.start - reach), min(width, self.columns.stop + reach)),
        )


def _without_narrows(near: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask without islands and tongues in which there is no room to flow."""
    room = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_NARROW, _NARROW))
    wide = cv2.morphologyEx((near > 127).astype(np.uint8) * np.uint8(255), cv2.MORPH_OPEN, room)
    return np.asarray(cv2.min(near, cv2.blur(cv2.dilate(wide, np.ones((5, 5), np.uint8)), (3, 3))), np.uint8)


class Areas:
    """Finds materials on one canvas."""

    def __init__(self, canvas: Canvas, regions: RegionMap, subject: Box | None) -> None:
        """Raises WrongOrder for a map that cannot be read."""
        self._canvas = canvas
        self._labels = read_labels(regions)
        self._kinds = regions.kinds
        self._subject = subject
        self._guide: Map | None = None

    @property
    def kinds(self) -> frozenset[Material]:
        """The materials that the map shows."""
        present = np.unique(self._labels)
        return frozenset(
            kind for index, kind in enumerate(self._kinds, start=1) if kind is not None and index in present
        )

    def cells(self, materials: Collection[Material]) -> Labels:
        """The map's cells of the materials, (h, w) uint8, 0 or 1."""
        return where(self._labels, self._kinds, materials)

    def find(
        self, materials: Collection[Material], box: Box | None, *, on_subject: bool = False, pure: Pure = Pure.NO
    ) -> Area | None:
        """The materials within the box of the still, off the subject unless `on_subject`; None for next to nothing.

        pure: which of what stands in the material and is not of it is left out.
        """
        cells = self.cells(materials)
        if not cells.any():
            return None
        canvas = self._canvas
        height, width = canvas.y.shape
        guide = self._small()
        size = (guide.shape[1], guide.shape[0])
        prior = over_canvas(cells, canvas.share, size)
        left, _, right, _ = canvas.share
        coefficients = refined(prior, guide, cell=size[0] / max(1.0, cells.shape[1] * (right - left)))
        near = self._near(prior, box, size)
        if not on_subject and self._subject is not None:
            near = np.minimum(near, self._off_subject(cells, size))
        if pure is Pure.STRAIGHT:
            near = np.asarray(cv2.subtract(near, straight(guide)), np.uint8)
        elif pure is not Pure.NO:
            others = foreign(guide, prior, darker=pure is Pure.DARKER)
            near = _without_narrows(np.asarray(cv2.subtract(near, others), np.uint8))
        wide = np.asarray(cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        found = bounding(wide)
        if found is None:
            return None
        rows, columns = found
        mask = evaluated(coefficients, canvas, rows, columns)
        if box is not None:
            # Spread from the small copy the mask would reach a few pixels beyond the box.
            sharp = inside(box, canvas.share, (width, height), soft=0.0)[rows, columns]
            mask = np.asarray(cv2.min(mask, sharp), np.uint8)
        mask = np.asarray(cv2.multiply(mask, wide[rows, columns], scale=1 / 255), np.uint8)
        tight = bounding(mask)
        if tight is None:
            return None
        area = Area(
            rows=slice(rows.start + tight[0].start, rows.start + tight[0].stop),
            columns=slice(columns.start + tight[1].start, columns.start + tight[1].stop),
            mask=np.ascontiguousarray(mask[tight]),
            width=canvas.scale,
            shape=(height, width),
        )
        return area if area.share >= _LEAST_SHARE else None

    def _small(self) -> Map:
        if self._guide is None:
            self._guide = small_guide(self._canvas)
        return self._guide

    def _near(self, prior: Map, box: Box | None, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Where the mask may be at all: the cells and a cell beside them, within the box."""
        seen = (prior > 0).astype(np.uint8) * np.uint8(255)
        touched = np.asarray(cv2.dilate(seen, np.ones((3, 3), np.uint8)), np.uint8)
        if box is None:
            return touched
        small_width = self._canvas.scale * size[0] / self._canvas.y.shape[1]
        return np.minimum(touched, inside(box, self._canvas.share, size, soft=_RIM * small_width))

    def _off_subject(self, cells: Labels, size: tuple[int, int]) -> NDArray[np.uint8]:
        """255 away from the subject, 0 on it."""
        subject = self._subject
        if subject is None or subject.area == 0.0:
            return np.full((size[1], size[0]), 255, np.uint8)
        height, width = cells.shape
        part = cells[
            int(subject.top * height) : max(int(subject.top * height) + 1, round(subject.bottom * height)),
            int(subject.left * width) : max(int(subject.left * width) + 1, round(subject.right * width)),
        ]
        if float(part.mean()) > _OWN:
            return np.full((size[1], size[0]), 255, np.uint8)
        left, top, right, bottom = self._canvas.share
        x = (np.arange(size[0]) + 0.5) / size[0] * (right - left) + left
        y = (np.arange(size[1]) + 0.5) / size[1] * (bottom - top) + top
        centre = subject.centre
        off_x, off_y = np.abs(x - centre.x) / (subject.width / 2), np.abs(y - centre.y) / (subject.height / 2)
        none, all_of_it = _HEART
        free = np.clip((np.hypot.outer(off_y, off_x) - none) / (all_of_it - none), 0.0, 1.0)
        # In the box a cell counts only with all its neighbours: the subject's outline is nearer than the cells tell.
        inner = np.asarray(cv2.erode(cells, np.ones((3, 3), np.uint8), borderValue=1), np.uint8)
        sure = over_canvas(inner, self._canvas.share, size)
        in_box = np.maximum.outer(off_y, off_x) < 1.0
        return np.asarray(np.rint(np.where(in_box, np.minimum(free, sure), 1.0) * 255), np.uint8)
