"""Expressions over named metrics in the Common Expression Language: checked when read, safe and fast when asked.

Numbers are written with a point (`0.5`, `1.0`). Beside the language's own operators there is
`ramp(x, low, high)`: 0 below low, 1 above high, a straight line between.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

# The package ships stubs without the marker that lets a type checker read them.
from cel_expr_python import cel  # type: ignore[import-untyped]

from predictor.core.errors import BadExpression
from predictor.core.facts import Facts
from predictor.core.intent import Intent
from predictor.core.margin import Margin, margin
from predictor.core.shortcuts import Told, shortcut
from predictor.core.steadiness import steadiness
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


class Found(NamedTuple):
    """What an expression came to. value: None when it could not be told; quality: of the least certain figure, 0 to 1.

    The quality is 1 for an expression that reads no figure, and 0 when one is missing.
    """

    value: float | bool | None
    quality: float


_MISSING: Final = Found(None, 0.0)


class View:
    """One still and one wish, as expressions see them; each expression is evaluated once.

    Not to be shared between threads.
    """

    def __init__(self, facts: Facts, intent: Intent) -> None:
        self.facts = facts
        self.intent = intent
        self._found: dict[str, Found] = {}
        self._activation: Any = None

    def found(self, expression: "Expression") -> Found:
        """What an expression comes to on this still."""
        known = self._found.get(expression.text)
        if known is None:
            known = self._found[expression.text] = self._evaluated(expression)
        return known

    def _evaluated(self, expression: "Expression") -> Found:
        readings, quality = self.facts.readings, 1.0
        if expression.shortcut is not None:
            only = readings.get(expression.metrics[0])
            return _MISSING if only is None else Found(expression.shortcut(only.value), only.quality)
        for name in expression.metrics:
            reading = readings.get(name)
            if reading is None:
                return _MISSING
            if reading.quality < quality:
                quality = reading.quality
        if self._activation is None:
            values: dict[str, Any] = {name: reading.value for name, reading in readings.items()}
            wish = self.intent
            values |= {"intent.mood": wish.mood, "intent.genre": wish.genre, "intent.purpose": wish.purpose}
            self._activation = _ENVIRONMENT.Activation(values)
        try:
            result = expression.program.eval(activation=self._activation).value()
        except RuntimeError:
            # The library's own bounds, on steps for one: what cannot be worked out is not there.
            return Found(None, quality)
        # A division by a whole zero and its like come back as a text; a fraction's division is infinite.
        sound = isinstance(result, bool) or (isinstance(result, float) and math.isfinite(result))
        return Found(result if sound else None, quality)


@dataclass(frozen=True)
class Expression:
    """A compiled expression: its text and the metrics it reads, in the order of their first mention.

    margin: of a condition that may hold by chance. steadiness: of the least steady metric, 0 to 1.
    """

    text: str
    metrics: tuple[str, ...]
    program: cel.Expression = field(repr=False, compare=False)
    shortcut: Told | None = field(default=None, repr=False, compare=False)
    margin: Margin | None = field(default=None, repr=False, compare=False)
    steadiness: float = field(default=1.0, repr=False, compare=False)

    def holds(self, view: View, *, least_quality: float) -> bool:
        """Whether a condition is true; False when a figure that it needs is missing or below the least quality."""
        found = view.found(self)
        return found.value is True and found.quality >= least_quality

    def value(self, view: View) -> float | None:
        """A number, or None when a figure that it needs is missing or the result is not finite."""
        return view.found(self).value


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
        expression = _compiled(text)
    except RuntimeError as error:
        # The library's text draws the place with carets on further lines; the first one says what is wrong.
        reason = str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ERROR: <input>:")
        raise BadExpression(rule_id, part, f"{text!r} is not a valid expression ({reason})") from error
    found = expression.program.return_type()
    if found != kind:
        raise BadExpression(rule_id, part, f"{text!r} must give {wanted}, not {found.name()}")
    return expression


# Rules often say the same, and files that are read again mostly do; the bound keeps a life of changes small.
@lru_cache(maxsize=2048)
def _compiled(text: str) -> Expression:
    """Raises RuntimeError with the library's words."""
    _ENVIRONMENT.compile(text)
    program = _ENVIRONMENT.compile(_written_out(text))
    names = [match.group(1) for match in _NAME.finditer(text) if match.group(1) in VOCABULARY]
    metrics = tuple(dict.fromkeys(names))
    quick = shortcut(text) if len(metrics) == 1 else None
    return Expression(text, metrics, program, quick, margin(text), steadiness(metrics))


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
