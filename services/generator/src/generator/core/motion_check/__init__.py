"""The motion check: measures what the camera of a clip does and compares it with what was asked."""

from generator.core.motion_check.check import Cancelled, check, examine
from generator.core.motion_check.sampling import MOST_SLENDER, WIDTH_PX, sampling
from generator.core.motion_check.verdict import (
    METHOD,
    Alternative,
    Asked,
    Confidence,
    Examination,
    Known,
    Measured,
    Moment,
    Outcome,
    Segment,
    Unit,
    Verdict,
)

__all__ = [
    "METHOD",
    "MOST_SLENDER",
    "WIDTH_PX",
    "Alternative",
    "Asked",
    "Cancelled",
    "Confidence",
    "Examination",
    "Known",
    "Measured",
    "Moment",
    "Outcome",
    "Segment",
    "Unit",
    "Verdict",
    "check",
    "examine",
    "sampling",
]
