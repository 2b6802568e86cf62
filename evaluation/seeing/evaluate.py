"""One run of the evaluation: which pictures are shown, and all figures of what was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluation import scenes as built
from evaluation.seeing import (
    calibration,
    camera_figures,
    content_figures,
    motion_figures,
    photographs,
    rows,
    space_figures,
    stability_figures,
)
from evaluation.seeing.figure import Figure
from evaluation.seeing.observe import PhotographView, SceneView, Task, look

SEEDS: Final = 12
QUICK_SEEDS: Final = 3
"""Scenes of each builder, in all and in a quick run."""


@dataclass(frozen=True)
class Run:
    """What was seen in all pictures, and the figures; `more` tells of photographs outside the repository, too."""

    scenes: Sequence[SceneView]
    photographs: Sequence[PhotographView]
    figures: Sequence[Figure]
    more: Sequence[Figure]


def run(*, seeds: int, folder: Path | None, jobs: int, say: Callable[[str], None] | None = None) -> Run:
    """Shows every scene and photograph to the product. folder: with photographs that are not in the repository."""
    known = photographs.every_photograph()
    chosen = photographs.committed(known) + (photographs.fetched(known, folder) if folder else [])
    tasks = [Task(scene=name) for name in built.names(seeds)]
    tasks += [Task(photograph=row, folder=folder) for row in chosen]
    scenes, views = look(tasks, jobs=jobs, say=say)
    own = [view for view in views if view.committed]
    return Run(scenes, views, figures(scenes, own), figures(scenes, views) if len(own) < len(views) else ())


def figures(scenes: Sequence[SceneView], views: Sequence[PhotographView]) -> list[Figure]:
    """All figures, always under the same names and in the same order."""
    return [
        *space_figures.horizon_figures(scenes, views),
        *space_figures.vanishing_figures(scenes, views),
        *space_figures.depth_figures(scenes),
        *content_figures.region_figures(scenes, views),
        *content_figures.form_figures(scenes, views),
        *content_figures.place_figures(scenes, views),
        *content_figures.face_figures(scenes, views),
        *camera_figures.camera_figures(scenes, views),
        *camera_figures.abstention_figures(scenes, views),
        *camera_figures.confidence_figures(views),
        *motion_figures.motion_figures(scenes, views),
        *calibration.unseen_figures(list(rows.rows((), views))),
        *stability_figures.mirror_figures(scenes, views),
        *stability_figures.change_figures(views),
    ]
