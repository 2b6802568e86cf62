"""All rules read on one still and on its mirror image: what fired, what it found, what it refuses.

A lateral rule is written for one side. It is read once as written and once in the mirror; what it finds in the mirror
is told for the still itself. So neither side is ever special, and a mirrored still gives the mirrored reading.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from film.movement import Movement
from predictor.core.evidence import Outcome, outcome
from predictor.core.expression import View
from predictor.core.facts import Facts
from predictor.core.intent import Intent
from predictor.core.rule import Kind
from predictor.core.rulebook import Compiled, Rulebook


@dataclass(frozen=True)
class Fired:
    """A rule that holds, read as written or in the mirror, through the view in which it was read."""

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


class _Tried(NamedTuple):
    """A rule, read as written or in the mirror, whether it holds or not."""

    compiled: Compiled
    mirror: bool
    view: View
    outcome: Outcome


@dataclass(frozen=True)
class Reading:
    """What held, in the rules' order, and which movements, actions and motions are refused, each with the reason."""

    fired: Sequence[Fired]
    refused: Mapping[Movement, str]
    refused_actions: Mapping[str, str]
    refused_motions: Mapping[str, str]
    _read: Sequence[_Tried] = field(repr=False, default=())

    def of(self, kind: Kind) -> Iterator[Fired]:
        """The rules of one kind that hold."""
        return (item for item in self.fired if item.compiled.rule.kind is kind)

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


def _tried(compiled: Compiled, views: tuple[View, View], *, mirror: bool, book: Rulebook) -> _Tried:
    view, least, told = views[mirror], book.policy.least_quality, compiled.rule.kind is Kind.CONSTRAIN
    return _Tried(compiled, mirror, view, outcome(compiled, view, mirror=mirror, least_quality=least, told=told))


def _reading(read: Iterable[_Tried]) -> Reading:
    every = tuple(read)
    fired: list[Fired] = []
    refused: dict[Movement, str] = {}
    actions: dict[str, str] = {}
    motions: dict[str, str] = {}
    for item in every:
        compiled, rule = item.compiled, item.compiled.rule
        if item.outcome.fired:
            fired.append(Fired(*item))
            for movement in compiled.excludes_in(mirror=item.mirror):
                refused.setdefault(movement, f"{rule.id} ({rule.name}) excludes it")
        elif rule.kind is Kind.CONSTRAIN:
            why = f"{rule.id} needs {item.outcome.failed}"
            for movement in compiled.movements_in(mirror=item.mirror):
                refused.setdefault(movement, why)
            for action in rule.actions:
                actions.setdefault(action, why)
            if rule.motion:
                motions.setdefault(rule.motion, why)
    return Reading(fired, refused, actions, motions, every)
