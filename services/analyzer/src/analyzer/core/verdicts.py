"""Which verdicts of two analyses of one still agree, and how far."""

from collections.abc import Callable, Iterator
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import Horizon, Measure, RegionKind, SceneAnalysis, SceneKind, VanishingPoint
from analyzer.core.arrays import Plane
from analyzer.core.evidence import ramp
from film.geometry import Box

_CELLS: Final = 32
"""Depth is compared on a grid of so many cells on each side."""
_FEW: Final = 0.05
"""A material below this share of the frame is no verdict."""
_TRUSTED: Final = 0.25
"""Quality from which what is told counts as a verdict; below, it comes and goes and says so itself."""
_MARGIN: Final = 0.1
"""A figure this near its threshold may cross it without changing a verdict."""

_SAID: Final[tuple[tuple[Callable[[SceneAnalysis], Measure], float], ...]] = (
    (lambda one: one.composition.thirds, 0.5),
    (lambda one: one.composition.symmetry, 0.5),
    (lambda one: one.composition.framing, 0.4),
    (lambda one: one.composition.s_curve, 0.4),
    (lambda one: one.composition.negative_space, 0.5),
    (lambda one: one.composition.diagonal_dominance, 0.5),
    (lambda one: one.composition.near_edge_figure, 0.4),
    (lambda one: one.composition.upright_extent, 0.6),
    (lambda one: one.focus.shallowness, 0.5),
    (lambda one: one.light.backlight, 0.5),
    (lambda one: one.light.golden_hour, 0.5),
    (lambda one: one.depth.ground_plane, 0.5),
    (lambda one: one.scene.outdoor, 0.5),
)
"""Figures that are verdicts above a threshold."""

_SIDES: Final[tuple[Callable[[SceneAnalysis], Measure], ...]] = (
    lambda one: one.composition.negative_space_side,
    lambda one: one.light.direction,
)
"""Figures that name a side once they are above 0.2."""


def agreement(one: SceneAnalysis, other: SceneAnalysis, *, inside: Box | None = None) -> tuple[float, int]:
    """The share of verdicts that both give, 0..1, and how many verdicts there are; 0 and 0 without any.

    A verdict counts when at least one of the two gives it: that neither sees a face says nothing. Depth counts where
    both analyses hold the map. inside: the rectangle of the first one's still that is the other's whole still, None
    for all of it; what lies outside it is not asked of the other.
    """
    shares = [*_named(one, other), *_places(one, other, inside or _WHOLE), *_said(one, other)]
    return (float(np.mean(shares)), len(shares)) if shares else (0.0, 0)


_WHOLE: Final = Box(0.0, 0.0, 1.0, 1.0)


def _named(one: SceneAnalysis, other: SceneAnalysis) -> Iterator[float]:
    if SceneKind.UNSPECIFIED not in (one.scene.kind, other.scene.kind) or one.scene.kind is not other.scene.kind:
        yield float(one.scene.kind is other.scene.kind)
    for mine, its, trust in (
        (
            one.scene.time_of_day,
            other.scene.time_of_day,
            (one.scene.time_of_day_quality, other.scene.time_of_day_quality),
        ),
        (one.shot.angle, other.shot.angle, (one.shot.angle_quality, other.shot.angle_quality)),
        (one.shot.scale, other.shot.scale, (one.shot.scale_quality, other.shot.scale_quality)),
    ):
        if max(trust) >= _TRUSTED:
            yield float(mine is its)


def _said(one: SceneAnalysis, other: SceneAnalysis) -> Iterator[float]:
    for figure, threshold in _SAID:
        mine, its = figure(one).or_else(0.0), figure(other).or_else(0.0)
        if max(mine, its) >= threshold:
            yield float(min(mine, its) >= threshold or abs(mine - its) <= _MARGIN)
    for side in _SIDES:
        mine, its = side(one).or_else(0.0), side(other).or_else(0.0)
        if max(abs(mine), abs(its)) >= 0.2:
            yield float(mine * its > 0 or abs(mine - its) <= _MARGIN)


