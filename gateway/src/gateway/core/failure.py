"""How a stage ends an animation.

Exception
├── StageFailed        a stage gave no result; holds the cause and what was made before
├── TooLate            a stage was not begun, because it could not be finished
├── NoResult           a stage ended without its result
└── CutOff             a stage was broken off by the service behind it
"""

from __future__ import annotations

from gateway.core.animation import Animation
from gateway.core.stage import Stage


class StageFailed(Exception):
    """A stage gave no result, so the animation ends here.

    cause: what went wrong, as the stage's port raised it. partial: what the stages before it made.
    """

    def __init__(self, stage: Stage, *, cause: Exception, partial: Animation) -> None:
        super().__init__(f"the {stage.value} stage failed: {cause}")
        self.stage = stage
        self.cause = cause
        self.partial = partial


class TooLate(Exception):
    """A stage was not begun: less time is left than it needs at the very least. Times in seconds."""

    def __init__(self, stage: Stage, *, floor_s: float, remaining_s: float) -> None:
        super().__init__(
            f"the {stage.value} stage was not begun: it needs at least {floor_s:g} s and {remaining_s:.3f} s are left"
        )
        self.stage = stage
        self.floor_s = floor_s
        self.remaining_s = remaining_s


class NoResult(Exception):
    """A stage ended without an error and without the result that it owes."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(f"the {stage.value} stage ended without a result")
        self.stage = stage


class CutOff(Exception):
    """A stage was broken off by the other end, not by the caller: what a service does that has to stop."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(f"the {stage.value} stage was broken off by the service behind it")
        self.stage = stage
