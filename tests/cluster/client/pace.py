"""Animates a still again and again and prints how long each call took, as JSON.

`python pace.py TARGET STILL CALLERS CALLS`: so many callers make so many calls in all, each its next as soon as it has
its answer. Clips have the default form; no analysis comes from a cache.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from animatize.analyzer.v1 import analyzer_pb2
from animatize.gateway.v1 import animation_pb2, gateway_pb2, gateway_pb2_grpc
from animatize.type.v1 import image_pb2
from chassis.channel import Peer, open_channel
from chassis.telemetry import Telemetry

SERVICE = "animatize.gateway.v1.GatewayService"


async def animate(stub: Any, content: bytes) -> float:
    """Seconds until the whole answer was there. Raises AioRpcError."""
    analysis = analyzer_pb2.AnalysisOptions(cache_policy=analyzer_pb2.CACHE_POLICY_BYPASS)
    asked = gateway_pb2.AnimateImageRequest(
        image=image_pb2.Image(content=content), options=animation_pb2.AnimationOptions(analysis=analysis)
    )
    began = time.monotonic()
    events = [event.WhichOneof("event") async for event in stub.AnimateImage(asked, timeout=300)]
    if events[-1] != "finished":
        raise ValueError(f"the call ended with {events[-1]}")
    return time.monotonic() - began


async def main(target: str, content: bytes, callers: int, calls: int) -> None:
    """Prints the seconds of all calls, and of each."""
    channel = open_channel(Peer(target, service=SERVICE), telemetry=Telemetry.off())
    stub: Any = gateway_pb2_grpc.GatewayServiceStub(channel)
    took: list[float] = []
    left = iter(range(calls))

    async def keep_calling() -> None:
        for _ in left:
            took.append(await animate(stub, content))

    began = time.monotonic()
    await asyncio.gather(*(keep_calling() for _ in range(callers)))
    print(json.dumps({"elapsed_s": time.monotonic() - began, "took_s": sorted(took)}))
    await channel.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes(), int(sys.argv[3]), int(sys.argv[4])))
