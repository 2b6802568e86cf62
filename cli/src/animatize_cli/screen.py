"""What a person sees while a still is animated: each stage as it happens, quietly.

On a terminal the running stage is one live line with a spinner or a bar, which gives way to what it found. Elsewhere
there are plain lines only, and the render tells each quarter.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.text import Text

from animatize.gateway.v1 import animation_pb2
from animatize_cli import figures
from animatize_cli.exits import Problem
from animatize_cli.fact import Fact

#: Columns of the labels; below `_NARROW` columns in all they stand above their texts instead.
_LABEL: Final = 9
_NARROW: Final = 44

#: Lines longer than this are hard to read, however wide the terminal is.
_WIDEST: Final = 100

_QUARTERS: Final = 4


class Screen:
    """The running account of one command. Use as a context, so that the terminal is left as it was."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Progress | None = None
        self._task: TaskID | None = None
        self._quarter = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def title(self, text: str, *, aside: str = "") -> None:
        """A heading with something quiet beside it."""
        self._stop()
        line = Text(text, style="bold")
        if aside:
            line.append(f"  {aside}", style="not bold dim")
        self._console.print(line)

    def waiting(self, text: str) -> None:
        """Something runs whose length is not known."""
        self._stop()
        if self._console.is_terminal:
            self._live = Progress(
                SpinnerColumn(style="cyan"),
                TextColumn("{task.description}", style="dim"),
                console=self._console,
                transient=True,
            )
            self._task = self._live.add_task(escape(text), total=None)
            self._live.start()

    def progress(self, progress: animation_pb2.StageProgress) -> None:
        """How far the running stage is."""
        if not self._console.is_terminal:
            self._say_quarters(progress)
            return
        if self._task is None or self._live is None or len(self._live.columns) == 2:
            self._stop()
            self._live = _bar(self._console)
            self._task = self._live.add_task("", total=1.0, counted="")
            self._live.start()
        step = progress.step.replace("_", " ").capitalize() or "Working"
        self._live.update(self._task, completed=progress.fraction, description=escape(step), counted=_counted(progress))

    def result(self, title: str, facts: Iterable[Fact], *, aside: str = "") -> None:
        """What a stage found."""
        self._stop()
        head = Text("✓ ", style="green")
        head.append(title, style="bold default")
        if aside:
            head.append(f"  {aside}", style="dim default")
        self._console.print(head)
        self.facts(facts)
        self._console.print()

    def facts(self, facts: Iterable[Fact]) -> None:
        """Labels and texts, side by side where there is room."""
        rows = [(Text(fact.label, style="dim"), Text(fact.text, style=_style(fact))) for fact in facts]
        print_rows(self._console, rows, indent=2, labels=_LABEL)

    def line(self, text: str = "", *, style: str = "") -> None:
        """One line that is not broken, so that it can be copied."""
        self._stop()
        self._console.print(Text(text, style=style), soft_wrap=True)

    def problem(self, problem: Problem) -> None:
        """What went wrong, as one plain sentence, with what is known beside it."""
        self._stop()
        line = Text("✗ ", style="red")
        line.append(problem.sentence, style="default")
        self._console.print(line, soft_wrap=not self._console.is_terminal)
        for fact in problem.facts:
            self._console.print(Text(f"  {fact}", style="dim"), soft_wrap=not self._console.is_terminal)
        if problem.remedy:
            self._console.print(Text(f"  {problem.remedy}"), soft_wrap=not self._console.is_terminal)
        if problem.trace_id:
            self._console.print(Text(f"  Trace {problem.trace_id}", style="dim"))

    def _say_quarters(self, progress: animation_pb2.StageProgress) -> None:
        quarter = int(progress.fraction * _QUARTERS)
        if quarter <= self._quarter:
            return
        self._quarter = quarter
        told = f"{progress.step.replace('_', ' ') or 'working'} {figures.share(progress.fraction)}"
        self._console.print(Text("  ".join(filter(None, (f"  {told}", _counted(progress))))))

    def _stop(self) -> None:
        live, self._live, self._task = self._live, None, None
        if live is not None:
            live.stop()


def print_rows(console: Console, rows: Iterable[tuple[Text, Text]], *, indent: int, labels: int) -> None:
    """Labels in a column of `labels` characters, texts beside them, broken between words; nothing is padded.

    In a narrow terminal the label begins the text instead.
    """
    width = min(console.width, _WIDEST)
    for label, text in rows:
        if width < _NARROW:
            begin = label.copy().append(": ") if label else Text()
            lines, hang = begin.append_text(text).wrap(console, max(1, width - indent)), Text()
            head = Text()
        else:
            lines, hang = text.wrap(console, width - indent - labels - 1), Text(" " * (labels + 1))
            head = label.copy()
            head.pad_right(labels + 1 - head.cell_len)
        for place, line in enumerate(lines):
            line.rstrip()
            console.print(Text(" " * indent).append_text(hang if place else head).append_text(line), soft_wrap=True)


def _style(fact: Fact) -> str:
    if fact.doubt:
        return "yellow"
    return "cyan" if fact.main else ""


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(style="cyan"),
        TextColumn("{task.description}", style="dim"),
        BarColumn(bar_width=None if console.width < _WIDEST else 48, complete_style="cyan", finished_style="cyan"),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[counted]}", style="dim"),
        console=console,
        transient=True,
        expand=console.width < _WIDEST,
    )


def _counted(progress: animation_pb2.StageProgress) -> str:
    if not progress.frames_total:
        return ""
    return f"{progress.frames_done} of {progress.frames_total} frames"
