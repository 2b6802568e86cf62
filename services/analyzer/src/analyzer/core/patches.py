"""Patches of like colour on the grid of cells, from many small ones to few large ones, and how they lie together."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.arrays import Places, Plane
from analyzer.core.frame import Frame

_ACROSS: Final = 16
"""Patches along the longer side to begin with: 8 cells each."""
_ROUNDS: Final = 3
_EDGE_COST: Final = 0.6
"""By how much an edge all along the border adds to the difference of two patches, as a share of the threshold."""
_LIKELY: Final = 1.25
"""Neighbours join when each is within this factor of the other's likest neighbour …"""
_ALIKE: Final = 0.15
"""… and this share of the threshold: in one plain thing all neighbours are as good as equal."""
_EDGED: Final = 20.0

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Where patches touch; one row for each pair, all (m,).

    one, other: the two patches, the lower number first. length: of the common border, in cells. edged: how much of it
    is an edge. upon, under: on how many cells the first lies right above the other, and right below it.
    """

    one: Index
    other: Index
    length: Plane
    edged: Plane
    upon: Plane
    under: Plane


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """The patches of a still; n of them, tables float64.

    labels: (h, w) patch of each cell, 0 to n - 1. lab: (n, 3) mean colour. cells: (n,) size. rows: (n, h) cells in each
    row.
    """

    labels: Index
    lab: Plane
    cells: Plane
    rows: Plane
    borders: Borders

    @property
    def count(self) -> int:
        """How many patches there are."""
        return len(self.cells)

    def steps(self) -> Plane:
        """(m,) difference of mean colour across each border, in Lab."""
        across = self.lab[self.borders.one] - self.lab[self.borders.other]
        found: Plane = np.sqrt((across * across).sum(axis=1))
        return found

    def below(self) -> Plane:
        """(n, n) share of the first one's lower border that lies on the second; all 0 for one at the bottom."""
        table = np.zeros((self.count, self.count))
        table[self.borders.one, self.borders.other] = self.borders.upon
        table[self.borders.other, self.borders.one] = self.borders.under
        return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1.0))


def patches_of(frame: Frame) -> Patches:
    """Small compact patches along the edges of the still: watersheds from the calmest cell of each square."""
    width, height = frame.grid
    smooth = frame.smooth
    kernel = np.ones((3, 3), np.uint8)
    slope = cv2.transform(cv2.dilate(smooth, kernel) - cv2.erode(smooth, kernel), np.ones((1, 3), np.float32))
    step = max(2, min(round(max(width, height) / _ACROSS), width, height))
    down, across = height // step, width // step
    squares = slope[: down * step, : across * step].reshape(down, step, across, step).transpose(0, 2, 1, 3)
    calmest = squares.reshape(down * across, step * step).argmin(axis=1)
    rows = np.repeat(np.arange(down), across) * step + calmest // step
    columns = np.tile(np.arange(across), down) * step + calmest % step
    markers = np.zeros((height, width), np.int32)
    markers[rows, columns] = np.arange(1, down * across + 1)
    level, a, b = cv2.split(smooth)
    # Whole steps before the middle is added: float32 would round some of them up.
    eight_bit = cv2.merge([2 * level, np.floor(a) + 128, np.floor(b) + 128]).clip(0, 255).astype(np.uint8)
    flooded = cv2.watershed(eight_bit, markers).astype(np.int16)
    # The watershed leaves lines (-1) between patches and along the border of the grid.
    for _ in range(2):
        flooded = np.where(flooded > 0, flooded, cv2.dilate(flooded, kernel))
    return _measured(frame, np.maximum(flooded, 1))


