"""The analyzer, as the pipeline sees it: an analysis in the forms that the others need, and never more than that."""

from __future__ import annotations

from typing import Final

import grpc

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2
from gateway.core.order import Order
from gateway.core.ports import Analyzed

#: The maps that rendering needs, and their fields in `SceneMaps`: a movement in depth needs the first two, water and
#: leaves in motion the third.
RENDERED: Final = {
    analysis_pb2.MAP_KIND_DEPTH: "depth",
    analysis_pb2.MAP_KIND_FOREGROUND: "foreground",
    analysis_pb2.MAP_KIND_REGIONS: "regions",
}

#: All maps that a caller can ask for.
_FIELDS: Final = {
    **RENDERED,
    analysis_pb2.MAP_KIND_SALIENCY: "saliency",
}


class AnalyzerClient:
    """Asks the analyzer behind `channel`; raises what gRPC raises."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)

    async def analyze(self, content: bytes, order: Order, *, limit_s: float) -> Analyzed:
        """The analysis; the maps that rendering needs are asked for beside the caller's own.

        order.analysis is an `AnalysisOptions`.
        """
        wanted = set(order.analysis.maps)
        options = analyzer_pb2.AnalysisOptions()
        options.CopyFrom(order.analysis)
        options.maps[:] = sorted({*wanted, *RENDERED})
        image = image_pb2.Image(content=content, sha256=order.still.sha256)
        request = analyzer_pb2.AnalyzeImageRequest(image=image, options=options)
        response = await self._stub.AnalyzeImage(request, timeout=limit_s)
        return _split(response, wanted={_FIELDS[kind] for kind in wanted})


def _split(response: analyzer_pb2.AnalyzeImageResponse, *, wanted: set[str]) -> Analyzed:
    maps = analysis_pb2.SceneMaps()
    maps.CopyFrom(response.analysis.maps)
    figures = response.analysis
    # Taken out once, so that the copies below do not carry what most of an answer's bytes are.
    figures.ClearField("maps")
    return Analyzed(
        told=_with(figures, maps, wanted),
        figures=figures,
        shown=_with(figures, maps, set(RENDERED.values())),
        source=response.source,
    )


def _with(
    figures: analysis_pb2.SceneAnalysis, maps: analysis_pb2.SceneMaps, wanted: set[str]
) -> analysis_pb2.SceneAnalysis:
    """The figures with those of the maps that are wanted and there."""
    analysis = analysis_pb2.SceneAnalysis()
    analysis.CopyFrom(figures)
    for field, value in maps.ListFields():
        if field.name in wanted:
            getattr(analysis.maps, field.name).CopyFrom(value)
    return analysis
