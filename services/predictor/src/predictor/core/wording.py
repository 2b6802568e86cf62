"""Predictions in plain words: what moves, why, and what would change the verdict."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from film.movement import Movement
from predictor.core.calibration import Confidence
from predictor.core.evidence import Evidence
from predictor.core.reading import Fired
from predictor.core.rulebook import AHEAD, BEHIND, placeholders

WORDS: Final[Mapping[Movement, str]] = MappingProxyType(
    {
        Movement.STATIC: "a locked-off camera",
        Movement.PAN_LEFT: "a pan to the left",
        Movement.PAN_RIGHT: "a pan to the right",
        Movement.TILT_UP: "a tilt up",
        Movement.TILT_DOWN: "a tilt down",
        Movement.ROLL_CLOCKWISE: "a clockwise roll",
        Movement.ROLL_COUNTERCLOCKWISE: "a counter-clockwise roll",
        Movement.ZOOM_IN: "a zoom in",
        Movement.ZOOM_OUT: "a zoom out",
        Movement.DOLLY_IN: "a push in",
        Movement.DOLLY_OUT: "a pull back",
        Movement.TRUCK_LEFT: "a truck to the left",
        Movement.TRUCK_RIGHT: "a truck to the right",
        Movement.PEDESTAL_UP: "a rise",
        Movement.PEDESTAL_DOWN: "a descent",
        Movement.CRANE_UP: "a crane up",
        Movement.CRANE_DOWN: "a crane down",
        Movement.ARC_CLOCKWISE: "a clockwise arc",
        Movement.ARC_COUNTERCLOCKWISE: "a counter-clockwise arc",
        Movement.DOLLY_ZOOM_IN: "a dolly zoom in",
        Movement.DOLLY_ZOOM_OUT: "a dolly zoom out",
        Movement.HANDHELD: "a handheld camera",
        Movement.TRACKING_LEFT: "tracking to the left",
        Movement.TRACKING_RIGHT: "tracking to the right",
        Movement.TRACKING_LEAD: "leading the subject",
        Movement.TRACKING_TAIL: "following the subject",
        Movement.TRACKING_ARC_CLOCKWISE: "a clockwise tracking arc",
        Movement.TRACKING_ARC_COUNTERCLOCKWISE: "a counter-clockwise tracking arc",
        Movement.TRACKING_AERIAL: "following from above",
        Movement.RACK_FOCUS_NEAR_TO_FAR: "a rack focus from near to far",
        Movement.RACK_FOCUS_FAR_TO_NEAR: "a rack focus from far to near",
        Movement.WHIP_PAN_LEFT: "a whip pan to the left",
        Movement.WHIP_PAN_RIGHT: "a whip pan to the right",
        Movement.CRASH_ZOOM_IN: "a crash zoom in",
        Movement.CRASH_ZOOM_OUT: "a crash zoom out",
    }
)
"""Every movement as a noun."""

# As many facts as a person reads in one breath.
_SHOWN: Final = 3


def reason(fired: Fired) -> str:
    """The rule's reason with the measured values; `{ahead}` is the side for which the rule was read."""
    template = fired.compiled.rule.reason
    sides = {AHEAD: "left", BEHIND: "right"} if fired.mirror else {AHEAD: "right", BEHIND: "left"}
    for name in placeholders(template):
        reading = fired.view.facts.readings.get(name)
        text = sides.get(name) or ("not measured" if reading is None else f"{reading.value:.2f}")
        template = template.replace(f"{{{name}}}", text)
    return template


def justification(
    lead: Fired,
    evidence: Sequence[Evidence],
    counter: Sequence[Evidence],
    probability: float,
    *,
    confidence: Confidence | None = None,
) -> str:
    """The leading rule's reason, the strongest facts for and against, and the probability they add up to.

    confidence: what a calibration made of it; without one the text says that there is none.
    """
    parts = [f"{reason(lead)}."]
    if evidence:
        parts.append(f"For it: {_listed(evidence)}.")
    if counter:
        parts.append(f"Against it: {_listed(counter)}.")
    if confidence is None or not confidence.calibration_id:
        parts.append(f"Together {probability:.2f}, uncalibrated.")
    else:
        parts.append(f"Together {probability:.2f}, calibrated; 90 % interval {_interval(confidence)}.")
    return " ".join(parts)


def _interval(confidence: Confidence) -> str:
    return f"{confidence.lower or 0.0:.2f} to {confidence.upper or 0.0:.2f}"


def _listed(evidence: Sequence[Evidence]) -> str:
    return "; ".join(f"{item.sentence} [{item.log_odds:+.2f}]" for item in evidence[:_SHOWN])