def _measured(frame: Frame, marks: NDArray[np.int16]) -> Patches:
    used = np.bincount(marks.ravel()) > 0
    labels = (np.cumsum(used) - 1)[marks]
    count = int(used.sum())
    height = labels.shape[0]
    size = np.bincount(labels.ravel(), minlength=count).astype(np.float64)
    sums = [np.bincount(labels.ravel(), weights=plane.ravel(), minlength=count) for plane in frame.planes]
    rows = np.bincount((labels * height + np.arange(height)[:, None]).ravel(), minlength=count * height)
    edge = np.asarray(frame.lined > _EDGED)
    beside, above = _touching(labels, edge, down=0, right=1), _touching(labels, edge, down=1, right=0)
    one, other, edged = (np.concatenate(both) for both in zip(beside, above, strict=True))
    figures = np.zeros((4, len(one)))
    figures[0], figures[1], figures[2, len(beside[0]) :] = 1.0, edged, 1.0
    borders = _gathered(count, one, other, figures)
    return Patches(
        labels, np.stack(sums, axis=1) / size[:, None], size, rows.reshape(count, height).astype(np.float64), borders
    )


def _touching(labels: Index, edge: Places, *, down: int, right: int) -> tuple[Index, Index, Places]:
    """Where a cell and its neighbour are of different patches: both, and whether an edge lies there."""
    height, width = labels.shape
    rows, columns = np.nonzero(labels[: height - down, : width - right] != labels[down:, right:])
    one = rows * width + columns
    other = one + (down * width + right)
    flat, lined = labels.ravel(), edge.ravel()
    return flat[one], flat[other], lined[one] | lined[other]


def _gathered(count: int, one: Index, other: Index, figures: Plane) -> Borders:
    """One row for each pair. figures: (4, m) length, edged, upon, under; the same pair may come many times."""
    apart = one != other
    one, other, figures = one[apart], other[apart], figures[:, apart]
    turned = one > other
    figures[2:, turned] = figures[3:1:-1, turned]
    pairs = np.minimum(one, other) * count + np.maximum(one, other)
    # Patches are few, so counting finds the pairs that there are sooner than sorting does.
    keys = np.flatnonzero(np.bincount(pairs, minlength=count * count))
    places = np.empty(count * count, np.intp)
    places[keys] = np.arange(len(keys))
    at = places[pairs]
    length, edged, upon, under = (np.bincount(at, weights=figure, minlength=len(keys)) * 1.0 for figure in figures)
    return Borders((keys // count).astype(np.intp), (keys % count).astype(np.intp), length, edged, upon, under)


def joined(patches: Patches, threshold: float) -> Patches:
    """Larger patches: neighbours that are each other's likest and differ by less than `threshold` in Lab are one.

    An edge between two counts as difference too.
    """
    now = patches
    for _ in range(_ROUNDS):
        borders = now.borders
        differ = now.steps() + _EDGE_COST * threshold * borders.edged / np.maximum(borders.length, 1.0)
        best = np.full(now.count, np.inf)
        np.minimum.at(best, borders.one, differ)
        np.minimum.at(best, borders.other, differ)
        best = best * _LIKELY + _ALIKE * threshold
        like = (differ < threshold) & (differ <= best[borders.one]) & (differ <= best[borders.other])
        if not like.any():
            break
        now = _together(now, borders.one[like], borders.other[like])
    return now


def _together(patches: Patches, one: Index, other: Index) -> Patches:
    """The patches with each of `one` joined to its `other`."""
    root = np.arange(patches.count)
    while True:
        lowest = np.minimum(root[one], root[other])
        np.minimum.at(root, one, lowest)
        np.minimum.at(root, other, lowest)
        if (root[one] == root[other]).all():
            break
    kept = root == np.arange(patches.count)
    at = (np.cumsum(kept) - 1)[root]
    count = int(kept.sum())
    order = np.argsort(at, kind="stable")
    starts = np.searchsorted(at[order], np.arange(count))

    def summed(table: Plane) -> Plane:
        found: Plane = np.add.reduceat(table[order], starts, axis=0)
        return found

    size = summed(patches.cells)
    old = patches.borders
    figures = np.stack([old.length, old.edged, old.upon, old.under])
    return Patches(
        at[patches.labels],
        summed(patches.lab * patches.cells[:, None]) / size[:, None],
        size,
        summed(patches.rows),
        _gathered(count, at[old.one], at[old.other], figures),
    )
