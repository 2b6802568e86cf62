"""Core's results as messages."""

from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from animatize.generator.v1 import clip_pb2, generation_pb2, generator_pb2
from animatize.type.v1 import geometry_pb2, money_pb2, stage_pb2
from generator.core.generation import VERSION
from generator.core.result import LOCAL_MODEL, Artifact, ClipFacts, Delivered, Generation, Keyframes, Verification
from generator.rpc import orders
from generator.rpc.verdicts import verdict_message

FREE: Final = money_pb2.Cost(amount_micro_usd=0, basis=money_pb2.COST_BASIS_FREE)
"""What the local renderer costs."""

UNKNOWN_COST: Final = money_pb2.Cost(basis=money_pb2.COST_BASIS_UNKNOWN)
"""What a model costs that is not configured here."""


def generation_message(
    value: Generation, *, inline: bool, attempt: generation_pb2.Attempt
) -> generation_pb2.Generation:
    """The finished generation; its file's bytes stand in it when `inline`."""
    message = generation_pb2.Generation(
        artifact=_artifact(value.artifact, inline=inline),
        verdict=verdict_message(value.verdict),
        delivered=_delivered(value.delivered),
        spending=generation_pb2.Spending(),
        model=LOCAL_MODEL,
        seed=value.seed,
        source=stage_pb2.RESULT_SOURCE_MADE,
        stages=[
            stage_pb2.StageReport(
                stage=step.name, duration=duration(step.duration_s), abstained_because=step.abstained_because[:500]
            )
            for step in value.steps
        ],
        version=VERSION,
        realtime_factor=value.realtime_factor,
    )
    if value.poster is not None:
        message.poster.CopyFrom(_artifact(value.poster, inline=True))
    made = message.attempts.add()
    made.CopyFrom(attempt)
    made.id = value.attempt_id
    made.state = generation_pb2.ATTEMPT_STATE_SUCCEEDED
    made.duration.CopyFrom(duration(value.took_s))
    made.verdict.CopyFrom(message.verdict)
    return message


def _artifact(value: Artifact, *, inline: bool) -> clip_pb2.Artifact:
    return clip_pb2.Artifact(
        name=value.name,
        mime_type=value.mime_type,
        size_bytes=len(value.content),
        sha256=value.sha256,
        content=value.content if inline else b"",
        facts=facts_message(value.facts),
    )


def running_attempt(*, began: datetime) -> generation_pb2.Attempt:
    """The local renderer's attempt while it runs."""
    return generation_pb2.Attempt(
        model=LOCAL_MODEL, state=generation_pb2.ATTEMPT_STATE_RUNNING, cost=FREE, start_time=timestamp(began)
    )


def facts_message(value: ClipFacts) -> clip_pb2.ClipFacts:
    """The message of a clip's facts; its inverse is `facts`."""
    return clip_pb2.ClipFacts(
        size=geometry_pb2.PixelSize(width_px=value.width_px, height_px=value.height_px),
        frames_per_second=value.fps,
        frames=value.frames,
        duration=duration(value.duration_s),
        container=value.container,
        codec=value.codec,
    )


def facts(message: clip_pb2.ClipFacts) -> ClipFacts:
    """The clip's facts of a message."""
    return ClipFacts(
        width_px=message.size.width_px,
        height_px=message.size.height_px,
        fps=message.frames_per_second,
        frames=message.frames,
        duration_s=message.duration.ToTimedelta().total_seconds(),
        container=message.container,
        codec=message.codec,
    )


def verification_message(value: Verification) -> generator_pb2.VerifyMotionResponse:
    """The answer to VerifyMotion."""
    return generator_pb2.VerifyMotionResponse(verdict=verdict_message(value.verdict), clip=facts_message(value.facts))


def keyframes_message(value: Keyframes) -> generator_pb2.RenderKeyframesResponse:
    """The answer to RenderKeyframes."""
    return generator_pb2.RenderKeyframesResponse(
        first_png=value.first_png, last_png=value.last_png, delivered_amplitude=value.amplitude
    )


def duration(seconds: float) -> Duration:
    """A length of time as a message."""
    message = Duration()
    message.FromTimedelta(timedelta(seconds=seconds))
    return message


def timestamp(moment: datetime) -> Timestamp:
    """A moment as a message; the moment knows its zone."""
    message = Timestamp()
    message.FromDatetime(moment.astimezone(UTC))
    return message


def _delivered(value: Delivered) -> generation_pb2.DeliveredMove:
    return generation_pb2.DeliveredMove(
        asked=orders.move_message(value.asked),
        amplitude=value.amplitude,
        cover_zoom=value.cover_zoom,
        layers=value.layers,
        relief=value.relief,
        reduced_because=value.reduced_because,
        environment=[str(motion) for motion in value.environment],
    )
