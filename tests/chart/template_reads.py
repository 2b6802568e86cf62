"""Finds which values a chart's templates read, by following variables and blocks through their text.

A path is a tuple: ("Values", "redis", "mode"), or ("service", "replicas") for a service's section, which a context
holds under `service` after `defaults` were merged into it. What starts elsewhere is of no concern here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Path = tuple[str, ...]

_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_CHAIN = re.compile(r"(?<![\w.)\]$])(\$\w*)?((?:\.\w+)+)|(?<![\w.)\]])(\$\w*)(?![\w.])|(?<![\w.)\]$])(\.)(?![\w.])")
_ASSIGNED = re.compile(r"^(?:\$\w+\s*,\s*)?(\$\w+)\s*:?=\s*(.*)$", re.DOTALL)
_ROOTS = ("Values", "service")


@dataclass
class Reads:
    """What was found: `exact` are paths that are named, `whole` are those read with all that is below them."""

    exact: set[Path] = field(default_factory=set)
    whole: set[Path] = field(default_factory=set)

    def covers(self, path: Path) -> bool:
        """Whether the value at this path, a leaf, is read."""
        named = path in self.exact or any(found[: len(path)] == path for found in self.exact)
        return named or any(path[:length] in self.whole for length in range(2, len(path) + 1))


@dataclass
class _Block:
    word: str
    dot: Path
    outer: Path


def reads(template: str, *, skip: frozenset[str] = frozenset()) -> Reads:
    """The values that one template file reads. `skip` names `define`d templates to leave out."""
    found = Reads()
    walk = _Walk(found)
    for define, action in _actions(template):
        if define not in skip:
            walk.step(action)
    return found


def _actions(template: str) -> Iterator[tuple[str, str]]:
    """Each action with the name of the `define` that it stands in, text literals made empty."""
    define, depth = "", 0
    for match in _ACTION.finditer(_COMMENT.sub("", template)):
        action = match[1]
        word = action.split(maxsplit=1)[0] if action else ""
        if word == "define":
            define, depth = action.split('"')[1], 0
        depth += word in ("define", "if", "with", "range", "block")
        depth -= word == "end"
        yield define, _TEXT.sub('""', action)
        if not depth:
            define = ""


class _Walk:
    """Where the walk through a file stands: the open blocks, what the dot is, what the variables hold."""

    def __init__(self, found: Reads) -> None:
        self.found = found
        self.dot: Path = ()
        self.blocks: list[_Block] = []
        self.variables: dict[str, Path] = {}

    def step(self, action: str) -> None:
        word, _, rest = action.partition(" ")
        match word:
            case "define" | "block":
                self.variables = {}
                self._open(word, ())
            case "if":
                self._name_all(rest, whole=False)
                self._open(word, self.dot)
            case "with" | "range":
                self._open(word, self._bind(rest, each=word == "range"))
            case "else":
                self._else(rest)
            case "end":
                if self.blocks:
                    self.dot = self.blocks.pop().outer
            case _:
                self._plain(action)

    def _open(self, word: str, dot: Path) -> None:
        self.blocks.append(_Block(word, dot, self.dot))
        self.dot = dot

    def _else(self, rest: str) -> None:
        word, _, expression = rest.partition(" ")
        if self.blocks:
            self.dot = self.blocks[-1].outer
        if word == "if":
            self._name_all(expression, whole=False)
        elif word == "with":
            self.dot = self._bind(expression, each=False)

    def _plain(self, action: str) -> None:
        if assigned := _ASSIGNED.match(action):
            self.variables[assigned[1]] = self._value(assigned[2])
        else:
            self._name_all(action, whole=True)

    def _bind(self, expression: str, *, each: bool) -> Path:
        """What the dot is within a `with` or `range` over the expression; its variable holds the same."""
        assigned = _ASSIGNED.match(expression)
        path = self._value(assigned[2] if assigned else expression)
        if each and path:
            self._add(path, whole=True)
            path = (*path, "*")
        if assigned:
            self.variables[assigned[1]] = path
        return path

    def _value(self, expression: str) -> Path:
        """The path that an expression is nothing but, else the empty path; what it names is noted."""
        chain = _CHAIN.fullmatch(expression.strip().removeprefix("(").removesuffix(")").strip())
        self._name_all(expression, whole=chain is None)
        return self._path(chain) if chain else ()

    def _name_all(self, expression: str, *, whole: bool) -> None:
        for chain in _CHAIN.finditer(expression):
            self._add(self._path(chain), whole=whole)

    def _add(self, path: Path, *, whole: bool) -> None:
        if path[:1] and path[0] in _ROOTS and len(path) > 1:
            self.found.exact.add(path)
            if whole:
                self.found.whole.add(path)

    def _path(self, chain: re.Match[str]) -> Path:
        variable, fields, bare_variable, _ = chain.groups()
        name = variable or bare_variable
        start = self.variables.get(name, ()) if name else self.dot
        path = (*start, *(fields.strip(".").split(".") if fields else ()))
        if "Values" in path:
            return path[path.index("Values") :]
        if start[:1] == ("service",):
            return path
        return path[path.index("service") :] if "service" in path else ()
