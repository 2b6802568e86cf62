"""Stills that lie at http(s) addresses: looked up once, judged, and then fetched from the judged address itself.

A client that resolves a name again when it connects can be sent elsewhere in between (DNS rebinding); one that follows
redirects by itself is sent wherever the other end likes. So the name is looked up here, the connection goes to the
address that passed, with the name in the Host header and in TLS, and each redirect goes through the same door.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from gateway.core.fetching import AddressRefused, Policy, StillTooLarge, StillUnreachable

#: Gives the numeric addresses of a host name and port.
Resolve = Callable[[str, int], Awaitable[list[str]]]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

#: Codes with which another address is named; 300 and 304 name none that a fetch could use.
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system finds for a name. Raises OSError when it finds none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class StillFetcher:
    """Fetches over http(s) within a policy. Close it with `close`.

    look_up: how names become addresses; the system's way when left out.
    """

    def __init__(self, policy: Policy, *, look_up: Resolve = resolve) -> None:
        self._policy = policy
        self._look_up = look_up
        # No proxy, netrc or certificate file from the environment: each would send the request somewhere unjudged.
        # No connection is kept: one made for a name would else serve another name at the same address, unverified.
        # No time limit of its own: the whole fetch has one.
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def fetch(self, uri: str, *, limit_s: float) -> bytes:
        """The file's bytes, within `limit_s` seconds in all.

        Raises AddressRefused, StillTooLarge or StillUnreachable.
        """
        try:
            async with asyncio.timeout(limit_s):
                return await self._follow(uri)
        except TimeoutError:
            raise StillUnreachable(f"no answer within {limit_s:.1f} s", temporary=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            # UnicodeError: a name that cannot be written in a look-up.
            # The text of a foreign error may hold addresses; its class says enough.
            raise StillUnreachable(type(error).__name__, temporary=True) from error

    async def close(self) -> None:
        """Ends all connections."""
        await self._client.aclose()

    async def _follow(self, uri: str) -> bytes:
        url = _parse(uri)
        for _ in range(self._policy.max_redirects + 1):
            found = await self._get(url)
            if isinstance(found, bytes):
                return found
            url = found
        most = self._policy.max_redirects
        raise AddressRefused(found=f"more than {most} redirects", accepted=f"at most {most} redirects")

    async def _get(self, url: httpx.URL) -> bytes | httpx.URL:
        """The bytes at an address, or the other address that it names."""
        host = url.raw_host.decode("ascii")
        port = _DEFAULT_PORTS.get(url.scheme, 0) if url.port is None else url.port
        self._policy.check_name(scheme=url.scheme, host=host, port=port, user=url.userinfo.decode())
        address = self._policy.choose(await self._look_up(host, port))
        request = self._client.build_request(
            "GET",
            url.copy_with(host=address, fragment=None),
            # Compressed bytes would have to be unpacked before they can be counted.
            headers={"Host": url.netloc.decode(), "Accept": "image/*", "Accept-Encoding": "identity"},
            extensions={"sni_hostname": host},
        )
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return _parse(response.headers["location"], base=url)
            if response.status_code != httpx.codes.OK:
                # An error of the other end may pass; what it says about the address does not.
                raise StillUnreachable(f"the answer is {response.status_code}", temporary=response.is_server_error)
            return await self._read(response)
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response) -> bytes:
        limit = self._policy.max_bytes
        if response.headers.get("content-encoding", "identity") != "identity":
            raise StillUnreachable("the answer is compressed", temporary=False)
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            raise StillTooLarge(limit_bytes=limit)
        content = bytearray()
        async for part in response.aiter_raw():
            content += part
            if len(content) > limit:
                raise StillTooLarge(limit_bytes=limit)
        if not content:
            raise StillUnreachable("the answer is empty", temporary=False)
        return bytes(content)


def _parse(uri: str, *, base: httpx.URL | None = None) -> httpx.URL:
    try:
        return httpx.URL(uri) if base is None else base.join(uri)
    except httpx.InvalidURL:
        raise AddressRefused(found="an address that cannot be read", accepted="http and https addresses") from None
