"""Views made by hand, so that figures can be counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluation.scenes import Truth
from evaluation.seeing.map_scores import DepthScore
from evaluation.seeing.observe import Change, PhotographView, SceneView
from evaluation.seeing.photographs import Label
from evaluation.seeing.verdict import Candidate, Verdict

LABEL = Label(
    kind="photo",
    scenes=("landscape", "waterside"),
    outdoor=True,
    time="day",
    horizon=None,
    tilt=False,
    vp=None,
    faces=0,
    person=False,
    animal=False,
    vehicle=False,
    sky=0.5,
    vegetation=0.0,
    water=0.0,
    snow=0.0,
    sand=0.0,
    built=0.0,
    subject=None,
    focus="deep",
    depth="layers",
    camera=("pan", "static"),
    wrong=("tracking",),
    direction=None,
    moves=(),
)


def candidate(movement: str, family: str, probability: float, rules: Sequence[str] = ()) -> Candidate:
    return Candidate(movement, family, family, 1.0, probability, None, None, tuple(rules))


VERDICT = Verdict(
    horizon=None,
    tilt_deg=0.0,
    horizon_quality=0.0,
    vanishing_point=None,
    vanishing_quality=0.0,
    scene="landscape",
    scene_probability=0.9,
    outdoor=0.9,
    time="day",
    symmetry=0.1,
    subject=None,
    faces=0,
    light=None,
    shallowness=0.0,
    motion_blur=0.0,
    regions={"sky": 0.5},
    depth_quality=0.6,
    information=0.9,
    camera=(candidate("pan_left", "pan", 0.8, ["rule_001"]), candidate("dolly_in", "dolly", 0.4, ["rule_002"])),
    nearest=None,
    first="pan_left",
    abstained="",
    motions=("cloud", "water"),
    actions=("walk",),
    prediction_set=("pan", "dolly"),
    coverage=0.9,
)

ABSTAINED = replace(
    VERDICT,
    camera=(),
    nearest=candidate("zoom_in", "zoom", 0.3),
    first="",
    abstained="weak_evidence",
    prediction_set=(),
    scene="",
)


def photograph(name: str, label: Label = LABEL, verdict: Verdict = VERDICT, **changed: object) -> PhotographView:
    """A photograph of the repository. changed: names of changes that lead to another first movement."""
    changes = tuple(
        Change(kind, "tilt_up" if kind in changed else verdict.first, verdict.first_family, verdict.scene, None)
        for kind in ("mirrored and saved again", "darker")
    )
    return PhotographView(name, "fit", True, label, verdict, (), changes)


def scene(name: str, truth: Truth, verdict: Verdict = VERDICT, depth: DepthScore | None = None) -> SceneView:
    return SceneView(name, truth, verdict, (), depth, None)
