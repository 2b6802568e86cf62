"""What is in the picture: materials, symmetry, subject, scene, faces, time of day, focus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from evaluation.seeing import statistics
from evaluation.seeing.figure import Better, Figure, figure
from evaluation.seeing.map_scores import overlap
from evaluation.seeing.observe import PhotographView, SceneView
from evaluation.seeing.photographs import MATERIALS

_THERE: Final = 0.1
"""A label's share from which a material is there: labels come in steps of a tenth."""

_SEEN: Final = 0.04
"""A region's share from which it counts as seen."""


def region_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Overlap of areas on scenes, presence on photographs."""
    overlaps = [value for view in scenes if view.regions is not None for value in view.regions.values()]
    rows = presence(photographs)
    found = sum(row[1] for row in rows)
    there = sum(row[2] for row in rows)
    wrong = sum(row[3] for row in rows)
    absent = sum(row[4] for row in rows)
    return [
        figure("regions: mean overlap, scenes", statistics.mean(overlaps), Better.HIGHER),
        figure("regions: found where they are, photographs", statistics.share(found, there), Better.HIGHER),
        figure("regions: claimed where they are not, photographs", statistics.share(wrong, absent), Better.LOWER),
    ]


def presence(photographs: Sequence[PhotographView]) -> list[tuple[str, int, int, int, int]]:
    """For each material: found, there, claimed though absent, absent."""
    photos = [view for view in photographs if view.label.kind == "photo"]
    rows = []
    for name, material in MATERIALS.items():
        pairs = [(float(getattr(v.label, name)), v.verdict.regions.get(material, 0.0) >= _SEEN) for v in photos]
        there = [seen for share, seen in pairs if share >= _THERE]
        absent = [seen for share, seen in pairs if share == 0]
        rows.append((name, sum(there), len(there), sum(absent), len(absent)))
    return rows


def overlap_by_material(scenes: Sequence[SceneView]) -> list[tuple[str, float, int]]:
    """For each material: the mean overlap and the number of scenes in which it is or was found."""
    found: dict[str, list[float]] = {}
    for view in scenes:
        for kind, value in (view.regions or {}).items():
            found.setdefault(kind, []).append(value)
    return [(kind, sum(values) / len(values), len(values)) for kind, values in found.items()]


def form_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Symmetry, subject, side of the light and focus."""
    sided = [view for view in scenes if view.truth.symmetric is not None]
    boxes = [(view.verdict.subject, view.truth.subject) for view in scenes if view.truth.subject is not None]
    real = [
        (view.verdict.subject, view.label.subject)
        for view in photographs
        if view.label.kind == "photo" and view.label.subject is not None
    ]
    lit = [view for view in scenes if view.truth.light is not None and view.verdict.light is not None]
    focus = [view for view in photographs if view.label.kind == "photo" and view.label.focus in ("shallow", "deep")]
    return [
        figure(
            "symmetry: told, scenes",
            statistics.share(sum(view.verdict.symmetry is not None for view in sided), len(sided)),
            Better.HIGHER,
            target=0.95,
        ),
        figure(
            "symmetry: AUC, scenes",
            statistics.auc(
                [view.verdict.symmetry or 0.0 for view in sided], [view.truth.symmetric is True for view in sided]
            ),
            Better.HIGHER,
            target=0.9,
        ),
        figure(
            "subject: mean overlap, scenes",
            statistics.mean([overlap(found, box) if found else 0.0 for found, box in boxes]),
            Better.HIGHER,
        ),
        figure(
            "subject: mean overlap, photographs",
            statistics.mean([overlap(found, box) if found else 0.0 for found, box in real]),
            Better.HIGHER,
        ),
        figure(
            "light: side right where told, scenes",
            statistics.share(sum(_same_side(view) for view in lit), len(lit)),
            Better.HIGHER,
        ),
        figure(
            "focus: AUC of shallow, photographs",
            statistics.auc(
                [view.verdict.shallowness or 0.0 for view in focus], [view.label.focus == "shallow" for view in focus]
            ),
            Better.HIGHER,
        ),
    ]


def _same_side(view: SceneView) -> bool:
    return (view.verdict.light or 0.0) * (view.truth.light or 0.0) > 0


def place_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Kind of scene, outdoors or in, time of day. A picture may have more than one acceptable kind."""
    named = [view for view in photographs if view.label.scenes and view.label.kind != "drawing"]
    told = [view for view in named if view.verdict.scene]
    built = [view for view in scenes if view.truth.scene]
    told_built = [view for view in built if view.verdict.scene]
    outside = [v for v in photographs if v.label.outdoor is not None and v.verdict.outdoor is not None]
    timed = [view for view in photographs if view.label.time and view.verdict.time and view.label.kind == "photo"]
    return [
        figure(
            "scene: right where it answers, photographs",
            statistics.share(sum(view.verdict.scene in view.label.scenes for view in told), len(told)),
            Better.HIGHER,
            target=0.85,
        ),
        figure(
            "scene: answers, photographs",
            statistics.share(len(told), len(named)),
            Better.HIGHER,
            target=0.8,
        ),
        figure(
            "scene: right where it answers, scenes",
            statistics.share(sum(view.verdict.scene in view.truth.scene for view in told_built), len(told_built)),
            Better.HIGHER,
        ),
        figure("scene: answers, scenes", statistics.share(len(told_built), len(built)), Better.HIGHER),
        figure(
            "outdoors or indoors: right where measured, photographs",
            statistics.share(
                sum(((view.verdict.outdoor or 0.0) > 0.5) == view.label.outdoor for view in outside), len(outside)
            ),
            Better.HIGHER,
        ),
        figure(
            "time of day: right where told, photographs",
            statistics.share(sum(view.verdict.time == view.label.time for view in timed), len(timed)),
            Better.HIGHER,
        ),
    ]


def confusion(photographs: Sequence[PhotographView]) -> Counter[tuple[str, str]]:
    """How often a first acceptable kind was given each name; "" is no answer. An acceptable answer counts as right."""
    counts: Counter[tuple[str, str]] = Counter()
    for view in photographs:
        if view.label.scenes and view.label.kind != "drawing":
            said = view.verdict.scene
            wanted = said if said in view.label.scenes else view.label.scenes[0]
            counts[wanted, said] += 1
    return counts


def face_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """False faces where nobody is, and faces found where somebody looks at the camera."""
    empty = [view for view in photographs if view.label.faces == 0 and not view.label.person]
    there = [view for view in photographs if view.label.faces > 0]
    return [
        figure(
            "faces: false ones on photographs without people",
            statistics.share(sum(view.verdict.faces > 0 for view in empty), len(empty)),
            Better.LOWER,
            target=0.0,
        ),
        figure(
            "faces: false ones on scenes",
            statistics.share(sum(view.verdict.faces > 0 for view in scenes), len(scenes)),
            Better.LOWER,
            target=0.0,
        ),
        figure(
            "faces: one found where there are some, photographs",
            statistics.share(sum(view.verdict.faces > 0 for view in there), len(there)),
            Better.HIGHER,
        ),
    ]
