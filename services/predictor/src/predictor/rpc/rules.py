"""Rules and their outcomes as messages."""

from collections.abc import Iterable

from animatize.predictor.v1 import rule_pb2
from film.movement import mirrored
from predictor.core.evidence import Outcome
from predictor.core.rule import Parameters, Weighted
from predictor.core.rulebook import Compiled
from predictor.rpc import enums


def rule(compiled: Compiled) -> rule_pb2.Rule:
    """A rule as it stands in its pack; the mirrored movements of a lateral rule are listed too."""
    value = compiled.rule
    movements = dict.fromkeys(side for move in compiled.movements for side in (move, mirrored(move)))
    excludes = dict.fromkeys(side for move in compiled.excludes for side in (move, mirrored(move)))
    return rule_pb2.Rule(
        id=value.id,
        aliases=value.aliases,
        name=value.name,
        kind=enums.RULE_KIND.number(value.kind),
        movements=[enums.MOVEMENT.number(move) for move in movements],
        requires=value.requires,
        evidence=_weighted(value.evidence),
        contra=_weighted(value.contra),
        excludes=[enums.MOVEMENT.number(move) for move in excludes],
        reason=value.reason,
        citation=value.citation,
        pack=value.pack,
        disabled_because=value.disabled_because,
        phrases=value.phrases,
        parameters=_parameters(value.parameters),
        wishes=[*value.wish.moods, *value.wish.genres, *value.wish.purposes],
    )


def outcome(value: Outcome) -> rule_pb2.RuleOutcome:
    """How a rule fared."""
    return rule_pb2.RuleOutcome(fired=value.fired, failed_requirement=value.failed, log_odds=value.log_odds)


def _parameters(value: Parameters) -> rule_pb2.RuleParameters | None:
    if value == Parameters():
        return None
    return rule_pb2.RuleParameters(
        intensity=value.intensity,
        intensity_shift=value.intensity_shift,
        sway_rad=value.sway_rad,
        anchor=value.anchor or "",
        easing=value.easing or "",
        speed=value.speed or "",
    )


def _weighted(items: Iterable[Weighted]) -> list[rule_pb2.WeightedExpression]:
    return [rule_pb2.WeightedExpression(expression=item.expression, weight=item.weight) for item in items]
