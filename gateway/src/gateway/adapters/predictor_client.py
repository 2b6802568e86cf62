"""The predictor, as the pipeline sees it."""

from __future__ import annotations

from typing import Any

import grpc

from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import stage_pb2
from gateway.core.order import Order
from gateway.core.ports import Predicted


class PredictorClient:
    """Asks the predictor behind `channel`; raises what gRPC raises."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = predictor_pb2_grpc.PredictorServiceStub(channel)

    async def predict(self, figures: Any, order: Order, *, limit_s: float) -> Predicted:
        """The prediction. figures: a `SceneAnalysis` without maps; order.intent: an `Intent`.

        A prediction without a best shot has abstained, whether it says why or not.
        """
        request = predictor_pb2.PredictMovementRequest(analysis=figures, intent=order.intent)
        response = await self._stub.PredictMovement(request, timeout=limit_s)
        prediction = response.prediction
        # The answer does not say where it comes from: predictions are quick and are not kept.
        return Predicted(prediction, not prediction.HasField("best"), stage_pb2.RESULT_SOURCE_MADE)
