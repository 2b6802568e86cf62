"""One animation while it is made: what there is so far, how long each stage took, and what a failure leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

from gateway.core.animation import Animation, Finished, Outcome, Started, Timing
from gateway.core.cost import Cost, total
from gateway.core.failure import CutOff, StageFailed
from gateway.core.order import Order
from gateway.core.pace import Countdown, Pace
from gateway.core.ports import Making, Watch
from gateway.core.stage import Stage

T = TypeVar("T")


class Run:
    """One animation. Stages run through `do` or `stream`, so that each is timed, watched and bounded the same way."""

    def __init__(self, order: Order, *, pace: Pace, countdown: Countdown, watch: Watch) -> None:
        self._pace = pace
        self._countdown = countdown
        self._watch = watch
        self._costs: list[Cost] = []
        self.animation = Animation(order.request_id)

    @property
    def cost(self) -> Cost:
        """What was spent so far."""
        return total(self._costs)

    def add(self, cost: Cost | None = None, **made: Any) -> None:
        """Puts what a stage made, and what it cost, with the rest."""
        if cost is not None:
            self._costs.append(cost)
        self.animation = replace(self.animation, cost=self.cost, **made)

    def begin(self, stage: Stage) -> Started:
        """The event that the stage begins. Raises StageFailed when there is no time left for it."""
        self._limit_s(stage)
        return Started(stage)

    async def do(self, stage: Stage, work: Callable[[float], Awaitable[T]], *, at_risk: Cost | None = None) -> T:
        """The result of a stage's work, which is given the seconds that it may take.

        Raises StageFailed for any failure; `at_risk` is then added to the cost of what was made.
        """
        limit_s = self._limit_s(stage)
        started = self._countdown.now()
        try:
            with self._watch.stage(stage.value):
                result = await work(limit_s)
        except asyncio.CancelledError as error:
            if _told_to_stop():
                raise
            raise self.failed(stage, CutOff(stage), at_risk=at_risk) from error
        except Exception as error:
            raise self.failed(stage, error, at_risk=at_risk) from error
        self._took(stage, self._countdown.now() - started)
        return result

    async def stream(
        self, stage: Stage, work: Callable[[float], AsyncIterator[Making]], *, at_risk: Cost | None = None
    ) -> AsyncGenerator[Making, None]:
        """What a stage's work gives, as it comes; as `do` in all else. Closing it closes the work."""
        limit_s = self._limit_s(stage)
        started = self._countdown.now()
        try:
            with self._watch.stage(stage.value):
                making: Any = work(limit_s)
                async with aclosing(making):
                    async for made in making:
                        yield made
        except asyncio.CancelledError as error:
            if _told_to_stop():
                raise
            raise self.failed(stage, CutOff(stage), at_risk=at_risk) from error
        except Exception as error:
            raise self.failed(stage, error, at_risk=at_risk) from error
        self._took(stage, self._countdown.now() - started)

    def seconds(self, stage: Stage) -> float:
        """How long a stage took."""
        return next(timing.seconds for timing in reversed(self.animation.timings) if timing.stage is stage)

    def failed(self, stage: Stage, error: Exception, *, at_risk: Cost | None = None) -> StageFailed:
        """The failure of a stage, with what was made before it and what the stage itself may have cost."""
        if at_risk is not None:
            self._costs.append(at_risk)
        partial = replace(self.animation, outcome=Outcome.PARTIAL, cost=self.cost)
        return StageFailed(stage, cause=error, partial=partial)

    def finished(self, outcome: Outcome) -> Finished:
        """The event that ends the animation."""
        self.animation = replace(self.animation, outcome=outcome)
        return Finished(self.animation)

    def _limit_s(self, stage: Stage) -> float:
        try:
            return self._pace.limit_s(stage, self._countdown.remaining())
        except Exception as error:
            raise self.failed(stage, error) from error

    def _took(self, stage: Stage, seconds: float) -> None:
        self.animation = replace(self.animation, timings=(*self.animation.timings, Timing(stage, seconds)))


def _told_to_stop() -> bool:
    """Whether this task is being cancelled; gRPC raises the same exception when the other end cancels a call."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
