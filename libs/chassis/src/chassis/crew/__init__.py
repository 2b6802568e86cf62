"""Workers with tools: heavy work beside the loop, in threads of the service or in processes of its own.

`Crew` is what a service's rpc room knows. `threads.Threads` works in the service itself; `processes.Processes` gives
every worker an interpreter of its own, so that two of them are twice as fast, and what kills one kills nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

# A worker process imports this package, and must stay small: no telemetry and no gRPC at run time.
if TYPE_CHECKING:
    from chassis.telemetry import Watch

R = TypeVar("R")


class Crew(Protocol):
    """A fixed number of workers, each with tools at hand."""

    async def run(
        self, work: Callable[..., R], *args: Any, watch: Watch, ended: Callable[[], object] | None = None
    ) -> R:
        """The result of `work(tools, *args, watch)`, done by the next worker that is free.

        The watch that the work gets may be another object than the one that is given; both speak of the same work.
        When the caller is cancelled it goes on at once, the work is told through its watch, and the worker takes new
        work only when it has really ended the old: `ended` is then called in the caller's loop, as it is when the work
        will never start. Work that waits for a worker when its caller is cancelled never starts. Raises what the work
        raises, crossing.Lost, and RuntimeError after `close`.
        """

    async def close(self) -> None:
        """Takes no more work and forgets what waits. Idempotent."""
