"""A service from its front door to a clean end, in the test's own process."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_HOST: Final = "127.0.0.1"
_LISTENS_WITHIN_S: Final = 10.0


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def run_until_listening(main: Callable[[], int], port: int) -> int:
    """The exit code of `main`, which gets SIGTERM as soon as the port answers, or after ten seconds in any case."""
    teller = threading.Thread(target=_end_when_listening, args=(port,))
    teller.start()
    code = main()
    teller.join()
    return code


def _end_when_listening(port: int) -> None:
    ends_at = time.monotonic() + _LISTENS_WITHIN_S
    while time.monotonic() < ends_at:
        with suppress(OSError), socket.create_connection((_HOST, port), timeout=1):
            break
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
