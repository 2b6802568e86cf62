"""What a prediction says: ranked candidates, the recommended shot, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

from film.geometry import Box, Point
from film.movement import Movement
from predictor.core.calibration import Confidence
from predictor.core.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Move:
    """A camera movement with physical parameters.

    amplitude: at least 0, in `unit`: "radian", "frame_width", "growth", "focus_range", or "" without an amplitude.
    anchor: the place it is about, in the frame; None is the frame's centre. sway_rad: 0 to 0.1.
    """

    movement: Movement
    amplitude: float
    unit: str
    easing: str
    speed: str
    anchor: Point | None
    sway_rad: float


@dataclass(frozen=True, slots=True)
class CameraCandidate:
    """One possible camera movement. evidence and counter: strongest first. log_odds: their sum with the prior."""

    move: Move
    log_odds: float
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    counter: tuple[Evidence, ...]
    justification: str
    would_change: str
    rule_ids: tuple[str, ...]

    @property
    def probability(self) -> float:
        """How likely it is, 0 to 1."""
        return self.confidence.probability


@dataclass(frozen=True, slots=True)
class SubjectCandidate:
    """One possible movement of a subject.

    heading: -1 left to 1 right. intensity: 0 to 1. motion_class: "articulated", "rigid", … or "" when not known.
    speed_per_s: across the frame in frame widths per second; 0 in place.
    """

    action: str
    subject_index: int
    heading: float
    intensity: float
    probability: float
    evidence: tuple[Evidence, ...]
    counter: tuple[Evidence, ...]
    justification: str
    rule_ids: tuple[str, ...]
    motion_class: str = ""
    speed_per_s: float = 0.0
    would_change: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentCandidate:
    """One possible movement of a material.

    heading: 0 without a direction. intensity: 0 to 1. motion_class: "oscillating", "fluid", … or "" when not known.
    direction_deg: clockwise from right, so 90 falls; None without a direction. speed_per_s: frame widths per second.
    frequency_hz: how often it swings or flickers per second; 0 for what only flows.
    """

    motion: str
    region: str
    box: Box | None
    heading: float
    intensity: float
    probability: float
    evidence: tuple[Evidence, ...]
    counter: tuple[Evidence, ...]
    justification: str
    rule_ids: tuple[str, ...]
    motion_class: str = ""
    direction_deg: float | None = None
    speed_per_s: float = 0.0
    frequency_hz: float = 0.0
    would_change: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A phrase that a prompt can carry, with its rule and its strength, 0 to 1."""

    rule_id: str
    phrase: str
    strength: float


@dataclass(frozen=True, slots=True)
class Shot:
    """The recommended combination. duration_s: how long it wants to be."""

    camera: CameraCandidate
    subject: SubjectCandidate | None
    environment: tuple[EnvironmentCandidate, ...]
    duration_s: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why nothing is predicted. reason: "no_information", "no_rule_holds", "weak_evidence" or "refused_by_intent"."""

    reason: str
    explanation: str
    nearest: CameraCandidate | None = None


@dataclass(frozen=True, slots=True)
class VariantVerdict:
    """What a changed still gives. change: the contract's name in lower case; movement: None for an abstention."""

    change: str
    movement: Movement | None
    confidence: Confidence | None


@dataclass(frozen=True, slots=True)
class Stability:
    """Shares, 0 to 1, of the changed stills with the same first movement, and with one of the same family.

    An abstention agrees with an abstention and with nothing else.
    """

    share: float
    family_share: float
    variants: tuple[VariantVerdict, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What could move. Exactly one of best and abstention is there.

    prediction_set: the smallest set of movements that holds a right one with the probability `set_coverage`, best
        first; empty, and None, while uncalibrated, for an abstention and where the caller's wish has a say.
    stability: None unless changed stills were looked at.
    """

    camera: Sequence[CameraCandidate]
    subject: Sequence[SubjectCandidate]
    environment: Sequence[EnvironmentCandidate]
    looks: Sequence[Look]
    best: Shot | None
    abstention: Abstention | None
    rules_version: str
    prediction_set: Sequence[Movement] = ()
    set_coverage: float | None = None
    stability: Stability | None = None
