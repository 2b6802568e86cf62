"""Work that nobody follows: what the services' cores ask of a watch, and nothing behind it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext


class Unwatched:
    """A watch that nobody looks at."""

    def stage(self, _name: str) -> AbstractContextManager[None]:
        """Nothing is timed."""
        return nullcontext()

    def progress(self, _fraction: float) -> None:
        """Nothing is told."""

    def cancelled(self) -> bool:
        """Nobody hangs up."""
        return False
