"""Drawings of what was seen, made in the workers and kept nowhere: people ask for them, one at a time."""

from typing import Final

from analyzer.rpc import messages
from analyzer.rpc.workbench import Workbench
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2
from chassis.crew import Crew
from chassis.places import Places
from chassis.telemetry import Telemetry, Watch

_DEFAULT_PX: Final = 1280


class Drawings:
    """Makes drawings, one at a time. Use from one event loop. decoding: as for analyses, it bounds memory."""

    def __init__(self, crew: Crew, *, decoding: Places, telemetry: Telemetry) -> None:
        """crew: workers with `Workbench`."""
        self._crew = crew
        self._decoding = decoding
        # Side by side, drawings of the largest size pass the memory that a pod is given.
        self._drawing = Places(1)
        self._telemetry = telemetry

    async def make(self, request: analyzer_pb2.ExplainImageRequest) -> analyzer_pb2.ExplainImageResponse:
        """The drawing and its analysis. Raises NotFetched, DigestMismatch, Cancelled and film.stills.StillError."""
        content, size_px = messages.content(request.image), request.size_px or _DEFAULT_PX
        watch = Watch(self._telemetry, verb="explain")
        async with self._drawing.place() as drawing:
            async with self._decoding.place() as decoding:
                measured, shown = await self._crew.run(
                    Workbench.both_decoded, content, request.image.sha256, size_px, watch=watch, ended=decoding.keep()
                )
            png, packed = await self._crew.run(
                Workbench.drawn, measured, shown, size_px, watch=watch, ended=drawing.keep()
            )
        return analyzer_pb2.ExplainImageResponse(png=png, analysis=analysis_pb2.SceneAnalysis.FromString(packed))
