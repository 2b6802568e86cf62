"""The services behind the gateway under their own names, so that a caller needs one address.

A call goes on as it came: its deadline and its cancel travel, its errors come back unchanged but for the stage in their
metadata. Requests are read, so that their rules are held here already; responses pass as bytes. Messages of a request
stream are left to the service, which answers for each by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from animatize.analyzer.v1 import analyzer_pb2
from animatize.expander.v1 import expander_pb2
from animatize.generator.v1 import generator_pb2
from animatize.predictor.v1 import predictor_pb2
from chassis.errors import RpcError
from chassis.server import Endpoint
from gateway.core.stage import Stage
from gateway.rpc.errors import behind, cut_off


@dataclass(frozen=True)
class Fronted:
    """A service behind the gateway. retried: names of its methods that may be repeated without harm."""

    stage: Stage
    descriptor: ServiceDescriptor
    retried: frozenset[str]

    @property
    def name(self) -> str:
        """The full name, `package.Service`."""
        return str(self.descriptor.full_name)


#: All services behind the gateway. Whatever may pay, or begins work that outlives its call, is never repeated.
FRONTED: Final = (
    Fronted(
        Stage.ANALYZE,
        analyzer_pb2.DESCRIPTOR.services_by_name["AnalyzerService"],
        frozenset({"AnalyzeImage", "ExplainImage", "GetCacheStats"}),
    ),
    Fronted(
        Stage.PREDICT,
        predictor_pb2.DESCRIPTOR.services_by_name["PredictorService"],
        frozenset({"PredictMovement", "ListRules", "ExplainRule"}),
    ),
    Fronted(
        Stage.EXPAND,
        expander_pb2.DESCRIPTOR.services_by_name["ExpanderService"],
        frozenset({"ExpandPrompt", "LintPrompt"}),
    ),
    Fronted(
        Stage.GENERATE,
        generator_pb2.DESCRIPTOR.services_by_name["GeneratorService"],
        frozenset({"EstimateGeneration", "VerifyMotion", "RenderKeyframes", "ListModels"}),
    ),
)


def endpoint(fronted: Fronted, channel: grpc.aio.Channel) -> Endpoint:
    """The service for a server; its calls go to the service behind `channel`."""

    def add(server: grpc.aio.Server) -> None:
        handlers = {method.name: _handler(method, channel, fronted.stage) for method in fronted.descriptor.methods}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(fronted.name, handlers),))

    return Endpoint(fronted.name, add)


def _handler(method: MethodDescriptor, channel: grpc.aio.Channel, stage: Stage) -> Any:
    path = f"/{method.containing_service.full_name}/{method.name}"
    kind = message_factory.GetMessageClass(method.input_type)
    forward = _Forward(stage.value)
    match method.client_streaming, method.server_streaming:
        case False, False:
            forward.call = channel.unary_unary(path, kind.SerializeToString)
            return grpc.unary_unary_rpc_method_handler(forward.one, kind.FromString)
        case False, True:
            forward.call = channel.unary_stream(path, kind.SerializeToString)
            return grpc.unary_stream_rpc_method_handler(forward.many, kind.FromString)
        case True, False:
            forward.call = channel.stream_unary(path, kind.SerializeToString)
            return grpc.stream_unary_rpc_method_handler(forward.gathered, kind.FromString)
        case _:
            forward.call = channel.stream_stream(path, kind.SerializeToString)
            return grpc.stream_stream_rpc_method_handler(forward.exchanged, kind.FromString)


class _Forward:
    """The handlers of one method."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self.call: Any = None

    async def one(self, request: Any, _context: Any) -> bytes:
        return await self._answer(request)

    async def gathered(self, _requests: Any, context: Any) -> bytes:
        return await self._answer(_unjudged(context))

    async def many(self, request: Any, _context: Any) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._answers(request)) as responses:
            async for response in responses:
                yield response

    async def exchanged(self, _requests: Any, context: Any) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._answers(_unjudged(context))) as responses:
            async for response in responses:
                yield response

    async def _answer(self, request: Any) -> bytes:
        with self._told():
            response: bytes = await self.call(request)
            return response

    async def _answers(self, request: Any) -> AsyncGenerator[bytes, None]:
        with self._told():
            call = self.call(request)
            try:
                async for response in call:
                    yield response
            finally:
                # A stream whose reader has left goes on until it is told; one that has ended does not mind.
                call.cancel()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Names the stage in whatever goes wrong behind the gateway."""
        try:
            yield
        except grpc.aio.AioRpcError as error:
            raise RpcError(behind(error, stage=self._stage)) from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise RpcError(cut_off(self._stage)) from error


async def _unjudged(context: Any) -> AsyncGenerator[Any, None]:
    """The messages of a request stream, as they come."""
    context.check = None
    while (message := await context.read()) is not grpc.aio.EOF:
        yield message
