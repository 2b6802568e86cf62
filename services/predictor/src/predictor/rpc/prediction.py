"""Predictions and wishes between core and the wire."""

import itertools
from collections.abc import Iterable

from google.protobuf.duration_pb2 import Duration

from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import geometry_pb2, measure_pb2
from film.geometry import Box, Point
from film.movement import Movement
from predictor.core.calibration import Confidence
from predictor.core.evidence import Evidence
from predictor.core.intent import Intent
from predictor.core.prediction import (
    Abstention,
    CameraCandidate,
    EnvironmentCandidate,
    Move,
    Prediction,
    Shot,
    Stability,
    SubjectCandidate,
)
from predictor.rpc import enums

# Bounds of the contract on texts; a longer one ends with an ellipsis.
_LONG = 2000
_SHORT = 500
# And on lists, strongest first.
_MOST = 64


def intent(message: prediction_pb2.Intent) -> Intent:
    """The caller's wish; an absent message is a wish for nothing in particular."""
    return Intent(
        mood=enums.MOOD.name(message.mood),
        genre=enums.GENRE.name(message.genre),
        purpose=enums.PURPOSE.name(message.purpose),
        energy=message.energy if message.HasField("energy") else None,
        only=frozenset(movement(number) for number in message.only),
        never=frozenset(movement(number) for number in message.never),
    )


def movement(number: int) -> Movement:
    """The movement of a number of the contract. Raises ValueError for unspecified."""
    return Movement(enums.MOVEMENT.name(number))


def prediction(value: Prediction) -> prediction_pb2.Prediction:
    """A prediction as a message."""
    return prediction_pb2.Prediction(
        camera=[_camera(item) for item in value.camera],
        subject=[_subject(item) for item in value.subject],
        environment=[_environment(item) for item in value.environment],
        best=None if value.best is None else _shot(value.best),
        abstention=None if value.abstention is None else _abstention(value.abstention),
        rules_version=value.rules_version,
        looks=[
            prediction_pb2.Look(rule_id=look.rule_id, phrase=look.phrase, strength=look.strength)
            for look in value.looks[:_MOST]
        ],
        prediction_set=[enums.MOVEMENT.number(item) for item in value.prediction_set],
        prediction_set_coverage=value.set_coverage,
        stability=None if value.stability is None else _stability(value.stability),
    )


def _camera(value: CameraCandidate) -> prediction_pb2.CameraCandidate:
    return prediction_pb2.CameraCandidate(
        move=_move(value.move),
        confidence=_confidence(value.confidence),
        evidence=_evidence(value.evidence),
        counter_evidence=_evidence(value.counter),
        justification=_cut(value.justification, _LONG),
        would_change=_cut(value.would_change, _LONG),
        rule_ids=value.rule_ids[:_MOST],
    )


def _move(value: Move) -> prediction_pb2.CameraMove:
    return prediction_pb2.CameraMove(
        movement=enums.MOVEMENT.number(value.movement),
        amplitude=value.amplitude,
        amplitude_unit=enums.UNIT.number(value.unit),
        easing=enums.EASING.number(value.easing),
        speed=enums.SPEED.number(value.speed),
        anchor=None if value.anchor is None else _point(value.anchor),
        sway_rad=value.sway_rad,
    )


def _subject(value: SubjectCandidate) -> prediction_pb2.SubjectCandidate:
    return prediction_pb2.SubjectCandidate(
        action=enums.ACTION.number(value.action),
        subject_index=value.subject_index,
        heading=value.heading,
        intensity=value.intensity,
        confidence=_uncalibrated(value.probability),
        evidence=_evidence(value.evidence),
        counter_evidence=_evidence(value.counter),
        justification=_cut(value.justification, _LONG),
        rule_ids=value.rule_ids[:_MOST],
        motion_class=enums.MOTION_CLASS.number(value.motion_class),
        speed_per_s=value.speed_per_s,
        would_change=_cut(value.would_change, _LONG),
    )


def _environment(value: EnvironmentCandidate) -> prediction_pb2.EnvironmentCandidate:
    return prediction_pb2.EnvironmentCandidate(
        motion=enums.MOTION.number(value.motion),
        region=enums.REGION.number(value.region),
        box=None if value.box is None else _box(value.box),
        heading=value.heading,
        intensity=value.intensity,
        confidence=_uncalibrated(value.probability),
        evidence=_evidence(value.evidence),
        counter_evidence=_evidence(value.counter),
        justification=_cut(value.justification, _LONG),
        rule_ids=value.rule_ids[:_MOST],
        motion_class=enums.MOTION_CLASS.number(value.motion_class),
        direction_deg=value.direction_deg,
        speed_per_s=value.speed_per_s,
        frequency_hz=value.frequency_hz,
        would_change=_cut(value.would_change, _LONG),
    )


def _shot(value: Shot) -> prediction_pb2.ShotPlan:
    duration = Duration()
    duration.FromMilliseconds(round(value.duration_s * 1000))
    return prediction_pb2.ShotPlan(
        camera=_camera(value.camera),
        subject=None if value.subject is None else _subject(value.subject),
        environment=[_environment(item) for item in value.environment],
        natural_duration=duration,
    )


def _abstention(value: Abstention) -> prediction_pb2.Abstention:
    return prediction_pb2.Abstention(
        reason=enums.ABSTENTION.number(value.reason),
        explanation=_cut(value.explanation, _LONG),
        nearest=None if value.nearest is None else _camera(value.nearest),
    )


def _uncalibrated(probability: float) -> measure_pb2.Confidence:
    # Without a calibration there is no honest interval, and calibration_id stays empty.
    return measure_pb2.Confidence(probability=probability)


def _confidence(value: Confidence) -> measure_pb2.Confidence:
    return measure_pb2.Confidence(
        probability=value.probability,
        lower=value.lower,
        upper=value.upper,
        calibration_id=value.calibration_id,
    )


def _stability(value: Stability) -> prediction_pb2.PredictionStability:
    return prediction_pb2.PredictionStability(
        share=value.share,
        family_share=value.family_share,
        variants=[
            prediction_pb2.VariantVerdict(
                change=enums.CHANGE.number(item.change),
                movement=enums.MOVEMENT.number(item.movement or ""),
                confidence=None if item.confidence is None else _confidence(item.confidence),
            )
            for item in value.variants
        ],
    )


def _evidence(items: Iterable[Evidence]) -> list[prediction_pb2.Evidence]:
    return [
        prediction_pb2.Evidence(
            metric=item.metric,
            value=item.value,
            quality=item.quality,
            log_odds=item.log_odds,
            rule_id=item.rule_id,
            sentence=_cut(item.sentence, _SHORT),
        )
        for item in itertools.islice(items, _MOST)
    ]


def _point(value: Point) -> geometry_pb2.Point:
    return geometry_pb2.Point(x=value.x, y=value.y)


def _box(value: Box) -> geometry_pb2.Box:
    return geometry_pb2.Box(left=value.left, top=value.top, width=value.width, height=value.height)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
