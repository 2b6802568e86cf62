"""What can be wrong.

Exception
├── RulebookError           rules that cannot be used; only at start
│   ├── BadExpression       an expression does not compile or reads what it may not
│   └── BadRule             a rule contradicts itself or another one
└── PredictorError          a call that cannot be answered
├── UnknownRule         no rule has this id
└── UnknownPack         no pack has this name
"""

from collections.abc import Iterable
from difflib import get_close_matches


class RulebookError(Exception):
    """Rules that cannot be used. rule_id: the rule; part: the path inside it, for example ("requires", 0)."""

    def __init__(self, rule_id: str, part: tuple[str | int, ...], problem: str) -> None:
        where = ".".join(str(step) for step in part)
        super().__init__(f"rule {rule_id}{', ' + where if where else ''}: {problem}")
        self.rule_id = rule_id
        self.part = part
        self.problem = problem


class BadExpression(RulebookError):
    """An expression does not compile, has the wrong type or reads what it may not."""


class BadRule(RulebookError):
    """A rule contradicts itself or another one."""


class PredictorError(Exception):
    """A call that cannot be answered; the family's root."""


class UnknownRule(PredictorError):
    """No rule has this id or alias; `nearest` is the id that looks most like it."""

    def __init__(self, rule_id: str, known: Iterable[str]) -> None:
        self.rule_id = rule_id
        self.nearest = get_close_matches(rule_id, sorted(known), n=1, cutoff=0.0)[0]
        super().__init__(f"no rule is called {rule_id!r}; the nearest is {self.nearest}")


class UnknownPack(PredictorError):
    """No pack has this name; `known` are the packs there are."""

    def __init__(self, pack: str, known: Iterable[str]) -> None:
        self.pack = pack
        self.known = tuple(sorted(known))
        super().__init__(f"no pack is called {pack!r}; there are {', '.join(self.known)}")
