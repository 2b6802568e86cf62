"""Processes confined to some of the machine's cores. Linux only."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

#: Threads may begin while others are confined; they inherit from those that were, so the second look finds the rest.
_LOOKS = 2


def two() -> tuple[int, int] | None:
    """Two cores that this process may use, or None where there are not two or the system confines nobody."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else None


def confine(processes: Iterable[int], cores: Collection[int]) -> None:
    """All threads of these processes, and those that they begin later, run on these cores only."""
    for process in processes:
        for _ in range(_LOOKS):
            for thread in Path(f"/proc/{process}/task").iterdir():
                # One that has just ended needs no core.
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread.name), cores)
