"""All rules read on one still and on its mirror image: what fired, what it found, what it refuses.

A lateral rule is written for one side. It is read once as written and once in the mirror; what it finds in the mirror
is told for the still itself. So neither side is ever special, and a mirrored still gives the mirrored reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Reading:
    """What held, in the rules' order, and which movements or subjects' actions are refused, each with the reason."""

    fired: Sequence[Fired]
    refused: dict[Movement, str]
    refused_actions: dict[str, str]

    def of(self, kind: Kind) -> Iterator[Fired]:
        """The rules of one kind that hold."""
        return (item for item in self.fired if item.compiled.rule.kind is kind)


def read(book: Rulebook, facts: Facts, intent: Intent) -> Reading:
    """Every rule in force, read on one still."""
    as_written, in_mirror = View(facts, intent), View(facts.mirrored(), intent)
    fired: list[Fired] = []
    refused: dict[Movement, str] = {}
    actions: dict[str, str] = {}
    for compiled in book:
        for view, mirror in ((as_written, False), (in_mirror, True))[: 2 if compiled.rule.lateral else 1]:
            found = outcome(compiled, view, mirror=mirror, least_quality=book.policy.least_quality)
            if found.fired:
                fired.append(Fired(compiled, mirror, view, found))
                for movement in compiled.excludes_in(mirror=mirror):
                    refused.setdefault(movement, f"{compiled.rule.id} ({compiled.rule.name}) excludes it")
            elif compiled.rule.kind is Kind.CONSTRAIN:
                why = f"{compiled.rule.id} needs {found.failed}"
                for movement in compiled.movements_in(mirror=mirror):
                    refused.setdefault(movement, why)
                for action in compiled.rule.actions:
                    actions.setdefault(action, why)
    return Reading(fired, refused, actions)
