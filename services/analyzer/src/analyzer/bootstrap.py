"""Where the analyzer's rooms are joined."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

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
from analyzer.rpc.analyses import Analyses
from analyzer.rpc.drawings import Drawings
from analyzer.rpc.errors import ERRORS
from analyzer.rpc.servicer import Servicer, endpoint
from analyzer.rpc.workbench import Plan, Workbench
from analyzer.settings import Settings
from chassis.cache import Cache
from chassis.crew import Crew
from chassis.crew.processes import Processes
from chassis.crew.threads import Threads
from chassis.places import Places
from chassis.server import Server, serve_until_signal
from chassis.server import running as started
from chassis.settings import SettingsError
from chassis.telemetry import Telemetry, Watch
from chassis.workers import Workers
from film.stills import Limits

_FILE_ENTRY_BYTES: Final = 512
"""What is kept for one file is a digest and a few facts."""


@asynccontextmanager
async def built(
    settings: Settings,
    *,
    telemetry: Telemetry | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Server]:
    """A server that is not started yet, its workers ready; its parts are closed at the end, in reverse.

    A telemetry that is given stays the giver's. Raises SettingsError for a model that cannot be used, and
    chassis.crew.crossing.Lost when a worker process does not start.
    """
    signals = telemetry or Telemetry.start(service="animatize-analyzer", settings=settings)
    async with AsyncExitStack() as parts:
        if telemetry is None:
            parts.push_async_callback(signals.shutdown)
        crew = await _crew(settings, signals, parts)
        room = settings.cache_entries * _FILE_ENTRY_BYTES
        files = Cache.of("analyzer_files", settings, telemetry=signals, max_bytes=room)
        parts.push_async_callback(files.close)
        scenes = Cache.of("analyzer_scenes", settings, telemetry=signals)
        parts.push_async_callback(scenes.close)
        models = await crew.run(Workbench.models, watch=Watch(signals))
        decoding = Places(settings.max_decoding)
        analyses = Analyses(crew, models=models, files=files, scenes=scenes, decoding=decoding, telemetry=signals)
        drawings = Drawings(crew, decoding=decoding, telemetry=signals)
        servicer = Servicer(
            analyses, drawings, stats=scenes.stats, since=clock(), stream_running=settings.max_stream_running
        )
        yield Server(settings, [endpoint(servicer)], errors=ERRORS, telemetry=signals)


@asynccontextmanager
async def running(settings: Settings, *, telemetry: Telemetry | None = None) -> AsyncIterator[Server]:
    """A server that is ready for calls until the block ends, then drains."""
    async with built(settings, telemetry=telemetry) as server, started(server):
        yield server


async def serve(settings: Settings) -> None:
    """Serves until the process is told to stop."""
    async with built(settings) as server:
        await serve_until_signal(server)


async def _crew(settings: Settings, signals: Telemetry, parts: AsyncExitStack) -> Crew:
    """The workers, ready. Raises SettingsError for a model that cannot be used, and Lost."""
    plan = Plan(
        detectors=HaarFaces,
        eye=TrainedEye,
        drawer=ExplainDrawing,
        people=HogPeople if settings.detect_people else None,
        # A worker process that needs no models does not import this module, and what it brings, to make none.
        models=partial(_models, settings) if settings.models_named else Models,
        limits=Limits(max_bytes=settings.max_still_bytes, max_pixels=settings.max_still_pixels),
    )
    try:
        if settings.worker_processes:
            for task in settings.models_named:
                # Once, before every process would.
                await asyncio.to_thread(fetched, _source(settings, task))
            processes = Processes(
                settings.worker_processes, name="analyzer", build=plan.warm_workbench, telemetry=signals
            )
            parts.push_async_callback(processes.close)
            await processes.start()
            return processes
        pool = (
            ThreadPoolExecutor(settings.stage_workers, thread_name_prefix="stage") if settings.stage_workers else None
        )
        if pool is not None:
            parts.callback(pool.shutdown, wait=False, cancel_futures=True)
        threads = Threads(await asyncio.to_thread(plan.workbench, pool), Workers(settings.workers, name="analyzer"))
        parts.push_async_callback(threads.close)
    except ModelUnusable as error:
        raise SettingsError(str(error)) from error
    return threads


def _models(settings: Settings) -> Models:
    """The trained models that the settings name. Raises ModelUnusable."""
    return Models(
        depth=OnnxDepth(_session(settings, "depth"), Meaning(settings.depth_model_meaning))
        if settings.depth_model
        else None,
        detection=OnnxDetection(_session(settings, "detection")) if settings.detection_model else None,
        segmentation=OnnxSegmentation(_session(settings, "segmentation")) if settings.segmentation_model else None,
    )


def _session(settings: Settings, task: str) -> Session:
    """The model of one task, loaded. Raises ModelUnusable."""
    source = _source(settings, task)
    return Session(
        fetched(source),
        ModelFile(source.name, source.sha256.lower()),
        shown=source.shown,
        scaling=Scaling(getattr(settings, f"{task}_model_scaling")),
        size_px=settings.models_size_px,
        threads=settings.models_threads,
    )


def _source(settings: Settings, task: str) -> Source:
    return Source(
        place=getattr(settings, f"{task}_model"),
        sha256=getattr(settings, f"{task}_model_sha256"),
        folder=settings.models_folder or Path(tempfile.gettempdir()) / "animatize-models",
        max_bytes=settings.models_max_bytes,
        timeout_s=settings.models_timeout_s,
    )
