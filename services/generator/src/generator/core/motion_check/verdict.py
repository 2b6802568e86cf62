"""The answer of the motion check, as plain values: what was asked, what is known beforehand, what was measured."""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from film.movement import Movement
from generator.core.motion_check.trace import Trace

METHOD: Final = "sparse-tracks-camera-model/3"
"""Name and version of the method; it changes whenever the same clip may get another verdict."""

NO_CALIBRATION: Final = ""
"""Without a calibration probabilities order verdicts and are no frequencies."""


@unique
class Unit(StrEnum):
    """What an amplitude is counted in; the wire's AmplitudeUnit in lower case."""

    RADIAN = "radian"
    """Radians that the camera turns: pan, tilt, roll, arc, whip pan, handheld."""
    FRAME_WIDTH = "frame_width"
    """Shift of the subject as a share of the frame's width: truck, pedestal, crane, side tracking."""
    GROWTH = "growth"
    """Growth of the subject, 0.15 is 15 percent, from the smaller to the larger view: dolly, zoom, dolly zoom."""
    FOCUS_RANGE = "focus_range"
    """Shift of the plane of focus as a share of the range of disparity: rack focus."""


@unique
class Outcome(StrEnum):
    """How the measured movement stands to the asked one; the wire's VerdictOutcome in lower case."""

    AS_ASKED = "as_asked"
    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    MEASURED = "measured"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The movement that the clip should show; amplitude and unit are None where the movement has none.

    `sway_rad` is the strength of a hand's sway that was asked for on top, 0 for none.
    """

    movement: Movement
    amplitude: float | None = None
    unit: Unit | None = None
    sway_rad: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Known:
    """What the caller knows of the clip beforehand; every part may stay at its default.

    `focal` is the focal length of the middle frame in frame widths (1.0 sees 53 degrees); unknown, it is guessed.
    `subject` is the subject's place in the middle frame; shifts and growths are measured there. `disparity` is a map of
    any size over the middle frame, 0 far to 1 near as seen from there, inverse depths 0.25 to 1; what the camera has
    come nearer to may exceed it. It tells a dolly zoom from its depth-reversed twin where the picture alone cannot.
    `moving` is a map of any size over the middle frame, true where something moves by itself: water, leaves, a subject
    that goes along with the camera.
    """

    focal: float | None = None
    subject: Box | None = None
    disparity: NDArray[np.float32] | None = None
    moving: NDArray[np.bool_] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A figure with how far it can be trusted, 0 to 1; without a value the reason stands in absent_because."""

    value: float | None
    quality: float
    absent_because: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confidence:
    """Probability that the label is right, 0 to 1; calibration_id "" means uncalibrated."""

    probability: float
    calibration_id: str = NO_CALIBRATION


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """A movement that the clip may show, with its probability, 0 to 1."""

    movement: Movement
    probability: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """How the picture of one moment stands to the first: the path of the camera as a picture shows it.

    `shift_x` and `shift_y` of its middle in frame widths, right and down; `turn_rad` clockwise; `scale` 1 as at first.
    """

    time_s: float
    shift_x: float
    shift_y: float
    turn_rad: float
    scale: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A part of a clip that was measured by itself, because of a cut or because no point reaches from end to end."""

    start_s: float
    end_s: float
    measured: Movement | None
    probability: float
    amplitude: float | None
    unit: Unit | None
    unknown_because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the camera of a clip was measured to do, and whether that was asked for.

    `measured` is None exactly when `unknown_because` says why. `alternatives` hold the movements that look the same in
    this clip, most likely first, `measured` leading; their probabilities sum to at most 1. `score` is 0 (not at all) to
    1 (exactly) and without a value where nothing was asked or nothing could be told. Shares are 0 to 1 of the tracks.
    `path` holds a moment for each sample; `segments` are empty for clips that were measured in one piece.
    `filmstrip_png` is the verdict as a picture where that was asked for.
    """

    outcome: Outcome
    asked: Movement | None
    measured: Movement | None
    alternatives: tuple[Alternative, ...]
    amplitude: Measured
    unit: Unit | None
    score: Measured
    steadiness: Measured
    confidence: Confidence
    unknown_because: str
    inlier_share: Measured
    local_motion_share: Measured
    has_cut: bool
    has_freeze: bool
    has_black_border: bool
    loops: bool
    method: str = METHOD
    path: tuple[Moment, ...] = ()
    segments: tuple[Segment, ...] = ()
    filmstrip_png: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Examination:
    """A verdict with what was seen on the way to it."""

    verdict: Verdict
    trace: Trace
