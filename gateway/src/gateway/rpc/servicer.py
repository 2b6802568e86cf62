"""The gateway's own service."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.longrunning import operations_pb2

from animatize.gateway.v1 import gateway_pb2, gateway_pb2_grpc, spending_pb2
from chassis import deadline
from chassis.errors import RpcError, unbuilt
from chassis.server import Endpoint
from chassis.telemetry import Telemetry, Watch, names
from gateway.core.animation import Finished
from gateway.core.batch import as_ready
from gateway.core.failure import StageFailed
from gateway.core.order import Order
from gateway.core.pace import Countdown
from gateway.core.pipeline import Pipeline
from gateway.rpc import errors, messages
from gateway.rpc.item import Item, Items

#: What `animatize.pipeline.duration` calls a clip.
_VIDEO: Final = "video"

_DURABLE: Final = "Animations that outlive their call are not built yet; call AnimateImage and stay on the line."
_MONEY: Final = (
    "No ledger is kept yet, because nothing is spent yet: all work is free. Animation.cost tells it per call."
)


class GatewayServicer(gateway_pb2_grpc.GatewayServiceServicer):
    """Serves the one call and what belongs to it.

    default_deadline_s: seconds that a call has whose caller sets no deadline. at_once: stills of one `AnimateImages`
    call that are worked on at the same time. max_message_bytes: the largest answer of that call.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        telemetry: Telemetry,
        default_deadline_s: float,
        at_once: int,
        max_message_bytes: int,
    ) -> None:
        self._pipeline = pipeline
        self._telemetry = telemetry
        self._default_deadline_s = default_deadline_s
        self._at_once = at_once
        self._max_message_bytes = max_message_bytes

    async def AnimateImage(
        self, request: gateway_pb2.AnimateImageRequest, _context: Any
    ) -> AsyncGenerator[gateway_pb2.AnimateImageResponse, None]:
        """Every event as it happens; a failed stage's event and the call's own error say the same."""
        trace_id = self._telemetry.trace_id()
        order = messages.order(request.image, request.options, request_id=_named(request.request_id))
        try:
            async with aclosing(self._events(order)) as events:
                async for event in events:
                    yield messages.event(event, trace_id=trace_id)
        except StageFailed as error:
            told = errors.answer(error, trace_id=trace_id)
            yield messages.stage_failed(error.stage, error=errors.status(told))
            raise RpcError(told) from error

    async def AnimateImages(
        self, _requests: Any, context: Any
    ) -> AsyncGenerator[gateway_pb2.AnimateImagesResponse, None]:
        """Answers as they are ready; only the caller's leaving, or the deadline, ends the stream early."""
        items = Items(context, max_message_bytes=self._max_message_bytes, trace_id=self._telemetry.trace_id())
        async with aclosing(as_ready(items.read(), self._one, at_once=self._at_once)) as answers:
            async for answer in answers:
                yield answer

    async def EstimateAnimation(
        self, request: gateway_pb2.EstimateAnimationRequest, _context: Any
    ) -> gateway_pb2.EstimateAnimationResponse:
        """What the animation would do and cost."""
        trace_id = self._telemetry.trace_id()
        order = messages.order(request.image, request.options, request_id=_named(""))
        watch = Watch(self._telemetry)
        found = await self._pipeline.estimate(order, countdown=self._countdown(), watch=watch)
        return messages.estimate(found, trace_id=trace_id)

    async def CreateAnimation(
        self, _request: gateway_pb2.CreateAnimationRequest, _context: Any
    ) -> operations_pb2.Operation:
        """Not built."""
        raise unbuilt(_DURABLE)

    async def WatchAnimation(
        self, _request: gateway_pb2.WatchAnimationRequest, _context: Any
    ) -> AsyncGenerator[gateway_pb2.WatchAnimationResponse, None]:
        """Not built."""
        raise unbuilt(_DURABLE)
        yield  # makes this a stream

    async def GetSpending(
        self, _request: spending_pb2.GetSpendingRequest, _context: Any
    ) -> spending_pb2.GetSpendingResponse:
        """Not built."""
        raise unbuilt(_MONEY)

    async def ListBudgets(
        self, _request: spending_pb2.ListBudgetsRequest, _context: Any
    ) -> spending_pb2.ListBudgetsResponse:
        """Not built."""
        raise unbuilt(_MONEY)

    async def _one(self, item: Item) -> gateway_pb2.AnimateImagesResponse:
        """The answer for one still of many; never raises but when it is cancelled."""
        try:
            async with aclosing(self._events(item.order(request_id=_named(item.request.request_id)))) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        return item.done(event.animation)
        except Exception as error:
            return item.failed(error)
        raise AssertionError("a pipeline ends with its animation or an error")  # pragma: no cover

    async def _events(self, order: Order) -> AsyncGenerator[Any, None]:
        with self._measured() as measured:
            watch = Watch(self._telemetry)
            async with aclosing(self._pipeline.animate(order, countdown=self._countdown(), watch=watch)) as events:
                async for event in events:
                    if isinstance(event, Finished) and event.animation.outcome is not None:
                        measured.outcome = event.animation.outcome.value
                    yield event

    def _countdown(self) -> Countdown:
        left = deadline.remaining()
        return Countdown(self._default_deadline_s if left is None else left, now=time.monotonic)

    @contextmanager
    def _measured(self) -> Iterator[_Measured]:
        measured = _Measured()
        started = time.perf_counter()
        try:
            yield measured
        except Exception:
            measured.outcome = "failed"
            raise
        finally:
            told = {names.OUTPUT_TYPE: _VIDEO, names.OUTCOME: measured.outcome}
            self._telemetry.record(names.PIPELINE_DURATION, time.perf_counter() - started, told)


@dataclass
class _Measured:
    """How a pipeline ended, as its metric tells it; cancelled until something else is known."""

    outcome: str = "cancelled"


def endpoint(servicer: GatewayServicer) -> Endpoint:
    """The service for a server."""

    def add(server: grpc.aio.Server) -> None:
        gateway_pb2_grpc.add_GatewayServiceServicer_to_server(servicer, server)

    return Endpoint(gateway_pb2.DESCRIPTOR.services_by_name["GatewayService"].full_name, add)


def _named(request_id: str) -> str:
    return request_id or str(uuid.uuid4())
