"""The expander, as the pipeline sees it."""

from __future__ import annotations

from typing import Any, Final

import grpc

from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import money_pb2
from gateway.core.cost import Basis, Cost
from gateway.core.order import Order
from gateway.core.ports import Expanded

_BASES: Final = {
    money_pb2.COST_BASIS_FREE: Basis.FREE,
    money_pb2.COST_BASIS_ESTIMATED: Basis.ESTIMATED,
    money_pb2.COST_BASIS_RESERVED: Basis.RESERVED,
    money_pb2.COST_BASIS_SETTLED: Basis.SETTLED,
    money_pb2.COST_BASIS_PRESUMED: Basis.PRESUMED,
}


class ExpanderClient:
    """Asks the expander behind `channel`; raises what gRPC raises."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = expander_pb2_grpc.ExpanderServiceStub(channel)

    async def expand(self, prediction: Any, figures: Any, order: Order, *, unpaid: bool, limit_s: float) -> Expanded:
        """The words. prediction: a `Prediction` with a best shot; figures: a `SceneAnalysis` without maps.

        With order.camera, a `CameraMove`, the words are for that movement and not for the predicted one.
        """
        request = expander_pb2.ExpandPromptRequest(
            prediction=_said(prediction, order.camera),
            analysis=figures,
            intent=order.intent,
            user_prompt=order.user_prompt,
            writer=expander_pb2.WRITER_COMPOSER if unpaid else order.writer,
            # There absence means the service's own limit; here it means that nothing may be spent.
            max_cost_micro_usd=0 if unpaid else order.max_cost_micro_usd or 0,
            request_id=order.request_id,
            duration=order.output.duration if order.output and order.output.HasField("duration") else None,
        )
        response = await self._stub.ExpandPrompt(request, timeout=limit_s)
        expansion = response.expansion
        return Expanded(expansion, _cost(expansion.cost), expansion.source)


def _said(prediction: prediction_pb2.Prediction, camera: Any | None) -> prediction_pb2.Prediction:
    """The prediction to put into words. What spoke for the predicted movement does not speak for the caller's."""
    if camera is None:
        return prediction
    said = prediction_pb2.Prediction()
    said.CopyFrom(prediction)
    said.best.camera.CopyFrom(prediction_pb2.CameraCandidate(move=camera))
    return said


def _cost(cost: money_pb2.Cost) -> Cost:
    basis = _BASES.get(cost.basis)
    if basis is None or not cost.HasField("amount_micro_usd"):
        return Cost(None, Basis.UNKNOWN, cost.price_version)
    return Cost(cost.amount_micro_usd, basis, cost.price_version)
