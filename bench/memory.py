"""Whether the services' memory grows with the calls they serve.

Each of the five is a process as a user starts it and gets real requests, past its caches; the gateway's services are
echoes. The floor is a bare grpc.aio server that gets the same requests in the same run: what gRPC, protobuf and the
allocator do by themselves shows there too.

The generator is also sent as many of its largest clips at once as it serves, and its memory is watched while they wait
for each other: the limit beside it is what the chart gives a pod.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import grpc
import largest
import media
import processes
import replies
from bare import LARGE
from chain import Chain, Stubs
from figures import Figure, slope
from processes import Running
from setting import Setting
from table import Row

from animatize.gateway.v1 import gateway_pb2_grpc

_BENCH: Final = "memory"
_NAMES: Final = ("analyzer", "predictor", "expander", "generator")
_FLOOR: Final = "bare server, same requests"
_CALL_S: Final = 60.0
_PROCESSES: Final = 2
_KIB: Final = 1024

#: Of the series the first quarter is warming up: pools fill, lazy imports happen.
_WARM: Final = 4

_PHOTOGRAPHS: Final = ("china.jpg", "coffee.jpg", "flower.jpg", "rocket.jpg")

Call = Callable[[int], object]


@dataclass(frozen=True)
class _Series:
    """Resident memory after each call, in KiB, and before the first."""

    start: float
    after: list[float]

    @property
    def growth(self) -> Figure:
        """KiB per call once warm, with the 95 % interval."""
        return slope(self.after[len(self.after) // _WARM :])


def measure(setting: Setting) -> list[Row]:
    """Three rows for each service, and five for the analyzer with worker processes. Raises NotStarted, RpcError."""
    calls = setting.choose(1000, 100)
    rows = []
    with ExitStack() as stack:
        running = {name: stack.enter_context(processes.service(name, setting.folder)) for name in _NAMES}
        bare = stack.enter_context(processes.script("echoes", setting.folder))
        stubs = Stubs(stack, {name: one.address for name, one in running.items()})
        chains = [Chain(media.photograph(name), stubs) for name in _PHOTOGRAPHS]
        floor_stubs = Stubs(stack, {name: str(bare.told[name]) for name in _NAMES})
        for name in _NAMES:
            setting.say(f"memory: {name}, {calls} calls")
            series = _series(running[name], _calls(chains, name, stubs), calls)
            # The four bare servers are one process; it is as warm as the stages before have made it.
            floor = _series(bare, _calls(chains, name, floor_stubs), calls)
            rows += _rows(name, series, floor)
            if name == "analyzer":
                rows += _with_processes(setting, chains, floor)
    return rows + _gateway(setting, calls) + largest.rows(setting)


def _with_processes(setting: Setting, chains: list[Chain], floor: _Series) -> list[Row]:
    """The analyzer with worker processes: all of it, then the service and its workers by themselves.

    Each worker gets a part of the calls and warms up by itself, so there are three times as many.
    """
    calls = setting.choose(3000, 100)
    name = f"analyzer with {_PROCESSES} worker processes"
    setting.say(f"memory: {name}, {calls} calls")
    front: list[float] = []
    with processes.service("analyzer", setting.folder, worker_processes=str(_PROCESSES)) as many, ExitStack() as own:
        stubs = Stubs(own, dict.fromkeys(_NAMES, many.address))
        call = _calls(chains, "analyzer", stubs)

        def noted(index: int) -> None:
            call(index)
            front.append(many.front_rss_kib())

        series = _series(many, noted, calls)
    workers = [all_of_it - own_part for all_of_it, own_part in zip(series.after, front, strict=True)]
    parts = [
        Row(
            _BENCH,
            f"{name}: growth in the second half, {part}",
            "KiB per call",
            grown,
            _FLOOR,
            floor.growth,
            None,
            told,
        )
        for part, grown, told in (
            ("the service", slope(front[calls // 2 :]), f"{calls} calls"),
            ("its workers", slope(workers[calls // 2 :]), f"{calls} calls"),
        )
    ]
    return [*_rows(name, series, floor), *parts]


def _calls(chains: list[Chain], name: str, stubs: Stubs) -> Call:
    return lambda index: chains[index % len(chains)].call(name, stubs, seed=index + 1)


def _gateway(setting: Setting, calls: int) -> list[Row]:
    with ExitStack() as stack:
        echoes = stack.enter_context(processes.script("echoes", setting.folder)).told
        targets = {f"{name}_target": str(echoes[name]) for name in _NAMES}
        gateway = stack.enter_context(processes.service("gateway", setting.folder, **targets))
        star = stack.enter_context(processes.script("star", setting.folder, *targets.values()))
        setting.say(f"memory: gateway, {calls} calls")
        series = [_series(hub, _animate(stack, hub.address), calls) for hub in (gateway, star)]
    return _rows("gateway", *series)


def _animate(stack: ExitStack, address: str) -> Call:
    channel = stack.enter_context(grpc.insecure_channel(address, options=LARGE))
    stub: Any = gateway_pb2_grpc.GatewayServiceStub(channel)
    request = replies.request(replies.WHOLE)
    return lambda _index: [None for _ in stub.AnimateImage(request, timeout=_CALL_S)]


def _series(running: Running, call: Call, calls: int) -> _Series:
    start = running.rss_kib()
    after = []
    for index in range(calls):
        call(index)
        after.append(running.rss_kib())
    return _Series(start, after)


def _rows(name: str, series: _Series, floor: _Series) -> list[Row]:
    calls = len(series.after)
    repeats = f"{calls} calls"

    def row(what: str, unit: str, measured: Figure, floored: Figure, ratio: Figure | None) -> Row:
        return Row(_BENCH, f"{name}: {what}", unit, measured, _FLOOR, floored, ratio, repeats)

    def size(what: str, kib: float, floor_kib: float) -> Row:
        ratio = _exact(kib / floor_kib)
        return row(what, "RSS MiB", _exact(kib / _KIB), _exact(floor_kib / _KIB), ratio)

    return [
        row("growth once warm", "KiB per call", series.growth, floor.growth, None),
        size("before the calls", series.start, floor.start),
        size("after the calls", series.after[-1], floor.after[-1]),
    ]


def _exact(value: float) -> Figure:
    return Figure(value, value, value)
