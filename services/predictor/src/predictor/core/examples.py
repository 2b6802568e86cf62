"""A rule tried on its own examples: does it speak where it must, and is it silent where it must be?"""

from collections.abc import Iterator
from dataclasses import dataclass

from predictor.core.evidence import Outcome, outcome
from predictor.core.expression import View
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent
from predictor.core.rule import Example
from predictor.core.rulebook import Compiled


@dataclass(frozen=True, slots=True)
class Trial:
    """How a rule fared on one of its examples.

    part: the example's place in the rule, ("examples", "fires" or "silent", index). held: whether it did as it must.
    why: what it did, with the requirement that failed or the evidence that it found.
    """

    rule_id: str
    part: tuple[str, str, int]
    held: bool
    why: str


def trials(compiled: Compiled, *, least_quality: float) -> Iterator[Trial]:
    """The rule on each of its examples, those where it must fire first.

    A rule fires when its requirements hold and, if it weighs evidence for its movements, at least one piece speaks.
    """
    examples = compiled.rule.examples
    for kind, items in (("fires", examples.fires), ("silent", examples.silent)):
        for index, example in enumerate(items):
            found = outcome(compiled, _view(example), mirror=False, least_quality=least_quality)
            spoke = _speaks(compiled, found)
            yield Trial(compiled.rule.id, ("examples", kind, index), spoke == (kind == "fires"), _why(found, spoke))


def _view(example: Example) -> View:
    readings = {name: Reading(value, quality) for name, (value, quality) in example.readings.items()}
    return View(Facts(readings), Intent(mood=example.mood, genre=example.genre, purpose=example.purpose))


def _speaks(compiled: Compiled, found: Outcome) -> bool:
    if not found.fired or not compiled.terms:
        return found.fired
    return any(item.log_odds > 0 or not compiled.rule.evidence for item in found.evidence)


def _why(found: Outcome, spoke: bool) -> str:
    if not found.fired:
        return f"needs {found.failed}"
    if not spoke:
        return "its requirements hold, but none of its evidence says anything"
    said = ", ".join(f"{item.metric} {item.value:.2f} [{item.log_odds:+.2f}]" for item in found.evidence)
    return f"fires: {said}" if said else "fires: its requirements hold"
