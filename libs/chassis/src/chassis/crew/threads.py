"""A crew in the service's own process: threads that share one set of tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from chassis.telemetry import Watch
from chassis.workers import Workers

R = TypeVar("R")


class Threads:
    """A `Crew` of threads; the tools must be safe to use from several of them."""

    def __init__(self, tools: object, workers: Workers) -> None:
        """workers: the threads; closed with the crew."""
        self._tools = tools
        self._workers = workers

    async def run(
        self, work: Callable[..., R], *args: Any, watch: Watch, ended: Callable[[], object] | None = None
    ) -> R:
        """As `Crew` says; the work gets `watch` itself."""
        return await self._workers.run(work, self._tools, *args, watch, watch=watch, ended=ended)

    async def close(self) -> None:
        """Takes no more work; does not wait for threads at work."""
        self._workers.close()
