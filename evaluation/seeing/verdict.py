"""What the product said of one picture, as few plain values that reports are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evaluation.seeing.product import Seen
from film.movement import Movement, family
from predictor.core.prediction import CameraCandidate

Box = tuple[float, float, float, float]

_AS: Final = {"whip_pan": "pan", "crash_zoom": "zoom"}
"""A fast movement is judged as its family's: labels do not speak of speed."""


_LIKELY: Final = 0.5


@dataclass(frozen=True)
class Candidate:
    """A predicted camera movement. family: the one that labels speak of; own_family: the movement's own.

    log_odds: the rules' sum before any calibration.
    """

    movement: str
    family: str
    own_family: str
    log_odds: float
    probability: float
    lower: float | None
    upper: float | None
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Plain values; None where the product is silent. first: the recommended movement, "" when it abstains.

    nearest: what would have come first when it abstains. motions, actions: what moves by itself and what subjects do,
    as far as it is more likely than not.
    """

    horizon: float | None
    tilt_deg: float
    horizon_quality: float
    vanishing_point: tuple[float, float] | None
    vanishing_quality: float
    scene: str
    scene_probability: float
    outdoor: float | None
    time: str
    symmetry: float | None
    subject: Box | None
    faces: int
    light: float | None
    shallowness: float | None
    motion_blur: float | None
    regions: dict[str, float]
    depth_quality: float
    information: float
    camera: tuple[Candidate, ...]
    nearest: Candidate | None
    first: str
    abstained: str
    motions: tuple[str, ...]
    actions: tuple[str, ...]
    prediction_set: tuple[str, ...]
    coverage: float | None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every candidate, also the one that was too weak to be recommended."""
        return self.camera or ((self.nearest,) if self.nearest else ())

    @property
    def first_family(self) -> str:
        """The family of the first movement, "" when the prediction abstains."""
        return judged(Movement(self.first)) if self.first else ""


def judged(movement: Movement) -> str:
    """The family that labels speak of."""
    name = str(family(movement))
    return _AS.get(name, name)


def verdict(seen: Seen) -> Verdict:
    """The plain values of what was seen."""
    analysis, prediction = seen.analysis, seen.prediction
    horizon, point, scene = analysis.horizon, analysis.vanishing_point, analysis.scene
    kind = "" if scene.kind == "unspecified" else str(scene.kind)
    main = analysis.subjects[0].box if analysis.subjects else None
    shares: dict[str, float] = {}
    for region in analysis.regions:
        shares[str(region.kind)] = shares.get(str(region.kind), 0.0) + region.share
    nearest = prediction.abstention.nearest if prediction.abstention else None
    return Verdict(
        horizon=None if horizon is None else horizon.y,
        tilt_deg=0.0 if horizon is None else horizon.tilt_deg,
        horizon_quality=0.0 if horizon is None else horizon.quality,
        vanishing_point=None if point is None else (point.point.x, point.point.y),
        vanishing_quality=0.0 if point is None else point.quality,
        scene=kind,
        scene_probability=scene.confidence.probability if scene.confidence else 0.0,
        outdoor=scene.outdoor.value,
        time="" if scene.time_of_day == "unspecified" else str(scene.time_of_day),
        symmetry=analysis.composition.symmetry.value,
        subject=None if main is None else (main.left, main.top, main.width, main.height),
        faces=len(analysis.faces),
        light=analysis.light.direction.value,
        shallowness=analysis.focus.shallowness.value,
        motion_blur=analysis.focus.motion_blur.value,
        regions=shares,
        depth_quality=analysis.depth.quality,
        information=analysis.information.or_else(0.0),
        camera=tuple(_candidate(item) for item in prediction.camera),
        nearest=_candidate(nearest) if nearest else None,
        first=str(prediction.best.camera.move.movement) if prediction.best else "",
        abstained=prediction.abstention.reason if prediction.abstention else "",
        motions=tuple(item.motion for item in prediction.environment if item.probability >= _LIKELY),
        actions=tuple(item.action for item in prediction.subject if item.probability >= _LIKELY),
        prediction_set=tuple(judged(movement) for movement in prediction.prediction_set),
        coverage=prediction.set_coverage,
    )


def _candidate(item: CameraCandidate) -> Candidate:
    movement = item.move.movement
    return Candidate(
        movement=str(movement),
        family=judged(movement),
        own_family=str(family(movement)),
        log_odds=item.log_odds,
        probability=item.probability,
        lower=item.confidence.lower,
        upper=item.confidence.upper,
        rules=tuple(item.rule_ids),
    )
