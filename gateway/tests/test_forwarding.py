"""The services behind the gateway answer under their own names, as if the caller spoke to them."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.generator.v1 import generator_pb2, generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from chassis.errors import info, violations
from gateway.rpc import forwarding

from .fakes import CLIP, PROMPT, a_move, aborting, failing, never
from .mesh import an_image, everything, meshed
from .test_failures import REFUSED


def analyze_request() -> analyzer_pb2.AnalyzeImageRequest:
    return analyzer_pb2.AnalyzeImageRequest(image=an_image())


def generate_request(**more: Any) -> generator_pb2.GenerateRequest:
    return generator_pb2.GenerateRequest(image=an_image(), plan=generator_pb2.MotionPlan(camera=a_move()), **more)


async def test_each_service_answers_under_its_own_name() -> None:
    async with meshed() as mesh:
        analyzer = analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel)
        predictor = predictor_pb2_grpc.PredictorServiceStub(mesh.channel)
        expander = expander_pb2_grpc.ExpanderServiceStub(mesh.channel)
        generator = generator_pb2_grpc.GeneratorServiceStub(mesh.channel)
        analysis = (await analyzer.AnalyzeImage(analyze_request())).analysis
        stats = await analyzer.GetCacheStats(analyzer_pb2.GetCacheStatsRequest())
        prediction = (
            await predictor.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=analysis))
        ).prediction
        expansion = (
            await expander.ExpandPrompt(expander_pb2.ExpandPromptRequest(analysis=analysis, prediction=prediction))
        ).expansion
        models = (await generator.ListModels(generator_pb2.ListModelsRequest())).models

    assert analysis.pipeline_version == "fake-1"
    assert stats.misses == 7
    assert prediction.HasField("best")
    assert expansion.prompts[0].text == PROMPT
    assert models[0].name == "local/renderer"


async def test_a_stream_of_answers_passes_as_it_comes() -> None:
    async with meshed() as mesh:
        generator = generator_pb2_grpc.GeneratorServiceStub(mesh.channel)
        request = generate_request(delivery=generator_pb2.DELIVERY_CHUNKS)
        answers, error = await everything(generator.Generate(request))

    assert error is None
    assert [answer.WhichOneof("event") for answer in answers] == [*["progress"] * 3, *["chunk"] * 2, "generation"]
    assert answers[-1].generation.artifact.content == CLIP
    assert mesh.generator.seen.requests == [request]


async def test_a_stream_of_requests_is_answered_one_by_one() -> None:
    async with meshed() as mesh:
        call = analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel).AnalyzeImages()
        await call.write(analyzer_pb2.AnalyzeImagesRequest(id="a", image=an_image()))
        first = await asyncio.wait_for(call.read(), 30)
        # Broken on purpose: the service answers for it, and the stream goes on.
        await call.write(analyzer_pb2.AnalyzeImagesRequest(id="b"))
        second = await asyncio.wait_for(call.read(), 30)
        await call.done_writing()
        end = await call.read()

    assert (first.id, second.id, end) == ("a", "b", grpc.aio.EOF)


async def test_the_callers_deadline_reaches_the_service() -> None:
    async with meshed() as mesh:
        await analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel).AnalyzeImage(analyze_request(), timeout=50)

    assert 20 < mesh.analyzer.seen.deadlines[0] <= 50


async def test_a_deadline_that_passes_stops_the_service() -> None:
    async with meshed() as mesh:
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel)
        # Connects all, so that the time is the service's alone.
        await stub.AnalyzeImage(analyze_request())
        mesh.analyzer.play = never
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.AnalyzeImage(analyze_request(), timeout=1.5)
        await asyncio.wait_for(mesh.analyzer.seen.cancelled.wait(), 30)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_errors_come_back_unchanged_with_the_stage_added() -> None:
    async with meshed() as mesh:
        mesh.analyzer.play = failing(REFUSED)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel).AnalyzeImage(analyze_request())

    found = info(caught.value)
    assert found is not None
    assert (caught.value.code(), found.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "IMAGE_TRUNCATED")
    assert dict(found.metadata) == {"found": "half a JPEG", "stage": "analyze"}
    assert violations(caught.value) == list(REFUSED.violations)


async def test_a_stream_that_fails_midway_keeps_what_came_and_ends_with_the_error() -> None:
    async with meshed() as mesh:
        mesh.generator.play = failing(REFUSED)
        answers, error = await everything(
            generator_pb2_grpc.GeneratorServiceStub(mesh.channel).Generate(generate_request())
        )

    assert len(answers) == 3
    assert error is not None
    found = info(error)
    assert found is not None
    assert found.metadata["stage"] == "generate"


async def test_a_service_that_is_down_is_named() -> None:
    async with meshed() as mesh:
        await mesh.servers["predictor"].stop(None)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await predictor_pb2_grpc.PredictorServiceStub(mesh.channel).ListRules(predictor_pb2.ListRulesRequest())

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert caught.value.details() == "the predict stage cannot be reached; try again"


async def test_a_service_that_breaks_off_is_not_taken_for_the_callers_own_cancel() -> None:
    async with meshed() as mesh:
        mesh.analyzer.play = aborting(grpc.StatusCode.CANCELLED, "shutting down")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel).AnalyzeImage(analyze_request())

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_stream_that_the_service_breaks_off_is_not_taken_for_the_callers_own_cancel() -> None:
    async with meshed() as mesh:
        mesh.generator.play = aborting(grpc.StatusCode.CANCELLED, "shutting down")
        generator = generator_pb2_grpc.GeneratorServiceStub(mesh.channel)
        _, error = await everything(generator.Generate(generate_request()))

    assert error is not None
    assert error.code() is grpc.StatusCode.UNAVAILABLE


async def test_rules_beside_the_fields_are_held_at_the_gateway() -> None:
    async with meshed() as mesh:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await analyzer_pb2_grpc.AnalyzerServiceStub(mesh.channel).AnalyzeImage(analyzer_pb2.AnalyzeImageRequest())

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert [violation.field for violation in violations(caught.value)] == ["image"]
    assert not mesh.analyzer.seen.requests


async def test_all_services_are_listed_for_callers_who_ask() -> None:
    async with meshed(reflection=True) as mesh:
        stub = reflection_pb2_grpc.ServerReflectionStub(mesh.channel)
        ask = reflection_pb2.ServerReflectionRequest(list_services="")
        (answer,), _ = await everything(stub.ServerReflectionInfo(iter([ask])))

    names = {service.name for service in answer.list_services_response.service}
    assert {fronted.name for fronted in forwarding.FRONTED} < names
    assert {"animatize.gateway.v1.GatewayService", "google.longrunning.Operations"} < names


def test_what_may_pay_or_outlives_its_call_is_never_repeated() -> None:
    repeated = {method for fronted in forwarding.FRONTED for method in fronted.retried}
    existing = {method.name for fronted in forwarding.FRONTED for method in fronted.descriptor.methods}

    assert repeated < existing
    assert not repeated & {"Generate", "CreateGeneration"}
