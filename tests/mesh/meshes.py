"""The whole mesh for tests: five real services on loopback, in this process or as processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import grpc
from google.protobuf import duration_pb2

from animatize.analyzer.v1 import analyzer_pb2, analyzer_pb2_grpc
from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.generator.v1 import clip_pb2, generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from animatize.type.v1 import image_pb2
from chassis.telemetry import Telemetry

MEDIA = Path(__file__).resolve().parents[1] / "media"
WORKING = ("analyzer", "predictor", "expander", "generator")
LARGE = [("grpc.max_receive_message_length", 24 << 20), ("grpc.max_send_message_length", 24 << 20)]


def photograph(name: str) -> bytes:
    """The bytes of one of the photographs in tests/media."""
    return (MEDIA / f"{name}.jpg").read_bytes()


def small(seconds: float = 0.5, **options: Any) -> animation_pb2.AnimationOptions:
    """Options for a clip that is quick to make."""
    length = duration_pb2.Duration()
    length.FromMilliseconds(round(seconds * 1000))
    output = clip_pb2.OutputProfile(duration=length, short_side_px=240, frames_per_second=24)
    return animation_pb2.AnimationOptions(output=output, **options)


def request(content: bytes, options: animation_pb2.AnimationOptions | None = None) -> gateway_pb2.AnimateImageRequest:
    """A call of AnimateImage for one still."""
    return gateway_pb2.AnimateImageRequest(image=image_pb2.Image(content=content), options=options or small())


@dataclass
class Mesh:
    """A caller's view of the mesh: one channel to the gateway, and the stubs on it."""

    address: str
    channel: grpc.aio.Channel

    def __post_init__(self) -> None:
        self.gateway: Any = gateway_pb2_grpc.GatewayServiceStub(self.channel)
        self.analyzer: Any = analyzer_pb2_grpc.AnalyzerServiceStub(self.channel)
        self.predictor: Any = predictor_pb2_grpc.PredictorServiceStub(self.channel)
        self.generator: Any = generator_pb2_grpc.GeneratorServiceStub(self.channel)

    async def analyze(self, content: bytes, **options: Any) -> Any:
        """The analysis of one still. Raises AioRpcError."""
        asked = analyzer_pb2.AnalyzeImageRequest(image=image_pb2.Image(content=content))
        asked.options.MergeFrom(analyzer_pb2.AnalysisOptions(**options))
        return (await self.analyzer.AnalyzeImage(asked, timeout=50)).analysis

    async def predict(self, content: bytes) -> Any:
        """The prediction for one still. Raises AioRpcError."""
        asked = predictor_pb2.PredictMovementRequest(analysis=await self.analyze(content))
        return (await self.predictor.PredictMovement(asked, timeout=50)).prediction

    async def animate(self, content: bytes, options: animation_pb2.AnimationOptions | None = None) -> Any:
        """The finished animation of one still. Raises AioRpcError."""
        finished = None
        async for event in self.gateway.AnimateImage(request(content, options), timeout=60):
            if event.WhichOneof("event") == "finished":
                finished = event.finished
        assert finished is not None
        return finished


@asynccontextmanager
async def inside(*, collector: str | None = None, **settings: Any) -> AsyncIterator[Mesh]:
    """The mesh in this process; with `collector` all five export their traces there. settings: for every service."""
    async with AsyncExitStack() as stack:
        targets: dict[str, str] = {}
        for service in (*WORKING, "gateway"):
            model = import_module(f"{service}.settings").Settings
            own = {f"{name}_target": address for name, address in targets.items()} if service == "gateway" else {}
            given = {"port": 0, "drain_pause_s": 0, "grace_s": 5, "otlp_endpoint": collector, **settings, **own}
            chosen = model(**given)
            telemetry = Telemetry.off()
            if collector:
                telemetry = Telemetry.start(service=f"animatize-{service}", settings=chosen)
                stack.push_async_callback(telemetry.shutdown)
            running = import_module(f"{service}.bootstrap").running(chosen, telemetry=telemetry)
            targets[service] = (await stack.enter_async_context(running)).address
        channel = grpc.aio.insecure_channel(targets["gateway"], options=LARGE)
        stack.push_async_callback(channel.close)
        yield Mesh(targets["gateway"], channel)


class Process:
    """One service as a process of its own."""

    def __init__(self, service: str, settings: Mapping[str, object]) -> None:
        """Begins the process; it is there when `address` has been awaited."""
        prefix = f"ANIMATIZE_{service.upper()}_"
        environment = {f"{prefix}{name.upper()}": str(value) for name, value in settings.items()}
        self.service = service
        self.served = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", service],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.address = ""

    async def started(self) -> Self:
        """This process, as soon as it says that it serves."""
        try:
            self.address = await asyncio.wait_for(asyncio.to_thread(self._read_address), timeout=50)
        except BaseException:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            raise
        # What it says later is read away, so that it never waits for a full pipe.
        self._reading = asyncio.create_task(asyncio.to_thread(self._read_on))
        return self

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def _read_on(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.served += b'"rpc.served"' in line

    def _read_address(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if said.get("event.name") == "server.started":
                return str(said["address"])
        raise AssertionError(f"{self.service} ended with status {self._process.wait()} before it served")

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal."""
        self._process.send_signal(number)

    async def ended(self, timeout_s: float = 50) -> int:
        """The exit code, when the process has ended."""
        return await asyncio.wait_for(asyncio.to_thread(self._process.wait), timeout=timeout_s)

    async def stop(self) -> None:
        """Ends the process now, in whatever state it is."""
        if self._process.poll() is None:
            self._process.kill()
        await asyncio.to_thread(self._process.wait)
        await asyncio.wait([self._reading])
        if self._process.stdout is not None:
            self._process.stdout.close()


@asynccontextmanager
async def process(service: str, **settings: object) -> AsyncIterator[Process]:
    """A service as a process of its own, killed at the end if it still runs."""
    made = await Process(service, {"port": 0, "drain_pause_s": 0.5, **settings}).started()
    try:
        yield made
    finally:
        await made.stop()
