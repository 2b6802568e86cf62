"""One still of many: it is judged by itself, and whatever is wrong with it is its own answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import grpc

from animatize.gateway.v1 import animation_pb2, gateway_pb2
from animatize.generator.v1 import generator_pb2
from chassis.errors import Answer, RpcError, Violation
from gateway.core.animation import Animation
from gateway.core.failure import StageFailed
from gateway.core.order import Order
from gateway.rpc import errors, messages


@dataclass(frozen=True)
class Item:
    """A still as it came, and what is wrong with it before anything is done.

    refusal: why the stream's rules refuse it; None when they do not. check: raises when the message breaks its own
    rules.
    """

    request: gateway_pb2.AnimateImagesRequest
    refusal: Answer | None
    check: Callable[[Any], None]
    trace_id: str
    max_message_bytes: int

    def order(self, *, request_id: str) -> Order:
        """What the caller wants with this still. Raises RpcError when it cannot be wanted."""
        if self.refusal is not None:
            raise RpcError(self.refusal)
        self.check(self.request)
        if self.request.options.delivery == generator_pb2.DELIVERY_CHUNKS:
            raise RpcError(_invalid("options.delivery", "found chunks; accepted: inline, or an address"))
        return messages.order(self.request.image, self.request.options, request_id=request_id)

    def done(self, made: Animation) -> gateway_pb2.AnimateImagesResponse:
        """The animation as an answer. One that no message can hold is a failure that keeps all but the clip."""
        animation = messages.animation(made, trace_id=self.trace_id)
        response = gateway_pb2.AnimateImagesResponse(id=self.request.id, animation=animation)
        if response.ByteSize() <= self.max_message_bytes:
            return response
        # gRPC would end the whole stream over it.
        animation.outcome = animation_pb2.ANIMATION_OUTCOME_PARTIAL
        animation.generation.artifact.ClearField("content")
        animation.analysis.ClearField("maps")
        sizes = {"size_bytes": str(response.ByteSize()), "limit_bytes": str(self.max_message_bytes)}
        told = Answer(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            "ANSWER_TOO_LARGE",
            "the clip is larger than a message may be; ask for a smaller one, or for AnimateImage with chunks",
            metadata={"stage": "generate", **sizes},
        )
        return self._failure(told, stage=animation_pb2.STAGE_GENERATE, partial=animation)

    def failed(self, error: Exception) -> gateway_pb2.AnimateImagesResponse:
        """A failure as an answer, with what was made before it."""
        told = errors.answer(error, trace_id=self.trace_id)
        if isinstance(error, StageFailed):
            partial = messages.animation(error.partial, trace_id=self.trace_id)
            return self._failure(told, stage=messages.STAGES[error.stage], partial=partial)
        return self._failure(told, stage=animation_pb2.STAGE_UNSPECIFIED, partial=None)

    def _failure(
        self, told: Answer, *, stage: animation_pb2.Stage.ValueType, partial: animation_pb2.Animation | None
    ) -> gateway_pb2.AnimateImagesResponse:
        failure = gateway_pb2.AnimationFailure(error=errors.status(told), stage=stage, partial=partial)
        return gateway_pb2.AnimateImagesResponse(id=self.request.id, failure=failure)


class Items:
    """The stills of one call."""

    def __init__(self, context: Any, *, max_message_bytes: int, trace_id: str) -> None:
        self._context = context
        self._max_message_bytes = max_message_bytes
        self._trace_id = trace_id
        # Taken away from the stream, where a message that breaks its rules would end the call without its id.
        self._check: Callable[[Any], None] = context.check
        context.check = None

    async def read(self) -> AsyncGenerator[Item, None]:
        """Each still as it comes; an id that came before is refused."""
        seen: set[str] = set()
        while (request := await self._context.read()) is not grpc.aio.EOF:
            refusal = None
            if request.id in seen:
                refusal = _invalid("id", f"found {request.id!r} a second time; accepted: each id once in a stream")
            seen.add(request.id)
            yield Item(request, refusal, self._check, self._trace_id, self._max_message_bytes)


def _invalid(field: str, description: str) -> Answer:
    return Answer(
        grpc.StatusCode.INVALID_ARGUMENT,
        "INVALID_REQUEST",
        f"{field}: {description}",
        violations=(Violation(field, description),),
    )
