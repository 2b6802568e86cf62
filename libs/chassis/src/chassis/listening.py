"""Where servers listen: binding an address with a sentence when that fails, and the small server for health alone."""

from __future__ import annotations

from typing import Final

import grpc

from chassis.health import Health
from chassis.settings import SettingsError

#: Binding a port twice fails instead of splitting the traffic silently.
ALONE: Final = ("grpc.so_reuseport", 0)

#: A health check is a name; nobody needs to send a kilobyte.
_LONGEST_CHECK_BYTES: Final = 1024


def bind(
    server: grpc.aio.Server, host: str, port: int, *, setting: str, credentials: grpc.ServerCredentials | None = None
) -> str:
    """The address that the server will listen on, `host:port`, IPv6 in brackets; port 0 takes any free one.

    setting: which setting named the port. credentials: None for plain text.
    Raises SettingsError when the address cannot be listened on.
    """
    shown = f"[{host}]" if ":" in host else host
    wanted = f"{shown}:{port}"
    try:
        bound = server.add_secure_port(wanted, credentials) if credentials else server.add_insecure_port(wanted)
    except RuntimeError as error:
        raise SettingsError(
            f"cannot listen on {wanted} ({setting}): choose a host of this machine and a port that is free"
        ) from error
    return f"{shown}:{bound}"


class HealthPort:
    """A server beside the main one, in plain text, that answers `grpc.health.v1` and nothing else.

    For probes that cannot show a certificate. It tells the same states, from before the main server listens until
    after that one has closed.
    """

    def __init__(self, health: Health, *, host: str, port: int) -> None:
        """Binds at once; raises SettingsError when it cannot."""
        options = [ALONE, ("grpc.max_receive_message_length", _LONGEST_CHECK_BYTES)]
        self._server = grpc.aio.server(options=options)
        self._health = health
        self.address: Final = bind(self._server, host, port, setting="health_port")

    async def start(self) -> None:
        """Answers from now on."""
        await self._health.add(self._server)
        await self._server.start()

    async def stop(self) -> None:
        """Answers no more."""
        await self._server.stop(None)
