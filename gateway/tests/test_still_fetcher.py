"""Stills at http addresses: fetched from a real server on this machine, within the policy."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
import trustme

from animatize.gateway.v1 import gateway_pb2
from animatize.type.v1 import image_pb2
from chassis.errors import info, violations
from gateway.adapters.still_fetcher import StillFetcher, resolve
from gateway.core.fetching import AddressRefused, Policy, StillTooLarge, StillUnreachable

from .mesh import everything, kinds, meshed

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
PHOTO = b"\xff\xd8 a photograph from elsewhere"


class Web:
    """A small web server: an answer for each path, and what was asked. answers: path -> raw bytes, or a wait first."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            path = head[0].split(" ")[1]
            self.asked.append((path, dict(line.lower().split(": ", 1) for line in head[1:] if line)))
            if path == "/hang":
                await reader.read()
            writer.write(self.answers.get(path, reply(status="404 Not Found")))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def reply(body: bytes = b"", *, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if length is None or length >= 0:
        named["content-length"] = str(len(body) if length is None else length)
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items()), "connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def a_web(context: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    web = Web()
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=context)
    web.port = server.sockets[0].getsockname()[1]
    web.answers["/photo.jpg"] = reply(PHOTO)
    try:
        yield web
    finally:
        server.close()
        await server.wait_closed()


async def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def fetching(web: Web, *, look_up: Any = here, **policy: Any) -> AsyncIterator[StillFetcher]:
    policy = {"ports": frozenset({web.port}), "permitted": LOOPBACK} | policy
    fetcher = StillFetcher(Policy(**policy), look_up=look_up)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def test_a_still_is_fetched_from_the_judged_address_under_its_own_name() -> None:
    looked_up = []

    async def look_up(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["127.0.0.1"]

    async with a_web() as web, fetching(web, look_up=look_up) as fetcher:
        content = await fetcher.fetch(f"http://photos.example:{web.port}/photo.jpg", limit_s=5)

    assert content == PHOTO
    assert looked_up == [("photos.example", web.port)]
    path, headers = web.asked[0]
    assert path == "/photo.jpg"
    assert headers["host"] == f"photos.example:{web.port}"
    assert headers["accept-encoding"] == "identity"


async def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with a_web() as web, fetching(web) as fetcher:
        assert await fetcher.fetch(f"http://photos.example:{web.port}/photo.jpg", limit_s=5) == PHOTO


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    async with a_web() as web, fetching(web, look_up=resolve, permitted=()) as fetcher:
        with pytest.raises(AddressRefused):
            await fetcher.fetch(f"http://{host}:{web.port}/photo.jpg", limit_s=5)

    assert not web.asked


async def test_a_name_that_leads_inside_is_refused() -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["169.254.169.254"]

    async with a_web() as web, fetching(web, look_up=inside) as fetcher:
        with pytest.raises(AddressRefused):
            await fetcher.fetch(f"http://photos.example:{web.port}/photo.jpg", limit_s=5)


async def test_redirects_are_followed_three_times_and_no_more() -> None:
    async with a_web() as web, fetching(web) as fetcher:
        for number in range(4):
            web.answers[f"/{number}"] = reply(status="302 Found", location=f"/{number + 1}")
        web.answers["/4"] = reply(PHOTO)
        assert await fetcher.fetch(f"http://photos.example:{web.port}/1", limit_s=5) == PHOTO
        with pytest.raises(AddressRefused) as caught:
            await fetcher.fetch(f"http://photos.example:{web.port}/0", limit_s=5)

    assert "3 redirects" in caught.value.found


@pytest.mark.parametrize(
    "location",
    ["http://inside.example/", "file:///etc/passwd", "http://127.0.0.1:22/", "//inside.example/x"],
)
async def test_a_redirect_is_judged_like_the_first_address(location: str) -> None:
    async def look_up(host: str, _port: int) -> list[str]:
        return ["10.0.0.1"] if host == "inside.example" else ["127.0.0.1"]

    async with a_web() as web, fetching(web, look_up=look_up) as fetcher:
        web.answers["/away"] = reply(status="302 Found", location=location)
        with pytest.raises(AddressRefused):
            await fetcher.fetch(f"http://photos.example:{web.port}/away", limit_s=5)

    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [reply(bytes(2000)), reply(bytes(2000), length=-1), reply(b"", length=2000)],
    ids=["announced", "silent", "announced only"],
)
async def test_a_file_that_is_too_large_is_left(answer: bytes) -> None:
    async with a_web() as web, fetching(web, max_bytes=1000) as fetcher:
        web.answers["/big"] = answer
        with pytest.raises(StillTooLarge) as caught:
            await fetcher.fetch(f"http://photos.example:{web.port}/big", limit_s=5)

    assert caught.value.limit_bytes == 1000


