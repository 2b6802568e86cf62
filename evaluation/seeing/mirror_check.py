"""Whether the mirrored picture got exactly the mirrored answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

from analyzer.core import mirror
from analyzer.core.analysis import SceneAnalysis, SceneMaps
from evaluation.seeing.product import Seen
from film.movement import mirrored
from predictor.core.prediction import CameraCandidate, EnvironmentCandidate, Prediction, SubjectCandidate

_NO_MAPS: Final = SceneMaps()
_OF_THE_FILE: Final = frozenset({"pixel_digest", "image", "maps", "stages"})


def violations(seen: Seen, other: Seen) -> tuple[str, ...]:
    """The parts of the answer for the mirrored picture that are not the mirrored parts exactly; empty if all are."""
    return (*_in_analysis(seen.analysis, other.analysis), *_in_prediction(seen.prediction, other.prediction))


def _in_analysis(analysis: SceneAnalysis, other: SceneAnalysis) -> list[str]:
    expected = mirror.mirrored(replace(analysis, maps=_NO_MAPS))
    return [
        field.name
        for field in fields(SceneAnalysis)
        if field.name not in _OF_THE_FILE and getattr(expected, field.name) != getattr(other, field.name)
    ]


def _in_prediction(prediction: Prediction, other: Prediction) -> list[str]:
    pairs: tuple[tuple[str, Sequence[Any], Sequence[Any]], ...] = (
        ("camera", [_camera(item, turn=True) for item in prediction.camera], [_camera(i) for i in other.camera]),
        ("subject", [_subject(item, turn=True) for item in prediction.subject], [_subject(i) for i in other.subject]),
        (
            "environment",
            [_environment(item, turn=True) for item in prediction.environment],
            [_environment(i) for i in other.environment],
        ),
        (
            "abstention",
            [prediction.abstention.reason if prediction.abstention else ""],
            [other.abstention.reason if other.abstention else ""],
        ),
    )
    return [f"prediction.{name}" for name, one, two in pairs if list(one) != list(two)]


def _camera(item: CameraCandidate, *, turn: bool = False) -> tuple[Any, ...]:
    move = item.move
    anchor = move.anchor
    if turn and anchor is not None:
        anchor = anchor.mirrored()
    movement = mirrored(move.movement) if turn else move.movement
    return (movement, item.log_odds, item.probability, move.amplitude, move.easing, move.speed, move.sway_rad, anchor)


def _subject(item: SubjectCandidate, *, turn: bool = False) -> tuple[Any, ...]:
    return (item.action, item.subject_index, _side(item.heading, turn=turn), item.intensity, item.probability)


def _environment(item: EnvironmentCandidate, *, turn: bool = False) -> tuple[Any, ...]:
    box = item.box.mirrored() if turn and item.box is not None else item.box
    return (item.motion, item.region, box, _side(item.heading, turn=turn), item.intensity, item.probability)


def _side(heading: float, *, turn: bool) -> float:
    return -heading + 0.0 if turn else heading
