"""Meshes of small service processes, each of which can be told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from animatize_cli import ports
from animatize_cli.mesh import ALL, Mesh
from animatize_cli.processes import Command

SERVICE = Path(__file__).with_name("fake_service.py")


def commands(order: Path, **behaviour: str) -> Command:
    """How the small services are run; by name, what one of them does wrong."""

    def command(name: str) -> Sequence[str]:
        return (sys.executable, str(SERVICE), name, behaviour.get(name, "well"), str(order))

    return command


def five_ports() -> int:
    """The first of five ports that are free now, and that nobody is given who asks for any free one.

    Test processes that run side by side begin to look at different places.
    """
    places = range(21000, 29000, 5)
    own = os.getpid() % len(places)
    return next(first for first in (*places[own:], *places[:own]) if not ports.taken(range(first, first + 5)))


def a_mesh(folder: Path, *, hurried: asyncio.Event | None = None, command: Command | None = None, **more: Any) -> Mesh:
    first = five_ports()
    numbers = dict(zip(ALL, range(first, first + len(ALL)), strict=True))
    return Mesh(
        numbers,
        logs=folder,
        hurried=hurried or asyncio.Event(),
        command=command or commands(folder / "order"),
        **more,
    )


def alive(process_id: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def gone(process_ids: Sequence[int], *, limit_s: float = 40.0) -> bool:
    """Whether all processes end within the time."""
    async with asyncio.timeout(limit_s):
        # Processes that are no children of ours announce their end to nobody.
        while any(alive(number) for number in process_ids):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return True


def own_session(process_id: int) -> bool:
    return os.getsid(process_id) != os.getsid(0)


def named_in_processes(text: str) -> list[int]:
    """The processes whose command lines hold the text."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and alive(int(entry.name)):
            with contextlib.suppress(OSError):
                if text in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
    return found
