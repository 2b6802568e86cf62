"""Horizon, vanishing point and depth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from evaluation.seeing import statistics
from evaluation.seeing.figure import Better, Figure, figure
from evaluation.seeing.observe import PhotographView, SceneView

_FOUND: Final = 0.35
"""A horizon or a vanishing point counts as found from this quality on: below, the rules do not read it either."""


def horizon_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Whether there is a horizon, by its quality as the score; how far it is off where there is one."""
    photos = [view for view in photographs if view.label.kind == "photo"]
    built = [(view.verdict.horizon_quality, view.truth.has_horizon) for view in scenes]
    known = [(score, there) for score, there in built if there is not None]
    height = [
        abs(view.verdict.horizon - view.truth.horizon)
        for view in scenes
        if view.truth.horizon is not None and view.truth.has_horizon and view.verdict.horizon is not None
    ]
    tilt = [
        abs(view.verdict.tilt_deg - view.truth.tilt_deg)
        for view in scenes
        if view.truth.horizon is not None and view.truth.has_horizon and view.verdict.horizon is not None
    ]
    off = [
        abs(view.verdict.horizon - view.label.horizon)
        for view in photos
        if view.label.horizon is not None and view.verdict.horizon is not None
    ]
    there = [view.label.horizon is not None for view in photos]
    return [
        figure(
            "horizon: AUC, photographs",
            statistics.auc([view.verdict.horizon_quality for view in photos], there),
            Better.HIGHER,
            target=0.95,
        ),
        figure(
            "horizon: AUC, scenes",
            statistics.auc([score for score, _ in known], [there for _, there in known]),
            Better.HIGHER,
            target=0.95,
        ),
        figure("horizon: median error of height, photographs", statistics.median(off), Better.LOWER),
        figure("horizon: median error of height, scenes", statistics.median(height), Better.LOWER),
        figure("horizon: median error of tilt in degrees, scenes", statistics.median(tilt), Better.LOWER),
    ]


def vanishing_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """How far the point is off, as a share of the frame's width and height taken together, and false finds."""
    photos = [view for view in photographs if view.label.kind == "photo"]
    built = [
        math.dist(view.verdict.vanishing_point, view.truth.vanishing_point)
        for view in scenes
        if view.truth.vanishing_point is not None and view.verdict.vanishing_point is not None
    ]
    real = [
        math.dist(view.verdict.vanishing_point, view.label.vp)
        for view in photos
        if view.label.vp is not None and view.verdict.vanishing_point is not None
    ]
    wanted = [view for view in scenes if view.truth.has_vanishing_point]
    absent = [view for view in scenes if view.truth.has_vanishing_point is False]
    labelled = [view for view in photos if view.label.vp is not None]
    return [
        figure(
            "vanishing point: found where there is one, scenes",
            statistics.share(sum(_found(view) for view in wanted), len(wanted)),
            Better.HIGHER,
        ),
        figure(
            "vanishing point: found where there is none, scenes",
            statistics.share(sum(_found(view) for view in absent), len(absent)),
            Better.LOWER,
        ),
        figure("vanishing point: median error, scenes", statistics.median(built), Better.LOWER),
        figure(
            "vanishing point: found where there is one, photographs",
            statistics.share(sum(_found(view) for view in labelled), len(labelled)),
            Better.HIGHER,
        ),
        figure("vanishing point: median error, photographs", statistics.median(real), Better.LOWER),
        figure(
            "vanishing point: AUC, photographs",
            statistics.auc(
                [view.verdict.vanishing_quality for view in photos], [view.label.vp is not None for view in photos]
            ),
            Better.HIGHER,
        ),
    ]


def _found(view: SceneView | PhotographView) -> bool:
    return view.verdict.vanishing_point is not None and view.verdict.vanishing_quality >= _FOUND


def depth_figures(scenes: Sequence[SceneView]) -> list[Figure]:
    """The order of depths on all scenes with exact depth, beside what mere height in the frame would give."""
    scores = [view.depth for view in scenes if view.depth is not None]
    return [
        figure("depth: pairs in order, scenes", statistics.mean([s.ordinal for s in scores]), Better.HIGHER),
        figure(
            "depth: pairs in order by height alone, scenes",
            statistics.mean([s.ordinal_of_height for s in scores]),
            Better.NEITHER,
        ),
        figure(
            "depth: gain in order over height alone, scenes",
            statistics.mean([s.ordinal - s.ordinal_of_height for s in scores]),
            Better.HIGHER,
            target=0.0,
        ),
        figure("depth: rank correlation, scenes", statistics.mean([s.rank for s in scores]), Better.HIGHER),
        figure(
            "depth: rank correlation of height alone, scenes",
            statistics.mean([s.rank_of_height for s in scores]),
            Better.NEITHER,
        ),
    ]


def depth_by_family(scenes: Sequence[SceneView]) -> list[tuple[str, float, float, float, float, int]]:
    """For each builder: order, order by height, rank, rank by height, and how many scenes."""
    rows = []
    for family in dict.fromkeys(view.family for view in scenes):
        scores = [view.depth for view in scenes if view.family == family and view.depth is not None]
        if scores:
            n = len(scores)
            rows.append(
                (
                    family,
                    sum(s.ordinal for s in scores) / n,
                    sum(s.ordinal_of_height for s in scores) / n,
                    sum(s.rank for s in scores) / n,
                    sum(s.rank_of_height for s in scores) / n,
                    n,
                )
            )
    return rows
