"""What analysing a photograph of 12 megapixels costs beside the bare reduced decode of the same file.

The analyzer is a process as a user starts it and is called over the wire, past its cache; its CPU time is that of the
whole process. The floor is OpenCV alone, in this process, on one thread.
"""

from __future__ import annotations

import time
from typing import Final

import cv2
import grpc
import media
import numpy as np
import processes
from bare import LARGE
from setting import Setting
from table import Row, paired

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.type.v1 import image_pb2

_BENCH: Final = "analyzer"
_FLOOR: Final = "bare decode at 1/4"
_CALL_S: Final = 60.0
_MAPS: Final = (analysis_pb2.MAP_KIND_DEPTH, analysis_pb2.MAP_KIND_FOREGROUND)

#: The smallest scale whose long side, 1000 pixels, is not below the 512 at which a still is measured.
_SCALE: Final = cv2.IMREAD_REDUCED_COLOR_4


def measure(setting: Setting) -> list[Row]:
    """The rows. Raises NotStarted, and AioRpcError's cousin RpcError when the analyzer refuses."""
    cv2.setNumThreads(1)
    content = media.large_photograph()
    repeats, together = setting.choose(9, 2), setting.choose(4, 2)
    walls, cpus, floor_walls, floor_cpus = [], [], [], []
    with (
        processes.service("analyzer", setting.folder) as analyzer,
        grpc.insecure_channel(analyzer.address, options=LARGE) as channel,
    ):
        stub = analyzer_pb2_grpc.AnalyzerServiceStub(channel)
        options = analyzer_pb2.AnalysisOptions(maps=_MAPS, cache_policy=analyzer_pb2.CACHE_POLICY_BYPASS)
        request = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content), options=options)
        stub.AnalyzeImage(request, timeout=_CALL_S)
        for index in range(repeats):
            setting.say(f"analyzer: round {index + 1} of {repeats}, file of {len(content) / 1e6:.1f} MB")
            cpu, wall = analyzer.cpu_s(), time.perf_counter()
            for _ in range(together):
                stub.AnalyzeImage(request, timeout=_CALL_S)
            walls.append((time.perf_counter() - wall) * 1000 / together)
            cpus.append((analyzer.cpu_s() - cpu) * 1000 / together)
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(together):
                cv2.imdecode(np.frombuffer(content, np.uint8), _SCALE)
            floor_walls.append((time.perf_counter() - wall) * 1000 / together)
            floor_cpus.append((time.process_time() - cpu) * 1000 / together)
    return [
        paired(_BENCH, "12 MP photograph", "CPU ms", cpus, _FLOOR, floor_cpus),
        paired(_BENCH, "12 MP photograph", "wall ms", walls, _FLOOR, floor_walls),
    ]
