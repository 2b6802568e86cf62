"""What a look at rule files finds without a server: faults with their lines, and rules to try on their examples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from predictor.core.rule import Policy
from predictor.core.rulebook import Compiled


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. file: as it was asked for; line from 1."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule stands: its file, and the line of a part such as ("requires", 0)."""

    file: str
    line: Callable[[Sequence[str | int]], int]


@dataclass(frozen=True)
class Review:
    """What was found. rules: those that can be used, disabled ones included; places: where each stands."""

    problems: tuple[Problem, ...] = ()
    files: int = 0
    rules: tuple[Compiled, ...] = ()
    policy: Policy | None = None
    places: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))


def unproven(review: Review) -> Sequence[Problem]:
    """What a careful author would add: examples of both kinds, and the figure for which a rule is disabled."""
    found = []
    for compiled in review.rules:
        rule, place = compiled.rule, review.places[compiled.rule.id]
        kinds = (("in which it fires", rule.examples.fires), ("in which it is silent", rule.examples.silent))
        wanting = [words for words, items in kinds if not items]
        if wanting:
            text = f"{rule.id} ({rule.name}) has no example {' and none '.join(wanting)}"
            found.append(Problem(place.file, place.line(()), text))
        if rule.disabled_because and not any(character.isdigit() for character in rule.disabled_because):
            text = f"{rule.id} ({rule.name}) is disabled without a figure that shows why"
            found.append(Problem(place.file, place.line(("disabled_because",)), text))
    return found
