"""How evidence is turned into confidence for one prediction: by a calibration that holds for it, or as it stands."""

from dataclasses import dataclass

from film.movement import Family
from predictor.core.calibration import Calibration, Confidence
from predictor.core.evidence import probability
from predictor.core.rule import Policy


@dataclass(frozen=True, slots=True)
class Scale:
    """calibration: None leaves log-odds as they are; they order movements, but are not a frequency."""

    policy: Policy
    calibration: Calibration | None

    @property
    def floor(self) -> float:
        """The probability from which on a movement is recommended."""
        return self.policy.probability_floor if self.calibration is None else self.calibration.floor

    def confidence(self, family: Family, raw: float) -> Confidence:
        """How sure a movement with so much evidence is."""
        if self.calibration is None:
            return Confidence(probability(raw))
        return self.calibration.confidence(family, raw)
