"""How many calls are served at once, how many may wait, and what the rest are told.

Two things bound what is served: the number of calls, and the bytes of their requests, because memory follows the bytes
(a service holds about five times what it is sent while it works). Those that wait hold their requests as well, so as
many bytes again may wait and no more. A call that is neither served nor allowed to wait is
refused before any work: RESOURCE_EXHAUSTED with RetryInfo, and the pushback trailer that gRPC's own retries obey to the
millisecond. Refused callers are told different times, one service place apart, so that they come back into places that
are free by then instead of all at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import grpc

from chassis.answer import Answer
from chassis.interception import Call, Context, Proceed
from chassis.telemetry import Telemetry, names

#: Weight of the newest service time in the running mean: about the last ten calls count.
_NEWEST: Final = 0.2

#: Seconds a call is taken to last before the first one has ended.
_FIRST_GUESS_S: Final = 0.1

#: Longest time a caller is told to stay away, so that one that never returns cannot push the others out for ever.
_LONGEST_WAIT_S: Final = 30.0

#: Health and reflection are answered however busy the service is: a probe that fails under load restarts the pod.
_ALWAYS_SERVED: Final = "/grpc."


@dataclass(frozen=True)
class Limits:
    """What a server takes on at the same time.

    running: calls served (>= 1). waiting: calls that may wait. running_bytes: of the requests being served together,
    and again of those that wait.
    """

    running: int
    waiting: int
    running_bytes: int = 256 << 20


@dataclass(eq=False)
class _Place:
    """One call: the bytes of its request, and when its service began."""

    size: int
    began: float = 0.0


class Admission:
    """The layer that lets calls in, first come first served. One per server; used from its event loop only.

    A request larger than all the bytes there are is served when no other bytes are; while a large one waits for its
    room, those behind it wait too, so that it is not passed over for ever.
    exempt: `/package.Service/Method` of methods that are always served at once; `/grpc.*` always is.
    """

    def __init__(self, limits: Limits, *, exempt: Iterable[str] = (), telemetry: Telemetry | None = None) -> None:
        self._limits = limits
        self._exempt = frozenset(exempt)
        self._telemetry = telemetry or Telemetry.off()
        self._queue: OrderedDict[_Place, asyncio.Future[None]] = OrderedDict()
        self._running: set[_Place] = set()
        self._bytes = 0
        self._waiting_bytes = 0
        self._service_s: float | None = None
        self._promised = 0.0
        # An idle server shows its zeros: who scales by them must see them.
        for metric in (names.ADMISSION_RUNNING, names.ADMISSION_WAITING):
            self._telemetry.record(metric, 0, {})

    @property
    def running(self) -> int:
        """Calls being served now."""
        return len(self._running)

    @property
    def running_bytes(self) -> int:
        """Bytes of the requests being served now."""
        return self._bytes

    @property
    def waiting(self) -> int:
        """Calls waiting for a place now."""
        return len(self._queue)

    async def __call__(self, call: Call, request: Any, context: Context, proceed: Proceed) -> Any:
        """The handler's result, once there is a place for the call; else the refusal."""
        if call.path.startswith(_ALWAYS_SERVED) or call.path in self._exempt:
            return await proceed(request, context)
        place = _Place(context.request_bytes)
        if not self._queue and self._fits(place):
            self._take(place)
        elif self._may_wait(place):
            await self._wait(place)
        else:
            await self._refuse(context)
        try:
            return await proceed(request, context)
        finally:
            self._leave(place)

    def _fits(self, place: _Place) -> bool:
        room = max(self._limits.running_bytes, place.size)
        return self.running < self._limits.running and self._bytes + place.size <= room

    def _may_wait(self, place: _Place) -> bool:
        # One alone may always wait: it is served when nothing else is, however large.
        room = self._limits.running_bytes if self._queue else max(self._limits.running_bytes, place.size)
        return self.waiting < self._limits.waiting and self._waiting_bytes + place.size <= room

    def _take(self, place: _Place) -> None:
        place.began = time.monotonic()
        self._running.add(place)
        self._bytes += place.size
        self._telemetry.record(names.ADMISSION_RUNNING, 1, {})

    async def _wait(self, place: _Place) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue[place] = turn
        self._waiting_bytes += place.size
        self._telemetry.record(names.ADMISSION_WAITING, 1, {})
        try:
            await turn
        except asyncio.CancelledError:
            if self._queue.pop(place, None) is not None:
                # Those behind may fit where this one did not.
                self._admit()
            elif place in self._running:
                # The place was given in the same moment; it goes to the next one.
                self._leave(place, served=False)
            raise
        finally:
            self._waiting_bytes -= place.size
            self._telemetry.record(names.ADMISSION_WAITING, -1, {})

    def _leave(self, place: _Place, *, served: bool = True) -> None:
        self._running.remove(place)
        self._bytes -= place.size
        self._telemetry.record(names.ADMISSION_RUNNING, -1, {})
        if served:
            spent = time.monotonic() - place.began
            known = spent if self._service_s is None else self._service_s
            self._service_s = known + _NEWEST * (spent - known)
        self._admit()

    def _admit(self) -> None:
        """Gives what is free to those who wait, in their order."""
        while self._queue and self._fits(next(iter(self._queue))):
            # Taken here in the name of the one who waits, so that nobody slips in before it wakes.
            waiter, turn = self._queue.popitem(last=False)
            if not turn.done():
                self._take(waiter)
                turn.set_result(None)

    async def _refuse(self, context: Context) -> None:
        wait_s = self._come_back()
        limits = self._limits
        by_calls = self.running >= limits.running
        reached = f"{limits.running} running" if by_calls else f"{limits.running_bytes} bytes of running requests"
        self._telemetry.record(names.ADMISSION_REFUSED, 1, {names.LIMIT: "calls" if by_calls else "bytes"})
        await context.fail(
            Answer(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "OVERLOADED",
                f"the service is at its limit of {reached} and {limits.waiting} waiting calls; "
                f"try again in {wait_s:.2f} s",
                metadata={
                    "max_running": str(limits.running),
                    "max_running_bytes": str(limits.running_bytes),
                    "max_waiting": str(limits.waiting),
                },
                retry_after_s=wait_s,
            ),
            pushback_ms=max(1, round(wait_s * 1000)),
        )

    def _come_back(self) -> float:
        """Seconds until a place is expected to be free for one more caller, given those already told to return."""
        now = time.monotonic()
        oldest = max((now - place.began for place in self._running), default=0.0)
        # Before the first call has ended, the oldest one running is the best witness of how long they take.
        service_s = max(_FIRST_GUESS_S, oldest) if self._service_s is None else self._service_s
        apart_s = service_s / max(1, self.running)
        self._promised = max(now + apart_s, self._promised + apart_s)
        self._promised = min(self._promised, now + _LONGEST_WAIT_S)
        return self._promised - now
