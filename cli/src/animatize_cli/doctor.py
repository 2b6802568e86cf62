"""`animatize doctor`: what works on this machine, what is missing, and how to mend it."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from animatize_cli import checks
from animatize_cli.checks import Finding, State
from animatize_cli.exits import Exit
from animatize_cli.screen import print_rows
from animatize_cli.terminal import Terminal

_MARKS: Final = {State.OK: ("✓", "green"), State.NOTE: ("·", "yellow"), State.BROKEN: ("✗", "red")}


#: Columns of the names with their marks.
_LABEL: Final = 11


async def examine(gateway: str, *, terminal: Terminal, machine: bool) -> int:
    """Tells every finding; FAILED when something is broken without which nothing works."""
    found = await findings(gateway=gateway, out=Path("out"))
    if machine:
        for finding in found:
            terminal.say_json(finding.as_json())
    _show(found, terminal.console(machine=machine))
    return Exit.FAILED if any(finding.state is State.BROKEN for finding in found) else Exit.OK


async def findings(*, gateway: str, out: Path) -> list[Finding]:
    """Everything that was checked, in the order in which a person would."""
    mesh = await checks.mesh_at(gateway)
    return [
        checks.python(),
        checks.packages(checks.importable),
        checks.services(checks.importable),
        checks.face_cascades(importlib.import_module),
        checks.encoder(importlib.import_module),
        checks.room(out),
        checks.redis_server(shutil.which),
        checks.free_ports(mesh_is_up=mesh.state is State.OK),
        mesh,
    ]


def _show(found: Sequence[Finding], console: Console) -> None:
    rows = []
    for finding in found:
        mark, style = _MARKS[finding.state]
        rows.append((Text(f"{mark} ", style=style).append(finding.name, style="bold default"), Text(finding.detail)))
        if finding.remedy:
            rows.append((Text(), Text(finding.remedy, style="dim" if finding.state is State.NOTE else "default")))
    print_rows(console, rows, indent=0, labels=_LABEL)
    count = sum(finding.state is State.BROKEN for finding in found)
    console.print()
    if count:
        console.print(f"{count} {'thing needs' if count == 1 else 'things need'} mending.", style="red")
    else:
        console.print("All that is needed is there.", style="green")
