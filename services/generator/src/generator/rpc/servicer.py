"""The generator's RPCs: messages in, core, messages out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final, TypeVar

from google.longrunning import operations_pb2

from animatize.generator.v1 import generation_pb2, generator_pb2, generator_pb2_grpc
from chassis import deadline
from chassis.errors import unbuilt
from chassis.server import Endpoint
from chassis.telemetry import Telemetry, Watch
from chassis.workers import Workers
from generator.core.errors import TooMuchMemory
from generator.core.generation import Generator
from generator.core.memory import COPIES_CHUNKS, COPIES_INLINE
from generator.core.profile import frame_count
from generator.core.result import LOCAL_MODEL
from generator.rpc import orders, results
from generator.rpc.feed import Feed
from generator.rpc.room import Room, Share

INLINE_BYTES: Final = 20 << 20
"""Most bytes of a clip that stands in one message; the message limit of the mesh is 24 MiB."""

LATER: Final = "generations that outlive the call are not built yet; call Generate and stay on the stream"

T = TypeVar("T")


class Servicer(generator_pb2_grpc.GeneratorServiceServicer):
    """`animatize.generator.v1.GeneratorService`.

    most_bytes: the largest clip that is made for delivery in chunks. room: memory for the work of all calls. least_s:
    time that a Generate call must have left when its work begins.
    """

    def __init__(
        self,
        generator: Generator,
        *,
        workers: Workers,
        telemetry: Telemetry,
        clock: Callable[[], datetime],
        most_bytes: int,
        room: Room,
        least_s: float,
    ) -> None:
        self._generator = generator
        self._workers = workers
        self._telemetry = telemetry
        self._clock = clock
        self._most_bytes = most_bytes
        self._room = room
        self._least_s = least_s

    async def Generate(
        self, request: generator_pb2.GenerateRequest, _context: object
    ) -> AsyncIterator[generator_pb2.GenerateResponse]:
        """Progress and bytes as they come, the generation last; leaving the stream stops the work."""
        chunks = request.delivery == generator_pb2.DELIVERY_CHUNKS
        if request.delivery == generator_pb2.DELIVERY_URI:
            raise unbuilt("there is no store to deliver to yet; ask for DELIVERY_INLINE or DELIVERY_CHUNKS")
        order = orders.order(request)
        attempt = results.running_attempt(began=self._clock())
        limit = self._most_bytes if chunks else min(self._most_bytes, INLINE_BYTES)
        copies = COPIES_CHUNKS if chunks else COPIES_INLINE
        needed = await asyncio.to_thread(self._generator.memory, order, most_bytes=limit, copies=copies)
        async with self._share(needed, field="output", least_s=self._least_s) as share:
            feed = Feed(
                frames=frame_count(order.output),
                chunks=chunks,
                attempt=attempt,
                trace_id=self._telemetry.trace_id(),
                clock=self._clock,
            )
            watch = Watch(self._telemetry, verb="generate", on_progress=feed.progress)
            made = share.keeping(
                lambda: self._generator.generate(order, watch=watch, write=feed.write, most_bytes=limit)
            )
            work = asyncio.ensure_future(self._run(watch, made))
            work.add_done_callback(lambda _: feed.close())
            try:
                async for message in feed.messages():
                    yield message
                generation = results.generation_message(await work, inline=not chunks, attempt=attempt)
                yield generator_pb2.GenerateResponse(generation=generation)
            finally:
                work.cancel()

    async def CreateGeneration(
        self, _request: generator_pb2.CreateGenerationRequest, _context: object
    ) -> operations_pb2.Operation:
        """Not built yet."""
        raise unbuilt(LATER)

    async def WatchGeneration(
        self, _request: generator_pb2.WatchGenerationRequest, _context: object
    ) -> AsyncIterator[generator_pb2.WatchGenerationResponse]:
        """Not built yet."""
        raise unbuilt(LATER)
        yield  # pragma: no cover (makes this a stream)

    async def EstimateGeneration(
        self, request: generator_pb2.EstimateGenerationRequest, _context: object
    ) -> generator_pb2.EstimateGenerationResponse:
        """One free line for each model that the order names."""
        order = orders.order(request.generation)
        return generator_pb2.EstimateGenerationResponse(
            estimates=[
                generator_pb2.ModelEstimate(
                    model=estimate.model,
                    # What a model that is not configured would cost is not known, and unknown is never zero.
                    cost=results.FREE if estimate.model == LOCAL_MODEL else results.UNKNOWN_COST,
                    refused_because=estimate.refused_because,
                )
                for estimate in self._generator.estimates(order)
            ],
            upper_bound=results.FREE,
        )

    async def VerifyMotion(
        self, request: generator_pb2.VerifyMotionRequest, _context: object
    ) -> generator_pb2.VerifyMotionResponse:
        """The verdict on any clip."""
        if request.WhichOneof("clip") != "content":
            raise unbuilt("the generator takes a clip by its bytes only; give them in content")
        move = orders.move(request.asked) if request.HasField("asked") else None
        scene = orders.scene(request.analysis)
        watch = Watch(self._telemetry, verb="generate")
        needed = await asyncio.to_thread(self._generator.verification_memory, request.content)
        async with self._share(needed, field="content") as share:
            measured = share.keeping(
                lambda: self._generator.verify(
                    request.content, move=move, scene=scene, watch=watch, filmstrip=request.draw_filmstrip
                )
            )
            return results.verification_message(await self._run(watch, measured))

    async def RenderKeyframes(
        self, request: generator_pb2.RenderKeyframesRequest, _context: object
    ) -> generator_pb2.RenderKeyframesResponse:
        """The movement's ends as PNG files."""
        order = orders.keyframe_order(request)
        watch = Watch(self._telemetry, verb="generate")
        needed = await asyncio.to_thread(self._generator.keyframes_memory, order)
        async with self._share(needed, field="output") as share:
            drawn = share.keeping(lambda: self._generator.keyframes(order, watch=watch))
            return results.keyframes_message(await self._run(watch, drawn))

    async def ListModels(
        self, _request: generator_pb2.ListModelsRequest, _context: object
    ) -> generator_pb2.ListModelsResponse:
        """The local renderer: no provider is configured in this version."""
        local = generation_pb2.Model(
            name=LOCAL_MODEL, output=generation_pb2.MODEL_OUTPUT_CLIP, typical_cost=results.FREE
        )
        return generator_pb2.ListModelsResponse(models=[local])

    def _share(self, size: int, *, field: str, least_s: float = 0.0) -> AbstractAsyncContextManager[Share]:
        """Memory for the work of one call, waited for while there is still time for the work. Raises TooMuchMemory."""
        if size > self._room.most:
            raise TooMuchMemory(field=field, needed=size, most=self._room.most)
        left = deadline.remaining()
        return self._room.share(size, patience_s=None if left is None else max(0.0, left - least_s))

    async def _run(self, watch: Watch, work: Callable[[], T]) -> T:
        return await self._workers.run(work, watch=watch)


def endpoint(servicer: Servicer, *, least_s: float) -> Endpoint:
    """The generator service for a server. least_s: a Generate call that comes with less time is refused at once."""
    return Endpoint(
        service="animatize.generator.v1.GeneratorService",
        add=lambda server: generator_pb2_grpc.add_GeneratorServiceServicer_to_server(servicer, server),
        floor_s={"Generate": least_s},
    )
