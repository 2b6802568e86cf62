"""The server of a service: everything around its handlers, in the right order, and its beginning and end.

From the outside in: telemetry, deadline, errors, admission, validation, handler. Health and reflection pass through the
same layers, and are admitted always.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import grpc
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection

from chassis.admission import Admission, Limits
from chassis.errors import ErrorTable
from chassis.health import Health
from chassis.interception import Layers
from chassis.layers import Answering, Deadlines
from chassis.lifecycle import run, serve_until_signal
from chassis.listening import ALONE, HealthPort, bind
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.tls import server_credentials
from chassis.validation import Validation

__all__ = ["Endpoint", "Server", "run", "running", "serve_until_signal"]

#: Seconds that a connection which has reached its age still has for running calls: more than the longest call.
LONGEST_CALL_S: Final = 900

#: What gRPC takes for never; it counts a connection's age in milliseconds, in 32 bits.
_NEVER_MS: Final = 2**31 - 1

#: Pings are tolerated at the rate our clients send them (grpc.io, keepalive guide; measured with grpcio 1.85.1).
_OPTIONS: Final = (
    ALONE,
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 2_000),
    ("grpc.max_connection_age_grace_ms", LONGEST_CALL_S * 1000),
    ("grpc.max_connection_idle_ms", 600_000),
)


@dataclass(frozen=True)
class Endpoint:
    """One gRPC service and how its calls are treated.

    service: full name, `package.Service`. add: registers the handlers on a server.
    exempt: names of methods that admission always lets in. floor_s: method name -> seconds below which a call is
    refused at once, because it cannot be finished.
    """

    service: str
    add: Callable[[grpc.aio.Server], None]
    exempt: frozenset[str] = frozenset()
    floor_s: Mapping[str, float] = field(default_factory=dict)


class Server:
    """A gRPC server with health, deadlines, errors, admission, validation and telemetry around its endpoints.

    Life: `start`, `ready`, `drain`. Use from one event loop.
    """

    def __init__(
        self, settings: ServiceSettings, endpoints: Sequence[Endpoint], *, errors: ErrorTable, telemetry: Telemetry
    ) -> None:
        self._settings = settings
        self._endpoints = tuple(endpoints)
        self._errors = errors
        self._telemetry = telemetry
        self._health = Health([endpoint.service for endpoint in endpoints])
        self._validation = Validation()
        self.admission = Admission(
            Limits(
                running=settings.max_running,
                running_bytes=settings.max_running_bytes,
                waiting=settings.max_waiting,
            ),
            exempt=[f"/{endpoint.service}/{method}" for endpoint in endpoints for method in endpoint.exempt],
            telemetry=telemetry,
        )
        # Held for the server's whole life: gRPC shuts a server down when its object is collected.
        self._server: grpc.aio.Server | None = None
        self._health_port: HealthPort | None = None
        self._draining: asyncio.Task[None] | None = None
        self.address = ""

    @property
    def health_address(self) -> str | None:
        """Where health alone is answered, `host:port`, or None when there is no such port."""
        return None if self._health_port is None else self._health_port.address

    async def start(self) -> str:
        """The address that is listened on, `host:port`. Health says NOT_SERVING until `ready`.

        Raises SettingsError when an address cannot be listened on, or the TLS files cannot be used.
        """
        settings = self._settings
        if settings.health_port is not None:
            self._health_port = HealthPort(self._health, host=settings.host, port=settings.health_port)
        server = grpc.aio.server(
            interceptors=[*self._telemetry.server_interceptors(address=lambda: self.address), self._layers()],
            options=[
                *_OPTIONS,
                # So that clients look up names again and find new replicas.
                ("grpc.max_connection_age_ms", round(settings.connection_age_s * 1000) or _NEVER_MS),
                ("grpc.max_receive_message_length", settings.max_message_bytes),
                ("grpc.max_send_message_length", settings.max_message_bytes),
            ],
        )
        for endpoint in self._endpoints:
            endpoint.add(server)
        await self._health.add(server)
        services = [endpoint.service for endpoint in self._endpoints]
        if settings.reflection:
            names = (*services, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, server)
        credentials = None
        if settings.tls is not None:
            credentials = server_credentials(settings.tls, require_client=settings.tls_require_client)
        self.address = bind(server, settings.host, settings.port, setting="port", credentials=credentials)
        if self._health_port is not None:
            await self._health_port.start()
        self._validation.warm(services)
        await server.start()
        self._server = server
        return self.address

    async def ready(self) -> None:
        """Health says SERVING for "" and for every service: callers are welcome."""
        await self._health.ready()

    async def drain(self) -> None:
        """Ends without losing a call: NOT_SERVING, a pause for callers to turn away, running calls get their grace.

        Returns when the server is closed; may be called any number of times, also at once.
        """
        if self._draining is None:
            self._draining = asyncio.get_running_loop().create_task(self._drain())
        await asyncio.shield(self._draining)

    async def stop(self) -> None:
        """Ends now: running calls are cancelled and their callers get UNAVAILABLE."""
        await self._health.not_serving()
        if self._server is not None:
            await self._server.stop(None)
        await self._close_health_port()

    async def _drain(self) -> None:
        await self._health.not_serving()
        if self._server is not None:
            await asyncio.sleep(self._settings.drain_pause_s)
            self._health.end_watches()
            await self._server.stop(self._settings.grace_s)
        await self._close_health_port()

    async def _close_health_port(self) -> None:
        # Last of all, so that a probe never takes a pod that finishes its calls for a dead one.
        if self._health_port is not None:
            await self._health_port.stop()

    def _layers(self) -> Layers:
        floors = {
            f"/{endpoint.service}/{method}": floor
            for endpoint in self._endpoints
            for method, floor in endpoint.floor_s.items()
        }
        return Layers(
            [Deadlines(floors), Answering(self._errors), self.admission, self._validation],
            domain=self._errors.domain,
            trace_id=self._telemetry.trace_id,
            max_message_bytes=self._settings.max_message_bytes,
        )


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    """The server, started and ready for calls until the block ends, then drained."""
    await server.start()
    await server.ready()
    try:
        yield server
    finally:
        await server.drain()
