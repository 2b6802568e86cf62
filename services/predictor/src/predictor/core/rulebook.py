"""All rules of a predictor, compiled and checked against each other."""

import hashlib
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from film.movement import Family, Movement, mirrored
from predictor.core.errors import BadExpression, BadRule, UnknownPack, UnknownRule
from predictor.core.expression import Expression, condition, number, odd_metrics
from predictor.core.rule import Kind, Policy, Rule
from predictor.core.vocabulary import PLACES, VOCABULARY

AHEAD: Final = "ahead"
BEHIND: Final = "behind"


@dataclass(frozen=True)
class Term:
    """A compiled piece of evidence. weight: signed log-odds, below 0 for what speaks against."""

    expression: Expression
    weight: float


@dataclass(frozen=True)
class Compiled:
    """A rule with its expressions compiled. movements holds the mirrored ones too unless the rule is lateral.

    metrics: all that its requirements, evidence, parameters and reason read.
    """

    rule: Rule
    movements: tuple[Movement, ...]
    excludes: tuple[Movement, ...]
    requires: tuple[Expression, ...]
    terms: tuple[Term, ...]
    intensity: Expression | None
    intensity_shift: Expression | None
    sway_rad: Expression | None
    metrics: frozenset[str]

    def movements_in(self, *, mirror: bool) -> tuple[Movement, ...]:
        """The movements that it speaks of when it is read as written, or in the mirror."""
        return _across(self.movements) if mirror else self.movements

    def excludes_in(self, *, mirror: bool) -> tuple[Movement, ...]:
        """The movements that it excludes when it is read as written, or in the mirror."""
        return _across(self.excludes) if mirror else self.excludes


@lru_cache(maxsize=1024)
def _across(movements: tuple[Movement, ...]) -> tuple[Movement, ...]:
    return tuple(mirrored(movement) for movement in movements)


class Rulebook:
    """The rules in force and those that ship disabled, by id and alias. Immutable; safe to share between threads.

    Raises BadExpression or BadRule when a rule cannot be used.
    """

    def __init__(self, rules: Iterable[Rule], policy: Policy) -> None:
        self.policy = policy
        self._by_id: dict[str, Compiled] = {}
        self._names: dict[str, str] = {}
        for rule in rules:
            self._add(compile_rule(rule))
        every = (self._by_id[key] for key in sorted(self._by_id))
        self._in_force: Final = tuple(compiled for compiled in every if not compiled.rule.disabled_because)
        _check_priors(policy.priors)
        self.version: Final = _version((compiled.rule for compiled in self._by_id.values()), policy)

    def __iter__(self) -> Iterator[Compiled]:
        """The rules in force, by id, so that the order of files changes nothing."""
        return iter(self._in_force)

    def find(self, rule_id: str) -> Compiled:
        """The rule of an id or alias, disabled ones included. Raises UnknownRule."""
        if rule_id not in self._names:
            raise UnknownRule(rule_id, self._names)
        return self._by_id[self._names[rule_id]]

    def listed(self, *, pack: str, include_disabled: bool) -> Sequence[Compiled]:
        """The rules of a pack, or of all when pack is "", by id. Raises UnknownPack."""
        packs = {compiled.rule.pack for compiled in self._by_id.values()}
        if pack and pack not in packs:
            raise UnknownPack(pack, packs)
        every = (self._by_id[key] for key in sorted(self._by_id))
        return [
            compiled
            for compiled in every
            if (not pack or compiled.rule.pack == pack) and (include_disabled or not compiled.rule.disabled_because)
        ]

    def _add(self, compiled: Compiled) -> None:
        rule = compiled.rule
        for part, names in (("id", [rule.id]), ("aliases", rule.aliases)):
            for name in names:
                if name in self._names:
                    raise BadRule(rule.id, (part,), f"{name} is already the name of {self._names[name]}")
                self._names[name] = rule.id
        self._by_id[rule.id] = compiled


def compile_rule(rule: Rule) -> Compiled:
    """The rule with its expressions compiled and checked. Raises BadExpression or BadRule."""
    requires = tuple(
        condition(text, rule_id=rule.id, part=("requires", index)) for index, text in enumerate(rule.requires)
    )
    terms = tuple(
        Term(number(item.expression, rule_id=rule.id, part=(part, index, "expression")), sign * item.weight)
        for part, items, sign in (("evidence", rule.evidence, 1.0), ("contra", rule.contra, -1.0))
        for index, item in enumerate(items)
    )
    parameters = {
        name: number(text, rule_id=rule.id, part=("parameters", name)) if text else None
        for name, text in (
            ("intensity", rule.parameters.intensity),
            ("intensity_shift", rule.parameters.intensity_shift),
            ("sway_rad", rule.parameters.sway_rad),
        )
    }
    compiled = Compiled(
        rule=rule,
        movements=rule.movements if rule.lateral else _both_sides(rule.movements),
        excludes=rule.excludes if rule.lateral else _both_sides(rule.excludes),
        requires=requires,
        terms=terms,
        metrics=frozenset(
            [
                name
                for read in (*requires, *(term.expression for term in terms), *parameters.values())
                if read
                for name in read.metrics
            ]
            + list(_named_in_reason(rule))
        ),
        **parameters,
    )
    _check(compiled)
    return compiled


