"""Redis is a help, never a need: without it, or with one that hangs, callers get the same answers."""

from __future__ import annotations

import pytest

from animatize.analyzer.v1 import analyzer_pb2
from animatize.type.v1 import image_pb2, stage_pb2
from chassis.testing.otlp import Collector
from chassis.testing.redis import RedisServer

from . import meshes
from .meshes import photograph

# What one look-up may take when Redis hangs, and what a busy machine adds to it.
LOOK_UP_NS = 10 * 10**9


async def test_without_redis_everything_works_from_memory() -> None:
    async with meshes.inside() as mesh:
        asked = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=photograph("flower")))
        first = await mesh.analyzer.AnalyzeImage(asked, timeout=50)
        second = await mesh.analyzer.AnalyzeImage(asked, timeout=50)

    assert first.source == stage_pb2.RESULT_SOURCE_MADE
    assert second.source == stage_pb2.RESULT_SOURCE_MEMORY_CACHE
    assert first.analysis == second.analysis


@pytest.mark.usefixtures("patient_redis")
async def test_what_one_mesh_has_seen_another_finds_in_redis(redis_server: RedisServer) -> None:
    asked = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=photograph("flower")))
    async with meshes.inside(redis_url=redis_server.url) as mesh:
        first = await mesh.analyzer.AnalyzeImage(asked, timeout=50)
    async with meshes.inside(redis_url=redis_server.url) as mesh:
        second = await mesh.analyzer.AnalyzeImage(asked, timeout=50)

    assert second.source == stage_pb2.RESULT_SOURCE_SHARED_CACHE
    assert first.analysis == second.analysis


async def test_a_redis_that_hangs_costs_a_call_less_than_a_second(redis_server: RedisServer, otlp: Collector) -> None:
    async with meshes.inside(redis_url=redis_server.url, collector=otlp.endpoint) as mesh:
        await mesh.animate(photograph("china"))
        redis_server.pause()
        hanging = [await mesh.animate(photograph(name)) for name in ("sunset", "chelsea", "life")]

    for animation in hanging:
        spans = await otlp.wait_for(30, trace_id=animation.trace_id)
        # A look-up that hangs is waited for, a fifth of a second; one that the open circuit spares leaves no span. So
        # few of them are less than a second.
        waited = [span for span in spans if span.attributes.get("db.system.name")]
        assert len(waited) < 5, [(span.service, span.name) for span in waited]
        assert all(span.end_ns - span.start_ns < LOOK_UP_NS for span in waited)
        assert animation.generation.artifact.size_bytes > 0


async def test_a_redis_that_is_gone_is_done_without(redis_server: RedisServer) -> None:
    async with meshes.inside(redis_url=redis_server.url) as mesh:
        redis_server.kill()

        animation = await mesh.animate(photograph("china"))

    assert animation.generation.artifact.size_bytes > 0
