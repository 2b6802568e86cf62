"""Where a still falls apart into something near and what is behind it: outlines on which depth steps and colour does.

A depth map alone does not say where a thing ends: maps are soft, and slopes have level lines as well. A level line is
worth a layer where the disparity steps across it and the two sides look different. Both are measured along the whole
line; where only the first holds, the step is not trusted at that place.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np

from generator.core.render.fill import push_pull
from generator.core.render.layers_evidence import Places, Sides, contrast
from generator.core.render.raster import Map, Plane, as_map, as_plane, soft, square, wider
from generator.core.render.side_by_side import ALONE, Hands

_LEVELS: Final = 20
"""Level lines of the disparity that are tried."""

_LIMITS: Final = (0.02, 0.98)
"""Shares of the still between whose disparities the levels lie."""

_LOOKED_AT: Final = 4
"""Of all level lines, the most promising ones are freed of spots and measured again."""

_REACH: Final = 13
"""Window, in cells, across which a step is measured: the blur of the maps that are to be expected."""

_SLOPE: Final = 0.06
"""Change of disparity over that window that a ground seen at a slant shows, too."""

TRUSTED: Final = (1.3, 2.0)
"""Evidence for a piece of an outline, from where its step is not trusted to where it is fully: `Sides.difference` of
its two sides times `contrast` of its edge.

`python -m evaluation.rendering outlines` measures it on photographs.
"""

LEAST_EVIDENCE: Final = 2.0
"""Mean of the same, weighted by the step, that a whole outline must have."""

SURE: Final = (0.75, 0.95)
"""Quality of a depth map, from where its steps need all of that evidence to where they need none: measured depth is
right even where a thing looks like what is behind it."""

LEAST_GAIN: Final = 0.08
"""Sum of trusted steps along an outline, in disparity times frame widths, that is worth the second layer's cost."""

_SECOND_GAIN: Final = 0.2
_SECOND_EVIDENCE: Final = 3.0
"""A third layer must be worth more: it costs as much and more often parts what belongs together."""

_DOUBT: Final = 0.35
"""Trust at which a cell of an outline speaks neither for a layer nor against it."""

_NEEDLESS: Final = 0.01
"""What a cell of an outline without a step costs, in disparity."""

_LEAST_AREA: Final = 0.006
"""Smaller spots and holes are no things: letters, badges, leaves."""

_EDGE: Final = 3
"""Cells at the canvas's border that are no outline."""

_SPREAD: Final = 1 / 40
"""Standard deviation, in frame widths, over which trust is averaged along an outline."""

_FELT: Final = 1e-4
"""Presence of an outline from which it says itself whether it is trusted; farther away the nearest one speaks."""

_AROUND: Final = square(1)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Outline:
    """One near part of a still.

    near: (h, w) uint8, 1 in it. trust: (h, w) float32, how far the step across the nearest piece of the outline is
    believed, 0..1; presence: (h, w) float32, how much outline there is nearby, above 0. evidence: for all of the
    outline. gain: what a layer of its own is worth. level: the disparity that parts it off.
    """

    near: Plane
    trust: Map
    presence: Map
    evidence: float
    gain: float
    level: float


