"""How much memory the generator takes when its largest clips are asked for all at once.

The service runs as the chart runs it, as many calls as it serves are begun together, and its memory is watched until
all clips are there. The limit beside it is what the chart gives a pod.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final

import grpc
import media
import processes
from bare import LARGE
from figures import Figure
from setting import Setting
from table import Row

from animatize.generator.v1 import generator_pb2, generator_pb2_grpc
from animatize.type.v1 import measure_pb2, movement_pb2

_LINES: Final = 2160
_AT_ONCE: Final = 4
_WORKERS: Final = 2
_LIMIT_MIB: Final = 1536
_MILLISECONDS: Final = 500
_CALL_S: Final = 600.0
_LOOK_S: Final = 0.01
_KIB: Final = 1024
_MAP_PX: Final = (512, 384)


def rows(setting: Setting) -> list[Row]:
    """The highest resident memory. Raises RpcError, ValueError when a call ends without its clip."""
    with ExitStack() as stack:
        numbers = {"workers": str(_WORKERS), "max_running": str(_AT_ONCE)}
        generator = stack.enter_context(processes.service("generator", setting.folder, **numbers))
        channel = stack.enter_context(grpc.insecure_channel(generator.address, options=LARGE))
        callers = stack.enter_context(ThreadPoolExecutor(_AT_ONCE))
        setting.say(f"memory: generator, {_AT_ONCE} clips of {_LINES} lines at once")
        stub: Any = generator_pb2_grpc.GeneratorServiceStub(channel)
        request = _request()
        made = [callers.submit(_last, stub.Generate(request, timeout=_CALL_S)) for _ in range(_AT_ONCE)]
        highest = _highest(generator, made)
        if any(one.result() != "generation" for one in made):
            raise ValueError("a call ended without its clip")
    figures = [Figure(value, value, value) for value in (highest, float(_LIMIT_MIB), highest / _LIMIT_MIB)]
    what = f"generator: {_AT_ONCE} clips of {_LINES}p at once, highest"
    return [
        Row("memory", what, "RSS MiB", figures[0], "the chart's limit", figures[1], figures[2], f"{_AT_ONCE} calls")
    ]


def _request() -> generator_pb2.GenerateRequest:
    """An arc over a still of 12 megapixels with a depth map, in chunks."""
    request = generator_pb2.GenerateRequest(delivery=generator_pb2.DELIVERY_CHUNKS)
    request.image.content = media.large_photograph()
    request.plan.camera.movement = movement_pb2.MOVEMENT_ARC_CLOCKWISE
    request.output.short_side_px = _LINES
    request.output.duration.FromMilliseconds(_MILLISECONDS)
    depth = request.analysis.maps.depth
    depth.width, depth.height = _MAP_PX
    depth.encoding, depth.data, depth.quality = measure_pb2.MAP_ENCODING_PNG_GRAY16, media.depth_map(), 0.6
    return request


def _last(call: Any) -> str:
    """What the last message of a stream holds."""
    return [str(event.WhichOneof("event")) for event in call][-1]


def _highest(generator: processes.Running, made: Sequence[Future[str]]) -> float:
    """MiB, until all have ended."""
    highest = 0.0
    while not all(one.done() for one in made):
        highest = max(highest, generator.rss_kib() / _KIB)
        time.sleep(_LOOK_S)
    return highest
