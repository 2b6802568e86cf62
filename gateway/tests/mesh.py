"""A real gateway on real channels to the four fakes, and a caller's stubs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc

from animatize.analyzer.v1 import analyzer_pb2_grpc
from animatize.expander.v1 import expander_pb2_grpc
from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.generator.v1 import generator_pb2_grpc
from animatize.predictor.v1 import predictor_pb2_grpc
from animatize.type.v1 import image_pb2
from chassis.telemetry import Telemetry
from gateway.bootstrap import running
from gateway.settings import Settings

from .fakes import FakeAnalyzer, FakeExpander, FakeGenerator, FakePredictor

STILL = b"\xff\xd8 a photograph"

_BIG = [("grpc.max_receive_message_length", 24 << 20), ("grpc.max_send_message_length", 24 << 20)]


@dataclass
class Mesh:
    """The fakes by their names, the caller's channel and its stub of the gateway."""

    analyzer: FakeAnalyzer
    predictor: FakePredictor
    expander: FakeExpander
    generator: FakeGenerator
    servers: dict[str, grpc.aio.Server]
    channel: grpc.aio.Channel
    gateway: Any


@asynccontextmanager
async def meshed(
    *,
    telemetry: Telemetry | None = None,
    fetcher: Any = None,
    credentials: grpc.ServerCredentials | None = None,
    **settings: Any,
) -> AsyncIterator[Mesh]:
    """The whole, ended at once when the block ends. credentials: what the fakes show; plain text without."""
    fakes = {
        "analyzer": (FakeAnalyzer(), analyzer_pb2_grpc.add_AnalyzerServiceServicer_to_server),
        "predictor": (FakePredictor(), predictor_pb2_grpc.add_PredictorServiceServicer_to_server),
        "expander": (FakeExpander(), expander_pb2_grpc.add_ExpanderServiceServicer_to_server),
        "generator": (FakeGenerator(), generator_pb2_grpc.add_GeneratorServiceServicer_to_server),
    }
    async with AsyncExitStack() as stack:
        servers = {}
        for name, (fake, add) in fakes.items():
            server = grpc.aio.server(options=_BIG)
            add(fake, server)
            free = "127.0.0.1:0"
            port = server.add_secure_port(free, credentials) if credentials else server.add_insecure_port(free)
            settings.setdefault(f"{name}_target", f"127.0.0.1:{port}")
            await server.start()
            stack.push_async_callback(server.stop, None)
            servers[name] = server
        wanted = Settings(port=0, drain_pause_s=0, grace_s=0, **settings)
        server = await stack.enter_async_context(
            running(wanted, telemetry=telemetry or Telemetry.off(), fetcher=fetcher)
        )
        channel = grpc.aio.insecure_channel(server.address, options=_BIG)
        stack.push_async_callback(channel.close)
        made: dict[str, Any] = {name: fake for name, (fake, _) in fakes.items()}
        yield Mesh(**made, servers=servers, channel=channel, gateway=gateway_pb2_grpc.GatewayServiceStub(channel))


def an_image(content: bytes = STILL) -> image_pb2.Image:
    return image_pb2.Image(content=content)


def a_request(**options: Any) -> gateway_pb2.AnimateImageRequest:
    return gateway_pb2.AnimateImageRequest(
        image=an_image(), options=animation_pb2.AnimationOptions(**options) if options else None
    )


async def everything(call: Any) -> tuple[list[Any], grpc.aio.AioRpcError | None]:
    """All answers of a stream, and the error that ended it, if one did."""
    answers = []
    try:
        async for answer in call:
            answers.append(answer)
    except grpc.aio.AioRpcError as error:
        return answers, error
    return answers, None


def kinds(events: list[Any]) -> list[str]:
    """Each event in a word or two, for comparing whole streams."""
    words = []
    for event in events:
        kind = event.WhichOneof("event")
        inner = getattr(event, kind)
        stage = animation_pb2.Stage.Name(inner.stage).removeprefix("STAGE_").lower() if hasattr(inner, "stage") else ""
        words.append(f"{kind} {stage}".strip())
    return words
