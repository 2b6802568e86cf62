"""The motion check: measures what the camera of a clip does and compares it with what was asked."""

from generator.core.motion_check.check import Cancelled, check
from generator.core.motion_check.sampling import MOST_SLENDER, WIDTH_PX, sampling
from generator.core.motion_check.verdict import (
    METHOD,
    Alternative,
    Asked,
    Confidence,
    Known,
    Measured,
    Outcome,
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
    "Known",
    "Measured",
    "Outcome",
    "Unit",
    "Verdict",
    "check",
    "sampling",
]
