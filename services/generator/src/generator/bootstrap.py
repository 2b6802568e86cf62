"""Where the generator's rooms are joined."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import cv2

from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.telemetry import Telemetry
from chassis.workers import Workers
from film.stills import Limits
from generator.adapters.clip_reader import AvClipReader
from generator.adapters.encoder import AvEncoder
from generator.core.forms import CodecPolicy
from generator.core.generation import Generator
from generator.core.ports import ClipReader, Encoder
from generator.core.render.side_by_side import Hands
from generator.rpc.errors import ERRORS
from generator.rpc.operations import operations_endpoint
from generator.rpc.room import Room
from generator.rpc.servicer import Servicer, endpoint
from generator.settings import Settings


@asynccontextmanager
async def built(
    settings: Settings,
    *,
    telemetry: Telemetry | None = None,
    encoder: Encoder | None = None,
    reader: ClipReader | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Server]:
    """A server that is not started yet; its parts are closed at the end, in reverse. Fakes may stand in for parts.

    A telemetry that is given stays the giver's.
    """
    # One thread per call: OpenCV's own would fight with the encoder's for the same cores.
    cv2.setNumThreads(1)
    signals = telemetry or Telemetry.start(service="animatize-generator", settings=settings)
    workers = Workers(settings.workers, name="generator")
    # As many as work on clips: what they do not take up, the workers do themselves.
    helpers = ThreadPoolExecutor(settings.workers, thread_name_prefix="helper")
    generator = Generator(
        encoder=encoder or AvEncoder(),
        reader=reader or AvClipReader(),
        limits=Limits(max_bytes=settings.max_still_bytes, max_pixels=settings.max_still_pixels),
        policy=CodecPolicy(settings.codec_policy),
        hands=Hands(helpers),
    )
    servicer = Servicer(
        generator,
        workers=workers,
        telemetry=signals,
        clock=clock,
        most_bytes=settings.max_clip_bytes,
        room=Room(settings.max_work_mib << 20),
        least_s=settings.least_call_s,
    )
    endpoints = [endpoint(servicer, least_s=settings.least_call_s), operations_endpoint()]
    try:
        yield Server(settings, endpoints, errors=ERRORS, telemetry=signals)
    finally:
        workers.close()
        helpers.shutdown(wait=False, cancel_futures=True)
        if telemetry is None:
            await signals.shutdown()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    telemetry: Telemetry | None = None,
    encoder: Encoder | None = None,
    reader: ClipReader | None = None,
) -> AsyncIterator[Server]:
    """A server that is ready for calls until the block ends, then drains."""
    async with built(settings, telemetry=telemetry, encoder=encoder, reader=reader) as server, started(server):
        yield server


async def serve(settings: Settings) -> None:
    """Serves until the process is told to stop."""
    async with built(settings) as server:
        await serve_until_signal(server)
