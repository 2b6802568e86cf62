"""`animatize analyze FOLDER`: every still of a folder, however many there are."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from animatize_cli import failures, figures, files, session, stages
from animatize_cli.exits import Exit, Problem, unusable
from animatize_cli.interruption import Interruption
from animatize_cli.many import Answer, Still
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal

#: What calls itself a still is tried, whatever is in it.
_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif"})

#: Where in the first bytes of a file which mark tells that it is a still: JPEG, PNG, GIF, WebP, AVIF.
_BEGINNINGS: Final = ((0, b"\xff\xd8\xff"), (0, b"\x89PNG\r\n\x1a\n"), (0, b"GIF8"), (8, b"WEBP"), (4, b"ftypavi"))


async def analyze(
    paths: Sequence[Path], target: session.Target, *, terminal: Terminal, interruption: Interruption
) -> int:
    """Tells each still of the folders and files, as it is ready; one that cannot be used never ends the others.

    The exit code is that of the first failure. Raises Problem when no mesh can be had, a folder cannot be read, or
    there is no still at all.
    """
    everything = _Everything(paths)
    with Screen(terminal.console(machine=target.machine)) as screen:
        account = _Account(screen, terminal, machine=target.machine)
        async with session.reached(target, screen=screen, interruption=interruption) as gateway:
            screen.waiting("Looking at the stills")
            stills = everything.stills(account)
            async with aclosing(stills), aclosing(gateway.analyze_many(stills)) as answers:
                async for answer in answers:
                    account.add(answer)
        if not account.done:
            named = ", ".join(map(str, paths))
            raise unusable(f"{named}: no stills here, {_counted(everything.skipped, 'other file')}.")
        account.end(everything.skipped)
    return account.worst


class _Everything:
    """The files to look at. skipped: how many of the folders' files were no stills, so far."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = [(path, _names(path) if path.is_dir() else None) for path in paths]
        self.skipped = 0

    async def stills(self, account: _Account) -> AsyncGenerator[Still, None]:
        """Each still, read when it is asked for; one that cannot be read goes to the account."""
        for path, named in self._files():
            try:
                content = await asyncio.to_thread(self._content, path, named=named)
            except Problem as problem:
                account.add(Answer(str(path), 0, problem))
                continue
            if content is not None:
                yield Still(str(path), content)

    def _files(self) -> Iterator[tuple[Path, bool]]:
        """Each file, and whether the command line names it."""
        for path, names in self._paths:
            if names is None:
                yield path, True
            else:
                yield from ((path / name, False) for name in names)

    def _content(self, path: Path, *, named: bool) -> bytes | None:
        # What was named is tried, whatever it is.
        if not named and not _is_still(path):
            self.skipped += 1
            return None
        return files.read_still(path)


class _Account:
    """What was told so far. done: how many stills; worst: the exit code of the first failure."""

    def __init__(self, screen: Screen, terminal: Terminal, *, machine: bool) -> None:
        self._screen = screen
        self._terminal = terminal
        self._machine = machine
        self._failed = 0
        self.done = 0
        self.worst = Exit.OK

    def add(self, answer: Answer) -> None:
        """Tells what came of one still."""
        self.done += 1
        outcome = answer.outcome
        if not isinstance(outcome, Problem) and outcome.HasField("error"):
            outcome = failures.of_status(outcome.error)
        if isinstance(outcome, Problem):
            self._failed += 1
            self.worst = self.worst or outcome.exit_code
            if self._machine:
                self._terminal.say_json({"image": answer.name, "error": outcome.as_json()})
            Screen(self._terminal.errors()).problem(_named(outcome, answer.name))
        elif self._machine:
            self._terminal.say_json({"image": answer.name, "analysis": session.as_json(outcome.analysis)})
        else:
            aside = ", ".join(filter(None, (figures.size(answer.size_bytes), stages.origin(outcome.source))))
            self._screen.result(answer.name, stages.of_analysis(outcome.analysis), aside=aside)

    def end(self, skipped: int) -> None:
        """Says how many there were."""
        parts = [_counted(self.done, "still")]
        if self._failed:
            parts.append(f"{self._failed} of them could not be analysed")
        if skipped:
            parts.append(f"{_counted(skipped, 'other file')} skipped: no {'still' if skipped == 1 else 'stills'}")
        self._screen.line(", ".join(parts) + ".")


def _names(folder: Path) -> list[str]:
    """The folder's own files, sorted. Raises Problem when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if not _is_folder(entry))
    except OSError as error:
        raise unusable(f"{folder} cannot be read: {(error.strerror or type(error).__name__).lower()}.") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder. A link that leads nowhere is a file, and told when it is read."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_still(path: Path) -> bool:
    """Whether a file is one by its name or by how it begins. What cannot be opened is one by its name only."""
    try:
        # Opening a pipe waits for whoever writes to it, perhaps for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        if path.suffix.lower() in _SUFFIXES:
            return True
        with path.open("rb") as file:
            first = file.read(12)
    except OSError:
        return path.suffix.lower() in _SUFFIXES
    return any(first.startswith(mark, at) for at, mark in _BEGINNINGS)


def _named(problem: Problem, name: str) -> Problem:
    """The problem with the still's name before it, where its sentence does not say it."""
    if name in problem.sentence:
        return problem
    return Problem(f"{name}: {problem.sentence}", problem.exit_code, facts=problem.facts, remedy=problem.remedy)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
