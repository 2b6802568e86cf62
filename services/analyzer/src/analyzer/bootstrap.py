"""Where the analyzer's rooms are joined."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import cv2

from analyzer.adapters.explain_drawing import ExplainDrawing
from analyzer.adapters.haar_faces import HaarFaces
from analyzer.adapters.hog_people import HogPeople
from analyzer.adapters.onnx_models import (
    Meaning,
    ModelUnusable,
    OnnxDepth,
    OnnxDetection,
    OnnxSegmentation,
    Scaling,
    Session,
    Source,
    fetched,
)
from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.models import ModelFile, Models
from analyzer.core.pipeline import Analyzer
from analyzer.core.ports import FaceDetectors
from analyzer.rpc.analyses import Analyses
from analyzer.rpc.drawings import Drawings
from analyzer.rpc.errors import ERRORS
from analyzer.rpc.servicer import Servicer, endpoint
from analyzer.settings import Settings
from chassis.cache import Cache
from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry
from chassis.workers import Workers
from film.stills import Limits

_FILE_ENTRY_BYTES: Final = 512
"""What is kept for one file is a digest and a few facts."""


@asynccontextmanager
async def built(
    settings: Settings,
    *,
    telemetry: Telemetry | None = None,
    detectors: FaceDetectors | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Server]:
    """A server that is not started yet; its parts are closed at the end, in reverse. Fakes may stand in for parts.

    A telemetry that is given stays the giver's. Raises SettingsError for a model that cannot be used.
    """
    # One thread per call: OpenCV's own would fight with the workers for the same cores.
    cv2.setNumThreads(1)
    signals = telemetry or Telemetry.start(service="animatize-analyzer", settings=settings)
    workers = Workers(settings.workers, name="analyzer")
    pool = ThreadPoolExecutor(settings.stage_workers, thread_name_prefix="stage") if settings.stage_workers else None
    room = settings.cache_entries * _FILE_ENTRY_BYTES
    files = Cache.of("analyzer_files", settings, telemetry=signals, max_bytes=room)
    scenes = Cache.of("analyzer_scenes", settings, telemetry=signals)
    people = HogPeople() if settings.detect_people else None
    models = await asyncio.to_thread(_models, settings)
    limits = Limits(max_bytes=settings.max_still_bytes, max_pixels=settings.max_still_pixels)
    analyzer = Analyzer(detectors or HaarFaces(), TrainedEye(), people=people, models=models, limits=limits, pool=pool)
    decoding = asyncio.Semaphore(settings.max_decoding)
    analyses = Analyses(analyzer, workers=workers, files=files, scenes=scenes, decoding=decoding, telemetry=signals)
    drawings = Drawings(analyzer, ExplainDrawing(), workers=workers, decoding=decoding, telemetry=signals)
    servicer = Servicer(
        analyses, drawings, stats=scenes.stats, since=clock(), stream_running=settings.max_stream_running
    )
    try:
        yield Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=signals)
    finally:
        await scenes.close()
        await files.close()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
        workers.close()
        if telemetry is None:
            await signals.shutdown()


@asynccontextmanager
async def running(
    settings: Settings, *, telemetry: Telemetry | None = None, detectors: FaceDetectors | None = None
) -> AsyncIterator[Server]:
    """A server that is ready for calls until the block ends, then drains."""
    async with built(settings, telemetry=telemetry, detectors=detectors) as server, started(server):
        yield server


async def serve(settings: Settings) -> None:
    """Serves until the process is told to stop."""
    async with built(settings) as server:
        await serve_until_signal(server)


def _models(settings: Settings) -> Models:
    """The trained models that the settings name. Raises SettingsError."""
    try:
        return Models(
            depth=OnnxDepth(_session(settings, "depth"), Meaning(settings.depth_model_meaning))
            if settings.depth_model
            else None,
            detection=OnnxDetection(_session(settings, "detection")) if settings.detection_model else None,
            segmentation=OnnxSegmentation(_session(settings, "segmentation")) if settings.segmentation_model else None,
        )
    except ModelUnusable as error:
        raise SettingsError(str(error)) from error


def _session(settings: Settings, task: str) -> Session:
    """The model of one task, loaded. Raises ModelUnusable."""
    folder = settings.models_folder or Path(tempfile.gettempdir()) / "animatize-models"
    source = Source(
        place=getattr(settings, f"{task}_model"),
        sha256=getattr(settings, f"{task}_model_sha256"),
        folder=folder,
        max_bytes=settings.models_max_bytes,
        timeout_s=settings.models_timeout_s,
    )
    return Session(
        fetched(source),
        ModelFile(source.name, source.sha256.lower()),
        shown=source.shown,
        scaling=Scaling(getattr(settings, f"{task}_model_scaling")),
        size_px=settings.models_size_px,
        threads=settings.models_threads,
    )
