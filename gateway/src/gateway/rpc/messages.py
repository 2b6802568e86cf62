"""Between the contract's messages and core's values. Nothing is decided here."""

from __future__ import annotations

from typing import Final

from google.protobuf import duration_pb2
from google.rpc import status_pb2

from animatize.expander.v1 import expander_pb2
from animatize.gateway.v1 import animation_pb2, gateway_pb2
from animatize.type.v1 import image_pb2, money_pb2
from chassis.errors import unbuilt
from gateway.core.animation import (
    Accepted,
    Animation,
    Chunk,
    Done,
    Estimate,
    Event,
    Finished,
    Outcome,
    Progress,
    Started,
)
from gateway.core.cost import Basis, Cost
from gateway.core.order import OnAbstention, Order, Still
from gateway.core.stage import Stage

STAGES: Final = {
    Stage.ANALYZE: animation_pb2.STAGE_ANALYZE,
    Stage.PREDICT: animation_pb2.STAGE_PREDICT,
    Stage.EXPAND: animation_pb2.STAGE_EXPAND,
    Stage.GENERATE: animation_pb2.STAGE_GENERATE,
}

OUTCOMES: Final = {
    None: animation_pb2.ANIMATION_OUTCOME_UNSPECIFIED,
    Outcome.COMPLETE: animation_pb2.ANIMATION_OUTCOME_COMPLETE,
    Outcome.MINIMAL: animation_pb2.ANIMATION_OUTCOME_MINIMAL,
    Outcome.ABSTAINED: animation_pb2.ANIMATION_OUTCOME_ABSTAINED,
    Outcome.PARTIAL: animation_pb2.ANIMATION_OUTCOME_PARTIAL,
}

BASES: Final = {
    Basis.FREE: money_pb2.COST_BASIS_FREE,
    Basis.SETTLED: money_pb2.COST_BASIS_SETTLED,
    Basis.ESTIMATED: money_pb2.COST_BASIS_ESTIMATED,
    Basis.RESERVED: money_pb2.COST_BASIS_RESERVED,
    Basis.PRESUMED: money_pb2.COST_BASIS_PRESUMED,
    Basis.UNKNOWN: money_pb2.COST_BASIS_UNKNOWN,
}

ABSTENTION: Final = {
    animation_pb2.ABSTENTION_POLICY_UNSPECIFIED: OnAbstention.MINIMAL_CLIP,
    animation_pb2.ABSTENTION_POLICY_MINIMAL_CLIP: OnAbstention.MINIMAL_CLIP,
    animation_pb2.ABSTENTION_POLICY_NO_CLIP: OnAbstention.NO_CLIP,
}

#: The field of a stage's result in `StageResult`.
_RESULTS: Final = {
    Stage.ANALYZE: "analysis",
    Stage.PREDICT: "prediction",
    Stage.EXPAND: "expansion",
    Stage.GENERATE: "generation",
}


def order(image: image_pb2.Image, options: animation_pb2.AnimationOptions, *, request_id: str) -> Order:
    """What the caller wants. Raises RpcError for a still by its handle, since none are kept yet."""
    limited = options.spending.HasField("max_cost_micro_usd")
    return Order(
        request_id=request_id,
        still=still(image),
        analysis=options.analysis,
        intent=options.intent if options.HasField("intent") else None,
        camera=options.camera if options.HasField("camera") else None,
        on_abstention=ABSTENTION[options.on_abstention],
        user_prompt=options.user_prompt,
        writer=options.writer,
        composed=options.writer == expander_pb2.WRITER_COMPOSER,
        output=options.output if options.HasField("output") else None,
        spending=options.spending if options.HasField("spending") else None,
        max_cost_micro_usd=options.spending.max_cost_micro_usd if limited else None,
        delivery=options.delivery,
        seed=options.seed,
    )


def still(image: image_pb2.Image) -> Still:
    """The still. Raises RpcError when it is given by its handle."""
    if image.WhichOneof("source") == "handle":
        raise unbuilt("Stills are not kept under handles yet; give the file's bytes in image.content.")
    return Still(content=image.content, uri=image.uri, sha256=image.sha256)


def event(happened: Event, *, trace_id: str) -> gateway_pb2.AnimateImageResponse:
    """What happened, for the caller."""
    response = gateway_pb2.AnimateImageResponse()
    match happened:
        case Accepted():
            response.accepted.request_id = happened.request_id
            response.accepted.trace_id = trace_id
            response.accepted.stages.extend(STAGES[stage] for stage in happened.stages)
        case Started():
            response.stage_started.stage = STAGES[happened.stage]
        case Done():
            response.stage_result.stage = STAGES[happened.stage]
            getattr(response.stage_result, _RESULTS[happened.stage]).CopyFrom(happened.result)
            if happened.stage is Stage.GENERATE:
                # The finished animation follows at once and holds them; a clip can be megabytes.
                response.stage_result.generation.artifact.ClearField("content")
            response.stage_result.duration.CopyFrom(duration(happened.seconds))
            response.stage_result.source = happened.source
        case Progress():
            response.progress.stage = STAGES[happened.stage]
            response.progress.step = happened.step
            response.progress.fraction = happened.fraction
            response.progress.frames_done = happened.frames_done
            response.progress.frames_total = happened.frames_total
        case Chunk():
            response.chunk.offset = happened.offset
            response.chunk.data = happened.data
        case Finished():
            response.finished.CopyFrom(animation(happened.animation, trace_id=trace_id))
    return response


def stage_failed(stage: Stage, *, error: status_pb2.Status) -> gateway_pb2.AnimateImageResponse:
    """The event that a stage failed."""
    failed = animation_pb2.StageFailed(stage=STAGES[stage], error=error)
    return gateway_pb2.AnimateImageResponse(stage_failed=failed)


def animation(made: Animation, *, trace_id: str) -> animation_pb2.Animation:
    """What an animation gave."""
    return animation_pb2.Animation(
        request_id=made.request_id,
        outcome=OUTCOMES[made.outcome],
        analysis=made.analysis,
        prediction=made.prediction,
        expansion=made.expansion,
        plan=made.plan,
        generation=made.generation,
        cost=cost(made.cost),
        timings=[
            animation_pb2.StageTiming(stage=STAGES[timing.stage], duration=duration(timing.seconds))
            for timing in made.timings
        ],
        trace_id=trace_id,
    )


def estimate(found: Estimate, *, trace_id: str) -> gateway_pb2.EstimateAnimationResponse:
    """What an animation would do and cost."""
    return gateway_pb2.EstimateAnimationResponse(
        animation=animation(found.animation, trace_id=trace_id),
        estimate=animation_pb2.AnimationEstimate(
            generation=found.models, expansion=cost(found.words), upper_bound=cost(found.upper_bound)
        ),
    )


def cost(value: Cost) -> money_pb2.Cost:
    """A cost; the amount is absent when it is not known."""
    return money_pb2.Cost(
        amount_micro_usd=value.amount_micro_usd, basis=BASES[value.basis], price_version=value.price_version
    )


def duration(seconds: float) -> duration_pb2.Duration:
    """A length of time, to the microsecond: finer is noise."""
    length = duration_pb2.Duration()
    length.FromMicroseconds(round(seconds * 1_000_000))
    return length
