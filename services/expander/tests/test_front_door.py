"""The service from its front door to a clean end."""

import os
import signal
import socket
import threading
import time
from contextlib import suppress

from expander import __main__ as door


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_when_listening(port: int) -> None:
    """Sends SIGTERM to this process as soon as the port answers, or after ten seconds in any case."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)


def test_the_service_starts_serves_and_ends_cleanly_on_sigterm(monkeypatch):
    port = free_port()
    monkeypatch.setenv("ANIMATIZE_EXPANDER_PORT", str(port))
    monkeypatch.setenv("ANIMATIZE_EXPANDER_DRAIN_PAUSE_S", "0")
    teller = threading.Thread(target=end_when_listening, args=(port,))
    teller.start()

    code = door.main()

    teller.join()
    assert code == 0
