"""What every command that calls the mesh shares: which mesh it calls, and how that mesh comes and goes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from animatize_cli import ports, settings
from animatize_cli.call import Gateway, connected
from animatize_cli.exits import Exit, Problem
from animatize_cli.interruption import Interruption
from animatize_cli.mesh import ALL, Mesh
from animatize_cli.processes import Command, module_command
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal

#: Lines of the services' logs that are shown when a call failed.
_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which mesh is called and how. address: None for the one of the settings. local: a mesh for this call alone.

    machine: JSON goes to standard output and everything for people to standard error.
    command: how a service of the local mesh is run.
    """

    address: str | None = None
    local: bool = False
    timeout_s: float = 300.0
    machine: bool = False
    command: Command = module_command


@asynccontextmanager
async def reached(target: Target, *, screen: Screen, interruption: Interruption) -> AsyncIterator[Gateway]:
    """The gateway of the mesh that is wanted. A local mesh is started, and ended when the block ends.

    Problems of a local mesh carry the last lines that its services wrote.
    """
    known = settings.read()
    if not target.local:
        address = target.address or known.gateway
        async with connected(address, tls=known.tls_files, timeout_s=target.timeout_s) as gateway:
            yield gateway
        return
    with logs_folder() as logs:
        screen.waiting("Starting the services")
        numbers = dict(zip(ALL, ports.free(len(ALL)), strict=True))
        mesh = Mesh(numbers, logs=logs, hurried=interruption.hurried, command=target.command)
        async with mesh, connected(mesh.gateway, tls=None, timeout_s=target.timeout_s) as gateway:
            try:
                yield gateway
            except Problem as problem:
                if problem.exit_code in (Exit.USAGE, Exit.DEADLINE, Exit.ABSTAINED):
                    raise
                raise replace(problem, facts=(*problem.facts, *mesh.complaints()[-_SHOWN:])) from problem
            finally:
                screen.waiting("Stopping the services")


@contextmanager
def logs_folder() -> Iterator[Path]:
    """A folder for logs among the temporary files; removed when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="animatize-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_json(message: Any) -> Any:
    """A message as proto JSON, ready to be part of a line."""
    return json_format.MessageToDict(message)


def report(problem: Problem, *, terminal: Terminal, machine: bool) -> int:
    """Says what went wrong, for people and when asked for programs too, and gives the exit code."""
    if machine:
        terminal.say_json({"error": problem.as_json()})
    Screen(terminal.errors()).problem(problem)
    return problem.exit_code
