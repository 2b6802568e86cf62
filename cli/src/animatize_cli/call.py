"""Calls to the gateway. Leaving one, by an error or a cancel, ends it down to the last service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, Final

import grpc

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.generator.v1 import generator_pb2, generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import image_pb2
from animatize_cli import failures
from animatize_cli.many import Answer, Many, Still
from chassis.channel import MessageTooLarge, Peer, open_channel
from chassis.settings import TlsFiles
from chassis.telemetry import Telemetry

_SERVICE: Final = gateway_pb2.DESCRIPTOR.services_by_name["GatewayService"].full_name


class Gateway:
    """A mesh behind one address. timeout_s: seconds that each call may take.

    Every method raises Problem when its call fails.
    """

    def __init__(self, channel: grpc.aio.Channel, *, address: str, timeout_s: float) -> None:
        self._gateway: Any = gateway_pb2_grpc.GatewayServiceStub(channel)
        self._analyzer: Any = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        self._predictor: Any = predictor_pb2_grpc.PredictorServiceStub(channel)
        self._generator: Any = generator_pb2_grpc.GeneratorServiceStub(channel)
        self._address = address
        self._timeout_s = timeout_s

    async def animate(
        self, still: bytes, options: animation_pb2.AnimationOptions
    ) -> AsyncGenerator[gateway_pb2.AnimateImageResponse, None]:
        """What happens, as it happens. Closing the generator ends the call."""
        request = gateway_pb2.AnimateImageRequest(image=image_pb2.Image(content=still), options=options)
        with self._told():
            call = self._gateway.AnimateImage(request, timeout=self._timeout_s)
            try:
                async for event in call:
                    yield event
            finally:
                # A stream whose reader has left goes on until it is told; one that has ended does not mind.
                call.cancel()

    async def analyze(self, still: bytes, *, depth: bool = False) -> analyzer_pb2.AnalyzeImageResponse:
        """What is in the still; with the map of its depth when that is wanted."""
        request = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=still))
        if depth:
            request.options.maps.append(analysis_pb2.MAP_KIND_DEPTH)
        with self._told():
            response: analyzer_pb2.AnalyzeImageResponse = await self._analyzer.AnalyzeImage(
                request, timeout=self._timeout_s
            )
        return response

    async def analyze_many(self, stills: AsyncIterator[Still]) -> AsyncGenerator[Answer, None]:
        """What is in each still, as it is ready. Closing the generator ends the call."""
        many = Many(
            stills,
            begin=lambda timeout_s: self._analyzer.AnalyzeImages(timeout=timeout_s),
            failed=lambda error: failures.of_call(error, gateway=self._address, timeout_s=self._timeout_s),
            timeout_s=self._timeout_s,
        )
        async with aclosing(many.answers()) as answers:
            async for answer in answers:
                yield answer

    async def explain(self, still: bytes, *, size_px: int) -> analyzer_pb2.ExplainImageResponse:
        """A drawing of what is in the still."""
        request = analyzer_pb2.ExplainImageRequest(image=image_pb2.Image(content=still), size_px=size_px)
        with self._told():
            response: analyzer_pb2.ExplainImageResponse = await self._analyzer.ExplainImage(
                request, timeout=self._timeout_s
            )
        return response

    async def predict(self, request: predictor_pb2.PredictMovementRequest) -> predictor_pb2.PredictMovementResponse:
        """How the camera could move."""
        with self._told():
            response: predictor_pb2.PredictMovementResponse = await self._predictor.PredictMovement(
                request, timeout=self._timeout_s
            )
        return response

    async def verify(self, request: generator_pb2.VerifyMotionRequest) -> generator_pb2.VerifyMotionResponse:
        """What the camera of a clip does."""
        with self._told():
            response: generator_pb2.VerifyMotionResponse = await self._generator.VerifyMotion(
                request, timeout=self._timeout_s
            )
        return response

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except grpc.aio.AioRpcError as error:
            raise failures.of_call(error, gateway=self._address, timeout_s=self._timeout_s) from error
        except MessageTooLarge as error:
            raise failures.of_size(error) from error


@asynccontextmanager
async def connected(address: str, *, tls: TlsFiles | None, timeout_s: float) -> AsyncIterator[Gateway]:
    """The mesh at an address; nothing is sent before the first call."""
    channel = open_channel(Peer(target=address, service=_SERVICE, tls=tls), telemetry=Telemetry.off())
    try:
        yield Gateway(channel, address=address, timeout_s=timeout_s)
    finally:
        await channel.close()