def _both_sides(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    return tuple(dict.fromkeys(side for movement in movements for side in (movement, mirrored(movement))))


def _check(compiled: Compiled) -> None:
    rule = compiled.rule
    targets = [bool(rule.movements), bool(rule.motion or rule.region), bool(rule.actions)]
    if rule.kind is Kind.PROPOSE and sum(targets) != 1:
        raise BadRule(rule.id, (), "a proposing rule names either movements, or a motion and its region, or one action")
    if rule.kind is Kind.PROPOSE and len(rule.actions) > 1:
        raise BadRule(rule.id, ("actions",), "a proposing rule proposes one action")
    if rule.kind is Kind.PROPOSE and not rule.evidence:
        raise BadRule(rule.id, (), "a proposing rule needs evidence: nothing moves without a reason")
    spoken_of = rule.movements or rule.actions or (rule.excludes or rule.motion if rule.kind is Kind.CONSTRAIN else ())
    if rule.kind in (Kind.WEIGH, Kind.SHAPE, Kind.CONSTRAIN) and not spoken_of:
        raise BadRule(rule.id, (), f"a rule of kind {rule.kind} names the movements or actions it speaks of")
    if rule.kind is Kind.PROPOSE and not rule.lateral and any(mirrored(move) != move for move in rule.movements):
        raise BadRule(rule.id, ("movements",), "a movement to one side is proposed by a lateral rule only")
    if rule.parameters.anchor is not None and rule.parameters.anchor not in PLACES:
        raise BadRule(rule.id, ("parameters", "anchor"), f"the anchor is one of {', '.join(PLACES)}")
    for index, term in enumerate(compiled.terms):
        if not term.expression.metrics and not rule.wish:
            part = ("evidence", index) if index < len(rule.evidence) else ("contra", index - len(rule.evidence))
            raise BadExpression(rule.id, part, "evidence reads a metric; only a wish of the caller counts without one")
    if not rule.lateral:
        _check_handedness(compiled)
    _check_reason(rule)


def _check_handedness(compiled: Compiled) -> None:
    numbers = (compiled.intensity, compiled.intensity_shift, compiled.sway_rad)
    expressions = [*compiled.requires, *(term.expression for term in compiled.terms), *filter(None, numbers)]
    for expression in expressions:
        for name in odd_metrics(expression.metrics):
            raise BadExpression(compiled.rule.id, (), f"{name} tells left from right: only lateral rules may read it")


def _check_reason(rule: Rule) -> None:
    allowed = {AHEAD, BEHIND} if rule.lateral else set()
    for name in placeholders(rule.reason):
        if name not in VOCABULARY and name not in allowed:
            raise BadRule(rule.id, ("reason",), f"{{{name}}} is not a metric")
        if not rule.lateral and name in VOCABULARY and odd_metrics([name]):
            raise BadRule(rule.id, ("reason",), f"{{{name}}} tells left from right: only lateral rules may name it")


def _named_in_reason(rule: Rule) -> Sequence[str]:
    try:
        return placeholders(rule.reason)
    except ValueError as error:
        raise BadRule(rule.id, ("reason",), f"the reason's braces do not match: {error}") from error


def placeholders(template: str) -> Sequence[str]:
    """The names in curly braces, in order. Raises ValueError when the braces do not match."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]


def _check_priors(priors: Mapping[Family, float]) -> None:
    for family in Family:
        if family not in priors:
            raise BadRule("policy", ("priors",), f"the family {family} has no prior")


def _version(rules: Iterable[Rule], policy: Policy) -> str:
    text = "\n".join(sorted(repr(_plain(rule)) for rule in rules)) + repr(_plain(policy))
    return f"rules-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _plain(value: object) -> object:
    # repr() of a mapping keeps its order of insertion; sorting makes equal rules equal text.
    if isinstance(value, Mapping):
        return sorted((str(key), _plain(item)) for key, item in value.items())
    slots = getattr(value, "__dataclass_fields__", None)
    if slots is None:
        return str(value)
    # Examples prove a rule and change nothing that it says, so a calibration outlives them.
    return [(name, _plain(getattr(value, name))) for name in slots if name != "examples"]