def find_outlines(disparity: Map, colours: Plane, *, quality: float, most: int, hands: Hands = ALONE) -> list[Outline]:
    """The outlines that are worth a layer, the most worthy first, at most `most`; each lies within the next or around.

    disparity: (h, w) float32, 0 far to 1 near. colours: (h, w, 3) uint8, luma and chroma of the same cells.
    quality: of the disparity, 0..1. hands: who measures the level lines.
    """
    sure = float(np.clip((quality - SURE[0]) / (SURE[1] - SURE[0]), 0.0, 1.0))
    sight = _Sight(disparity, colours, sure, hands)
    found: list[Outline] = []
    others = np.ones(disparity.shape, np.uint8)
    for line in sight.lines():
        # A map told from cues parts one thing at most; of two it seldom knows which is nearer.
        if len(found) == most or (found and sure == 0.0):
            break
        least, needed = (LEAST_GAIN, LEAST_EVIDENCE) if not found else (_SECOND_GAIN, _SECOND_EVIDENCE)
        # A second layer pays for outlines of its own only.
        if line.mean >= needed * (1 - sure) and line.gain(others) >= least:
            found.append(sight.outline(line))
            others &= np.uint8(1) - wider(as_plane(line.over(np.ones(len(line.at), np.float32))), _REACH // 2)
    return found


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Line:
    """A level line.

    at: the cells of its rim, n of them, in rows one after another. evidence: of each, (n,) float32; mean: of that along
    the line. worth: of each, (n,) float32.
    """

    near: Plane
    at: Places
    evidence: Map
    mean: float
    worth: Map
    level: float

    def gain(self, where: Plane) -> float:
        """What the cells of the line under `where` are worth."""
        total = self.worth[where.ravel()[self.at] != 0].sum()
        return float(total / self.near.shape[1])

    def over(self, values: Map) -> Map:
        """Values of the rim's cells, (n,), over all cells; 0 elsewhere."""
        every = np.zeros(self.near.shape, np.float32)
        every.ravel()[self.at] = values
        return every


class _Sight:
    """What is measured once for all level lines."""

    def __init__(self, disparity: Map, colours: Plane, sure: float, hands: Hands) -> None:
        self._disparity = disparity
        self._sure = np.float32(sure)
        self._hands = hands
        # Before the sides of a line are compared, the gradient of colour says whether that is worth the while.
        (self._below, self._above), (self._sides, self._contrast) = hands.together(
            lambda: _extremes(disparity), lambda: (Sides(colours), contrast(colours))
        )
        step = self._above - self._below
        self._step = np.maximum(step - np.float32(_SLOPE), np.float32(0.0))
        self._promise = self._step * np.clip(self._contrast, self._sure, np.float32(1.5)) - np.float32(_NEEDLESS)

    def lines(self) -> list[_Line]:
        """The level lines that are worth most, the best first."""
        low, high = np.quantile(self._disparity[::3, ::3], _LIMITS)
        levels = np.linspace(low, high, _LEVELS + 2)[1:-1]
        rims = [_rim((self._disparity > level).astype(np.uint8)) != 0 for level in levels]
        worth = np.array([self._promise[rim].sum() for rim in rims])
        best = np.argsort(worth, kind="stable")[::-1][: _LOOKED_AT - 1].tolist()
        # Lines beside the best one follow the same outline; the best of what lies elsewhere is looked at as well.
        taken = cv2.dilate(rims[best[0]].astype(np.uint8), np.ones((_REACH, _REACH), np.uint8)) == 0
        elsewhere = np.array([self._promise[rim & taken].sum() for rim in rims])
        elsewhere[best] = -np.inf
        best.append(int(elsewhere.argmax()))
        everywhere = np.ones(self._disparity.shape, np.uint8)
        return sorted(
            self._hands.together(*(partial(self._line, float(levels[at])) for at in best)),
            key=lambda line: -line.gain(everywhere),
        )

    def _line(self, level: float) -> _Line:
        near = without_spots((self._disparity > level).astype(np.uint8), _LEAST_AREA)
        at = np.flatnonzero(_rim(near))
        step, below, above, sharp = (
            values.ravel()[at] for values in (self._step, self._below, self._above, self._contrast)
        )
        evidence = self._sides.difference(near, at) * sharp
        total = float(step.sum())
        mean = float((step * evidence).sum()) / total if total > 0 else 0.0
        # Half way up the step a blurred outline is where the sharp one was.
        way = (np.float32(level) - below) / np.maximum(above - below, np.float32(_SLOPE))
        halfway = 4 * np.clip(way * (1 - way), 0.0, 0.25)
        worth = step * (self._trust(evidence) - np.float32(_DOUBT)) * halfway - np.float32(_NEEDLESS)
        return _Line(near=near, at=at, evidence=evidence, mean=mean, worth=worth, level=level)

    def outline(self, line: _Line) -> Outline:
        """The outline of a level line, with its trust at every place."""
        weight = self._step.ravel()[line.at] + np.float32(1e-3)
        size = _SPREAD * line.near.shape[1]
        above, below = (
            cv2.GaussianBlur(line.over(values), (0, 0), size) for values in (weight * line.evidence, weight)
        )
        beside = self._trust(as_map(above / np.maximum(below, np.float32(_FELT))))
        return Outline(
            near=line.near,
            trust=push_pull(beside, (below > _FELT).astype(np.float32)),
            presence=np.maximum(below, np.float32(1e-6)),
            evidence=line.mean,
            gain=line.gain(np.ones(line.near.shape, np.uint8)),
            level=line.level,
        )

    def _trust(self, evidence: Map) -> Map:
        low, high = TRUSTED
        return as_map(np.clip((evidence - np.float32(low)) / np.float32(high - low), self._sure, 1.0))


def _extremes(disparity: Map) -> tuple[Map, Map]:
    """For each cell the least and the largest disparity around it."""
    window = np.ones((_REACH, _REACH), np.uint8)
    # Without single cells' noise, which would look like a step.
    calm = soft(disparity, 1.0)
    return as_map(cv2.erode(calm, window)), as_map(cv2.dilate(calm, window))


def _rim(near: Plane) -> Plane:
    """The cells on both sides of a part's outline, 1; the canvas's border is none."""
    rim = cv2.morphologyEx(near, cv2.MORPH_GRADIENT, _AROUND).astype(np.uint8, copy=False)
    rim[:_EDGE] = rim[-_EDGE:] = 0
    rim[:, :_EDGE] = rim[:, -_EDGE:] = 0
    return rim


def without_spots(near: Plane, share: float) -> Plane:
    """An area, 1 in it, without spots and holes of less than a share of the whole."""
    least = int(share * near.size)
    for value in (1, 0):
        near = cv2.morphologyEx(near, cv2.MORPH_OPEN if value else cv2.MORPH_CLOSE, _AROUND).astype(
            np.uint8, copy=False
        )
        # Counted here: OpenCV's own statistics find every centre as well, for four times the time.
        _, labels = cv2.connectedComponents((near == value).astype(np.uint8), connectivity=4)
        small = np.bincount(labels.ravel()) < least
        small[0] = False
        if small.any():
            near = np.where(small[labels], np.uint8(1 - value), near)
    return near
