"""The pytest plugin of the workspace: no test reaches the network, and every house has the same fixtures.

The network rule holds for Python's sockets; gRPC's own are kept to loopback by the addresses that tests use.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any, Final

import hypothesis
import pytest

#: Loaded when pytest is configured and not imported above, so that coverage has begun before the chassis is imported.
_FIXTURES: Final = ("chassis.testing.otlp", "chassis.testing.redis")


class NetworkForbiddenError(RuntimeError):
    """A test tried to reach an address that is not this machine."""

    def __init__(self, address: object) -> None:
        super().__init__(f"tests reach this machine only, not {address!r}")
        self.address = address


def pytest_configure(config: pytest.Config) -> None:
    """Registers the modules that hold the shared fixtures, and makes properties try the same examples each time.

    A time limit on a single example would only tell how busy the machine is.
    """
    hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
    hypothesis.settings.load_profile("house")
    for module in _FIXTURES:
        config.pluginmanager.import_plugin(module)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets connect to loopback addresses and Unix sockets only; anything else raises NetworkForbiddenError."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse(self, address)
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)


@pytest.fixture(autouse=True)
def telemetry_ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that starts telemetry also ends it: its threads would go on sending through all later tests."""
    # Imported late for coverage, as above.
    from chassis.telemetry import Telemetry

    started: list[Telemetry] = []
    start = Telemetry.start

    def remembered(**arguments: Any) -> Telemetry:
        started.append(start(**arguments))
        return started[-1]

    monkeypatch.setattr(Telemetry, "start", staticmethod(remembered))
    yield
    left = [telemetry.identity.service for telemetry in started if telemetry.on]
    if left:
        pytest.fail(f"telemetry was started and not shut down: {left}")


def _refuse(connecting: socket.socket, address: Any) -> None:
    if connecting.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if host == "localhost":
        return
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise NetworkForbiddenError(address)
