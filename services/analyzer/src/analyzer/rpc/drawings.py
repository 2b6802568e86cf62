"""Drawings of what was seen, made in the workers and kept nowhere: people ask for them, one at a time."""

import asyncio
import hashlib
from dataclasses import replace
from typing import Final

from analyzer.core.analysis import MapKind, SceneAnalysis, SceneMaps
from analyzer.core.errors import DigestMismatch
from analyzer.core.picture import Options, Picture
from analyzer.core.pipeline import Analyzer
from analyzer.core.ports import Drawer
from analyzer.rpc import messages
from animatize.analyzer.v1 import analyzer_pb2
from chassis.telemetry import Telemetry, Watch
from chassis.workers import Workers

_DEFAULT_PX: Final = 1280
_MEASURED: Final = Options(maps=frozenset(MapKind))
"""As AnalyzeImage measures by default, so that the drawing shows what it says; the maps are for the drawing."""


class Drawings:
    """Makes drawings, one at a time. Use from one event loop. decoding: as for analyses, it bounds memory."""

    def __init__(
        self,
        analyzer: Analyzer,
        drawer: Drawer,
        *,
        workers: Workers,
        decoding: asyncio.Semaphore,
        telemetry: Telemetry,
    ) -> None:
        self._analyzer = analyzer
        self._drawer = drawer
        self._workers = workers
        self._decoding = decoding
        # Side by side, drawings of the largest size pass the memory that a pod is given.
        self._drawing = asyncio.Semaphore(1)
        self._telemetry = telemetry

    async def make(self, request: analyzer_pb2.ExplainImageRequest) -> analyzer_pb2.ExplainImageResponse:
        """The drawing and its analysis. Raises NotFetched, DigestMismatch, Cancelled and film.stills.StillError."""
        content, size_px = messages.content(request.image), request.size_px or _DEFAULT_PX
        watch = Watch(self._telemetry, verb="explain")
        async with self._drawing:
            async with self._decoding:
                measured, shown = await self._workers.run(
                    self._decoded, content, request.image.sha256, size_px, watch, watch=watch
                )
            png, analysis = await self._workers.run(self._drawn, measured, shown, size_px, watch, watch=watch)
        return analyzer_pb2.ExplainImageResponse(png=png, analysis=messages.analysis_message(analysis))

    def _decoded(self, content: bytes, announced: str, size_px: int, watch: Watch) -> tuple[Picture, Picture]:
        """The still as it is measured, and as it is shown."""
        found = hashlib.sha256(content).hexdigest()
        if announced and announced != found:
            raise DigestMismatch(announced=announced, found=found)
        measured = self._analyzer.decode(content, _MEASURED, watch)
        return measured, self._analyzer.decode(content, replace(_MEASURED, working_px=size_px), watch)

    def _drawn(self, measured: Picture, shown: Picture, size_px: int, watch: Watch) -> tuple[bytes, SceneAnalysis]:
        analysis = self._analyzer.measure(measured, _MEASURED, watch)
        png = self._drawer.draw(shown.still.pixels, analysis, size_px=size_px, watch=watch)
        # The maps are in the drawing; who wants them as figures asks AnalyzeImage.
        return png, replace(analysis, maps=SceneMaps())
