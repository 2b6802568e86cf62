"""What analysing a photograph of 12 megapixels costs: in one thread, over the wire, and on two cores.

In one thread the whole of core runs in this process beside its floor: what any analysis of this kind must do, by OpenCV
alone. Over the wire the analyzer is a process as a user starts it, called past its cache; its CPU time is that of the
whole process. What a second core adds is measured by `second_core`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import cv2
import grpc
import media
import numpy as np
import processes
import second_core
from bare import LARGE
from setting import Setting
from table import Row, paired
from unwatched import Unwatched

from analyzer.adapters.haar_faces import HaarFaces
from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.analysis import MapKind
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

_BENCH: Final = "analyzer"
_WHAT: Final = "12 MP photograph"
_DECODE: Final = "bare decode at 1/4"
_FLOOR: Final = "decode at 1/4, Canny, LSD, saliency, contours"
_CALL_S: Final = 60.0
_MAPS: Final = (analysis_pb2.MAP_KIND_DEPTH, analysis_pb2.MAP_KIND_FOREGROUND)
_OPTIONS: Final = Options(maps=frozenset({MapKind.DEPTH, MapKind.FOREGROUND}))
_WORKING_PX: Final = 512
_RESIDUAL_PX: Final = 64

#: The smallest scale whose long side, 1000 pixels, is not below the 512 at which a still is measured.
_SCALE: Final = cv2.IMREAD_REDUCED_COLOR_4


def measure(setting: Setting) -> list[Row]:
    """The rows. Raises NotStarted, and AioRpcError's cousin RpcError when the analyzer refuses."""
    cv2.setNumThreads(1)
    content = media.large_photograph()
    return [*_in_process(setting, content), *_over_the_wire(setting, content), *_throughput(setting, content)]


def _in_process(setting: Setting, content: bytes) -> list[Row]:
    """One thread: the whole analysis with both maps, in turn with the floor."""
    analyzer, watch = Analyzer(HaarFaces(), TrainedEye()), Unwatched()

    def analyse() -> None:
        analyzer.measure(analyzer.decode(content, _OPTIONS, watch), _OPTIONS, watch)

    def floor() -> None:
        _floor(content)

    analyse()
    floor()
    repeats, together = setting.choose(15, 3), setting.choose(3, 1)
    cpus: list[float] = []
    walls: list[float] = []
    floor_cpus: list[float] = []
    floor_walls: list[float] = []
    for index in range(repeats):
        setting.say(f"analyzer: in process, round {index + 1} of {repeats}, file of {len(content) / 1e6:.1f} MB")
        for work, cpu, wall in ((analyse, cpus, walls), (floor, floor_cpus, floor_walls)):
            took = _cost(work, together)
            cpu.append(took[0])
            wall.append(took[1])
    what = f"{_WHAT}, in one thread"
    return [
        paired(_BENCH, what, "CPU ms", cpus, _FLOOR, floor_cpus),
        paired(_BENCH, what, "wall ms", walls, _FLOOR, floor_walls),
    ]


def _cost(work: Callable[[], None], together: int) -> tuple[float, float]:
    """Milliseconds of CPU and of wall time that one of them takes."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(together):
        work()
    return (time.process_time() - cpu) * 1000 / together, (time.perf_counter() - wall) * 1000 / together


def _floor(content: bytes) -> None:
    """Reduced decode, Canny, line segments, spectral residual saliency (Hou and Zhang 2007) and contours, at 512."""
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), _SCALE)
    if decoded is None:
        raise ValueError("OpenCV reads no JPEG")
    scale = _WORKING_PX / max(decoded.shape[:2])
    size = (round(decoded.shape[1] * scale), round(decoded.shape[0] * scale))
    grey = cv2.cvtColor(cv2.resize(decoded, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    edges = cv2.Canny(grey, 80, 160)
    cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)
    small = cv2.resize(grey, (_RESIDUAL_PX, _RESIDUAL_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    spectrum = np.fft.fft2(small)
    strength = np.log(np.abs(spectrum) + 1.0).astype(np.float32)
    back = np.fft.ifft2(np.exp(strength - cv2.blur(strength, (3, 3)) + 1j * np.angle(spectrum)))
    cv2.resize(cv2.GaussianBlur((np.abs(back) ** 2).astype(np.float32), (0, 0), 2.5), size)
    cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)


def _over_the_wire(setting: Setting, content: bytes) -> list[Row]:
    repeats, together = setting.choose(9, 2), setting.choose(4, 2)
    walls, cpus, floor_walls, floor_cpus = [], [], [], []
    request = _request(content)
    with processes.service("analyzer", setting.folder) as analyzer, _stub(analyzer) as stub:
        stub.AnalyzeImage(request, timeout=_CALL_S)
        for index in range(repeats):
            setting.say(f"analyzer: over the wire, round {index + 1} of {repeats}")
            cpu, wall = analyzer.cpu_s(), time.perf_counter()
            for _ in range(together):
                stub.AnalyzeImage(request, timeout=_CALL_S)
            walls.append((time.perf_counter() - wall) * 1000 / together)
            cpus.append((analyzer.cpu_s() - cpu) * 1000 / together)
            took = _cost(lambda: _decode(content), together)
            floor_cpus.append(took[0])
            floor_walls.append(took[1])
    what = f"{_WHAT}, over the wire"
    return [
        paired(_BENCH, what, "CPU ms", cpus, _DECODE, floor_cpus),
        paired(_BENCH, what, "wall ms", walls, _DECODE, floor_walls),
    ]


def _decode(content: bytes) -> None:
    cv2.imdecode(np.frombuffer(content, np.uint8), _SCALE)


def _throughput(setting: Setting, content: bytes) -> list[Row]:
    """What a second core adds, by service and callers on one core and on two."""
    request = _request(content)

    def call(stack: ExitStack, running: processes.Running) -> Callable[[], object]:
        stub = stack.enter_context(_stub(running))
        return lambda: stub.AnalyzeImage(request, timeout=_CALL_S)

    return second_core.rows(setting, _BENCH, call)


def _request(content: bytes) -> analyzer_pb2.AnalyzeImageRequest:
    options = analyzer_pb2.AnalysisOptions(maps=_MAPS, cache_policy=analyzer_pb2.CACHE_POLICY_BYPASS)
    return analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content), options=options)


@contextmanager
def _stub(running: processes.Running) -> Iterator[Any]:
    with grpc.insecure_channel(running.address, options=LARGE) as channel:
        yield analyzer_pb2_grpc.AnalyzerServiceStub(channel)
