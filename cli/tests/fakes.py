"""A small gateway that speaks the true contract, does as it is told, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.rpc import status_pb2

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc, composition_pb2, space_pb2
from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.generator.v1 import generation_pb2, generator_pb2, generator_pb2_grpc, verdict_pb2
from animatize.predictor.v1 import prediction_pb2, predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import money_pb2, movement_pb2, stage_pb2
from chassis.answer import DETAILS_KEY, encode
from chassis.errors import Answer

CLIP = b"the clip's bytes, in two parts"
DRAWING = b"\x89PNG\r\n\x1a\n and the drawing"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BIG = [("grpc.max_receive_message_length", 24 << 20), ("grpc.max_send_message_length", 24 << 20)]

Play = Callable[[Any], Awaitable[None]]


def an_analysis() -> analysis_pb2.SceneAnalysis:
    analysis = analysis_pb2.SceneAnalysis(pipeline_version="fake-1")
    analysis.scene.kind = composition_pb2.SCENE_KIND_LANDSCAPE
    analysis.scene.confidence.probability = 0.72
    analysis.scene.outdoor.value = 0.9
    analysis.scene.outdoor.quality = 0.8
    analysis.scene.time_of_day = composition_pb2.TIME_OF_DAY_DAY
    for kind, share in (
        (space_pb2.REGION_KIND_ROCK, 0.31),
        (space_pb2.REGION_KIND_SKY, 0.3),
        (space_pb2.REGION_KIND_ROCK, 0.1),
    ):
        analysis.regions.add(kind=kind, share=share)
    subject = analysis.subjects.add(prominence=0.34)
    subject.centre.x, subject.centre.y = 0.7, 0.5
    analysis.horizon.y, analysis.horizon.quality = 0.38, 0.7
    analysis.vanishing_point.point.x, analysis.vanishing_point.point.y = 0.52, 0.41
    analysis.vanishing_point.quality = 0.81
    analysis.depth.quality = 0.56
    analysis.depth.cues.extend([space_pb2.DEPTH_CUE_HAZE, space_pb2.DEPTH_CUE_GROUND_PLANE])
    analysis.light.brightness.value = 0.61
    analysis.light.warmth.value = -0.2
    analysis.stages.add(stage="faces", abstained_because="no face on which the detectors agree")
    return analysis


def a_candidate(movement: int, probability: float) -> prediction_pb2.CameraCandidate:
    candidate = prediction_pb2.CameraCandidate(
        justification="Strong lines meet in the frame (0.81) and the ground runs into the depth (0.64).",
        would_change="the lines did not meet inside the frame",
    )
    candidate.move.movement = movement  # type: ignore[assignment]
    candidate.move.amplitude = 0.15
    candidate.move.amplitude_unit = prediction_pb2.AMPLITUDE_UNIT_GROWTH
    candidate.confidence.probability = probability
    candidate.evidence.add(
        metric="vanishing_point.quality", value=0.81, quality=0.9, log_odds=1.2, sentence="The lines meet."
    )
    return candidate


def a_prediction() -> prediction_pb2.Prediction:
    best = a_candidate(movement_pb2.MOVEMENT_DOLLY_IN, 0.71)
    prediction = prediction_pb2.Prediction(camera=[best, a_candidate(movement_pb2.MOVEMENT_PAN_RIGHT, 0.44)])
    prediction.best.camera.CopyFrom(best)
    prediction.best.environment.add(motion=prediction_pb2.ENVIRONMENT_MOTION_CLOUD)
    return prediction


def an_abstention() -> prediction_pb2.Prediction:
    reason = prediction_pb2.Abstention(
        reason=prediction_pb2.ABSTENTION_REASON_NO_INFORMATION, explanation="The still is flat: information 0.02."
    )
    reason.nearest.CopyFrom(a_candidate(movement_pb2.MOVEMENT_ZOOM_IN, 0.2))
    return prediction_pb2.Prediction(abstention=reason)


def an_expansion() -> expander_pb2.Expansion:
    expansion = expander_pb2.Expansion(written_by=expander_pb2.WRITER_COMPOSER)
    expansion.prompts.add(dialect=expander_pb2.DIALECT_GENERIC, text="The camera slowly pushes in towards the peaks.")
    return expansion


def a_generation(clip: bytes = CLIP) -> generation_pb2.Generation:
    generation = generation_pb2.Generation(model="local/renderer", realtime_factor=0.65)
    artifact = generation.artifact
    artifact.name, artifact.mime_type, artifact.size_bytes = "clip.mp4", "video/mp4", len(clip)
    artifact.sha256 = hashlib.sha256(clip).hexdigest()
    artifact.facts.container, artifact.facts.codec = "mp4", "h264"
    artifact.facts.size.width_px, artifact.facts.size.height_px = 960, 720
    artifact.facts.frames_per_second, artifact.facts.frames = 24, 96
    artifact.facts.duration.seconds = 4
    generation.delivered.asked.CopyFrom(a_candidate(movement_pb2.MOVEMENT_DOLLY_IN, 0.7).move)
    generation.delivered.amplitude = 0.14
    generation.delivered.environment[:] = ["water", "northern_lights"]
    verdict = generation.verdict
    verdict.outcome = verdict_pb2.VERDICT_OUTCOME_AS_ASKED
    verdict.asked = verdict.measured = movement_pb2.MOVEMENT_DOLLY_IN
    verdict.amplitude.value, verdict.amplitude_unit = 0.139, prediction_pb2.AMPLITUDE_UNIT_GROWTH
    verdict.score.value, verdict.confidence.probability = 0.94, 0.97
    return generation


def a_verification() -> generator_pb2.VerifyMotionResponse:
    """Of a pan to the right that was not asked for."""
    response = generator_pb2.VerifyMotionResponse()
    verdict, clip = response.verdict, response.clip
    verdict.outcome = verdict_pb2.VERDICT_OUTCOME_MEASURED
    verdict.measured = movement_pb2.MOVEMENT_PAN_RIGHT
    for movement, probability in (
        (movement_pb2.MOVEMENT_PAN_RIGHT, 0.87),
        (movement_pb2.MOVEMENT_TRUCK_RIGHT, 0.11),
    ):
        verdict.alternatives.add(movement=movement, probability=probability)
    verdict.amplitude.value, verdict.amplitude.quality = 0.07, 0.9
    verdict.amplitude_unit = prediction_pb2.AMPLITUDE_UNIT_RADIAN
    verdict.steadiness.value, verdict.steadiness.quality = 0.98, 0.8
    verdict.inlier_share.value, verdict.local_motion_share.value = 0.93, 0.04
    verdict.confidence.probability, verdict.confidence.calibration_id = 0.87, "built-1"
    verdict.method = "dense-flow-1"
    clip.size.width_px, clip.size.height_px = 640, 360
    clip.frames_per_second, clip.frames = 24, 48
    clip.duration.seconds = 2
    clip.container, clip.codec = "mp4", "h264"
    return response


async def at_once(_context: Any) -> None:
    """Nothing before the render."""


def failing(answer: Answer) -> Play:
    async def play(context: Any) -> None:
        message, packed = encode(answer, domain="animatize")
        await context.abort(answer.code, message, ((DETAILS_KEY, packed),))

    return play


async def hanging(_context: Any) -> None:
    """Never answers."""
    await asyncio.Event().wait()


class FakeGateway(
    gateway_pb2_grpc.GatewayServiceServicer,
    analyzer_pb2_grpc.AnalyzerServiceServicer,
    predictor_pb2_grpc.PredictorServiceServicer,
    generator_pb2_grpc.GeneratorServiceServicer,
):
    """play: what happens before the answer, or before the render.

    prediction: what is predicted. parts: the clip's chunks; inline: the clip in the result instead. finishes: whether
    the last event is sent. pace_s: between the frames of the render, and before each answer of a stream of stills.
    drawing: what is drawn. Of a stream of stills, by their bytes: late are answered last, hung never, refused so.
    answers_at_most: a stream ends after so many answers.
    """

    def __init__(self) -> None:
        self.play: Play = at_once
        self.prediction = a_prediction()
        self.generation = a_generation()
        self.parts: tuple[tuple[int, bytes], ...] = ((0, CLIP[:9]), (9, CLIP[9:]))
        self.finishes = True
        self.pace_s = 0.0
        self.drawing = DRAWING
        self.verification = a_verification()
        self.late: set[bytes] = set()
        self.hung: set[bytes] = set()
        self.refused: dict[bytes, Answer] = {}
        self.answers_at_most: int | None = None
        self.streams = 0
        self.most_unanswered = 0
        self.requests: list[Any] = []
        self.started = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def AnimateImage(self, request: Any, context: Any) -> AsyncIterator[Any]:
        self.requests.append(request)
        try:
            async for event in self._events(request, context):
                yield event
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def _events(self, request: Any, context: Any) -> AsyncIterator[Any]:
        response = gateway_pb2.AnimateImageResponse
        animation = animation_pb2.Animation(request_id="r1", trace_id=TRACE)
        yield response(accepted=animation_pb2.Accepted(request_id="r1", trace_id=TRACE))
        steps: dict[str, Any] = {"analysis": an_analysis(), "prediction": self.prediction}
        abstained = self.prediction.HasField("abstention")
        wants_none = request.options.on_abstention == animation_pb2.ABSTENTION_POLICY_NO_CLIP
        if not abstained:
            steps["expansion"] = an_expansion()
        if not (abstained and wants_none):
            steps["generation"] = self.generation
        stages = {"analysis": 1, "prediction": 2, "expansion": 3, "generation": 4}
        for name, made in steps.items():
            stage: Any = stages[name]
            yield response(stage_started=animation_pb2.StageStarted(stage=stage))
            if name == "generation":
                self.started.set()
                await self.play(context)
                for frame in (24, 48, 72, 96):
                    await asyncio.sleep(self.pace_s)
                    told = animation_pb2.StageProgress(
                        stage=stage, step="render", fraction=frame / 96, frames_done=frame, frames_total=96
                    )
                    yield response(progress=told)
                for offset, part in self.parts:
                    yield response(chunk=animation_pb2.ClipChunk(offset=offset, data=part))
            result = animation_pb2.StageResult(stage=stage, source=stage_pb2.RESULT_SOURCE_MADE, **{name: made})
            result.duration.FromMilliseconds(120)
            getattr(animation, name).CopyFrom(made)
            yield response(stage_result=result)
        animation.outcome = animation_pb2.ANIMATION_OUTCOME_COMPLETE
        if abstained:
            animation.outcome = (
                animation_pb2.ANIMATION_OUTCOME_ABSTAINED if wants_none else animation_pb2.ANIMATION_OUTCOME_MINIMAL
            )
        animation.cost.amount_micro_usd = 0
        animation.cost.basis = money_pb2.COST_BASIS_FREE
        if self.finishes:
            yield response(finished=animation)

    async def AnalyzeImage(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        await self.play(context)
        return analyzer_pb2.AnalyzeImageResponse(analysis=an_analysis(), source=stage_pb2.RESULT_SOURCE_MEMORY_CACHE)

    async def AnalyzeImages(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        self.streams += 1
        self.started.set()
        try:
            await self.play(context)
            async for response in self._each(requests):
                yield response
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def _each(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Answers as soon as a still is there, but reads on for a moment first, to see how many are sent ahead."""
        waiting: list[Any] = []
        reading: asyncio.Future[Any] | None = None
        answered, more, late = 0, True, []
        while more or waiting:
            if more and reading is None:
                reading = asyncio.ensure_future(anext(aiter(requests), None))
            if reading is not None:
                await asyncio.wait({reading}, timeout=0.02 if waiting else None)
            if reading is not None and reading.done():
                request, reading = reading.result(), None
                more = request is not None
                if more:
                    self.requests.append(request)
                    if request.image.content in self.hung:
                        continue
                    (late if request.image.content in self.late else waiting).append(request)
                    self.most_unanswered = max(self.most_unanswered, len(waiting) + len(late))
                    continue
                waiting += late
            if waiting:
                await asyncio.sleep(self.pace_s)
                yield await self._looked_at(waiting.pop(0))
                answered += 1
                if answered == self.answers_at_most:
                    return
        if self.hung:
            await asyncio.Event().wait()

    async def _looked_at(self, request: Any) -> Any:
        refusal = self.refused.get(request.image.content)
        if refusal is not None:
            _, packed = encode(refusal, domain="animatize")
            return analyzer_pb2.AnalyzeImagesResponse(id=request.id, error=status_pb2.Status.FromString(packed))
        return analyzer_pb2.AnalyzeImagesResponse(id=request.id, analysis=an_analysis())

    async def ExplainImage(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        await self.play(context)
        return analyzer_pb2.ExplainImageResponse(png=self.drawing, analysis=an_analysis())

    async def PredictMovement(self, request: Any, _context: Any) -> Any:
        self.requests.append(request)
        return predictor_pb2.PredictMovementResponse(prediction=self.prediction)

    async def VerifyMotion(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        await self.play(context)
        response = generator_pb2.VerifyMotionResponse()
        response.CopyFrom(self.verification)
        if request.draw_filmstrip:
            response.verdict.filmstrip_png = self.drawing
        return response

    def add_to(self, server: grpc.aio.Server) -> None:
        gateway_pb2_grpc.add_GatewayServiceServicer_to_server(self, server)
        analyzer_pb2_grpc.add_AnalyzerServiceServicer_to_server(self, server)
        predictor_pb2_grpc.add_PredictorServiceServicer_to_server(self, server)
        generator_pb2_grpc.add_GeneratorServiceServicer_to_server(self, server)


@asynccontextmanager
async def served(gateway: FakeGateway) -> AsyncIterator[str]:
    """The fake on a free port; its address."""
    server = grpc.aio.server(options=BIG)
    gateway.add_to(server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)
