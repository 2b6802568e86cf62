"""Whether a picture's mirror image and slightly changed copies give the same."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.seeing import statistics
from evaluation.seeing.figure import Better, Figure, figure
from evaluation.seeing.observe import PhotographView, SceneView


def mirror_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Pictures whose exact mirror image does not give exactly the mirrored answer."""
    found = []
    for name, views in (("scenes", scenes), ("photographs", photographs)):
        broken = sum(bool(view.mirror_faults) for view in views)
        interval = statistics.share(broken, len(views))
        found.append(figure(f"mirror: pictures with a violation, {name}", interval, Better.LOWER, target=0.0))
    return found


def change_figures(photographs: Sequence[PhotographView]) -> list[Figure]:
    """Share of photographs whose first movement (or abstention) and scene stay when the picture is changed slightly."""
    figures = []
    for name in dict.fromkeys(change.name for view in photographs for change in view.changes):
        pairs = [(view, change) for view in photographs for change in view.changes if change.name == name]
        same = sum(change.first == view.verdict.first for view, change in pairs)
        family = sum(change.family == view.verdict.first_family for view, change in pairs)
        scene = sum(change.scene == view.verdict.scene for view, change in pairs)
        target = 0.95 if name.startswith("mirrored") else None
        figures += [
            figure(f"{name}: same first movement", statistics.share(same, len(pairs)), Better.HIGHER, target=target),
            figure(f"{name}: same family", statistics.share(family, len(pairs)), Better.HIGHER),
            figure(f"{name}: same scene", statistics.share(scene, len(pairs)), Better.HIGHER),
        ]
    return figures
