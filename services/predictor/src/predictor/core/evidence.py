"""What a rule finds in one still, and how findings add up to a probability."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from predictor.core.calibration import logistic
from predictor.core.expression import Expression, View
from predictor.core.margin import Margin
from predictor.core.rule import Kind
from predictor.core.rulebook import Compiled
from predictor.core.vocabulary import VOCABULARY

WISH = "intent"
"""Name of the metric when it is the caller's wish that speaks."""


# Tuples: a prediction makes hundreds of these, and a frozen dataclass takes three times as long to make.
class Evidence(NamedTuple):
    """One measured fact and what it says: positive log-odds speak for, negative against.

    metric: the first one that the expression reads, or "intent". quality: of the least certain figure it reads.
    shown: how far the expression holds, times the quality and the steadiness; 0 to 1, without the weight. Of a doubt:
        how likely the requirement does not hold.
    wish: the caller's wish in words, where it is what speaks.
    """

    metric: str
    value: float
    quality: float
    shown: float
    log_odds: float
    rule_id: str
    wish: str = ""

    @property
    def sentence(self) -> str:
        """The fact in plain words."""
        return self.wish or VOCABULARY[self.metric].sentence(self.value)


class Outcome(NamedTuple):
    """How a rule fared. failed: the first requirement that did not hold, with what it met; empty when it fired.

    chance: how likely all requirements truly hold, given how far figures move by themselves; 0 when it is too small to
    matter. A rule that did not fire can still have one, and then has evidence too.
    doubts: for each requirement that does not surely hold, the logarithm of its chance: evidence against.
    """

    fired: bool
    failed: str = ""
    evidence: tuple[Evidence, ...] = ()
    chance: float = 0.0
    doubts: tuple[Evidence, ...] = ()

    @property
    def log_odds(self) -> float:
        """What the rule contributes in all when it fired."""
        return math.fsum(item.log_odds for item in self.evidence) if self.fired else 0.0


LEAST_CHANCE: Final = 0.03
"""A chance to hold below this counts as none."""

# Log-odds that would be told as 0.00.
_LEAST_SAID: Final = 0.005

# From here on a requirement is not worth a word of doubt.
_SURE: Final = 0.99

_GRADED: Final = (Kind.PROPOSE, Kind.WEIGH, Kind.CONSTRAIN)

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
    chance, unmet, kind = 1.0, None, compiled.rule.kind
    # Only for the camera's movements is it asked how nearly a rule holds.
    graded = kind in _GRADED and bool(compiled.movements or compiled.excludes)
    wavering: list[tuple[Expression, float]] = []
    for requirement in compiled.requires:
        value, quality = view.found(requirement)
        holds = float(value is True) if value is not None and quality >= least_quality else 0.0
        if unmet is None and not holds:
            unmet = requirement
        if graded and value is not None and quality >= least_quality and requirement.margin is not None:
            holds = _chance(requirement.margin, view, refuses=kind is Kind.CONSTRAIN)
            if holds < _SURE:
                wavering.append((requirement, holds))
        chance *= holds
        if unmet is not None and chance < LEAST_CHANCE:
            return Outcome(fired=False, failed=_met(unmet, view, least_quality)) if told else _UNMET
    failed = "" if unmet is None or not told else _met(unmet, view, least_quality)
    doubts = tuple(_doubt(item, view, holds, compiled.rule.id, mirror=mirror) for item, holds in wavering if holds > 0)
    found = _evidence(compiled, view, mirror=mirror)
    return Outcome(unmet is None, failed, found, chance if chance >= LEAST_CHANCE else 0.0, doubts)


def _chance(margin: Margin, view: View, *, refuses: bool) -> float:
    """How likely a measured requirement holds. refuses: a constraint's, which noise alone may excuse."""
    readings = view.facts.readings
    return 0.0 if refuses and margin.surely_fails(readings) else margin.chance(readings)


def _doubt(requirement: Expression, view: View, chance: float, rule_id: str, *, mirror: bool) -> Evidence:
    metric, value, wish = _fact(requirement, view, mirror=mirror)
    quality = view.found(requirement).quality
    return Evidence(metric, value, quality, 1.0 - chance, math.log(chance), rule_id, wish)


def _evidence(compiled: Compiled, view: View, *, mirror: bool) -> tuple[Evidence, ...]:
    found = []
    for term in compiled.terms:
        value, quality = view.found(term.expression)
        if value is None or value <= 0:
            continue
        shown = min(1.0, value) * quality * term.expression.steadiness
        log_odds = term.weight * shown
        if abs(log_odds) < _LEAST_SAID:
            continue
        metric, fact, wish = _fact(term.expression, view, mirror=mirror)
        found.append(Evidence(metric, fact, quality, shown, log_odds, compiled.rule.id, wish))
    return tuple(found)


def part(item: Evidence, share: float) -> Evidence:
    """The evidence of a rule that holds with a chance of `share`, 0 to 1."""
    return item if share == 1.0 else item._replace(shown=item.shown * share, log_odds=item.log_odds * share)


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


def _fact(expression: Expression, view: View, *, mirror: bool) -> tuple[str, float, str]:
    """What the expression reads first, told for the still itself: the metric, its value, and a wish in words."""
    if not expression.metrics:
        words = [text for text in (view.intent.mood, view.intent.genre, view.intent.purpose) if text]
        return WISH, 1.0, f"the caller asks for {' and '.join(words)}"
    name = expression.metrics[0]
    value = view.facts.readings[name].value
    if mirror:
        metric = VOCABULARY[name]
        return metric.twin, metric.mirrored(value), ""
    return name, value, ""


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
