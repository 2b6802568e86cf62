"""What the command lines of the evaluations have in common."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any


def command_parsers(
    parser: argparse.ArgumentParser, words: Mapping[str, str], *, photographs: str, out: Path
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """One parser for each command, by name, with the folder of photographs and the one for reports.

    words: what each command does. photographs: what the folder of photographs holds. out: where reports go by default.
    """
    found = parser.add_subparsers(dest="command", required=True)
    for name, does in words.items():
        command = found.add_parser(name, help=does, description=does)
        command.add_argument("--photographs", type=Path, metavar="DIR", help=photographs)
        command.add_argument("--out", type=Path, default=out, metavar="DIR", help="where reports go")
        yield name, command


def held(fallen: Sequence[object], baseline: Mapping[str, Any]) -> int:
    """Tells which figures fell below their stored ones; the exit code, 1 when any did."""
    for one in fallen:
        sys.stdout.write(f"worse: {one}\n")
    sys.stdout.write(f"{len(fallen)} of {len(baseline['figures'])} figures are worse than the baseline\n")
    return 1 if fallen else 0


def say(words: str) -> None:
    """Tells of progress, beside the results."""
    sys.stderr.write(f"{words}\n")
