"""All rules read on one still and on its mirror image: what fired, what it found, what it refuses.

A lateral rule is written for one side. It is read once as written and once in the mirror; what it finds in the mirror
is told for the still itself. So neither side is ever special, and a mirrored still gives the mirrored reading.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from film.movement import Movement
from predictor.core.evidence import LEAST_CHANCE, Evidence, Outcome, outcome
from predictor.core.expression import View
from predictor.core.facts import Facts
from predictor.core.intent import Intent
from predictor.core.rule import Kind
from predictor.core.rulebook import Compiled, Rulebook


class Fired(NamedTuple):
    """A rule as it was read: as written or in the mirror, through the view in which it was read, and how it fared."""

    compiled: Compiled
    mirror: bool
    view: View
    outcome: Outcome

    @property
    def movements(self) -> tuple[Movement, ...]:
        """The movements it speaks of, in the still itself."""
        return self.compiled.movements_in(mirror=self.mirror)

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.compiled.rule.id


@dataclass(frozen=True)
class Reading:
    """What held, in the rules' order, and which movements, actions and motions are refused, each with the reason.

    near: the rules that hold or, as far as figures can be trusted, may hold.
    doubts: by movement, what constraints say against it because they only just hold, or may not.
    """

    fired: Sequence[Fired]
    near: Sequence[Fired]
    doubts: Mapping[Movement, Sequence[Evidence]]
    refused: Mapping[Movement, str]
    refused_actions: Mapping[str, str]
    refused_motions: Mapping[str, str]
    _read: Sequence[Fired] = field(repr=False, default=())

    def of(self, kind: Kind) -> Iterator[Fired]:
        """The rules of one kind that hold."""
        return (item for item in self.fired if item.compiled.rule.kind is kind)

    def nearly(self, kind: Kind) -> Iterator[Fired]:
        """The rules of one kind that hold or may hold."""
        return (item for item in self.near if item.compiled.rule.kind is kind)

    def with_new(self, book: Rulebook, facts: Facts, intent: Intent, *, new: str) -> "Reading":
        """What `read` gives now that one more figure is known; only the rules that read it are read again.

        new: the figure's name; `facts` holds it, those of this reading did not.
        """
        views = View(facts, intent), View(facts.mirrored(), intent)
        return _reading(
            _tried(item.compiled, views, mirror=item.mirror, book=book) if new in item.compiled.metrics else item
            for item in self._read
        )


def read(book: Rulebook, facts: Facts, intent: Intent) -> Reading:
    """Every rule in force, read on one still."""
    views = View(facts, intent), View(facts.mirrored(), intent)
    return _reading(
        _tried(compiled, views, mirror=mirror, book=book)
        for compiled in book
        for mirror in ((False, True) if compiled.rule.lateral else (False,))
    )


def _tried(compiled: Compiled, views: tuple[View, View], *, mirror: bool, book: Rulebook) -> Fired:
    view, least, told = views[mirror], book.policy.least_quality, compiled.rule.kind is Kind.CONSTRAIN
    return Fired(compiled, mirror, view, outcome(compiled, view, mirror=mirror, least_quality=least, told=told))


def _reading(read: Iterable[Fired]) -> Reading:
    every = tuple(read)
    refused: dict[Movement, str] = {}
    actions: dict[str, str] = {}
    motions: dict[str, str] = {}
    doubts: dict[Movement, list[Evidence]] = {}
    for item in every:
        compiled, rule, found = item.compiled, item.compiled.rule, item.outcome
        if compiled.excludes:
            why, against = _exclusion(item)
            for movement in compiled.excludes_in(mirror=item.mirror):
                if why:
                    refused.setdefault(movement, why)
                doubts.setdefault(movement, []).extend(against)
        if rule.kind is not Kind.CONSTRAIN:
            continue
        why = f"{rule.id} needs {found.failed}"
        for movement in compiled.movements_in(mirror=item.mirror):
            if found.fired or found.chance > 0:
                doubts.setdefault(movement, []).extend(found.doubts)
            else:
                refused.setdefault(movement, why)
        if not found.fired:
            for action in rule.actions:
                actions.setdefault(action, why)
            if rule.motion:
                motions.setdefault(rule.motion, why)
    return Reading(
        fired=tuple(item for item in every if item.outcome.fired),
        near=tuple(item for item in every if item.outcome.chance > 0),
        doubts=doubts,
        refused=refused,
        refused_actions=actions,
        refused_motions=motions,
        _read=every,
    )


def _exclusion(item: Fired) -> tuple[str, Sequence[Evidence]]:
    """Why a rule surely excludes its movements, "" when it does not; and what it says against them when it may."""
    rule, found = item.compiled.rule, item.outcome
    left = 1.0 - found.chance
    if (found.fired and (rule.kind is Kind.CONSTRAIN or not found.doubts)) or left < LEAST_CHANCE:
        return f"{rule.id} ({rule.name}) excludes it", ()
    if not found.doubts or found.chance <= 0:
        return "", ()
    weakest = min(found.doubts, key=lambda doubt: doubt.log_odds)
    return "", (weakest._replace(shown=found.chance, log_odds=math.log(left)),)
