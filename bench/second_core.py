"""What a second core adds to the analyzer: one service with the same callers, confined to one core and then to two.

Beside it, in the same rounds, what a second core adds to two processes that know nothing of each other, each with a
core of its own and the same analyses to make: cores share caches, memory and clock, and a virtual one shares more, so
this is the most that any service can reach on the machine.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

import cores
import processes
from setting import Setting
from table import Row, paired

_WHAT: Final = "12 MP photograph"

#: More than are worked on, so that no core waits for a caller.
_CALLERS: Final = 4

#: Kinds of workers, and the settings that make two of them. Steps in turn, as each core has a still of its own, and no
#: still waits for another's decoding.
_CREWS: Final = (
    ("two worker threads", {"workers": "2", "stage_workers": "0", "max_decoding": "2"}),
    ("two worker processes", {"worker_processes": "2", "stage_workers": "0", "max_decoding": "2"}),
)


def rows(
    setting: Setting, bench: str, call: Callable[[ExitStack, processes.Running], Callable[[], object]]
) -> list[Row]:
    """Three rows for each kind of workers; none without two cores.

    call: what makes one call of a service that runs; what it opens ends with the stack. Raises NotStarted.
    """
    both = cores.two()
    if both is None:
        setting.say(f"{bench}: what a second core adds is not measured, as there are not two to confine processes to")
        return []
    found = []
    for crew, settings in _CREWS:
        with ExitStack() as stack:
            service = stack.enter_context(processes.service("analyzer", setting.folder, **settings))
            pair = [stack.enter_context(processes.conversation("alone")) for _ in both]
            found += _rows(setting, bench, crew, _Confined(service, call(stack, service), pair, both))
    return found


class _Confined:
    """A service, its callers, and a pair of bare processes, each measured on one core and on two."""

    def __init__(
        self,
        service: processes.Running,
        call: Callable[[], object],
        pair: Sequence[subprocess.Popen[str]],
        both: tuple[int, int],
    ) -> None:
        self._service = service
        self._call = call
        self._pair = pair
        self._both = both
        self._all = os.sched_getaffinity(0)
        for process, core in zip(pair, both, strict=True):
            cores.confine([process.pid], {core})

    def served(self, count: int, *, calls: int) -> float:
        """Calls a second on so many cores, while all callers are busy."""
        cores.confine([os.getpid(), *self._service.pids()], self._both[:count])
        try:
            return self._rate(calls)
        finally:
            cores.confine([os.getpid()], self._all)

    def bare(self, count: int, *, calls: int) -> float:
        """Analyses a second of so many bare processes, begun together, each on its core."""
        for process in self._pair[:count]:
            _ask(process, calls)
        return sum(calls / _told(process) for process in self._pair[:count])

    def _rate(self, calls: int) -> float:
        """From the answer that frees the first caller again to the last one before a caller has nothing to do."""

        def one(_: int) -> float:
            self._call()
            return time.perf_counter()

        with ThreadPoolExecutor(_CALLERS) as pool:
            ended = sorted(pool.map(one, range(calls)))[_CALLERS - 1 : 1 - _CALLERS]
        return (len(ended) - 1) / (ended[-1] - ended[0])


def _rows(setting: Setting, bench: str, crew: str, confined: _Confined) -> list[Row]:
    repeats, calls = setting.choose(9, 2), setting.choose(32, 12)
    served: tuple[list[float], list[float]] = ([], [])
    bare: tuple[list[float], list[float]] = ([], [])
    for count in (1, 2):
        # The first calls load what is loaded when it is needed.
        confined.served(count, calls=2 * _CALLERS)
        confined.bare(count, calls=2)
    for index in range(repeats):
        setting.say(f"{bench}: a second core, {crew}, round {index + 1} of {repeats}")
        for at, count in enumerate((1, 2)):
            bare[at].append(confined.bare(count, calls=calls // 3))
            served[at].append(confined.served(count, calls=calls))
    what = f"{_WHAT}, {crew}, {_CALLERS} calls at a time"
    alone = f"{_WHAT}, two bare processes beside {crew}"
    return [
        paired(bench, f"{what}, two cores", "analyses a second", served[1], "the same on one core", served[0]),
        paired(bench, f"{alone}, a core each", "analyses a second", bare[1], "one of them", bare[0]),
        paired(
            bench,
            f"{what}: two cores over one",
            "times",
            [two / one for one, two in zip(*served, strict=True)],
            "two bare processes over one",
            [two / one for one, two in zip(*bare, strict=True)],
        ),
    ]


def _ask(process: subprocess.Popen[str], calls: int) -> None:
    if process.stdin is not None:
        process.stdin.write(f"{calls}\n")
        process.stdin.flush()


def _told(process: subprocess.Popen[str]) -> float:
    line = "" if process.stdout is None else process.stdout.readline()
    if not line:
        raise processes.NotStarted("a bare process ended")
    return float(line)
