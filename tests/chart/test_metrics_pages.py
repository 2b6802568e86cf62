"""Running services emit every series that rules and dashboards ask for."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any

import grpc
import pytest
from google.protobuf import duration_pb2

from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.generator.v1 import clip_pb2
from animatize.type.v1 import image_pb2
from chassis.telemetry import Telemetry, names
from chassis.testing.redis import RedisServer
from observability import contract
from observability.files import ROOT

from .expressions import asked
from .generated import every_expression

STILL = ROOT / "tests" / "media" / "flower.jpg"
# The gateway comes last: it is told where the others are.
SERVICES = ("analyzer", "predictor", "expander", "generator", "gateway")


@pytest.mark.usefixtures("patient_redis")
async def test_services_emit_every_series_that_is_asked_for(redis_server: RedisServer) -> None:
    pages = await _pages_after_a_call(redis_server.url)
    seen: dict[str, set[str]] = {}
    for page in pages:
        for name, labels in re.findall(r"^([a-z_]+)(?:\{(.*)})? \S+$", page, re.MULTILINE):
            seen.setdefault(name, set()).update(re.findall(r'([a-z_]+)="', labels))
    ours = {name for metric in names.METRICS for name in contract.series(metric)}
    pages_own = {name for name in contract.FOREIGN if name.startswith(("process_", "python_", "target_"))}
    wanted = {name for text in every_expression().values() for name in asked(text).names} & (ours | pages_own)
    known = contract.known()

    assert wanted - set(seen) == set()
    assert {name for name in seen if name.startswith(("rpc_", "db_", "animatize_"))} <= ours
    for name in wanted - {"target_info"}:
        assert seen[name] <= known[name], name


async def _pages_after_a_call(redis_url: str) -> list[str]:
    """The metrics pages of the five services after a clip, a call that was refused and one that failed."""
    async with AsyncExitStack() as stack:
        targets: dict[str, str] = {}
        pages: list[str] = []
        for service in SERVICES:
            own: dict[str, Any] = {}
            if service == "gateway":
                # Room for one call, so that a second at the same time is refused.
                own = {f"{name}_target": address for name, address in targets.items()}
                own |= {"max_running": 1, "max_waiting": 0}
            settings = import_module(f"{service}.settings").Settings(
                port=0, metrics_port=0, drain_pause_s=0, grace_s=5, redis_url=redis_url, **own
            )
            telemetry = Telemetry.start(service=f"animatize-{service}", settings=settings)
            stack.push_async_callback(telemetry.shutdown)
            pages.append(f"http://{telemetry.metrics_address}/metrics")
            running = import_module(f"{service}.bootstrap").running(settings, telemetry=telemetry)
            targets[service] = (await stack.enter_async_context(running)).address
        async with grpc.aio.insecure_channel(
            targets["gateway"], options=[("grpc.max_receive_message_length", -1)]
        ) as to:
            stub: Any = gateway_pb2_grpc.GatewayServiceStub(to)
            output = clip_pb2.OutputProfile(
                duration=duration_pb2.Duration(nanos=500_000_000), short_side_px=240, frames_per_second=24
            )
            options = animation_pb2.AnimationOptions(output=output)

            async def code(content: bytes) -> grpc.StatusCode:
                request = gateway_pb2.AnimateImageRequest(image=image_pb2.Image(content=content), options=options)
                try:
                    _ = [event async for event in stub.AnimateImage(request, timeout=55)]
                except grpc.aio.AioRpcError as error:
                    return error.code()
                return grpc.StatusCode.OK

            still = STILL.read_bytes()
            together = {*await asyncio.gather(code(still), code(still))}
            assert together == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}
            assert await code(b"no still") is grpc.StatusCode.INVALID_ARGUMENT
        return [await asyncio.to_thread(_fetched, page) for page in pages]


def _fetched(page: str) -> str:
    with urllib.request.urlopen(page, timeout=30) as answer:
        text: str = answer.read().decode()
    return text