def _places(one: SceneAnalysis, other: SceneAnalysis, inside: Box) -> Iterator[float]:
    if _trusted(one.horizon, other.horizon):
        yield _horizons(one, other, inside)
    if _trusted(one.vanishing_point, other.vanishing_point):
        yield _points(one, other, inside)
    if one.subjects or other.subjects:
        yield _subjects(one, other, inside)
    mine = sum(_within(face.box, inside) is not None for face in one.faces)
    if mine or other.faces:
        yield float(mine == len(other.faces))
    yield from _materials(one, other)
    if one.maps.depth is not None and other.maps.depth is not None:
        yield ramp(_same_order(_part(one.maps.depth, inside), other.maps.depth), 0.4, 0.9)


def _trusted(*places: Horizon | VanishingPoint | None) -> bool:
    return any(place is not None and place.quality >= _TRUSTED for place in places)


def _horizons(one: SceneAnalysis, other: SceneAnalysis, inside: Box) -> float:
    if one.horizon is None or other.horizon is None:
        return 0.0
    return float(abs(one.horizon.y - inside.top - other.horizon.y * inside.height) <= 0.04)


def _points(one: SceneAnalysis, other: SceneAnalysis, inside: Box) -> float:
    if one.vanishing_point is None or other.vanishing_point is None:
        return 0.0
    mine, its = one.vanishing_point.point, other.vanishing_point.point
    across = mine.x - inside.left - its.x * inside.width
    down = mine.y - inside.top - its.y * inside.height
    reach = max(0.06, 2 * one.vanishing_point.uncertainty, 2 * other.vanishing_point.uncertainty)
    return float(np.hypot(across, down) <= reach)


def _subjects(one: SceneAnalysis, other: SceneAnalysis, inside: Box) -> float:
    if not one.subjects or not other.subjects:
        return 0.0
    box = _within(one.subjects[0].box, inside)
    return float(box is not None and overlap(box, other.subjects[0].box) >= 0.5)


def _within(box: Box, inside: Box) -> Box | None:
    """The rectangle's part inside, as a share of the inside; None when its centre lies outside."""
    centre = box.centre
    if not (inside.left <= centre.x <= inside.right and inside.top <= centre.y <= inside.bottom):
        return None
    left, top = max(box.left, inside.left), max(box.top, inside.top)
    right, bottom = min(box.right, inside.right), min(box.bottom, inside.bottom)
    return Box(
        (left - inside.left) / inside.width,
        (top - inside.top) / inside.height,
        (right - left) / inside.width,
        (bottom - top) / inside.height,
    )


def overlap(one: Box, other: Box) -> float:
    """Shared area over joint area of two rectangles, 0..1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, width) * max(0.0, height)
    joint = one.area + other.area - shared
    return shared / joint if joint > 0 else 0.0


def _materials(one: SceneAnalysis, other: SceneAnalysis) -> Iterator[float]:
    """For each material that either sees, whether its share stays within a third, or a twentieth of the frame."""
    for kind in RegionKind:
        mine, its = (sum(area.share for area in found.regions if area.kind is kind) for found in (one, other))
        if max(mine, its) >= _FEW:
            yield float(abs(mine - its) <= max(_FEW, 0.34 * max(mine, its)))


def _part(plane: Plane, inside: Box) -> Plane:
    height, width = plane.shape
    return plane[
        round(inside.top * height) : round(inside.bottom * height),
        round(inside.left * width) : round(inside.right * width),
    ]


def _same_order(one: Plane, other: Plane) -> float:
    """Spearman's correlation of two maps, -1..1; 0 when one of them is flat."""
    ranks = []
    for plane in (one, other):
        cells = cv2.resize(np.asarray(plane, np.float32), (_CELLS, _CELLS), interpolation=cv2.INTER_AREA).ravel()
        _, place, counts = np.unique(cells.round(3), return_inverse=True, return_counts=True)
        # Equal figures share the mean of their ranks.
        ranks.append((np.cumsum(counts) - (counts - 1) / 2.0)[place])
    left, right = (rank - rank.mean() for rank in ranks)
    power = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / power if power > 0 else 0.0
