"""What a still's surfaces look like: colour, texture, direction and place by cell, and how they depart from the usual.

Every figure is the same for the mirrored still: directions are folded left to right, and places count their distance
from the upright axis.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramps
from analyzer.core.focus import Sharpness
from analyzer.core.frame import Frame
from analyzer.core.segments import Segments

SCALES: Final = 3
FIGURES: Final = (
    "lightness",
    "green_red",
    "blue_yellow",
    "texture",
    "sharp",
    "lined",
    "straight",
    "upright_fine",
    *(f"{name}_{scale}" for scale in range(SCALES) for name in ("energy", "upright", "slanted")),
    "height",
    "side",
)
"""What is known of each cell, in order, scaled to spread about 1 over photographs.

`upright` is positive where brightness changes along x, as at upright edges; energy, upright and slanted come from the
structure tensor at three scales, the spatial envelope's oriented energies (Oliva and Torralba 2001). `side` grows from
the upright axis to both sides.
"""

_LEAST: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """Figures by cell on half the frame's grid. values: (h * w, len(FIGURES)) float32, rows of the grid in order."""

    values: Plane
    height: int
    width: int

    def plane(self, name: str) -> Plane:
        """(h, w) float32: one figure."""
        plane: Plane = self.values[:, FIGURES.index(name)].reshape(self.height, self.width)
        return plane


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """Kinds of surfaces: a mixture of Gaussians with independent figures.

    centre, spread: (len(FIGURES),) by which figures are standardised. share: (k,). mean, deviation: (k, len(FIGURES)).
    """

    centre: Plane
    spread: Plane
    share: Plane
    mean: Plane
    deviation: Plane


def surfaces_of(frame: Frame, segments: Segments, sharpness: Sharpness) -> Surfaces:
    """The figures of each cell."""
    width, height = (max(_LEAST, side // 2) for side in frame.grid)
    size = (width, height)

    def small(plane: Plane) -> Plane:
        return np.asarray(cv2.resize(np.asarray(plane, np.float32), size, interpolation=cv2.INTER_AREA), np.float32)

    lightness, a, b = (np.ascontiguousarray(frame.cells[..., index]) for index in range(3))
    lined = np.asarray(cv2.resize(frame.edges, frame.grid, interpolation=cv2.INTER_AREA), np.float32)
    planes = [
        small(lightness) / 20,
        small(a) / 12,
        small(b) / 14,
        small(np.log1p(frame.texture)),
        small(sharpness.share) * 2,
        small(np.log1p(lined / 32)),
        small(_straight(frame, segments)) * 2,
        small(_fine_direction(frame)) * 2.5,
    ]
    level = lightness
    for _ in range(SCALES):
        planes.extend(small(plane) for plane in _tensor(level))
        rows, columns = level.shape
        level = np.asarray(
            cv2.resize(level, (max(_LEAST, columns // 2), max(_LEAST, rows // 2)), interpolation=cv2.INTER_AREA),
            np.float32,
        )
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height - 0.5) * 3
    x = (np.abs((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5) - 0.25) * 4
    planes.append(np.repeat(y[:, None], width, axis=1))
    planes.append(np.repeat(x[None], height, axis=0))
    return Surfaces(np.stack([plane.ravel() for plane in planes], axis=1).astype(np.float32), height, width)


def fisher_of(surfaces: Surfaces, dictionary: Dictionary) -> Plane:
    """(k * (1 + 2 * len(FIGURES)),) float64: how the still's surfaces depart from the dictionary's, of length 1.

    The improved Fisher vector (Perronnin et al. 2010): for each kind of surface its share, the means and the spreads of
    its figures against those of all photographs, with signed square roots.
    """
    values = (surfaces.values - dictionary.centre) / dictionary.spread
    squares, variance = values * values, dictionary.deviation**2
    likely = values @ (dictionary.mean / variance).T - 0.5 * squares @ (1 / variance).T
    likely += np.log(dictionary.share) - np.log(dictionary.deviation).sum(axis=1)
    likely -= 0.5 * (dictionary.mean**2 / variance).sum(axis=1)
    likely -= likely.max(axis=1, keepdims=True)
    member = np.exp(likely)
    member /= member.sum(axis=1, keepdims=True)
    count = len(values)
    mass, first, second = member.sum(axis=0), member.T @ values, member.T @ squares
    root = np.sqrt(dictionary.share)
    mean = (first - mass[:, None] * dictionary.mean) / dictionary.deviation / (count * root[:, None])
    spread = second - 2 * first * dictionary.mean + mass[:, None] * (dictionary.mean**2 - variance)
    spread = spread / variance / (count * np.sqrt(2) * root[:, None])
    whole = np.concatenate([(mass / count - dictionary.share) / root, mean.ravel(), spread.ravel()]).astype(np.float64)
    whole = np.sign(whole) * np.sqrt(np.abs(whole))
    length = float(np.linalg.norm(whole))
    return whole / length if length > 0 else whole


@cache
def fisher_names(kinds: int) -> tuple[str, ...]:
    """The names of `fisher_of`'s figures, in order."""
    pairs = [f"{kind}.{figure}" for kind in range(kinds) for figure in FIGURES]
    return (
        *(f"share.{kind}" for kind in range(kinds)),
        *(f"mean.{pair}" for pair in pairs),
        *(f"spread.{pair}" for pair in pairs),
    )


def dictionary_from(rows: Mapping[str, object]) -> Dictionary:
    """The dictionary written as lists of numbers under the names of its fields."""
    return Dictionary(**{name: np.asarray(values, np.float32) for name, values in rows.items()})


def _fine_direction(frame: Frame) -> Plane:
    """(h, w) float32, -1..1 by cell: change along x against change along y at half the working size."""
    half = (max(_LEAST, frame.width // 2), max(_LEAST, frame.height // 2))
    grey = cv2.resize(frame.grey, half, interpolation=cv2.INTER_AREA)
    across = frame.by_cell(np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)))
    down = frame.by_cell(np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1)))
    direction: Plane = (across - down) / (across + down + np.float32(4.0))
    return direction


def _tensor(lightness: Plane) -> tuple[Plane, Plane, Plane]:
    """Energy, upright and slanted share of the change around each place."""
    across = cv2.Sobel(lightness, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(lightness, cv2.CV_32F, 0, 1, scale=0.25)
    xx, yy, xy = (cv2.blur(plane, (5, 5)) for plane in (across * across, down * down, across * down))
    energy = xx + yy + np.float32(0.3)
    return np.log(energy) * 0.6, (xx - yy) / energy * 2, 2 * np.abs(xy) / energy * 2.5


def _straight(frame: Frame, segments: Segments) -> Plane:
    """(h, w) float32, 0..1 by cell: straight, level or upright line near it; slanted lines count a quarter."""
    width, height = frame.grid
    canvas = np.zeros((height, width), np.uint8)
    long = segments.where(segments.length >= 0.045 * frame.diagonal)
    scale = np.array([width / frame.width, height / frame.height] * 2, np.float32)
    ends = np.round(long.ends * scale - 0.5).astype(np.int32).reshape(-1, 2, 2)
    steep = np.abs(long.angle)
    plumb = (steep < 15) | (steep > 75)
    cv2.polylines(canvas, list(ends[~plumb]), False, 70)
    cv2.polylines(canvas, list(ends[plumb]), False, 255)
    density = cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), 3.0)
    return ramps(np.asarray(density, np.float32), 0.05, 0.25)