@pytest.mark.parametrize(
    ("answer", "temporary"),
    [
        (reply(status="404 Not Found"), False),
        (reply(status="503 Service Unavailable"), True),
        (reply(status="304 Not Modified"), False),
        (reply(b"x", content_encoding="gzip"), False),
        (reply(b""), False),
        (b"this is not HTTP\r\n\r\n", True),
        (reply(b"short", length=100), True),
        (reply(status="302 Found", location="http://a:port/"), True),
        (reply(status="302 Found"), False),
    ],
)
async def test_an_answer_that_is_no_file_is_an_error_that_says_whether_to_try_again(
    answer: bytes, temporary: bool
) -> None:
    async with a_web() as web, fetching(web) as fetcher:
        web.answers["/odd"] = answer
        with pytest.raises(StillUnreachable) as caught:
            await fetcher.fetch(f"http://photos.example:{web.port}/odd", limit_s=5)

    assert caught.value.temporary is temporary


async def test_a_server_that_does_not_answer_is_left_when_the_time_is_up() -> None:
    async with a_web() as web, fetching(web) as fetcher:
        with pytest.raises(StillUnreachable) as caught:
            await fetcher.fetch(f"http://photos.example:{web.port}/hang", limit_s=0.2)

    assert caught.value.temporary


@pytest.mark.parametrize("host", ["no-such-name.invalid", f"{'a' * 70}.example"])
async def test_a_name_that_nobody_knows_is_unreachable(host: str) -> None:
    async def unknown(name: str, _port: int) -> list[str]:
        name.encode("idna")
        raise OSError("no such name")

    async with a_web() as web, fetching(web, look_up=unknown) as fetcher:
        with pytest.raises(StillUnreachable):
            await fetcher.fetch(f"http://{host}:{web.port}/", limit_s=5)


@pytest.mark.parametrize("uri", ["http://[::1", "http://a:port/", "http://a\x00b/", "no address at all"])
async def test_an_address_that_cannot_be_read_is_refused(uri: str) -> None:
    async with a_web() as web, fetching(web) as fetcher:
        with pytest.raises(AddressRefused):
            await fetcher.fetch(uri, limit_s=5)


async def test_a_certificate_is_held_against_the_name_and_not_the_address() -> None:
    """An unknown authority is refused, so the request never leaves; the name was sent for the server to choose by."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("photos.example").configure_cert(context)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    async with a_web(context) as web, fetching(web) as fetcher:
        with pytest.raises(StillUnreachable):
            await fetcher.fetch(f"https://photos.example:{web.port}/photo.jpg", limit_s=5)

    assert names == ["photos.example"]
    assert not web.asked


def by_address(uri: str) -> gateway_pb2.AnimateImageRequest:
    return gateway_pb2.AnimateImageRequest(image=image_pb2.Image(uri=uri))


async def test_addresses_are_refused_unless_the_operator_allows_them() -> None:
    async with meshed() as mesh:
        events, error = await everything(mesh.gateway.AnimateImage(by_address("https://photos.example/photo.jpg")))

    assert not events
    assert error is not None
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "allow_http_fetch" in (error.details() or "")
    assert [violation.field for violation in violations(error)] == ["image.uri"]


async def test_a_fetched_still_goes_the_way_of_any_other() -> None:
    async with a_web() as web, fetching(web) as fetcher, meshed(fetcher=fetcher) as mesh:
        request = by_address(f"http://photos.example:{web.port}/photo.jpg")
        events, error = await everything(mesh.gateway.AnimateImage(request))

    assert error is None
    assert mesh.analyzer.seen.requests[0].image.content == PHOTO
    assert mesh.generator.seen.requests[0].image.content == PHOTO
    assert events[-1].HasField("finished")


async def test_the_gateways_own_fetcher_holds_the_settings() -> None:
    async with meshed(allow_http_fetch=True, fetch_allowed_hosts=("photos.example",)) as mesh:
        events, error = await everything(mesh.gateway.AnimateImage(by_address("https://elsewhere.example/photo.jpg")))

    assert error is not None
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = info(error)
    assert found is not None
    assert (found.reason, found.metadata["stage"]) == ("ADDRESS_REFUSED", "analyze")
    assert kinds(events)[-1] == "stage_failed analyze"
