"""Service processes: how one is started, told to end, and what is said of one that ended by itself.

They are in sessions of their own: a terminal's Ctrl-C reaches the command alone, and the order of the end is the
command's. If the command itself is killed, they end too (`child`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from animatize_cli.exits import Problem
from animatize_cli.logs import last_lines

#: Lines of a log that are shown of a service that went wrong.
TAIL: Final = 12

_CHILD: Final = Path(__file__).with_name("child.py")

#: From a service's name to the command that runs it.
Command = Callable[[str], Sequence[str]]


def module_command(name: str) -> Sequence[str]:
    """How a service is run: `python -m <name>` with this interpreter."""
    return (sys.executable, "-m", name)


@dataclass
class Child:
    """One service process. log: the file that holds all it wrote."""

    name: str
    address: str
    log: Path
    process: asyncio.subprocess.Process

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.returncode is None


async def start(name: str, command: Sequence[str], *, address: str, variables: Mapping[str, str], log: Path) -> Child:
    """A service process with `variables` added to this process's environment; it writes to `log`."""
    assignments = [f"{variable}={value}" for variable, value in variables.items()]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            # Without the site packages: the child needs none to become the service.
            *(sys.executable, "-I", "-S", str(_CHILD), str(os.getpid()), *assignments, "--", *command),
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Child(name, address, log, process)


async def end(children: Sequence[Child], *, hurried: asyncio.Event, limit_s: float) -> None:
    """Ends processes together: told first, killed after `limit_s` seconds or as soon as `hurried` is set."""
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            child.process.terminate()
    ended = asyncio.gather(*(child.process.wait() for child in children))
    hurrying = asyncio.ensure_future(hurried.wait())
    await asyncio.wait((ended, hurrying), timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    hurrying.cancel()
    for child in children:
        if child.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
    await ended
    for child in children:
        if child.process.stdin is not None:
            child.process.stdin.close()


def death(child: Child) -> Problem:
    """What is said of a service that ended by itself: which, how, and its last log lines."""
    code = child.process.returncode
    how = f"with exit code {code}" if code is None or code >= 0 else f"by signal {signal.Signals(-code).name}"
    said = tuple(f"{child.name}: {line}" for line in last_lines(child.log, count=TAIL))
    return Problem(f"The {child.name} at {child.address} ended {how}.", facts=said)
