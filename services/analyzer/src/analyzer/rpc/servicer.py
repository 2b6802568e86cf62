"""The analyzer's RPCs: messages in, analyses out."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from analyzer.rpc.analyses import Analyses
from analyzer.rpc.drawings import Drawings
from analyzer.rpc.stream import answers
from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from chassis.cache import Stats
from chassis.server import Endpoint


class Servicer(analyzer_pb2_grpc.AnalyzerServiceServicer):
    """`animatize.analyzer.v1.AnalyzerService`.

    stats: the state of the cache of analyses. since: when counting began. stream_running: stills of one stream that
    are worked on at the same time.
    """

    def __init__(
        self,
        analyses: Analyses,
        drawings: Drawings,
        *,
        stats: Callable[[], Stats],
        since: datetime,
        stream_running: int,
    ) -> None:
        self._analyses = analyses
        self._drawings = drawings
        self._stats = stats
        self._since = since
        self._stream_running = stream_running

    async def AnalyzeImage(
        self, request: analyzer_pb2.AnalyzeImageRequest, _context: object
    ) -> analyzer_pb2.AnalyzeImageResponse:
        """One still's analysis."""
        analysis, source = await self._analyses.find(request.image, request.options)
        return analyzer_pb2.AnalyzeImageResponse(analysis=analysis, source=source)

    async def AnalyzeImages(
        self, requests: AsyncIterator[analyzer_pb2.AnalyzeImagesRequest], _context: object
    ) -> AsyncIterator[analyzer_pb2.AnalyzeImagesResponse]:
        """Analyses in the order in which they are ready; reads on only as fast as it answers."""
        async for answer in answers(requests, self._analyses.find, running=self._stream_running):
            yield answer

    async def ExplainImage(
        self, request: analyzer_pb2.ExplainImageRequest, _context: object
    ) -> analyzer_pb2.ExplainImageResponse:
        """A drawing of what was seen in one still."""
        return await self._drawings.make(request)

    async def GetCacheStats(
        self, _request: analyzer_pb2.GetCacheStatsRequest, _context: object
    ) -> analyzer_pb2.GetCacheStatsResponse:
        """The state of the cache of analyses."""
        stats = self._stats()
        since = Timestamp()
        since.FromDatetime(self._since)
        return analyzer_pb2.GetCacheStatsResponse(
            memory_hits=stats.hits,
            shared_hits=stats.redis_hits,
            # What memory missed was found in Redis, joined, or made.
            misses=max(0, stats.misses - stats.redis_hits - stats.shared),
            joined=stats.shared,
            entries=stats.entries,
            size_bytes=stats.bytes,
            evictions=stats.evictions,
            shared_errors=stats.redis_errors,
            since=since,
        )


def endpoint(servicer: Servicer) -> Endpoint:
    """The analyzer service for a server; the state of the cache is told however busy the server is."""
    return Endpoint(
        service="animatize.analyzer.v1.AnalyzerService",
        add=lambda server: analyzer_pb2_grpc.add_AnalyzerServiceServicer_to_server(servicer, server),
        exempt=frozenset({"GetCacheStats"}),
    )
