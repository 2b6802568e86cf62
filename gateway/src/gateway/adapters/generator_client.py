"""The generator, as the pipeline sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import grpc

from animatize.generator.v1 import generation_pb2, generator_pb2, generator_pb2_grpc
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import image_pb2, money_pb2, movement_pb2
from gateway.core.animation import Chunk, Progress
from gateway.core.cost import FREE, Basis, Cost
from gateway.core.order import Order
from gateway.core.ports import Generated, Making, Priced, Work
from gateway.core.stage import Stage

_BASES: Final = {
    money_pb2.COST_BASIS_FREE: Basis.FREE,
    money_pb2.COST_BASIS_ESTIMATED: Basis.ESTIMATED,
    money_pb2.COST_BASIS_RESERVED: Basis.RESERVED,
    money_pb2.COST_BASIS_SETTLED: Basis.SETTLED,
    money_pb2.COST_BASIS_PRESUMED: Basis.PRESUMED,
}

#: The model whose work nobody is paid for.
_LOCAL: Final = "local/renderer"


class GeneratorClient:
    """Asks the generator behind `channel`; raises what gRPC raises."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = generator_pb2_grpc.GeneratorServiceStub(channel)

    def plan(self, prediction: Any, camera: Any | None) -> generator_pb2.MotionPlan:
        """The movement of a `Prediction`'s best shot; a `CameraMove` of the caller takes its camera's place."""
        plan = generator_pb2.MotionPlan(environment=prediction.best.environment)
        plan.camera.CopyFrom(prediction.best.camera.move if camera is None else camera)
        if prediction.best.HasField("subject"):
            plan.subject.CopyFrom(prediction.best.subject)
        return plan

    def minimal_plan(self, growth: float) -> generator_pb2.MotionPlan:
        """A slow zoom into the middle: it needs no depth, and shows no border."""
        camera = prediction_pb2.CameraMove(
            movement=movement_pb2.MOVEMENT_ZOOM_IN,
            amplitude=growth,
            amplitude_unit=prediction_pb2.AMPLITUDE_UNIT_GROWTH,
            easing=movement_pb2.EASING_SMOOTH,
            speed=movement_pb2.SPEED_SLOW,
        )
        return generator_pb2.MotionPlan(camera=camera)

    async def generate(self, work: Work, order: Order, *, limit_s: float) -> AsyncIterator[Making]:
        """Progress and chunks as they come, then the clip. Closing the iterator cancels the call."""
        call = self._stub.Generate(_request(work, order), timeout=limit_s)
        furthest = 0.0
        try:
            async for response in call:
                match response.WhichOneof("event"):
                    case "progress":
                        # Never falls, whatever the other end says: a bar that runs backwards tells nobody anything.
                        furthest = max(furthest, min(1.0, response.progress.fraction))
                        yield _progress(response.progress, furthest)
                    case "chunk":
                        yield Chunk(response.chunk.offset, response.chunk.data)
                    case "generation":
                        generation = response.generation
                        yield Generated(generation, _spent(generation), generation.source)
        finally:
            # A call whose reader has left goes on until it is told; one that has ended does not mind.
            call.cancel()

    async def price(self, work: Work, order: Order, *, limit_s: float) -> Priced:
        """What the clip would cost: `ModelEstimate`s, and the most of them."""
        request = generator_pb2.EstimateGenerationRequest(generation=_request(work, order))
        response = await self._stub.EstimateGeneration(request, timeout=limit_s)
        return Priced(tuple(response.estimates), _cost(response.upper_bound))


def _request(work: Work, order: Order) -> generator_pb2.GenerateRequest:
    spending = generator_pb2.SpendingRules()
    if order.spending is not None:
        spending.CopyFrom(order.spending)
    if work.spendable_micro_usd is not None:
        spending.max_cost_micro_usd = work.spendable_micro_usd
    return generator_pb2.GenerateRequest(
        request_id=order.request_id,
        image=image_pb2.Image(content=work.content, sha256=order.still.sha256),
        plan=work.plan,
        analysis=work.shown,
        expansion=work.expansion,
        output=order.output,
        spending=spending,
        delivery=order.delivery,
        seed=order.seed,
    )


def _progress(progress: generation_pb2.GenerationProgress, fraction: float) -> Progress:
    return Progress(Stage.GENERATE, progress.stage, fraction, progress.frames_done, progress.frames_total)


def _spent(generation: generation_pb2.Generation) -> Cost:
    """What a clip cost: the sum over its money, as surely as the least sure part is known."""
    if any(attempt.cost.basis == money_pb2.COST_BASIS_UNKNOWN for attempt in generation.attempts):
        return Cost(None, Basis.UNKNOWN)
    spending = generation.spending
    amount = spending.posted_micro_usd + spending.reserved_micro_usd + spending.presumed_micro_usd
    if amount == 0:
        told_free = generation.HasField("spending") or generation.model == _LOCAL
        return FREE if told_free else Cost(None, Basis.UNKNOWN)
    versions = sorted({attempt.cost.price_version for attempt in generation.attempts if attempt.cost.price_version})
    if spending.presumed_micro_usd:
        basis = Basis.PRESUMED
    else:
        basis = Basis.RESERVED if spending.reserved_micro_usd else Basis.SETTLED
    return Cost(amount, basis, ", ".join(versions))


def _cost(cost: money_pb2.Cost) -> Cost:
    basis = _BASES.get(cost.basis)
    if basis is None or not cost.HasField("amount_micro_usd"):
        return Cost(None, Basis.UNKNOWN, cost.price_version)
    return Cost(cost.amount_micro_usd, basis, cost.price_version)
