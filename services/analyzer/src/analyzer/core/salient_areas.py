"""Areas that draw the eye: connected in saliency, unlike what is right around them, holding much of it."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from analyzer.core.arrays import Places, Plane
from analyzer.core.components import Components, components
from film.geometry import Box

_LEVELS: Final = np.linspace(0.15, 0.85, 8)
"""Shares of the strongest saliency at which areas are cut out: no single level suits both a kite and a portrait."""
_LEAST_AREA: Final = 0.002
_MOST_AREA: Final = 0.7
"""Share of the frame from which a rectangle is the frame rather than something in it."""
_AROUND: Final = 0.35
"""Width of the surroundings that an area is compared with, as a share of its own size."""
_PER_BORDER: Final = 0.74
"""What is left of a score for each border of the frame that an area touches: backgrounds run on beyond borders."""
_APART: Final = 0.3
"""Share of its rectangle that a further area may have in common with a stronger one."""
_HALF: Final = 0.5
"""Share of the best score from which an area speaks for how prominent its place is, with the square of what is more."""


Cut: TypeAlias = tuple[float, int, int, Components, Box]
"""An area at one level: score, cells, its number among the areas of that level, and the rectangle around it."""


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A connected area: its cells, (h, w) bool, the rectangle around them, its share of all saliency, its score.

    prominence: the share as it is whichever of the areas that cover each other was taken, 0..1.
    """

    member: Places
    box: Box
    share: float
    score: float
    prominence: float


def salient_areas(drawn: Plane, *, most: int) -> list[Area]:
    """At most `most` areas that do not cover each other, best first; none when nothing is salient.

    drawn: (h, w) float32, saliency 0..1. An area's score is its share of saliency to the power of 1.5, times the
    difference between its rectangle's mean and that of the surroundings (figure against ground), less for every border
    touched. Against rectangles drawn by people, powers from 1.2 to 2 do about as well; larger ones find backgrounds,
    smaller ones details.
    """
    peak, total = float(drawn.max()), float(drawn.sum())
    if peak <= 0:
        return []
    sums = np.asarray(cv2.integral(np.asarray(drawn, np.float64)), np.float64)
    found: list[Cut] = []
    for level in _LEVELS:
        mask = cv2.morphologyEx((drawn > level * peak).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, labels, stats, _ = components(mask, connectivity=8)
        for at, (left, top, width, height, size) in enumerate(stats[1:count].tolist(), 1):
            if size < _LEAST_AREA * drawn.size or width * height > _MOST_AREA * drawn.size:
                continue
            score = _score(sums, (left, top, left + width, top + height), total)
            if score > 0:
                box = Box.from_pixels(left, top, width, height, of=(drawn.shape[1], drawn.shape[0]))
                found.append((score, size, at, labels, box))
    found.sort(key=lambda one: (-one[0], -one[1], one[4].left, one[4].top))
    edges = np.array([(box.left, box.top, box.right, box.bottom) for *_, box in found]).reshape(-1, 4)
    free = np.ones(len(found), bool)
    kept: list[Area] = []
    while free.any() and len(kept) < most:
        first = int(free.argmax())
        score, _, at, labels, box = found[first]
        covered = _shared(edges[first], edges) > _APART
        free &= ~covered
        member = filled(labels == at)
        share = float(drawn[member].sum()) / total
        prominence = _prominence(drawn, [found[rival] for rival in np.flatnonzero(covered)]) / total
        kept.append(Area(member, box, share, score, prominence))
    return kept


def _prominence(drawn: Plane, rivals: list[Cut]) -> float:
    """Saliency of the areas around a place, by how well each scores.

    A subject and its head often score almost alike, and the next encoding of a picture turns them round: what draws the
    eye there is then as much as before.
    """
    least = _HALF * max(score for score, *_ in rivals)
    mass = weights = 0.0
    for score, _, at, labels, _ in rivals:
        if score > least:
            weight = (score - least) ** 2
            weights += weight
            mass += weight * float(drawn[labels == at].sum())
    return mass / weights


def filled(member: Places) -> Places:
    """The area with its holes: what it encloses belongs to it."""
    outlines, _ = cv2.findContours(member.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = np.zeros(member.shape, np.uint8)
    cv2.drawContours(whole, outlines, -1, 1, thickness=cv2.FILLED)
    inside: Places = whole > 0
    return inside


def _score(sums: Plane, corners: tuple[int, int, int, int], total: float) -> float:
    left, top, right, bottom = corners
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    across, down = max(3, round(_AROUND * (right - left))), max(3, round(_AROUND * (bottom - top)))
    outer = (max(0, left - across), max(0, top - down), min(width, right + across), min(height, bottom + down))
    inside, whole = _sum(sums, corners), _sum(sums, outer)
    size = (right - left) * (bottom - top)
    around = (outer[2] - outer[0]) * (outer[3] - outer[1]) - size
    contrast = inside / size - (whole - inside) / max(1, around)
    touched = (left == 0) + (top == 0) + (right == width) + (bottom == height)
    return float(max(0.0, contrast) * (inside / total) ** 1.5 * _PER_BORDER**touched)


def _sum(sums: Plane, corners: tuple[int, int, int, int]) -> float:
    left, top, right, bottom = corners
    return float(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])


def _shared(one: Plane, others: Plane) -> Plane:
    """(n,) share of one rectangle that lies in each of the others, or of that in it, whichever is larger.

    one: (4,) left, top, right, bottom; others: (n, 4).
    """
    size = np.maximum(np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2]), 0.0)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    shared: Plane = size.prod(axis=1) / np.minimum((one[2:] - one[:2]).prod(), areas)
    return shared
