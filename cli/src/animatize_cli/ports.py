"""Ports of this machine: which are free, and which are somebody's already."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Final

#: The address that a mesh on this machine listens on; nobody outside reaches it.
LOOPBACK: Final = "127.0.0.1"


def free(count: int) -> list[int]:
    """Ports that were free a moment ago, each another; somebody may still be faster."""
    with ExitStack() as stack:
        holders = [stack.enter_context(socket.socket()) for _ in range(count)]
        for holder in holders:
            holder.bind((LOOPBACK, 0))
        return [int(holder.getsockname()[1]) for holder in holders]


def taken(ports: Iterable[int]) -> list[int]:
    """Those of the ports on which nobody else can listen now, in their order."""
    return [port for port in ports if not _is_free(port)]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of a server that has just ended do not count: services listen in spite of them.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True
