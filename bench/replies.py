"""What the echoes answer: fixed messages of the size that real ones have for a clip of four seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2
from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import gateway_pb2
from animatize.generator.v1 import clip_pb2, generation_pb2, generator_pb2, verdict_pb2
from animatize.predictor.v1 import prediction_pb2, predictor_pb2
from animatize.type.v1 import image_pb2, measure_pb2, money_pb2, movement_pb2, stage_pb2


@dataclass(frozen=True)
class Sizes:
    """How many bytes the still, the clip and the maps have."""

    still: int
    clip: int
    depth: int
    foreground: int


#: A photograph for the screen, and a clip of four seconds of it.
WHOLE: Final = Sizes(still=256 << 10, clip=1 << 20, depth=64 << 10, foreground=16 << 10)

#: Hardly any bytes to move, so that what is left is what a call itself costs.
TINY: Final = Sizes(still=1 << 10, clip=1 << 10, depth=1 << 10, foreground=1 << 10)

_BETWEEN: Final = 64 << 10

#: Ten a second are told, and a clip takes some two seconds.
PROGRESS: Final = 20
FRAMES: Final = 96

_STEPS: Final = 16
_CANDIDATES: Final = 5
_SENTENCE: Final = "Lines meet at (0.52, 0.41) with a support of 0.38, so the eye is led there already."


def request(sizes: Sizes) -> gateway_pb2.AnimateImageRequest:
    """The caller's request: a still and nothing else."""
    return gateway_pb2.AnimateImageRequest(image=image_pb2.Image(content=b"\xff\xd8\xff" + bytes(sizes.still)))


def sizes_of(request: bytes) -> Sizes:
    """Which sizes a caller means, told by the length of a packed request that holds the still."""
    return TINY if len(request) < _BETWEEN else WHOLE


def analyzed(sizes: Sizes) -> analyzer_pb2.AnalyzeImageResponse:
    """The analyzer's answer with both maps that rendering needs."""
    analysis = analysis_pb2.SceneAnalysis(pixel_digest="0" * 64, pipeline_version="echo-1")
    for index in range(_STEPS):
        analysis.stages.add(stage=f"step {index}", abstained_because=_SENTENCE).duration.FromMilliseconds(index)
    analysis.maps.depth.CopyFrom(_map(sizes.depth))
    analysis.maps.foreground.CopyFrom(_map(sizes.foreground))
    return analyzer_pb2.AnalyzeImageResponse(analysis=analysis, source=stage_pb2.RESULT_SOURCE_MADE)


def predicted() -> predictor_pb2.PredictMovementResponse:
    """The predictor's answer: a push with some runners-up."""
    move = prediction_pb2.CameraMove(
        movement=movement_pb2.MOVEMENT_DOLLY_IN,
        amplitude=0.15,
        amplitude_unit=prediction_pb2.AMPLITUDE_UNIT_GROWTH,
    )
    candidate = prediction_pb2.CameraCandidate(move=move, justification=_SENTENCE)
    prediction = prediction_pb2.Prediction(camera=[candidate] * _CANDIDATES, rules_version="echo-1")
    prediction.best.camera.CopyFrom(candidate)
    return predictor_pb2.PredictMovementResponse(prediction=prediction)


def expanded() -> expander_pb2.ExpandPromptResponse:
    """The expander's answer: one prompt, free."""
    expansion = expander_pb2.Expansion(
        prompts=[expander_pb2.Prompt(dialect=expander_pb2.DIALECT_GENERIC, text=_SENTENCE)],
        written_by=expander_pb2.WRITER_COMPOSER,
        cost=money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE),
        source=stage_pb2.RESULT_SOURCE_MADE,
    )
    return expander_pb2.ExpandPromptResponse(expansion=expansion)


def generated(sizes: Sizes) -> list[generator_pb2.GenerateResponse]:
    """The generator's stream: twenty words of progress, then the clip."""
    told = [
        generation_pb2.GenerationProgress(
            stage="render",
            fraction=(index + 1) / PROGRESS,
            frames_done=round((index + 1) / PROGRESS * FRAMES),
            frames_total=FRAMES,
        )
        for index in range(PROGRESS)
    ]
    content = bytes(sizes.clip)
    generation = generation_pb2.Generation(
        artifact=clip_pb2.Artifact(name="clip.mp4", mime_type="video/mp4", size_bytes=sizes.clip, content=content),
        verdict=verdict_pb2.MotionVerdict(outcome=verdict_pb2.VERDICT_OUTCOME_AS_ASKED),
        spending=generation_pb2.Spending(),
        model="local/renderer",
        source=stage_pb2.RESULT_SOURCE_MADE,
    )
    progress = [generator_pb2.GenerateResponse(progress=message) for message in told]
    return [*progress, generator_pb2.GenerateResponse(generation=generation)]


def _map(size: int) -> measure_pb2.Map:
    encoding = measure_pb2.MAP_ENCODING_PNG_GRAY8
    return measure_pb2.Map(width=512, height=384, encoding=encoding, data=bytes(size), quality=0.5)
