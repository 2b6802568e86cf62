"""`python -m predictor rules`: rule files checked and tried on their examples at a terminal, without a server."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from predictor.core.examples import Trial, trials
from predictor.core.review import Problem, Review, unproven

HELD: Final = 0
FAILED: Final = 1
MISUSED: Final = 2

_USAGE: Final = """\
exit codes: 0 all is well, 1 something is wrong, 2 the command cannot be understood

  python -m predictor rules lint                  the rules that ship
  python -m predictor rules lint my_rules/        a folder of packs and its policy.yaml
  python -m predictor rules test my_rules/a.yaml  one pack, with the policy beside it or the one that ships
  python -m predictor rules test --json           the same as JSON, for programs
"""


class Written(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Adds a text."""
        ...


@dataclass(frozen=True, slots=True)
class _Tried:
    """A trial with the line of its example."""

    file: str
    line: int
    trial: Trial


def run(arguments: Sequence[str], *, review: Callable[[Path], Review], shipped: Path, out: Written) -> int:
    """The exit code of a command line such as ["lint", "my_rules"]; what was found is written to `out`."""
    parser = _parser()
    if not arguments:
        out.write(parser.format_help())
        return MISUSED
    try:
        asked = parser.parse_args(arguments)
    except SystemExit as ended:
        return HELD if ended.code == 0 else MISUSED
    path: Path = asked.path or _short(shipped)
    if not path.exists():
        out.write(f"{path} is not there\n")
        return MISUSED
    found = review(path)
    warnings = unproven(found)
    tried = _tried(found) if asked.action == "test" else []
    failed = bool(found.problems) or any(not item.trial.held for item in tried) or (asked.strict and bool(warnings))
    if asked.json:
        out.write(json.dumps(_plain(found, warnings, tried, asked.action, failed=failed), indent=2) + "\n")
    else:
        told = _tests(found, tried, warnings) if asked.action == "test" else _lint(found, warnings)
        out.write("\n".join(told) + "\n")
    return FAILED if failed else HELD


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m predictor rules",
        description="Checks rule files and tries rules on their examples.",
        epilog=_USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="lint|test")
    for name, told in (("lint", "say what is wrong, file and line"), ("test", "try each rule on its examples")):
        action = actions.add_parser(name, help=told, description=told)
        action.add_argument("path", nargs="?", type=Path, help="a pack or a folder; the rules that ship when left out")
        action.add_argument("--json", action="store_true", help="as JSON")
        action.add_argument("--strict", action="store_true", help="what is advised counts as wrong")
    return parser


def _tried(found: Review) -> Sequence[_Tried]:
    if found.policy is None:
        return []
    least, places = found.policy.least_quality, found.places
    return [
        _Tried(places[compiled.rule.id].file, places[compiled.rule.id].line(trial.part), trial)
        for compiled in found.rules
        for trial in trials(compiled, least_quality=least)
    ]


def _lint(found: Review, warnings: Sequence[Problem]) -> Sequence[str]:
    lines = [f"{item.file}:{item.line}: {item.text}" for item in found.problems]
    lines += [f"{item.file}:{item.line}: advice: {item.text}" for item in warnings]
    return [*lines, _sum(found, f"{_count(len(found.problems), 'problem')}, {_count(len(warnings), 'advice', '')}")]


def _tests(found: Review, tried: Sequence[_Tried], warnings: Sequence[Problem]) -> Sequence[str]:
    lines = [f"{item.file}:{item.line}: {item.text}" for item in found.problems]
    pack = ""
    for compiled in found.rules:
        rule = compiled.rule
        own = [item for item in tried if item.trial.rule_id == rule.id]
        if not own:
            continue
        if rule.pack != pack:
            pack = rule.pack
            lines.append(f"{pack} ({own[0].file})")
        broken = [item for item in own if not item.trial.held]
        fires = sum(item.trial.part[1] == "fires" for item in own)
        verdict = "FAILED" if broken else "held"
        state = ", disabled" if rule.disabled_because else ""
        lines.append(f"  {verdict:6}  {rule.id}  {rule.name}{state}: fires {fires}, silent {len(own) - fires}")
        for item in broken:
            kind, index = item.trial.part[1], item.trial.part[2] + 1
            must = "must fire" if kind == "fires" else "must be silent"
            lines.append(f"          line {item.line}: {kind} {index} {must}, but it {_joined(item.trial.why)}")
    lines += [f"{item.file}:{item.line}: advice: {item.text}" for item in warnings]
    held = sum(item.trial.held for item in tried)
    return [*lines, _sum(found, f"{_count(len(tried), 'example')}: {held} held, {len(tried) - held} failed")]


def _joined(why: str) -> str:
    return why if why.startswith(("needs", "fires")) else f"says nothing: {why}"


def _sum(found: Review, rest: str) -> str:
    return f"{_count(found.files, 'pack')}, {_count(len(found.rules), 'rule')}, {rest}"


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"


def _plain(
    found: Review, warnings: Sequence[Problem], tried: Sequence[_Tried], action: str, *, failed: bool
) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "ok": not failed,
        "packs": found.files,
        "rules": len(found.rules),
        "problems": [asdict(item) for item in found.problems],
        "advice": [asdict(item) for item in warnings],
    }
    if action == "test":
        plain["examples"] = [
            {
                "rule_id": item.trial.rule_id,
                "example": f"{item.trial.part[1]} {item.trial.part[2] + 1}",
                "file": item.file,
                "line": item.line,
                "held": item.trial.held,
                "why": item.trial.why,
            }
            for item in tried
        ]
    return plain
