"""Four small services that speak the true contracts, do as they are told, and remember what they were asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.generator.v1 import clip_pb2, generation_pb2, generator_pb2, generator_pb2_grpc, verdict_pb2
from animatize.predictor.v1 import prediction_pb2, predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import measure_pb2, money_pb2, movement_pb2, stage_pb2
from chassis.answer import DETAILS_KEY, encode
from chassis.errors import Answer

CLIP = b"the clip's bytes"
PROMPT = "The camera dollies in."


def a_map(fill: bytes) -> measure_pb2.Map:
    return measure_pb2.Map(width=1, height=1, encoding=measure_pb2.MAP_ENCODING_PNG_GRAY8, data=fill, quality=0.5)


ALL_MAPS = {
    analysis_pb2.MAP_KIND_DEPTH: "depth",
    analysis_pb2.MAP_KIND_SALIENCY: "saliency",
    analysis_pb2.MAP_KIND_REGIONS: "regions",
    analysis_pb2.MAP_KIND_FOREGROUND: "foreground",
}


def a_move(movement: int = movement_pb2.MOVEMENT_DOLLY_IN) -> prediction_pb2.CameraMove:
    return prediction_pb2.CameraMove(
        movement=movement,
        amplitude=0.15,
        amplitude_unit=prediction_pb2.AMPLITUDE_UNIT_GROWTH,
    )


def a_prediction() -> prediction_pb2.Prediction:
    camera = prediction_pb2.CameraCandidate(move=a_move(), justification="Lines meet at (0.5, 0.4).")
    prediction = prediction_pb2.Prediction(camera=[camera], rules_version="fake-1")
    prediction.best.camera.CopyFrom(camera)
    prediction.best.environment.add(motion=prediction_pb2.ENVIRONMENT_MOTION_CLOUD)
    return prediction


def an_abstention() -> prediction_pb2.Prediction:
    reason = prediction_pb2.Abstention(
        reason=prediction_pb2.ABSTENTION_REASON_NO_INFORMATION, explanation="The still is flat."
    )
    return prediction_pb2.Prediction(abstention=reason, rules_version="fake-1")


def a_generation(*, content: bytes = CLIP) -> generation_pb2.Generation:
    return generation_pb2.Generation(
        artifact=clip_pb2.Artifact(name="clip.mp4", mime_type="video/mp4", size_bytes=len(CLIP), content=content),
        verdict=verdict_pb2.MotionVerdict(outcome=verdict_pb2.VERDICT_OUTCOME_AS_ASKED),
        spending=generation_pb2.Spending(),
        model="local/renderer",
        source=stage_pb2.RESULT_SOURCE_MADE,
    )


@dataclass
class Witness:
    """What one fake saw. requests: in their order; cancelled_at: when its handler was cancelled, monotonic seconds."""

    requests: list[Any] = field(default_factory=list)
    deadlines: list[float | None] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled_at: float | None = None

    @contextmanager
    def watching(self, request: Any, context: Any) -> Iterator[None]:
        self.requests.append(request)
        self.deadlines.append(context.time_remaining())
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        self.started.set()
        try:
            yield
        except asyncio.CancelledError:
            self.cancelled_at = time.monotonic()
            self.cancelled.set()
            raise
        finally:
            self.busy -= 1


Play = Callable[[Any, Any], Awaitable[None]]


async def at_once(_request: Any, _context: Any) -> None:
    """Nothing before the answer."""


async def never(_request: Any, _context: Any) -> None:
    """No answer, ever."""
    await asyncio.Event().wait()


def after(seconds: float) -> Play:
    async def play(_request: Any, _context: Any) -> None:
        await asyncio.sleep(seconds)

    return play


def failing(answer: Answer, *, domain: str = "animatize") -> Play:
    async def play(_request: Any, context: Any) -> None:
        message, packed = encode(answer, domain=domain)
        await context.abort(answer.code, message, ((DETAILS_KEY, packed),))

    return play


def aborting(code: grpc.StatusCode, text: str) -> Play:
    async def play(_request: Any, context: Any) -> None:
        await context.abort(code, text)

    return play


class Fake:
    """play: what happens before the answer."""

    def __init__(self) -> None:
        self.play: Play = at_once
        self.seen = Witness()


class FakeAnalyzer(Fake, analyzer_pb2_grpc.AnalyzerServiceServicer):
    async def AnalyzeImage(self, request: Any, context: Any) -> Any:
        with self.seen.watching(request, context):
            await self.play(request, context)
        analysis = analysis_pb2.SceneAnalysis(pipeline_version="fake-1")
        for kind in request.options.maps:
            getattr(analysis.maps, ALL_MAPS[kind]).CopyFrom(a_map(ALL_MAPS[kind].encode()))
        return analyzer_pb2.AnalyzeImageResponse(analysis=analysis, source=stage_pb2.RESULT_SOURCE_MEMORY_CACHE)

    async def AnalyzeImages(self, request_iterator: Any, context: Any) -> AsyncIterator[Any]:
        with self.seen.watching(None, context):
            async for request in request_iterator:
                await self.play(request, context)
                yield analyzer_pb2.AnalyzeImagesResponse(id=request.id, analysis=analysis_pb2.SceneAnalysis())

    async def ExplainImage(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.ExplainImageResponse(png=b"png")

    async def GetCacheStats(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.GetCacheStatsResponse(misses=7)


class FakePredictor(Fake, predictor_pb2_grpc.PredictorServiceServicer):
    def __init__(self) -> None:
        super().__init__()
        self.prediction = a_prediction()

    async def PredictMovement(self, request: Any, context: Any) -> Any:
        with self.seen.watching(request, context):
            await self.play(request, context)
        return predictor_pb2.PredictMovementResponse(prediction=self.prediction)

    async def ListRules(self, request: Any, context: Any) -> Any:
        return predictor_pb2.ListRulesResponse(rules_version="fake-1")

    async def ExplainRule(self, request: Any, context: Any) -> Any:
        return predictor_pb2.ExplainRuleResponse()


class FakeExpander(Fake, expander_pb2_grpc.ExpanderServiceServicer):
    def __init__(self) -> None:
        super().__init__()
        self.cost = money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)

    async def ExpandPrompt(self, request: Any, context: Any) -> Any:
        with self.seen.watching(request, context):
            await self.play(request, context)
        expansion = expander_pb2.Expansion(
            prompts=[expander_pb2.Prompt(dialect=expander_pb2.DIALECT_GENERIC, text=PROMPT)],
            written_by=expander_pb2.WRITER_COMPOSER,
            cost=self.cost,
            source=stage_pb2.RESULT_SOURCE_MADE,
        )
        return expander_pb2.ExpandPromptResponse(expansion=expansion)

    async def LintPrompt(self, request: Any, context: Any) -> Any:
        return expander_pb2.LintPromptResponse()


class FakeGenerator(Fake, generator_pb2_grpc.GeneratorServiceServicer):
    """steps: the fractions that it tells; parts: the clip in chunks, when chunks are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[float, ...] = (0.25, 0.75, 1.0)
        self.parts: tuple[bytes, ...] = (CLIP[:4], CLIP[4:])
        self.generation: generation_pb2.Generation | None = a_generation()
        self.upper_bound = money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)

    async def Generate(self, request: Any, context: Any) -> AsyncIterator[Any]:
        with self.seen.watching(request, context):
            for step in self.steps:
                told = generation_pb2.GenerationProgress(
                    stage="render", fraction=step, frames_done=round(96 * step), frames_total=96
                )
                yield generator_pb2.GenerateResponse(progress=told)
            await self.play(request, context)
            chunked = request.delivery == generator_pb2.DELIVERY_CHUNKS
            offset = 0
            for part in self.parts if chunked else ():
                yield generator_pb2.GenerateResponse(chunk=clip_pb2.ArtifactChunk(offset=offset, data=part))
                offset += len(part)
            if self.generation is not None:
                yield generator_pb2.GenerateResponse(generation=self.generation)

    async def EstimateGeneration(self, request: Any, context: Any) -> Any:
        self.seen.requests.append(request)
        line = generator_pb2.ModelEstimate(model="local/renderer", cost=self.upper_bound)
        return generator_pb2.EstimateGenerationResponse(estimates=[line], upper_bound=self.upper_bound)

    async def CreateGeneration(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    async def WatchGeneration(self, request: Any, context: Any) -> AsyncIterator[Any]:
        raise NotImplementedError
        yield

    async def VerifyMotion(self, request: Any, context: Any) -> Any:
        return generator_pb2.VerifyMotionResponse()

    async def RenderKeyframes(self, request: Any, context: Any) -> Any:
        return generator_pb2.RenderKeyframesResponse()

    async def ListModels(self, request: Any, context: Any) -> Any:
        return generator_pb2.ListModelsResponse(models=[generation_pb2.Model(name="local/renderer")])
