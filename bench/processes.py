"""Processes that are measured: started on loopback, asked for their CPU time and memory, ended by their id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from animatize_cli import child

HERE: Final = Path(__file__).resolve().parent

_STARTED: Final = "server.started"
_START_S: Final = 60.0
_POLL_S: Final = 0.05
_END_S: Final = 15.0
_KIB: Final = 1024

#: Variables of whoever runs the bench that would change what is measured.
_FOREIGN: Final = ("ANIMATIZE_", "OTEL_", "GRPC_")


class NotStarted(Exception):
    """A process ended, or said nothing, before it served; its last words are in the text."""


@dataclass(frozen=True)
class Running:
    """A process that serves. told: all that its first line says."""

    name: str
    process: psutil.Process
    told: Mapping[str, Any]

    @property
    def address(self) -> str:
        """Its "host:port"."""
        return str(self.told["address"])

    def pids(self) -> list[int]:
        """Its process id and those of its worker processes."""
        return [one.pid for one in self._family()]

    def cpu_s(self) -> float:
        """CPU time so far of all its threads and worker processes, user and system, in seconds; in steps of 10 ms."""
        return sum(float(times.user + times.system) for times in (one.cpu_times() for one in self._family()))

    def rss_kib(self) -> float:
        """Memory that is resident now, in KiB; with worker processes the sum, which counts twice what they share."""
        return sum(float(one.memory_info().rss) for one in self._family()) / _KIB

    def front_rss_kib(self) -> float:
        """As `rss_kib`, without its worker processes."""
        return float(self.process.memory_info().rss) / _KIB

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children()]


@contextmanager
def service(name: str, folder: Path, **settings: str) -> Iterator[Running]:
    """One of the five services as a user starts it, with settings such as `otlp_endpoint`, until the block ends."""
    given = {"host": "127.0.0.1", "port": "0", "drain_pause_s": "0", "grace_s": "2", **settings}
    variables = {f"ANIMATIZE_{name.upper()}_{field.upper()}": value for field, value in given.items()}
    with _running(name, [sys.executable, "-m", name], folder, variables) as found:
        yield found


@contextmanager
def script(name: str, folder: Path, *arguments: str) -> Iterator[Running]:
    """One of the small servers of this folder until the block ends."""
    with _running(name, [sys.executable, str(HERE / f"{name}.py"), *arguments], folder, {}) as found:
        yield found


@contextmanager
def conversation(name: str) -> Iterator[subprocess.Popen[str]]:
    """A script of this folder that takes a line and answers with a line, until the block ends."""
    command = [sys.executable, str(HERE / f"{name}.py")]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_environment({}))
    try:
        yield process
    finally:
        _end(process)


@contextmanager
def _running(name: str, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Iterator[Running]:
    log = folder / f"{name}-{time.monotonic_ns()}.log"
    # Tied to this process, so that it ends too when this one is killed without a chance to tidy up.
    tied = [sys.executable, str(child.__file__), str(os.getpid()), "--", *command]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            tied, stdin=subprocess.PIPE, stdout=sink, stderr=subprocess.STDOUT, env=_environment(variables)
        )
    try:
        told = _first_word(name, process, log)
        yield Running(name, psutil.Process(process.pid), told)
    finally:
        _end(process)


def _first_word(name: str, process: subprocess.Popen[bytes], log: Path) -> Mapping[str, Any]:
    ends_at = time.monotonic() + _START_S
    while time.monotonic() < ends_at:
        text = log.read_text(encoding="utf-8", errors="replace")
        # The last piece may be half a line.
        for line in text.split("\n")[:-1]:
            if _STARTED in line:
                return dict(json.loads(line))
        if process.poll() is not None:
            raise NotStarted(f"{name} ended with {process.returncode}: {text[-2000:]}")
        time.sleep(_POLL_S)
    raise NotStarted(f"{name} did not serve within {_START_S:g} s")


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    own = psutil.Process().environ()
    return {name: value for name, value in own.items() if not name.startswith(_FOREIGN)} | dict(variables)
