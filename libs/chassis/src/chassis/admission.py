"""How many calls are served at once, how many may wait, and what the rest are told.

A call that is neither served nor allowed to wait is refused before any work: RESOURCE_EXHAUSTED with RetryInfo, and the
pushback trailer that gRPC's own retries obey to the millisecond. Refused callers are told different times, one service
place apart, so that they come back into places that are free by then instead of all at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

import grpc

from chassis.answer import Answer
from chassis.interception import Call, Context, Proceed

#: Weight of the newest service time in the running mean: about the last ten calls count.
_NEWEST: Final = 0.2

#: Seconds a call is taken to last before the first one has ended.
_FIRST_GUESS_S: Final = 0.1

#: Longest time a caller is told to stay away, so that one that never returns cannot push the others out for ever.
_LONGEST_WAIT_S: Final = 30.0

#: Health and reflection are answered however busy the service is: a probe that fails under load restarts the pod.
_ALWAYS_SERVED: Final = "/grpc."


class Admission:
    """The layer that lets calls in. One per server; used from its event loop only.

    max_running: calls served at once (>= 1). max_waiting: calls that may wait, first come first served.
    exempt: `/package.Service/Method` of methods that are always served at once; `/grpc.*` always is.
    """

    def __init__(self, *, max_running: int, max_waiting: int, exempt: Iterable[str] = ()) -> None:
        self._max_running = max_running
        self._max_waiting = max_waiting
        self._exempt = frozenset(exempt)
        self._queue: OrderedDict[object, asyncio.Future[None]] = OrderedDict()
        self._started: dict[object, float] = {}
        self._service_s: float | None = None
        self._promised = 0.0

    @property
    def running(self) -> int:
        """Calls being served now."""
        return len(self._started)

    @property
    def waiting(self) -> int:
        """Calls waiting for a place now."""
        return len(self._queue)

    async def __call__(self, call: Call, request: Any, context: Context, proceed: Proceed) -> Any:
        """The handler's result, once there is a place for the call; else the refusal."""
        if call.path.startswith(_ALWAYS_SERVED) or call.path in self._exempt:
            return await proceed(request, context)
        place = object()
        if self.running < self._max_running:
            self._started[place] = time.monotonic()
        elif self.waiting < self._max_waiting:
            await self._wait(place)
        else:
            await self._refuse(context)
        try:
            return await proceed(request, context)
        finally:
            self._leave(place)

    async def _wait(self, place: object) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue[place] = turn
        try:
            await turn
        except asyncio.CancelledError:
            # The place may have been given in the same moment; then it goes to the next one.
            if self._queue.pop(place, None) is None and place in self._started:
                self._leave(place, served=False)
            raise

    def _leave(self, place: object, *, served: bool = True) -> None:
        spent = _now() - self._started.pop(place)
        if served:
            known = spent if self._service_s is None else self._service_s
            self._service_s = known + _NEWEST * (spent - known)
        while self._queue and self.running < self._max_running:
            # Taken here in the name of the one who waits, so that nobody slips in before it wakes.
            waiter, turn = self._queue.popitem(last=False)
            if not turn.done():
                self._started[waiter] = _now()
                turn.set_result(None)

    async def _refuse(self, context: Context) -> None:
        wait_s = self._come_back()
        limits = f"{self._max_running} running and {self._max_waiting} waiting"
        await context.fail(
            Answer(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "OVERLOADED",
                f"the service is at its limit of {limits} calls; try again in {wait_s:.2f} s",
                metadata={"max_running": str(self._max_running), "max_waiting": str(self._max_waiting)},
                retry_after_s=wait_s,
            ),
            pushback_ms=max(1, round(wait_s * 1000)),
        )

    def _come_back(self) -> float:
        """Seconds until a place is expected to be free for one more caller, given those already told to return."""
        now = _now()
        oldest = max((now - started for started in self._started.values()), default=0.0)
        # Before the first call has ended, the oldest one running is the best witness of how long they take.
        service_s = max(_FIRST_GUESS_S, oldest) if self._service_s is None else self._service_s
        earliest = now + service_s / self._max_running
        self._promised = max(earliest, self._promised + service_s / self._max_running)
        self._promised = min(self._promised, now + _LONGEST_WAIT_S)
        return self._promised - now


def _now() -> float:
    return time.monotonic()
