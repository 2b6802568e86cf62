"""Whether a service welcomes calls, told by itself through gRPC's health protocol."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

#: Asks again soon: a service that is being started is there in a second or two. Loopback needs no proxy.
_OPTIONS: Final = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 200),
    ("grpc.enable_http_proxy", 0),
)

_SERVING: Final = health_pb2.HealthCheckResponse.SERVING


async def serving(address: str) -> None:
    """Returns when the service says that it serves; waits for ever where nobody comes. Cancel to give up."""
    async with grpc.aio.insecure_channel(address, options=_OPTIONS) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        while True:
            watch = stub.Watch(health_pb2.HealthCheckRequest(), wait_for_ready=True)
            try:
                async for response in watch:
                    if response.status == _SERVING:
                        return
            except grpc.aio.AioRpcError:
                # The connection broke while the service was starting; the channel's own back-off paces this.
                await asyncio.sleep(0.1)
            finally:
                watch.cancel()


async def state(address: str, *, limit_s: float) -> str:
    """One of "serving", "not serving" and "unreachable", known after at most `limit_s` seconds."""
    async with grpc.aio.insecure_channel(address, options=_OPTIONS) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            response = await stub.Check(health_pb2.HealthCheckRequest(), timeout=limit_s)
        except grpc.aio.AioRpcError:
            return "unreachable"
    return "serving" if response.status == _SERVING else "not serving"
