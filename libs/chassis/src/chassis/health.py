"""Whether a server is there, and whether it wants calls: two questions with two names.

Readiness is the standard health service's entry for "" and for each service; it flips at the start and when the server
drains. Liveness is the entry `liveness`, true as long as the process answers at all; it never depends on anything
outside, so a broken neighbour restarts nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio

#: The name to ask for when the question is whether the process lives.
LIVENESS: Final = "liveness"

_SERVING: Final = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING: Final = health_pb2.HealthCheckResponse.NOT_SERVING


class Health:
    """The health service of one server; NOT_SERVING until `ready`."""

    def __init__(self, services: Sequence[str]) -> None:
        self._names = ("", *services)
        self._servicer = _Servicer()

    async def add(self, server: grpc.aio.Server) -> None:
        """The server answers `grpc.health.v1.Health` from now on."""
        await self._servicer.set(LIVENESS, _SERVING)
        await self.not_serving()
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)

    async def ready(self) -> None:
        """Callers are welcome."""
        for name in self._names:
            await self._servicer.set(name, _SERVING)

    async def not_serving(self) -> None:
        """Callers that watch turn away; those that do not are still served."""
        for name in self._names:
            await self._servicer.set(name, _NOT_SERVING)

    def end_watches(self) -> None:
        """Watching streams end, so that a server which waits for its calls does not wait for them."""
        self._servicer.ended.set()


class _Servicer(aio.HealthServicer):
    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    async def Watch(self, request: health_pb2.HealthCheckRequest, context: Any) -> None:  # noqa: N802
        """The status of a service now and at each change, until the caller leaves or the server closes."""
        watching = asyncio.ensure_future(super().Watch(request, context))
        ending = asyncio.ensure_future(self.ended.wait())
        try:
            await asyncio.wait((watching, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            watching.cancel()
            await asyncio.gather(watching, ending, return_exceptions=True)
