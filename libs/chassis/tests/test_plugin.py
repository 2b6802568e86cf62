"""The rule that no test leaves this machine."""

import socket

import pytest

from chassis.testing.plugin import NetworkForbiddenError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.invalid", 80)])
def test_an_address_outside_is_refused(address: tuple[str, int]) -> None:
    with socket.socket() as connecting:
        with pytest.raises(NetworkForbiddenError, match=address[0]):
            connecting.connect(address)
        with pytest.raises(NetworkForbiddenError):
            connecting.connect_ex(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as connecting:
        assert connecting.connect_ex((host, listening.getsockname()[1])) == 0


def test_a_socket_without_a_network_is_reached(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = str(tmp_path_factory.mktemp("s") / "s")
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as connecting:
        listening.bind(path)
        listening.listen()
        connecting.connect(path)
