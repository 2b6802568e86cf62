"""Real requests for the four services, each made from the answers of those before it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Final

import grpc
from bare import LARGE

from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2, analyzer_pb2_grpc
from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.generator.v1 import clip_pb2, generator_pb2, generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import image_pb2

_CALL_S: Final = 60.0
_MAPS: Final = (analysis_pb2.MAP_KIND_DEPTH, analysis_pb2.MAP_KIND_FOREGROUND)


class Stubs:
    """Blocking stubs of the four services; their channels close with the stack. addresses: by the services' names."""

    def __init__(self, stack: ExitStack, addresses: Mapping[str, str]) -> None:
        channels = {
            name: stack.enter_context(grpc.insecure_channel(address, options=LARGE))
            for name, address in addresses.items()
        }
        self.analyzer: Any = analyzer_pb2_grpc.AnalyzerServiceStub(channels["analyzer"])
        self.predictor: Any = predictor_pb2_grpc.PredictorServiceStub(channels["predictor"])
        self.expander: Any = expander_pb2_grpc.ExpanderServiceStub(channels["expander"])
        self.generator: Any = generator_pb2_grpc.GeneratorServiceStub(channels["generator"])


class NoMovement(Exception):
    """The photograph gives no movement, so there is nothing to say or to make."""


class Chain:
    """One photograph's requests. Raises RpcError when a service refuses, NoMovement when the predictor abstains."""

    def __init__(self, still: bytes, stubs: Stubs) -> None:
        image = image_pb2.Image(content=still)
        options = analyzer_pb2.AnalysisOptions(maps=_MAPS, cache_policy=analyzer_pb2.CACHE_POLICY_BYPASS)
        self._analyze = analyzer_pb2.AnalyzeImageRequest(image=image, options=options)
        shown = stubs.analyzer.AnalyzeImage(self._analyze, timeout=_CALL_S).analysis
        figures = analysis_pb2.SceneAnalysis()
        figures.CopyFrom(shown)
        figures.ClearField("maps")
        self._predict = predictor_pb2.PredictMovementRequest(analysis=figures)
        prediction = stubs.predictor.PredictMovement(self._predict, timeout=_CALL_S).prediction
        if not prediction.HasField("best"):
            raise NoMovement(prediction.abstention.explanation)
        self._expand = expander_pb2.ExpandPromptRequest(prediction=prediction, analysis=figures)
        expansion = stubs.expander.ExpandPrompt(self._expand, timeout=_CALL_S).expansion
        output = clip_pb2.OutputProfile(short_side_px=240, frames_per_second=24)
        output.duration.FromMilliseconds(500)
        plan = generator_pb2.MotionPlan(camera=prediction.best.camera.move)
        self._generate = generator_pb2.GenerateRequest(
            image=image, plan=plan, analysis=shown, expansion=expansion, output=output
        )

    def call(self, name: str, stubs: Stubs, *, seed: int) -> None:
        """Calls one service and takes all of its answer. seed: 1 or more; another clip for each."""
        if name == "analyzer":
            stubs.analyzer.AnalyzeImage(self._analyze, timeout=_CALL_S)
        elif name == "predictor":
            stubs.predictor.PredictMovement(self._predict, timeout=_CALL_S)
        elif name == "expander":
            stubs.expander.ExpandPrompt(self._expand, timeout=_CALL_S)
        else:
            self._generate.seed = seed
            for _ in stubs.generator.Generate(self._generate, timeout=_CALL_S):
                pass
