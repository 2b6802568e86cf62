"""A terminal that remembers what was said."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from animatize_cli.terminal import Terminal


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Recorded:
    """What the command said to its two streams."""

    terminal: Terminal

    @property
    def out(self) -> str:
        assert isinstance(self.terminal.out, io.StringIO)
        return self.terminal.out.getvalue()

    @property
    def err(self) -> str:
        assert isinstance(self.terminal.err, io.StringIO)
        return self.terminal.err.getvalue()

    @property
    def flat(self) -> str:
        """Standard output with every run of blanks as one, for sentences that were broken over lines."""
        return " ".join(self.out.split())

    @property
    def lines(self) -> list[Any]:
        """Standard output as lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]
