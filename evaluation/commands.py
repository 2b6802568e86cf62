"""What the command lines of the evaluations have in common."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path


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


def say(words: str) -> None:
    """Tells of progress, beside the results."""
    sys.stderr.write(f"{words}\n")
