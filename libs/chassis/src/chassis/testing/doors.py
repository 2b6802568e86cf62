"""A service from its front door to a clean end, in the test's own process."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from chassis import lifecycle
from chassis.lifecycle import STARTED_EVENT
from chassis.telemetry import names

_ANSWERS_WITHIN_S: Final = 30.0


class _Listening(logging.Handler):
    """Hears the line with which a service tells its address."""

    def __init__(self, act: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._act = act

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, names.EVENT_NAME, None) == STARTED_EVENT:
            self._act(str(vars(record)["address"]))


@contextmanager
def when_serving(act: Callable[[str], None]) -> Iterator[None]:
    """Within the block `act` is called with the address, "host:port", of a service as soon as it says that it serves.

    The service runs in this process and chooses its port itself: one that was free may be taken when it starts.
    """
    log, handler = logging.getLogger(lifecycle.__name__), _Listening(act)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def run_until_serving(main: Callable[[], int]) -> int:
    """The exit code of `main`, which gets SIGTERM as soon as it serves and its port answers."""
    with when_serving(_end):
        return main()


def _end(address: str) -> None:
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), timeout=_ANSWERS_WITHIN_S).close()
    os.kill(os.getpid(), signal.SIGTERM)
