"""What a rule finds in one still, and how findings add up to a probability."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from predictor.core.calibration import logistic
from predictor.core.expression import Expression, View
from predictor.core.rulebook import Compiled
from predictor.core.vocabulary import VOCABULARY

WISH = "intent"
"""Name of the metric when it is the caller's wish that speaks."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measured fact and what it says: positive log-odds speak for, negative against.

    metric: the first one that the expression reads, or "intent". quality: of the least certain figure it reads.
    shown: how far the expression holds, times the quality; 0 to 1, without the weight.
    """

    metric: str
    value: float
    quality: float
    shown: float
    log_odds: float
    rule_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rule fared. failed: the first requirement that did not hold, with what it met; empty when it fired."""

    fired: bool
    failed: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def log_odds(self) -> float:
        """What the rule contributes in all."""
        return math.fsum(item.log_odds for item in self.evidence)


_UNASKED: Final = Outcome(fired=False, failed="the caller's wish (mood, genre or purpose) does not ask for it")
_UNMET: Final = Outcome(fired=False)


def outcome(compiled: Compiled, view: View, *, mirror: bool, least_quality: float, told: bool = True) -> Outcome:
    """How a rule fares on a still. mirror: the view is the mirrored one, and evidence is told for the still itself.

    told: whether an unmet requirement is put into words, which takes longer than finding it.
    """
    wish = compiled.rule.wish
    intent = view.intent
    if wish and not (intent.mood in wish.moods or intent.genre in wish.genres or intent.purpose in wish.purposes):
        return _UNASKED
    for requirement in compiled.requires:
        value, quality = view.found(requirement)
        if value is not True or quality < least_quality:
            return Outcome(fired=False, failed=_met(requirement, view, least_quality)) if told else _UNMET
    found = []
    for term in compiled.terms:
        value, quality = view.found(term.expression)
        if value is None or value <= 0:
            continue
        fact = _fact(term.expression, view, mirror=mirror)
        shown = min(1.0, value) * quality
        found.append(
            Evidence(fact.metric, fact.value, quality, shown, term.weight * shown, compiled.rule.id, fact.sentence)
        )
    return Outcome(fired=True, evidence=tuple(found))


def probability(log_odds: float) -> float:
    """The logistic function: 0.5 at 0, symmetric."""
    return logistic(log_odds)


def distinct(evidence: Iterable[Evidence]) -> Sequence[Evidence]:
    """Each metric once for and once against, its strongest reading, strongest first.

    Two rules that read the same figure do not see two facts: adding both would count it twice.
    """
    strongest: dict[tuple[str, bool], Evidence] = {}
    for item in evidence:
        key = (item.metric, item.log_odds > 0)
        if key not in strongest or abs(item.log_odds) > abs(strongest[key].log_odds):
            strongest[key] = item
    # Sorting is stable: equal ones keep the rules' order, which is the same on both sides of a mirror.
    return sorted(strongest.values(), key=lambda item: -abs(item.log_odds))


def total(prior: float, evidence: Iterable[Evidence]) -> float:
    """Prior and evidence in log-odds. Exactly rounded, so that the order of the evidence changes nothing."""
    return math.fsum([prior, *(item.log_odds for item in evidence)])


@dataclass(frozen=True, slots=True)
class _Fact:
    metric: str
    value: float
    sentence: str


def _fact(expression: Expression, view: View, *, mirror: bool) -> _Fact:
    """What the expression reads first, told for the still itself."""
    if not expression.metrics:
        words = [text for text in (view.intent.mood, view.intent.genre, view.intent.purpose) if text]
        return _Fact(WISH, 1.0, f"the caller asks for {' and '.join(words)}")
    metric = VOCABULARY[expression.metrics[0]]
    value = view.facts.readings[metric.name].value
    if mirror:
        metric, value = VOCABULARY[metric.twin], metric.mirrored(value)
    return _Fact(metric.name, value, metric.sentence(value))


def _met(requirement: Expression, view: View, least_quality: float) -> str:
    facts = []
    for name in requirement.metrics:
        reading = view.facts.readings.get(name)
        if reading is None:
            facts.append(f"{name} was not measured")
        elif reading.quality < least_quality:
            facts.append(f"{name} has a quality of {reading.quality:.2f} only")
        else:
            facts.append(f"{name} is {reading.value:.2f}")
    return f"{requirement.text} ({', '.join(facts)})" if facts else requirement.text
