"""The five services as processes of this machine: started together, watched, and ended in order.

Nothing is ever started a second time: a service that dies here has a fault to be seen, not to be hidden.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from animatize_cli import health, ports
from animatize_cli.exits import Problem
from animatize_cli.logs import last_lines
from animatize_cli.processes import TAIL, Child, Command, death, end, module_command, start

#: The services behind the gateway, in the order of the stages.
BEHIND: Final = ("analyzer", "predictor", "expander", "generator")

#: All services, in the order of their ports.
ALL: Final = ("gateway", *BEHIND)

#: The gateway's default port; the others follow it.
FIRST_PORT: Final = 50050

#: Seconds that a service may take to be healthy: importing OpenCV from a cold disk takes some.
START_LIMIT_S: Final = 60.0

#: Seconds that a service has to end by itself. A call that was left needs none; one that others make may finish.
END_LIMIT_S: Final = 35.0


class Mesh:
    """The services on loopback, as an async context: started and healthy inside, ended outside.

    numbers: service -> port. logs: an existing folder for their logs. command: name -> how to run the service.
    hurried: when set, the services are killed instead of waited for. on_healthy: told of each service that is ready.

    Entering raises Problem when a service ends or does not get healthy in time; nothing is left running then.
    """

    def __init__(
        self,
        numbers: Mapping[str, int],
        *,
        logs: Path,
        hurried: asyncio.Event,
        command: Command = module_command,
        on_healthy: Callable[[Child], None] = lambda _: None,
        start_limit_s: float = START_LIMIT_S,
        end_limit_s: float = END_LIMIT_S,
    ) -> None:
        self._numbers = numbers
        self._logs = logs
        self._hurried = hurried
        self._command = command
        self._on_healthy = on_healthy
        self._start_limit_s = start_limit_s
        self._end_limit_s = end_limit_s
        self._serving: list[Child] = []
        self.children: dict[str, Child] = {}

    @property
    def gateway(self) -> str:
        """The address that callers need."""
        return self.address("gateway")

    def address(self, name: str) -> str:
        """The address of a service."""
        return f"{ports.LOOPBACK}:{self._numbers[name]}"

    def variables(self, name: str) -> dict[str, str]:
        """The environment variables that make a service part of this mesh."""
        settings = {"HOST": ports.LOOPBACK, "PORT": str(self._numbers[name]), "REFLECTION": "true"}
        # Nobody balances load over one replica: there is no caller that needs a pause to turn away.
        settings["DRAIN_PAUSE_S"] = "0"
        if name == "gateway":
            settings |= {f"{other.upper()}_TARGET": self.address(other) for other in BEHIND}
        variables = {f"ANIMATIZE_{name.upper()}_{field}": value for field, value in settings.items()}
        # The services solve many small systems, in threads of their own; the algebra's own threads only get in the way.
        return variables | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

    async def __aenter__(self) -> Self:
        try:
            for name in ALL:
                self.children[name] = await self._start(name)
            async with asyncio.timeout(self._start_limit_s):
                await self._all_healthy()
        except TimeoutError:
            problem = self._never_healthy()
            await self._end()
            raise problem from None
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def died(self) -> Problem:
        """Returns when a service has ended by itself: which, how, and its last log lines."""
        waiting = {asyncio.ensure_future(child.process.wait()): child for child in self.children.values()}
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        return death(waiting[done.pop()])

    def complaints(self) -> list[str]:
        """What services that ended, or that warn, wrote last: for when a call failed without saying enough."""
        lines = []
        for child in self.children.values():
            said = last_lines(child.log, count=TAIL, worrying=child.running)
            lines += [f"{child.name}: {line}" for line in said]
        return lines

    async def _start(self, name: str) -> Child:
        return await start(
            name,
            self._command(name),
            address=self.address(name),
            variables=self.variables(name),
            log=self._logs / f"{name}.log",
        )

    async def _all_healthy(self) -> None:
        dying = asyncio.ensure_future(self.died())
        starting = asyncio.gather(*(self._healthy(child) for child in self.children.values()))
        try:
            await asyncio.wait((dying, starting), return_when=asyncio.FIRST_COMPLETED)
            if dying.done():
                raise dying.result()
            await starting
        finally:
            dying.cancel()
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await starting

    async def _healthy(self, child: Child) -> None:
        await health.serving(child.address)
        self._serving.append(child)
        self._on_healthy(child)

    def _never_healthy(self) -> Problem:
        missing = [child for child in self.children.values() if child not in self._serving]
        named = " and ".join(", ".join(child.name for child in missing).rsplit(", ", 1))
        facts = [f"{child.name}: {line}" for child in missing for line in last_lines(child.log, count=TAIL)]
        verb = "was" if len(missing) == 1 else "were"
        return Problem(f"The {named} {verb} not healthy after {self._start_limit_s:g} s.", facts=tuple(facts))

    async def _end(self) -> None:
        """Ends all services; a cancel during that is kept for afterwards."""
        ending = asyncio.ensure_future(self._end_in_order())
        cancelled = False
        while not ending.done():
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:
                cancelled = True
        ending.result()
        if cancelled:
            raise asyncio.CancelledError

    async def _end_in_order(self) -> None:
        """The gateway first: while it ends, the services still serve its last calls."""
        await self._end_these(["gateway"])
        await self._end_these(BEHIND)

    async def _end_these(self, names: Sequence[str]) -> None:
        children = [child for name in names if (child := self.children.get(name))]
        await end(children, hurried=self._hurried, limit_s=self._end_limit_s)
