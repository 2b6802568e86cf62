"""Which addresses a still may be fetched from, and how fetching fails.

    FetchError
    ├── FetchingOff        the operator does not allow it
    ├── AddressRefused     not an address that is fetched from
    ├── StillTooLarge      more bytes than are accepted
    └── StillUnreachable   the other end did not give it

A server that fetches what it is told can be made to reach what only it can reach (server-side request forgery). So an
address is judged by what it resolves to, never by how it is written, and only public unicast addresses pass.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Ranges that Python 3.11's `is_global` lets through although they lead elsewhere: multicast, the IETF protocol block
#: (RFC 6890), and the forms of IPv6 that carry an IPv4 address: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo
#: (RFC 4380), IPv4-compatible (RFC 4291). 6to4's relays (RFC 7526) and CGNAT (RFC 6598) are here to be plain about it.
_ELSEWHERE: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3"),
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "3fff::/20", "5f00::/16"),
        *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)


class FetchError(Exception):
    """A still that was given by its address could not be had."""


class FetchingOff(FetchError):
    """The operator does not allow stills to be fetched. setting: the name that would allow it."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"stills are not fetched from addresses here; give the bytes, or have {setting} turned on")
        self.setting = setting


class AddressRefused(FetchError):
    """An address that is not fetched from. found: what it is; accepted: what would be."""

    def __init__(self, *, found: str, accepted: str) -> None:
        super().__init__(f"found {found}; accepted: {accepted}")
        self.found = found
        self.accepted = accepted


class StillTooLarge(FetchError):
    """What lies at the address is larger than a still may be, in bytes."""

    def __init__(self, *, limit_bytes: int) -> None:
        super().__init__(f"the still has more than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class StillUnreachable(FetchError):
    """The other end did not give the still. because: what it did instead. temporary: trying again may help."""

    def __init__(self, because: str, *, temporary: bool) -> None:
        super().__init__(f"the still could not be fetched: {because}")
        self.because = because
        self.temporary = temporary


@dataclass(frozen=True)
class Policy:
    """Where stills may be fetched from.

    hosts: the only names that are fetched from, lower case; empty means all. ports: the only ports.
    permitted: networks that pass although they are not public; for tests against a server on the same machine.
    max_bytes: the largest file. max_redirects: how often the other end may point elsewhere.
    """

    hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset({80, 443})
    permitted: tuple[Network, ...] = ()
    max_bytes: int = 20 << 20
    max_redirects: int = 3

    def check_name(self, *, scheme: str, host: str, port: int, user: str) -> None:
        """Nothing for a place that may be asked; raises AddressRefused for any other, before a name is looked up."""
        if scheme not in ("http", "https"):
            raise AddressRefused(found=f"the scheme {scheme or 'none'}", accepted="http and https")
        if user:
            raise AddressRefused(found="a user name in the address", accepted="an address without one")
        if not host:
            raise AddressRefused(found="no host", accepted="an address with a host")
        if port not in self.ports:
            ports = " and ".join(str(number) for number in sorted(self.ports))
            raise AddressRefused(found=f"port {port}", accepted=f"port {ports}")
        if self.hosts and host.lower().rstrip(".") not in self.hosts:
            raise AddressRefused(found=f"the host {host}", accepted="a host that the operator has named")

    def choose(self, addresses: Iterable[str]) -> str:
        """The address to connect to, of those that a name resolved to. Raises AddressRefused unless all may be.

        All and not one: a name with a public and a private address is a name that somebody aims.
        """
        found = [ipaddress.ip_address(text.split("%", 1)[0]) for text in addresses]
        if not found or not all(self._passes(address) for address in found):
            raise AddressRefused(found="a host that is not a public one", accepted="hosts with public addresses only")
        return str(found[0])

    def _passes(self, address: Address) -> bool:
        mapped = getattr(address, "ipv4_mapped", None)
        if mapped is not None:
            # The machine would connect to the IPv4 address inside.
            return self._passes(mapped)
        return any(address in network for network in self.permitted) or is_public(address)


def is_public(address: Address) -> bool:
    """Whether an address is one machine on the public internet: global, unicast, and no other address in disguise."""
    return address.is_global and not any(
        address in network for network in _ELSEWHERE if network.version == address.version
    )
