"""Where the command speaks: standard output and standard error as one value, so that tests can pass their own."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import sys
from dataclasses import dataclass
from typing import Any, Final, TextIO

from rich.console import Console

#: What a write to an open stream ends with when nothing more can be written there.
_LOST: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


@dataclass(frozen=True)
class Terminal:
    """The two streams that the command writes to.

    out: what was asked for. err: what went wrong, and everything for people when a program reads `out`.
    width: columns; None takes the terminal's own, 80 where there is none.
    """

    out: TextIO
    err: TextIO
    width: int | None = None

    @staticmethod
    def of_process() -> Terminal:
        """The process's own streams; characters that they cannot show become question marks."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        return Terminal(sys.stdout, sys.stderr)

    def console(self, *, machine: bool = False) -> Console:
        """For people: on `out`, or on `err` when a program reads `out`. Control characters go to terminals only."""
        return self._on(self.err if machine else self.out)

    def errors(self) -> Console:
        """For what went wrong."""
        return self._on(self.err)

    def say_json(self, value: Any) -> None:
        """Writes one line of JSON to `out` and sends it on its way."""
        self.out.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")
        self.out.flush()

    def _on(self, stream: TextIO) -> Console:
        return Console(file=stream, width=self.width, highlight=False, emoji=False, markup=False)


def lost(error: OSError, *, terminal: Terminal) -> bool:
    """Whether an error says that a stream takes no more. Says so where that can be said, then silences both streams.

    A reader that has left knows it and is told nothing.
    """
    if error.errno not in _LOST:
        return False
    with contextlib.suppress(OSError):
        if error.errno != errno.EPIPE:
            terminal.err.write(f"✗ The output cannot be written: {os.strerror(error.errno).lower()}.\n")
            terminal.err.flush()
    for stream in (terminal.out, terminal.err):
        with contextlib.suppress(OSError):
            # The interpreter must not try to write the rest when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return True
