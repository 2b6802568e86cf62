"""Time within a clip: how often something happens, in whole turns where the clip loops."""

from dataclasses import dataclass

import numpy as np

from generator.core.profile import Profile


@dataclass(frozen=True, slots=True)
class Clock:
    """The clip's time. span_s: seconds from t = 0 to t = 1. loop: whether t = 1 is t = 0."""

    span_s: float
    loop: bool

    @classmethod
    def of(cls, profile: Profile) -> "Clock":
        """The clock of a clip; its last frame is t = 1 unless it loops, when the frame after the last one is."""
        frames = profile.frames if profile.loop else max(1, profile.frames - 1)
        return cls(frames / profile.fps, profile.loop)

    def turns(self, rate_hz: float) -> float:
        """Turns in a clip for a rate: whole ones, one at least, where the clip loops."""
        turns = rate_hz * self.span_s
        return float(max(1, round(turns))) if self.loop else turns

    def moment(self, t: float) -> float:
        """The moment t as it is to be used: in a loop exactly the same for 0 and 1."""
        return t % 1.0 if self.loop else t

    def angle(self, t: float, turns: float) -> float:
        """2 pi times the turns made by the moment t, within 0..2 pi."""
        return 2.0 * np.pi * ((turns * self.moment(t)) % 1.0)


class Flicker:
    """An uneven to and fro around 0 with a peak of 1, as flames and lamps have."""

    def __init__(self, clock: Clock, rate_hz: float, source: np.random.Generator) -> None:
        """rate_hz: the rate that prevails. source: decides the phases."""
        self._clock = clock
        # Rates without a common measure, so that no beat is heard; each the fainter the quicker.
        self._turns = [clock.turns(rate_hz * factor) for factor in (0.43, 1.0, 1.71, 2.57)]
        self._weights = np.array([0.55, 1.0, 0.5, 0.3])
        self._phases = source.random(4) * 2.0 * np.pi

    def at(self, t: float) -> float:
        """The flicker at t, -1..1."""
        angles = np.array([self._clock.angle(t, turns) for turns in self._turns])
        return float((self._weights * np.sin(angles + self._phases)).sum() / self._weights.sum())
