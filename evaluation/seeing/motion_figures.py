"""What moves by itself: water and leaves that are told, and people that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evaluation.seeing import statistics
from evaluation.seeing.figure import Better, Figure, figure
from evaluation.seeing.observe import PhotographView, SceneView

_ARTICULATED: Final = frozenset({"breathe", "turn_head", "gesture", "walk"})
_BODIES: Final = frozenset({"person", "animal", "vehicle"})


def motion_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Motions of the environment against the label's, and actions where nobody is who could act."""
    photos = [view for view in photographs if view.label.kind == "photo"]
    told = [motion in view.label.moves for view in photos for motion in view.verdict.motions]
    wanted = [motion in view.verdict.motions for view in photos for motion in view.label.moves if motion not in _BODIES]
    lifeless = [view for view in photos if not (view.label.person or view.label.animal or view.label.faces)]
    acts = [bool(_ARTICULATED & set(view.verdict.actions)) for view in lifeless]
    on_scenes = [bool(_ARTICULATED & set(view.verdict.actions)) for view in scenes]
    return [
        figure("motion: right where told, photographs", statistics.share(sum(told), len(told)), Better.HIGHER),
        figure(
            "motion: told where it could be, photographs", statistics.share(sum(wanted), len(wanted)), Better.HIGHER
        ),
        figure(
            "motion: somebody acts where nobody is, photographs",
            statistics.share(sum(acts), len(acts)),
            Better.LOWER,
            target=0.0,
        ),
        figure(
            "motion: somebody acts where nobody is, scenes",
            statistics.share(sum(on_scenes), len(on_scenes)),
            Better.LOWER,
            target=0.0,
        ),
    ]
