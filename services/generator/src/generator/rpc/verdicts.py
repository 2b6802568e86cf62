"""Motion verdicts as messages, and back."""

from animatize.generator.v1 import verdict_pb2
from animatize.type.v1 import measure_pb2
from generator.core.motion_check import Alternative, Confidence, Measured, Moment, Segment, Verdict
from generator.rpc import enums


def verdict_message(value: Verdict) -> verdict_pb2.MotionVerdict:
    """The message of a verdict; what it does not state stays unspecified."""
    message = verdict_pb2.MotionVerdict(
        outcome=enums.OUTCOME.wire(value.outcome),
        alternatives=[
            verdict_pb2.MovementProbability(movement=enums.MOVEMENT.wire(entry.movement), probability=entry.probability)
            for entry in value.alternatives
        ],
        amplitude=measure_message(value.amplitude),
        score=measure_message(value.score),
        steadiness=measure_message(value.steadiness),
        confidence=measure_pb2.Confidence(
            probability=value.confidence.probability, calibration_id=value.confidence.calibration_id
        ),
        unknown_because=value.unknown_because,
        inlier_share=measure_message(value.inlier_share),
        local_motion_share=measure_message(value.local_motion_share),
        has_cut=value.has_cut,
        has_freeze=value.has_freeze,
        has_black_border=value.has_black_border,
        loops=value.loops,
        method=value.method,
        path=[
            verdict_pb2.PathMoment(
                time_s=at.time_s, shift_x=at.shift_x, shift_y=at.shift_y, turn_rad=at.turn_rad, scale=at.scale
            )
            for at in value.path
        ],
        segments=[_segment_message(part) for part in value.segments],
        filmstrip_png=value.filmstrip_png,
    )
    if value.asked is not None:
        message.asked = enums.MOVEMENT.wire(value.asked)
    if value.measured is not None:
        message.measured = enums.MOVEMENT.wire(value.measured)
    if value.unit is not None:
        message.amplitude_unit = enums.UNIT.wire(value.unit)
    return message


def verdict(message: verdict_pb2.MotionVerdict) -> Verdict:
    """The verdict of a message; the inverse of `verdict_message`."""
    return Verdict(
        outcome=enums.OUTCOME.stated(message.outcome),
        asked=enums.MOVEMENT.core(message.asked),
        measured=enums.MOVEMENT.core(message.measured),
        alternatives=tuple(
            Alternative(movement=enums.MOVEMENT.stated(entry.movement), probability=entry.probability)
            for entry in message.alternatives
        ),
        amplitude=measured(message.amplitude),
        unit=enums.UNIT.core(message.amplitude_unit),
        score=measured(message.score),
        steadiness=measured(message.steadiness),
        confidence=Confidence(
            probability=message.confidence.probability, calibration_id=message.confidence.calibration_id
        ),
        unknown_because=message.unknown_because,
        inlier_share=measured(message.inlier_share),
        local_motion_share=measured(message.local_motion_share),
        has_cut=message.has_cut,
        has_freeze=message.has_freeze,
        has_black_border=message.has_black_border,
        loops=message.loops,
        method=message.method,
        path=tuple(
            Moment(time_s=at.time_s, shift_x=at.shift_x, shift_y=at.shift_y, turn_rad=at.turn_rad, scale=at.scale)
            for at in message.path
        ),
        segments=tuple(_segment(part) for part in message.segments),
        filmstrip_png=message.filmstrip_png,
    )


def _segment_message(value: Segment) -> verdict_pb2.MotionSegment:
    message = verdict_pb2.MotionSegment(
        start_s=value.start_s,
        end_s=value.end_s,
        probability=value.probability,
        amplitude=value.amplitude,
        unknown_because=value.unknown_because,
    )
    if value.measured is not None:
        message.measured = enums.MOVEMENT.wire(value.measured)
    if value.unit is not None:
        message.amplitude_unit = enums.UNIT.wire(value.unit)
    return message


def _segment(message: verdict_pb2.MotionSegment) -> Segment:
    return Segment(
        start_s=message.start_s,
        end_s=message.end_s,
        measured=enums.MOVEMENT.core(message.measured),
        probability=message.probability,
        amplitude=message.amplitude if message.HasField("amplitude") else None,
        unit=enums.UNIT.core(message.amplitude_unit),
        unknown_because=message.unknown_because,
    )


def measure_message(value: Measured) -> measure_pb2.Measure:
    """The message of a measured figure."""
    return measure_pb2.Measure(value=value.value, quality=value.quality, absent_because=value.absent_because)


def measured(message: measure_pb2.Measure) -> Measured:
    """The measured figure of a message."""
    value = message.value if message.HasField("value") else None
    return Measured(value=value, quality=message.quality, absent_because=message.absent_because)
