"""Calls the gateway at a steady pace and prints how each call went, one JSON object a line.

`python load.py TARGET KIND=RATE…`, with the still `still.jpg` beside it; rates are calls a second. Calls begin when
they are due, whether or not the ones before have been answered. Ends when the file /tmp/stop is there, after the last
answer. Methods that may be repeated without harm are repeated where the gateway was not there, as any caller should;
AnimateImage is not.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import duration_pb2

from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.expander.v1 import expander_pb2, expander_pb2_grpc
from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.generator.v1 import clip_pb2, generator_pb2, generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import image_pb2
from chassis.channel import Peer, open_channel
from chassis.telemetry import Telemetry

STOP: Final = Path("/tmp/stop")
STILL: Final = Path(__file__).resolve().parent / "still.jpg"
TIMEOUT_S: Final = 30.0
RETRIED: Final = {
    "animatize.gateway.v1.GatewayService": frozenset(),
    "animatize.analyzer.v1.AnalyzerService": frozenset({"AnalyzeImage"}),
    "animatize.predictor.v1.PredictorService": frozenset({"PredictMovement"}),
    "animatize.expander.v1.ExpanderService": frozenset({"ExpandPrompt"}),
    "animatize.generator.v1.GeneratorService": frozenset({"EstimateGeneration"}),
}


class Caller:
    """Calls of every kind, on one channel for each service that the gateway serves."""

    def __init__(self, target: str) -> None:
        """Opens the channels; must be made in the running loop."""
        gateway, analyzer, predictor, expander, generator = (
            open_channel(Peer(target, service=name, retried=retried), telemetry=Telemetry.off())
            for name, retried in RETRIED.items()
        )
        self._gateway: Any = gateway_pb2_grpc.GatewayServiceStub(gateway)
        self._analyzer: Any = analyzer_pb2_grpc.AnalyzerServiceStub(analyzer)
        self._predictor: Any = predictor_pb2_grpc.PredictorServiceStub(predictor)
        self._expander: Any = expander_pb2_grpc.ExpanderServiceStub(expander)
        self._generator: Any = generator_pb2_grpc.GeneratorServiceStub(generator)
        self._image = image_pb2.Image(content=STILL.read_bytes())
        self._seen: Any = None
        self._numbers = itertools.count()
        self.kinds: dict[str, Callable[[], Awaitable[object]]] = {
            "animate": self.animate,
            "analyze": self.analyze,
            "analyze-anew": self.analyze_anew,
            "analyze-another": self.analyze_another,
            "predict": self.predict,
            "expand": self.expand,
            "expand-another": self.expand_another,
            "estimate": self.estimate,
        }

    async def warm(self) -> None:
        """Returns when a whole call succeeded; its results are what the other kinds send."""
        ends_at = time.monotonic() + 60
        while True:
            try:
                self._seen = await self.animate()
                return
            except grpc.aio.AioRpcError:
                if time.monotonic() > ends_at:
                    raise
            await asyncio.sleep(0.5)

    async def animate(self) -> Any:
        """A short, small clip; the whole answer."""
        length = duration_pb2.Duration(nanos=500_000_000)
        output = clip_pb2.OutputProfile(duration=length, short_side_px=240, frames_per_second=12)
        asked = gateway_pb2.AnimateImageRequest(
            image=self._image, options=animation_pb2.AnimationOptions(output=output)
        )
        finished = None
        async for event in self._gateway.AnimateImage(asked, timeout=TIMEOUT_S):
            if event.WhichOneof("event") == "finished":
                finished = event.finished
        return finished

    async def analyze(self) -> Any:
        """An analysis that may come from the cache."""
        return await self._analyzer.AnalyzeImage(analyzer_pb2.AnalyzeImageRequest(image=self._image), timeout=TIMEOUT_S)

    async def analyze_anew(self) -> Any:
        """An analysis that is made for this call."""
        options = analyzer_pb2.AnalysisOptions(cache_policy=analyzer_pb2.CACHE_POLICY_BYPASS)
        asked = analyzer_pb2.AnalyzeImageRequest(image=self._image, options=options)
        return await self._analyzer.AnalyzeImage(asked, timeout=TIMEOUT_S)

    async def analyze_another(self) -> Any:
        """An analysis of a file that no one has seen, so that all caches are asked."""
        content = self._image.content + next(self._numbers).to_bytes(4, "big")
        asked = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content))
        return await self._analyzer.AnalyzeImage(asked, timeout=TIMEOUT_S)

    async def predict(self) -> Any:
        """A prediction."""
        asked = predictor_pb2.PredictMovementRequest(analysis=self._seen.analysis)
        return await self._predictor.PredictMovement(asked, timeout=TIMEOUT_S)

    async def expand(self) -> Any:
        """A prompt."""
        asked = expander_pb2.ExpandPromptRequest(prediction=self._seen.prediction, analysis=self._seen.analysis)
        return await self._expander.ExpandPrompt(asked, timeout=TIMEOUT_S)

    async def expand_another(self) -> Any:
        """A prompt with words that no one has said, so that all caches are asked."""
        asked = expander_pb2.ExpandPromptRequest(
            prediction=self._seen.prediction, analysis=self._seen.analysis, user_prompt=f"take {next(self._numbers)}"
        )
        return await self._expander.ExpandPrompt(asked, timeout=TIMEOUT_S)

    async def estimate(self) -> Any:
        """What a clip would cost."""
        asked = generator_pb2.EstimateGenerationRequest(
            generation=generator_pb2.GenerateRequest(image=self._image, plan=self._seen.plan)
        )
        return await self._generator.EstimateGeneration(asked, timeout=TIMEOUT_S)


async def tell(kind: str, call: Callable[[], Awaitable[object]]) -> None:
    """Makes one call and prints how it went."""
    began, clock, code, details = time.time(), time.monotonic(), "OK", ""
    try:
        await call()
    except grpc.aio.AioRpcError as error:
        code, details = error.code().name, error.details() or ""
    took_s = time.monotonic() - clock
    print(json.dumps({"kind": kind, "began": began, "took_s": took_s, "code": code, "details": details}), flush=True)


async def keep_calling(kind: str, call: Callable[[], Awaitable[object]], rate: float) -> None:
    """Begins calls at this rate until it is time to stop, then waits for the answers."""
    began = asyncio.get_running_loop().time()
    count = 0
    async with asyncio.TaskGroup() as running:
        while not STOP.exists():
            running.create_task(tell(kind, call))
            count += 1
            await asyncio.sleep(max(0.0, began + count / rate - asyncio.get_running_loop().time()))


async def main(target: str, rates: dict[str, float]) -> None:
    """Calls until /tmp/stop is there."""
    caller = Caller(target)
    await caller.warm()
    await asyncio.gather(*(caller.kinds[kind]() for kind in rates))
    print("begun", flush=True)
    await asyncio.gather(*(keep_calling(kind, caller.kinds[kind], rate) for kind, rate in rates.items()))


if __name__ == "__main__":
    asyncio.run(
        main(sys.argv[1], {kind: float(rate) for kind, _, rate in (word.partition("=") for word in sys.argv[2:])})
    )
