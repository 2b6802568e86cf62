"""The order of the stages, and what is made when the still gives no movement.

    analyze ──► predict ──► expand ──► generate          the still gives a movement, or the caller chose one
    analyze ──► predict ─────────────► generate          it gives none: a push that is hardly noticed
    analyze ──► predict                                  it gives none, and the caller wants no clip then

Facts about the still travel to every stage, its maps to the generator only. When the prediction abstains there are no
words to find, so no prompt is written, also when the caller's own movement is made.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from gateway.core.animation import Accepted, Animation, Chunk, Done, Estimate, Event, Outcome, Progress, Started
from gateway.core.cost import FREE, UNKNOWN, Cost, capped, left_of, total
from gateway.core.failure import NoResult
from gateway.core.fetching import FetchingOff
from gateway.core.order import OnAbstention, Order
from gateway.core.pace import Countdown, Pace
from gateway.core.ports import (
    Analyzed,
    Analyzer,
    Expander,
    Fetcher,
    Generated,
    Generator,
    Predicted,
    Predictor,
    Watch,
    Work,
)
from gateway.core.run import Run
from gateway.core.stage import ORDER, Stage

#: How much the picture grows in a minimal clip. Two percent over some seconds is below what viewers call a movement,
#: and needs no depth, so it is right for a still of which nothing is known.
MINIMAL_GROWTH: Final = 0.02

#: The setting that lets stills be fetched.
_FETCH_SETTING: Final = "allow_http_fetch"


class Pipeline:
    """Runs orders. Holds nothing between them, so any number may run at once.

    fetcher: gets stills that are given by their address; None refuses those.
    """

    def __init__(
        self,
        *,
        analyzer: Analyzer,
        predictor: Predictor,
        expander: Expander,
        generator: Generator,
        fetcher: Fetcher | None,
        pace: Pace,
    ) -> None:
        self._analyzer = analyzer
        self._predictor = predictor
        self._expander = expander
        self._generator = generator
        self._fetcher = fetcher
        self._pace = pace

    async def animate(self, order: Order, *, countdown: Countdown, watch: Watch) -> AsyncGenerator[Event, None]:
        """What happens, as it happens; `Finished` last. Closing the iterator stops the stage that runs.

        Raises FetchingOff before anything when the still is given by an address and none are fetched; StageFailed when
        a stage fails or no time is left for it. What came before stays valid.
        """
        run = Run(order, pace=self._pace, countdown=countdown, watch=watch)
        work = None
        async with aclosing(self._prepare(run, order, unpaid=False)) as preparing:
            async for prepared in preparing:
                if isinstance(prepared, Work):
                    work = prepared
                else:
                    yield prepared
        if work is None:
            yield run.finished(Outcome.ABSTAINED)
            return
        async with aclosing(self._generate(run, order, work)) as generating:
            async for event in generating:
                yield event
        # Words are left out only when the prediction abstained.
        minimal = order.camera is None and run.animation.expansion is None
        yield run.finished(Outcome.MINIMAL if minimal else Outcome.COMPLETE)

    async def estimate(self, order: Order, *, countdown: Countdown, watch: Watch) -> Estimate:
        """What `animate` would do and cost. The free stages run, nothing is spent. Raises as `animate` does."""
        run = Run(order, pace=self._pace, countdown=countdown, watch=watch)
        work = None
        async with aclosing(self._prepare(run, order, unpaid=True)) as preparing:
            async for prepared in preparing:
                work = prepared if isinstance(prepared, Work) else work
        if work is None:
            return Estimate(run.finished(Outcome.ABSTAINED).animation, (), FREE, FREE)
        priced = await run.do(Stage.GENERATE, lambda limit_s: self._generator.price(work, order, limit_s=limit_s))
        words = _price_of_words(order, run.animation)
        upper_bound = capped(total([words, priced.upper_bound]), order.max_cost_micro_usd)
        return Estimate(run.animation, priced.models, words, upper_bound)

    async def _prepare(self, run: Run, order: Order, *, unpaid: bool) -> AsyncGenerator[Event | Work, None]:
        """All before the clip; the work of making it last, unless none is to be made."""
        if order.still.uri and self._fetcher is None:
            raise FetchingOff(_FETCH_SETTING)
        yield Accepted(order.request_id, ORDER)

        yield run.begin(Stage.ANALYZE)
        content, analyzed = await run.do(Stage.ANALYZE, lambda limit_s: self._analyze(order, limit_s))
        run.add(analysis=analyzed.told)
        yield Done(Stage.ANALYZE, analyzed.told, analyzed.source, run.seconds(Stage.ANALYZE))

        yield run.begin(Stage.PREDICT)
        predicted = await run.do(
            Stage.PREDICT, lambda limit_s: self._predictor.predict(analyzed.figures, order, limit_s=limit_s)
        )
        run.add(prediction=predicted.prediction)
        yield Done(Stage.PREDICT, predicted.prediction, predicted.source, run.seconds(Stage.PREDICT))

        if predicted.abstained and order.camera is None and order.on_abstention is OnAbstention.NO_CLIP:
            return
        if not predicted.abstained:
            async with aclosing(self._expand(run, order, predicted, analyzed, unpaid=unpaid)) as expanding:
                async for event in expanding:
                    yield event
        plan = self._plan(order, predicted)
        run.add(plan=plan)
        spendable = left_of(order.max_cost_micro_usd, run.cost)
        yield Work(content, plan, analyzed.shown, run.animation.expansion, spendable)

    async def _analyze(self, order: Order, limit_s: float) -> tuple[bytes, Analyzed]:
        content = order.still.content
        if self._fetcher is not None and order.still.uri:
            content = await self._fetcher.fetch(order.still.uri, limit_s=limit_s)
        return content, await self._analyzer.analyze(content, order, limit_s=limit_s)

    async def _expand(
        self, run: Run, order: Order, predicted: Predicted, analyzed: Analyzed, *, unpaid: bool
    ) -> AsyncGenerator[Event, None]:
        yield run.begin(Stage.EXPAND)
        expanded = await run.do(
            Stage.EXPAND,
            lambda limit_s: self._expander.expand(
                predicted.prediction, analyzed.figures, order, unpaid=unpaid, limit_s=limit_s
            ),
            at_risk=_at_risk(free=unpaid or order.free_only or order.composed),
        )
        run.add(expanded.cost, expansion=expanded.expansion)
        yield Done(Stage.EXPAND, expanded.expansion, expanded.source, run.seconds(Stage.EXPAND))

    def _plan(self, order: Order, predicted: Predicted) -> Any:
        if predicted.abstained and order.camera is None:
            return self._generator.minimal_plan(MINIMAL_GROWTH)
        return self._generator.plan(predicted.prediction, order.camera)

    async def _generate(
        self, run: Run, order: Order, work: Work
    ) -> AsyncGenerator[Started | Progress | Chunk | Done, None]:
        yield run.begin(Stage.GENERATE)
        generated: Generated | None = None
        at_risk = _at_risk(free=not work.spendable_micro_usd)
        making = run.stream(
            Stage.GENERATE,
            lambda limit_s: self._generator.generate(work, order, limit_s=limit_s),
            at_risk=at_risk,
        )
        async with aclosing(making) as events:
            async for event in events:
                if isinstance(event, Generated):
                    generated = event
                else:
                    yield event
        if generated is None:
            raise run.failed(Stage.GENERATE, NoResult(Stage.GENERATE), at_risk=at_risk)
        run.add(generated.cost, generation=generated.generation)
        yield Done(Stage.GENERATE, generated.generation, generated.source, run.seconds(Stage.GENERATE))


def _at_risk(*, free: bool) -> Cost:
    """What a stage that failed may have cost."""
    return FREE if free else UNKNOWN


def _price_of_words(order: Order, animation: Animation) -> Cost:
    """What the prompt would cost: nothing where nothing may be spent, else nobody knows before a model has counted."""
    return FREE if order.free_only or order.composed or animation.expansion is None else UNKNOWN
