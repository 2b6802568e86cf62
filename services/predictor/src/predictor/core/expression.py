"""Expressions over named metrics in the Common Expression Language: checked when read, safe and fast when asked.

Numbers are written with a point (`0.5`, `1.0`). Beside the language's own operators there is
`ramp(x, low, high)`: 0 below low, 1 above high, a straight line between.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# The package ships stubs without the marker that lets a type checker read them.
from cel_expr_python import cel  # type: ignore[import-untyped]

from predictor.core.errors import BadExpression
from predictor.core.facts import Facts, Reading
from predictor.core.intent import Intent
from predictor.core.vocabulary import VOCABULARY

INTENT_NAMES: Final = ("intent.mood", "intent.genre", "intent.purpose")
"""What an expression may know of the caller's wish, as text; "" when not stated."""

_RAMP: Final = "ramp"

_CALL: Final = re.compile(rf"\b{_RAMP}\s*\(")
# The third arm also takes what is not a number, so that a ramp without width is a step at its place.
_WRITTEN_OUT: Final = "({t} <= 0.0 ? 0.0 : ({t} < 1.0 ? {t} : 1.0))"

# A name inside quotes is text, not a metric.
_NAME: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\b([a-z_]+(?:\.[a-z_]+)?)\b")


def _environment() -> cel.Env:
    variables = dict.fromkeys(VOCABULARY, cel.Type.DOUBLE) | dict.fromkeys(INTENT_NAMES, cel.Type.STRING)
    number = cel.Type.DOUBLE
    # Declared so that its use is checked; what runs is written out by `_written_out`.
    overload = cel.Overload("ramp_double", number, [number, number, number], False)
    return cel.NewEnv(variables=variables, functions=[cel.FunctionDecl(_RAMP, [overload])])


_ENVIRONMENT: Final = _environment()


class View:
    """One still and one wish, as expressions see them. Not to be shared between threads."""

    def __init__(self, facts: Facts, intent: Intent) -> None:
        self.facts = facts
        self.intent = intent
        values: dict[str, Any] = {name: reading.value for name, reading in facts.readings.items()}
        values |= {"intent.mood": intent.mood, "intent.genre": intent.genre, "intent.purpose": intent.purpose}
        self.activation = _ENVIRONMENT.Activation(values)


@dataclass(frozen=True)
class Expression:
    """A compiled expression: its text and the metrics it reads, in the order of their first mention."""

    text: str
    metrics: tuple[str, ...]
    _program: cel.Expression = field(repr=False, compare=False)

    def readings(self, view: View, *, least_quality: float = 0.0) -> Mapping[str, Reading] | None:
        """The readings it needs, or None when one is missing or below the least quality."""
        found = {name: view.facts.readings.get(name) for name in self.metrics}
        kept = {name: item for name, item in found.items() if item is not None and item.quality >= least_quality}
        return kept if len(kept) == len(self.metrics) else None

    def holds(self, view: View, *, least_quality: float) -> bool:
        """Whether a condition is true; False when a figure that it needs is missing or below the least quality."""
        if self.readings(view, least_quality=least_quality) is None:
            return False
        return bool(self._program.eval(activation=view.activation).value())

    def value(self, view: View) -> float | None:
        """A number, or None when a figure that it needs is missing or the result is not finite."""
        if self.readings(view) is None:
            return None
        result = float(self._program.eval(activation=view.activation).value())
        return result if math.isfinite(result) else None


def condition(text: str, *, rule_id: str, part: tuple[str | int, ...]) -> Expression:
    """A compiled yes-or-no expression. Raises BadExpression naming the rule and the place in it."""
    return _compile(text, cel.Type.BOOL, "true or false", rule_id, part)


def number(text: str, *, rule_id: str, part: tuple[str | int, ...]) -> Expression:
    """A compiled numeric expression. Raises BadExpression naming the rule and the place in it."""
    return _compile(text, cel.Type.DOUBLE, "a number with a point", rule_id, part)


def odd_metrics(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the metrics that a mirror changes."""
    return tuple(name for name in names if VOCABULARY[name].odd or VOCABULARY[name].twin != name)


def _compile(text: str, kind: cel.Type, wanted: str, rule_id: str, part: tuple[str | int, ...]) -> Expression:
    try:
        _ENVIRONMENT.compile(text)
        program = _ENVIRONMENT.compile(_written_out(text))
    except RuntimeError as error:
        # The library's text draws the place with carets on further lines; the first one says what is wrong.
        reason = str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ERROR: <input>:")
        raise BadExpression(rule_id, part, f"{text!r} is not a valid expression ({reason})") from error
    if program.return_type() != kind:
        raise BadExpression(rule_id, part, f"{text!r} must give {wanted}, not {program.return_type().name()}")
    names = [match.group(1) for match in _NAME.finditer(text) if match.group(1) in VOCABULARY]
    return Expression(text, tuple(dict.fromkeys(names)), program)


def _written_out(text: str) -> str:
    """A valid expression with each ramp in the language's own operators.

    A function of our own would be called from C++ and leaves some 200 bytes behind at each call (cel-expr-python
    0.1.3; bench/memory.py measures it as the predictor's slope).
    """
    found = _CALL.search(text)
    if found is None:
        return text
    arguments, end = _arguments(text, found.end())
    value, low, high = (_written_out(argument) for argument in arguments)
    share = f"((({value}) - ({low})) / (({high}) - ({low})))"
    return text[: found.start()] + _WRITTEN_OUT.format(t=share) + _written_out(text[end:])


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call whose opening bracket ends at `start`, and the place behind its closing one."""
    arguments, depth, begun = [], 0, start
    for place in range(start, len(text)):
        if depth == 0 and text[place] in ",)":
            arguments.append(text[begun:place].strip())
            begun = place + 1
            if text[place] == ")":
                return arguments, place + 1
        depth += {"(": 1, ")": -1}.get(text[place], 0)
    return arguments, len(text)
