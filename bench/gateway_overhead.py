"""What the gateway costs beside a bare star that passes on the same messages.

Four hubs are up at the same time and are called in turn, every round in another order: the gateway without and with
tracing, the bare star without and with plain spans. So all four see the same moods of the machine.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import processes
from figures import percentile
from processes import Running
from setting import Setting
from table import Row, paired

_BENCH: Final = "gateway"
_GATEWAY, _GATEWAY_TRACED = "gateway", "gateway, traced"
_STAR, _STAR_TRACED = "bare star", "bare star + 2 spans per RPC"


@dataclass(frozen=True)
class Kind:
    """A kind of round: how many calls at a time, and whether they carry hardly any bytes."""

    concurrency: int
    tiny: bool

    @property
    def words(self) -> str:
        """The kind for the table."""
        return f"{'1 KiB messages' if self.tiny else 'whole messages'}, {self.concurrency} at a time"


_KINDS: Final = (Kind(1, tiny=False), Kind(32, tiny=False), Kind(1, tiny=True), Kind(32, tiny=True))

#: What is set beside what, the words for it, and the figures that are worth a row.
_ALL: Final = (("cpu_ms", "CPU ms per request"), ("p50_ms", "p50 ms"), ("p99_ms", "p99 ms"))
_PAIRS: Final = (
    ("tracing off", _GATEWAY, _STAR, _ALL),
    ("tracing on", _GATEWAY_TRACED, _STAR_TRACED, _ALL),
    ("tracing on", _GATEWAY_TRACED, _STAR, _ALL[:1]),
)

_SAME: Final = 0.01
"""Answers of the hubs may differ in size by this share: a trace id here, a name there."""


class Unequal(Exception):
    """The hubs did not do the same work, so comparing them would say nothing."""


@dataclass(frozen=True)
class Round:
    """One hub's figures of one round. CPU is that of the hub's own process."""

    cpu_ms: float
    p50_ms: float
    p99_ms: float


def measure(setting: Setting) -> list[Row]:
    """The rows. Raises Unequal, or NotStarted when a process does not come up."""
    rounds = setting.choose(9, 3)
    # The least p99 worth its name has some hundred calls behind it.
    calls = {1: setting.choose(150, 30), 32: setting.choose(256, 64)}
    with ExitStack() as stack:
        hubs = _hubs(stack, setting)
        caller = stack.enter_context(processes.conversation("load"))
        found: dict[tuple[str, Kind], list[Round]] = {}
        for kind in _KINDS:
            _check_equal({name: _ask(caller, hub, kind, calls=32) for name, hub in hubs.items()})
        for index in range(rounds):
            setting.say(f"gateway: round {index + 1} of {rounds}")
            for kind in _KINDS:
                for name in _turn(list(hubs), index):
                    told = _round(caller, hubs[name], kind, calls=calls[kind.concurrency])
                    found.setdefault((name, kind), []).append(told)
    return [row for kind in _KINDS for row in _rows(found, kind)]


def _hubs(stack: ExitStack, setting: Setting) -> dict[str, Running]:
    folder = setting.folder
    sink = stack.enter_context(processes.script("sink", folder)).address
    hubs = {}
    for gateway, star, otlp in ((_GATEWAY, _STAR, None), (_GATEWAY_TRACED, _STAR_TRACED, sink)):
        traced = [] if otlp is None else ["--otlp", otlp]
        echoes = stack.enter_context(processes.script("echoes", folder, *traced)).told
        names = ("analyzer", "predictor", "expander", "generator")
        targets = {f"{name}_target": str(echoes[name]) for name in names}
        collector = {} if otlp is None else {"otlp_endpoint": f"http://{otlp}"}
        hubs[gateway] = stack.enter_context(processes.service("gateway", folder, **targets, **collector))
        hubs[star] = stack.enter_context(processes.script("star", folder, *targets.values(), *traced))
    return hubs


def _turn(names: list[str], index: int) -> list[str]:
    """The names, begun elsewhere every round and every other round backwards."""
    start = index % len(names)
    turned = names[start:] + names[:start]
    return turned if index % 2 == 0 else turned[::-1]


def _ask(caller: subprocess.Popen[str], hub: Running, kind: Kind, *, calls: int) -> dict[str, Any]:
    if caller.stdin is None or caller.stdout is None:
        raise processes.NotStarted("the caller has no pipes")
    asked = {"target": hub.address, "calls": calls, "concurrency": kind.concurrency, "tiny": kind.tiny}
    caller.stdin.write(json.dumps(asked) + "\n")
    caller.stdin.flush()
    told: dict[str, Any] = json.loads(caller.stdout.readline())
    if told["failed"]:
        raise Unequal(f"{hub.name}: {told['failed']} of {calls} calls failed")
    return told


def _round(caller: subprocess.Popen[str], hub: Running, kind: Kind, *, calls: int) -> Round:
    before = hub.cpu_s()
    latencies = _ask(caller, hub, kind, calls=calls)["latencies_ms"]
    cpu_ms = (hub.cpu_s() - before) * 1000 / calls
    return Round(cpu_ms, percentile(latencies, 50), percentile(latencies, 99))


def _check_equal(told: dict[str, dict[str, Any]]) -> None:
    events = {name: answer["events"] for name, answer in told.items()}
    sizes = {name: answer["bytes"] for name, answer in told.items()}
    if len(set(events.values())) > 1 or max(sizes.values()) > (1 + _SAME) * min(sizes.values()):
        raise Unequal(f"events {events}, bytes {sizes}")


def _rows(found: dict[tuple[str, Kind], list[Round]], kind: Kind) -> list[Row]:
    rows = []
    for words, measured, floor, figures in _PAIRS:
        for figure, unit in figures:
            values = [getattr(told, figure) for told in found[measured, kind]]
            floors = [getattr(told, figure) for told in found[floor, kind]]
            rows.append(paired(_BENCH, f"{words}, {kind.words}", unit, values, floor, floors))
    return rows
