"""Addresses as gRPC writes them, read into the attributes of the conventions."""

from __future__ import annotations

import socket
from typing import Final
from urllib.parse import unquote

from chassis.telemetry import names

#: What a server listens on that takes every address of its machine.
_EVERY: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 (read here, not listened on)


def of_target(target: str) -> dict[str, str | int]:
    """The server's address and port of "host:port", "dns:///host:port" or "ipv4:host:port"."""
    rest = target.rsplit("/", 1)[-1]
    for scheme in ("dns:", "ipv4:", "ipv6:"):
        rest = rest.removeprefix(scheme)
    host, colon, port = rest.rpartition(":")
    if not colon or not port.isdecimal():
        return {names.SERVER_ADDRESS: rest} if rest else {}
    return {names.SERVER_ADDRESS: host.strip("[]"), names.SERVER_PORT: int(port)}


def of_listener(address: str) -> dict[str, str | int]:
    """A server's own address and port of "host:port"; the machine's name where it listens on every address."""
    told = of_target(address)
    if told.get(names.SERVER_ADDRESS) in _EVERY:
        told[names.SERVER_ADDRESS] = socket.gethostname()
    return told


def of_peer(peer: str) -> dict[str, str | int]:
    """The caller's address and port of "ipv4:127.0.0.1:5" or "ipv6:%5B::1%5D:5"; the path of a local socket."""
    kind, _, rest = peer.partition(":")
    if kind not in ("ipv4", "ipv6"):
        return {names.NETWORK_PEER_ADDRESS: rest or peer}
    address, _, port = unquote(rest.split(",", 1)[0]).rpartition(":")
    told: dict[str, str | int] = {names.NETWORK_PEER_ADDRESS: address.strip("[]")}
    return told | ({names.NETWORK_PEER_PORT: int(port)} if port.isdecimal() else {})
