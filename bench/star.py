"""The gateway's floor: one bare server that calls four bare servers and hands the caller the same events.

Run as `python bench/star.py ANALYZER PREDICTOR EXPANDER GENERATOR [--otlp ADDRESS]`. With an address the caller's call
is a plain server span, and each of the four a plain client span in it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import bare
import grpc
from opentelemetry.trace import Span, SpanKind

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.gateway.v1 import animation_pb2, gateway_pb2
from animatize.generator.v1 import generator_pb2, generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import money_pb2

_ANALYZE = animation_pb2.STAGE_ANALYZE
_PREDICT = animation_pb2.STAGE_PREDICT
_EXPAND = animation_pb2.STAGE_EXPAND
_GENERATE = animation_pb2.STAGE_GENERATE
_MAPS = [analysis_pb2.MAP_KIND_DEPTH, analysis_pb2.MAP_KIND_FOREGROUND]

#: As long as the gateway's own ids: the answers of both must have the same size.
_REQUEST_ID = "0" * 36
_TRACE_ID = "0" * 32

Event = gateway_pb2.AnimateImageResponse


class Star:
    """AnimateImage without anything around it: no deadline, no checks, no errors, no order of its own."""

    def __init__(self, channels: list[grpc.aio.Channel], spans: bare.Spans) -> None:
        self._analyzer = analyzer_pb2_grpc.AnalyzerServiceStub(channels[0])
        self._predictor = predictor_pb2_grpc.PredictorServiceStub(channels[1])
        self._expander = expander_pb2_grpc.ExpanderServiceStub(channels[2])
        self._generator = generator_pb2_grpc.GeneratorServiceStub(channels[3])
        self._spans = spans

    async def animate(self, request: Any, _context: Any) -> AsyncIterator[Event]:
        """The same events as the gateway's, in the same order."""
        with self._spans.span("AnimateImage", SpanKind.SERVER) as root:
            async for event in self._events(request, root):
                yield event

    async def _events(self, request: Any, root: Span | None) -> AsyncIterator[Event]:
        stages = [_ANALYZE, _PREDICT, _EXPAND, _GENERATE]
        accepted = animation_pb2.Accepted(request_id=_REQUEST_ID, trace_id=_TRACE_ID, stages=stages)
        yield Event(accepted=accepted)

        yield _started(_ANALYZE)
        options = analyzer_pb2.AnalysisOptions(maps=_MAPS)
        analyze = analyzer_pb2.AnalyzeImageRequest(image=request.image, options=options)
        with self._spans.span("AnalyzeImage", SpanKind.CLIENT, root):
            analyzed = await self._analyzer.AnalyzeImage(analyze)
        figures = analysis_pb2.SceneAnalysis()
        figures.CopyFrom(analyzed.analysis)
        figures.ClearField("maps")
        yield _done(_ANALYZE, analyzed.source, analysis=figures)

        yield _started(_PREDICT)
        with self._spans.span("PredictMovement", SpanKind.CLIENT, root):
            predicted = await self._predictor.PredictMovement(predictor_pb2.PredictMovementRequest(analysis=figures))
        prediction = predicted.prediction
        yield _done(_PREDICT, analyzed.source, prediction=prediction)

        yield _started(_EXPAND)
        expand = expander_pb2.ExpandPromptRequest(prediction=prediction, analysis=figures, request_id=_REQUEST_ID)
        with self._spans.span("ExpandPrompt", SpanKind.CLIENT, root):
            expansion = (await self._expander.ExpandPrompt(expand)).expansion
        yield _done(_EXPAND, expansion.source, expansion=expansion)

        yield _started(_GENERATE)
        plan = generator_pb2.MotionPlan(camera=prediction.best.camera.move)
        generate = generator_pb2.GenerateRequest(
            request_id=_REQUEST_ID, image=request.image, plan=plan, analysis=analyzed.analysis, expansion=expansion
        )
        generation = None
        with self._spans.span("Generate", SpanKind.CLIENT, root):
            async for answer in self._generator.Generate(generate):
                if answer.HasField("generation"):
                    generation = answer.generation
                else:
                    yield _progress(answer.progress)
        if generation is None:
            raise RuntimeError("the echo sent no generation")
        done = _done(_GENERATE, generation.source, generation=generation)
        # As in the gateway, the clip's bytes travel once: in the finished animation.
        done.stage_result.generation.artifact.ClearField("content")
        yield done
        timings = [animation_pb2.StageTiming(stage=stage, duration=_duration()) for stage in stages]
        cost = money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)
        finished = animation_pb2.Animation(
            request_id=_REQUEST_ID, outcome=animation_pb2.ANIMATION_OUTCOME_COMPLETE, analysis=figures,
            prediction=prediction, expansion=expansion, plan=plan, generation=generation, cost=cost,
            timings=timings, trace_id=_TRACE_ID,
        )  # fmt: skip
        yield Event(finished=finished)


def _started(stage: animation_pb2.Stage.ValueType) -> Event:
    return Event(stage_started=animation_pb2.StageStarted(stage=stage))


def _done(stage: animation_pb2.Stage.ValueType, source: Any, **result: Any) -> Event:
    return Event(stage_result=animation_pb2.StageResult(stage=stage, duration=_duration(), source=source, **result))


def _duration() -> Any:
    length = animation_pb2.StageTiming().duration
    length.FromMicroseconds(1234)
    return length


def _progress(told: Any) -> Event:
    progress = animation_pb2.StageProgress(
        stage=_GENERATE,
        step=told.stage,
        fraction=told.fraction,
        frames_done=told.frames_done,
        frames_total=told.frames_total,
    )
    return Event(progress=progress)


async def main() -> None:
    """Serves until told to stop."""
    spans = bare.Spans("star", bare.endpoint_of(sys.argv))
    async with AsyncExitStack() as stack:
        channels = []
        for target in sys.argv[1:5]:
            channel = grpc.aio.insecure_channel(target, options=bare.LARGE)
            channels.append(await stack.enter_async_context(channel))
        handler = grpc.unary_stream_rpc_method_handler(
            Star(channels, spans).animate,
            gateway_pb2.AnimateImageRequest.FromString,
            gateway_pb2.AnimateImageResponse.SerializeToString,
        )
        add = bare.adding("animatize.gateway.v1.GatewayService", "AnimateImage", handler)
        address = await stack.enter_async_context(bare.listening(add))
        await bare.until_told({"address": address})


if __name__ == "__main__":
    bare.run(main)
