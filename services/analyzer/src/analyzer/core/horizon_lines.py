"""Lines that could be a horizon: near level, with a step of colour in most of the columns they cross."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.arrays import Plane
from analyzer.core.evidence import bands, hue_of, ramps
from analyzer.core.frame import Frame

COLUMNS: Final = 64
ROWS: Final = 96
TILTS_DEG: Final = tuple(1.5 * step for step in range(-10, 11))
"""Tilts that are tried; a camera held in the hand stays well within 15 degrees."""

_ACROSS: Final = (np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5
_REACH: Final = 2
"""Rows above and below a place whose colours are compared."""
_MARGIN: Final = 0.05
"""Share of the height at the top and the bottom where no horizon is looked for."""
_MOST: Final = 5
_APART: Final = 4
"""Rows between two candidates: nearer ones are the same line."""
_LEAST_COVERED: Final = 0.2
_TILT_COST: Final = 0.004
"""A slight preference for level, per degree: it breaks ties the way photographers do."""


@dataclass(frozen=True, slots=True, eq=False)
class Panorama:
    """The still at the size at which horizons are looked for; rows from the top.

    look: (ROWS, COLUMNS, 5) float32, plane by plane in memory: Lab, texture (deviation of L), likeness to sky 0..1.
    step: (ROWS + 1, COLUMNS) float32, distance in Lab between the rows above and below each border of two rows. aspect:
    width over height.
    """

    look: Plane
    step: Plane
    aspect: float

    def fall(self, tilt_deg: float) -> Plane:
        """(COLUMNS,) rows by which a line of this tilt lies lower than in the middle, in each column."""
        rows: Plane = _ACROSS * (math.tan(math.radians(tilt_deg)) * self.aspect * ROWS)
        return rows

    def straightened(self, tilt_deg: float) -> Plane:
        """`look` with its columns moved so that a line of this tilt becomes level."""
        if tilt_deg == 0:
            return self.look
        rows = np.round(np.arange(ROWS)[:, None] + self.fall(tilt_deg)[None])
        places = np.clip(rows, 0, ROWS - 1).astype(np.intp) * COLUMNS + np.arange(COLUMNS)
        planes = self.look.transpose(2, 0, 1).reshape(-1, ROWS * COLUMNS)
        return np.take(planes, places, axis=1).transpose(1, 2, 0)

    def steps_at(self, row: int, tilt_deg: float) -> Plane:
        """(COLUMNS,) the step on a line, the largest within a row of it."""
        at = np.clip(np.round(row + self.fall(tilt_deg)), 1, ROWS - 1).astype(np.intp)
        columns = np.arange(COLUMNS)
        steps: Plane = np.maximum.reduce([self.step[at + shift, columns] for shift in (-1, 0, 1)])
        return steps


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line: the border above `row` in the middle, its tilt clockwise, the share of columns with a step on it."""

    row: int
    tilt_deg: float
    covered: float


def panorama_of(frame: Frame) -> Panorama:
    """The still made ready for the search."""
    size = (COLUMNS, ROWS)
    lab = cv2.resize(frame.cells, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
    texture = cv2.resize(frame.texture, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
    total = np.zeros((ROWS + 2 * _REACH + 1, COLUMNS, 3), np.float32)
    cv2.copyMakeBorder(lab, _REACH, _REACH, 0, 0, cv2.BORDER_REPLICATE).cumsum(axis=0, out=total[1:])
    middle = total[_REACH : _REACH + ROWS + 1]
    above, below = middle - total[: ROWS + 1], total[2 * _REACH :] - middle
    step = np.linalg.norm(below - above, axis=2).astype(np.float32) / np.float32(_REACH)
    planes = [np.asarray(plane, np.float32) for plane in cv2.split(lab)]
    sky = _sky_like(planes[0], planes[1], planes[2], texture)
    # Plane by plane, since it is averaged so.
    look = np.stack([*planes, texture, sky]).transpose(1, 2, 0)
    return Panorama(look, step, frame.width / frame.height)


def candidates_in(panorama: Panorama) -> tuple[Candidate, ...]:
    """The lines with the largest share of columns that change colour on them, best first.

    Each column has one vote whatever its contrast is, and only where its change is the largest around: so a mountain's
    or a tree's outline, which crosses a straight line here and there, does not add up, and a coast in haze does.
    """
    step = panorama.step
    peak = step >= cv2.dilate(step, np.ones((5, 1), np.uint8)) - np.float32(1e-6)
    vote = cv2.dilate((ramps(step, 2.5, 7.0) * peak).astype(np.float32), np.ones((3, 1), np.uint8))
    padded = cv2.copyMakeBorder(vote, ROWS, ROWS, 0, 0, cv2.BORDER_CONSTANT, value=0.0)
    on_line = padded.ravel()[_line_places(panorama.aspect)]
    covered = on_line.mean(axis=2) - _TILT_COST * np.abs(np.array(TILTS_DEG))[:, None]
    margin = round(_MARGIN * ROWS)
    covered[:, :margin] = covered[:, ROWS + 1 - margin :] = -1.0
    found: list[Candidate] = []
    for _ in range(_MOST):
        at, row = np.unravel_index(int(covered.argmax()), covered.shape)
        share = float(covered[at, row])
        if share < _LEAST_COVERED:
            break
        found.append(Candidate(int(row), TILTS_DEG[int(at)], share))
        covered[:, max(0, int(row) - _APART) : int(row) + _APART + 1] = -1.0
    return tuple(found)


@lru_cache(maxsize=4)
def _line_places(aspect: float) -> NDArray[np.intp]:
    """(tilts, ROWS + 1, COLUMNS) where each line runs in the flattened plane with ROWS more rows above and below.

    Kept for the last few shapes of frame: half a megabyte each, and most stills have one of three shapes.
    """
    tilts = np.tan(np.radians(np.array(TILTS_DEG)))
    falls = np.round(tilts[:, None] * aspect * ROWS * _ACROSS).astype(np.intp)
    rows = np.clip(np.arange(ROWS + 1)[None, :, None] + falls[:, None] + ROWS, 0, 3 * ROWS)
    return np.asarray(rows * COLUMNS + np.arange(COLUMNS), np.intp)


def _sky_like(lightness: Plane, a: Plane, b: Plane, texture: Plane) -> Plane:
    """How far a place could be sky by colour and calm, 0..1: blue, pale, warm and light, or grey; never green."""
    chroma = np.sqrt(a * a + b * b)
    hue = hue_of(a, b)
    blue = ramps(chroma, 2.0, 8.0) * bands(hue, 195.0, 225.0, 310.0, 340.0)
    pale = ramps(lightness, 45.0, 75.0) * ramps(chroma, 18.0, 8.0)
    glow = ramps(lightness, 35.0, 60.0) * ramps(chroma, 8.0, 16.0)
    warm = np.float32(0.6) * glow * np.maximum(bands(hue, 10.0, 25.0, 80.0, 95.0), (hue > 340).astype(np.float32))
    grey = np.float32(0.4) * ramps(lightness, 25.0, 50.0) * ramps(chroma, 8.0, 4.0)
    sky: Plane = np.maximum.reduce([blue, pale, warm, grey]) * ramps(texture, 8.0, 2.5)
    return sky
