"""Running a command so that Ctrl-C, SIGTERM and a closed terminal end it in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, Final

from animatize_cli.exits import Exit

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Whether the command was told to stop. hurried: set when it was told a second time."""

    def __init__(self) -> None:
        self.told = False
        self.hurried = asyncio.Event()


def run(work: Callable[[Interruption], Coroutine[Any, Any, int]]) -> int:
    """The exit code of the work. The first signal cancels it and gives INTERRUPTED unless the work decides otherwise.

    The second is left to the work, which sees it in `hurried` while it cleans up.
    """

    async def guarded() -> int:
        interruption = Interruption()
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 (for the type checker; a coroutine that runs is in a task)

        def on_signal() -> None:
            if interruption.told:
                interruption.hurried.set()
            else:
                interruption.told = True
                task.cancel()

        handled = [number for number in _SIGNALS if not _left_alone(number)]
        for number in handled:
            loop.add_signal_handler(number, on_signal)
        try:
            return await work(interruption)
        except asyncio.CancelledError:
            if interruption.told:
                return Exit.INTERRUPTED
            raise
        finally:
            for number in handled:
                loop.remove_signal_handler(number)

    return asyncio.run(guarded())


def _left_alone(number: signal.Signals) -> bool:
    """Whether whoever started the command wants it to outlive a closed terminal, as nohup does."""
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
