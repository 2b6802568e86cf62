"""How the time of one call is shared among its stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.core.failure import TooLate
from gateway.core.stage import ORDER, Stage


class Countdown:
    """The time that is left of `seconds`, counted from now on a clock that never goes back."""

    def __init__(self, seconds: float, *, now: Callable[[], float]) -> None:
        self.now = now
        self._ends_at = now() + seconds

    def remaining(self) -> float:
        """Seconds that are left, never below zero."""
        return max(0.0, self._ends_at - self.now())


@dataclass(frozen=True)
class Share:
    """The part of the remaining time that a stage may take, above 0 to 1, and the seconds below which it is not begun.

    A stage never gets less than its floor, so that a small share of a short time does not fail it for nothing.
    """

    fraction: float
    floor_s: float

    def __post_init__(self) -> None:
        if not 0.0 < self.fraction <= 1.0:
            raise ValueError(f"a share is above 0 and at most 1, not {self.fraction}")
        if self.floor_s < 0.0:
            raise ValueError(f"a floor is at least 0 s, not {self.floor_s}")


class Pace:
    """The shares of all stages."""

    def __init__(self, shares: Mapping[Stage, Share]) -> None:
        missing = [stage.value for stage in ORDER if stage not in shares]
        if missing:
            raise ValueError(f"these stages have no share: {', '.join(missing)}")
        self._shares = dict(shares)

    def limit_s(self, stage: Stage, remaining_s: float) -> float:
        """Seconds that a stage may take when this much is left. Raises TooLate when that is less than it needs."""
        share = self._shares[stage]
        if remaining_s <= 0.0 or remaining_s < share.floor_s:
            raise TooLate(stage, floor_s=share.floor_s, remaining_s=remaining_s)
        return max(share.floor_s, share.fraction * remaining_s)
