"""Analyses by content: from a cache where there is one, made in the workers where there is none.

Two caches. The first knows from a file's digest which pixels it holds; the second holds analyses by the digest of the
pixels and the options. A file seen before is answered without decoding, and the same picture in another lossless file
without measuring.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Final

from analyzer.core.errors import DigestMismatch
from analyzer.core.picture import Options, Picture
from analyzer.core.version import PIPELINE_VERSION
from analyzer.rpc import messages
from analyzer.rpc.workbench import Workbench
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2
from animatize.type.v1 import image_pb2, stage_pb2
from chassis.cache import Cache
from chassis.crew import Crew
from chassis.places import Places
from chassis.telemetry import Telemetry, Watch
from film.stills import byte_digest

_SOURCES: Final[Mapping[str, stage_pb2.ResultSource.ValueType]] = {
    "made": stage_pb2.RESULT_SOURCE_MADE,
    "memory": stage_pb2.RESULT_SOURCE_MEMORY_CACHE,
    "redis": stage_pb2.RESULT_SOURCE_SHARED_CACHE,
    "shared": stage_pb2.RESULT_SOURCE_JOINED,
}


class Analyses:
    """Finds or makes analyses. Use from one event loop.

    crew: workers with `Workbench`. models: which trained models they ask. files, scenes: the two caches.
    decoding: how many stills are decoded at the same time, which bounds memory.
    """

    def __init__(
        self,
        crew: Crew,
        *,
        models: str,
        files: Cache,
        scenes: Cache,
        decoding: Places,
        telemetry: Telemetry,
    ) -> None:
        self._crew = crew
        self._models = models
        self._files = files
        self._scenes = scenes
        self._decoding = decoding
        self._telemetry = telemetry

    async def find(
        self, image: image_pb2.Image, asked: analyzer_pb2.AnalysisOptions
    ) -> tuple[analysis_pb2.SceneAnalysis, stage_pb2.ResultSource.ValueType]:
        """The analysis and where it comes from.

        Raises NotFetched, DigestMismatch and film.stills.StillError.
        """
        options, content = messages.options(asked), messages.content(image)
        bypass = asked.cache_policy == analyzer_pb2.CACHE_POLICY_BYPASS
        # Whoever asks for neither a cache nor a check needs no digest here; the worker puts one into the facts.
        sha256 = "" if bypass and not image.sha256 else await _digest(content)
        if image.sha256 and image.sha256 != sha256:
            raise DigestMismatch(announced=image.sha256, found=sha256)
        if bypass:
            made = await self._made(await self._decoded(content, sha256, options), options)
            return _read(made), stage_pb2.RESULT_SOURCE_MADE
        return await self._cached(content, sha256, options)

    async def _cached(
        self, content: bytes, sha256: str, options: Options
    ) -> tuple[analysis_pb2.SceneAnalysis, stage_pb2.ResultSource.ValueType]:
        picture: Picture | None = None

        async def look() -> bytes:
            nonlocal picture
            picture = await self._decoded(content, sha256, options)
            facts = messages.facts_message(picture.facts)
            return json.dumps({"pixels": picture.digest, "facts": facts.SerializeToString().hex()}).encode()

        async def make() -> bytes:
            return await self._made(picture or await self._decoded(content, sha256, options), options)

        file = await self._files.get_or_make(_key(sha256, options.working_px), look)
        known = json.loads(file.value)
        maps = ",".join(sorted(options.maps)) or "none"
        extent = "with stability" if options.measure_stability else "alone"
        scene = await self._scenes.get_or_make(
            _key(known["pixels"], options.working_px, maps, extent, self._models), make
        )
        analysis = _read(scene.value)
        # Another file of the same pixels may have made it.
        analysis.image.ParseFromString(bytes.fromhex(known["facts"]))
        return analysis, _SOURCES[scene.source]

    async def _decoded(self, content: bytes, sha256: str, options: Options) -> Picture:
        watch = Watch(self._telemetry, verb="analyze")
        async with self._decoding.place() as place:
            return await self._crew.run(Workbench.decoded, content, sha256, options, watch=watch, ended=place.keep())

    async def _made(self, picture: Picture, options: Options) -> bytes:
        watch = Watch(self._telemetry, verb="analyze")
        return await self._crew.run(Workbench.measured, picture, options, watch=watch)


_LARGE: Final = 1 << 20
"""Bytes from which hashing would hold up the event loop for more than half a millisecond."""


async def _digest(content: bytes) -> str:
    return await asyncio.to_thread(byte_digest, content) if len(content) > _LARGE else byte_digest(content)


def _key(*parts: object) -> str:
    return ":".join([f"v{PIPELINE_VERSION}", *(str(part) for part in parts)])


def _read(content: bytes) -> analysis_pb2.SceneAnalysis:
    return analysis_pb2.SceneAnalysis.FromString(content)
