"""A caller of AnimateImage that measures what it waits for.

Run as `python bench/load.py`. Takes `{"target": ..., "calls": ..., "concurrency": ..., "tiny": ...}` by line on
standard input and answers by line: latencies_ms of the calls, events and bytes of one call, failed. Ends with standard
input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any, Final

import bare
import grpc
import replies

from animatize.gateway.v1 import gateway_pb2_grpc

_CALL_S: Final = 60.0


async def round_of(stub: Any, *, calls: int, concurrency: int, tiny: bool) -> dict[str, Any]:
    """What so many calls took, so many of them at a time."""
    request = replies.request(replies.TINY if tiny else replies.WHOLE)
    latencies: list[float] = []
    left = iter(range(calls))
    seen = {"events": 0, "bytes": 0, "failed": 0}

    async def caller() -> None:
        for _ in left:
            began = time.perf_counter()
            events = size = 0
            try:
                async for event in stub.AnimateImage(request, timeout=_CALL_S):
                    events += 1
                    size += event.ByteSize()
            except grpc.aio.AioRpcError as error:
                seen["failed"] += 1
                sys.stderr.write(f"{error.code()}: {error.details()}\n")
                continue
            latencies.append((time.perf_counter() - began) * 1000)
            seen["events"], seen["bytes"] = events, size

    await asyncio.gather(*(caller() for _ in range(concurrency)))
    return {"latencies_ms": latencies, **seen}


async def main() -> None:
    """Serves standard input until it ends."""
    channels: dict[str, grpc.aio.Channel] = {}
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        target = asked["target"]
        if target not in channels:
            channels[target] = grpc.aio.insecure_channel(target, options=bare.LARGE)
        stub = gateway_pb2_grpc.GatewayServiceStub(channels[target])
        told = await round_of(stub, calls=asked["calls"], concurrency=asked["concurrency"], tiny=asked["tiny"])
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    for channel in channels.values():
        await channel.close()


if __name__ == "__main__":
    bare.run(main)
