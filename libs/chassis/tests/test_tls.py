"""Certificates that change while the service runs."""

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from google.protobuf.wrappers_pb2 import StringValue

from chassis import outgoing
from chassis.settings import SettingsError, TlsFiles
from chassis.testing.servers import channel_to, endpoint, method, serving
from chassis.tls import PemFiles, Pems

HELLO = StringValue(value="hello")


class Identity:
    """One end's files in a folder, and the means to write new ones."""

    def __init__(self, folder: Path, authority: trustme.CA, *, trusts: trustme.CA | None = None) -> None:
        folder.mkdir()
        self.files = TlsFiles(
            certificate=folder / "certificate.pem", key=folder / "key.pem", authorities=folder / "authorities.pem"
        )
        self.renew(authority, trusts=trusts)

    def renew(self, authority: trustme.CA, *, trusts: trustme.CA | None = None) -> None:
        issued = authority.issue_cert("127.0.0.1", common_name="127.0.0.1")
        assert self.files.certificate is not None
        assert self.files.key is not None
        assert self.files.authorities is not None
        self.files.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        self.files.key.write_bytes(issued.private_key_pem.bytes())
        self.files.authorities.write_bytes((trusts or authority).cert_pem.bytes())

    def settings(self) -> dict[str, Any]:
        return {
            "tls_certificate": self.files.certificate,
            "tls_key": self.files.key,
            "tls_authorities": self.files.authorities,
            "tls_require_client": True,
        }


async def echo(request: StringValue, context: Any) -> StringValue:
    return request


@pytest.fixture
def authorities() -> tuple[trustme.CA, trustme.CA]:
    return trustme.CA(), trustme.CA()


async def test_both_ends_show_their_certificates(tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]) -> None:
    async def who(request: StringValue, context: Any) -> StringValue:
        return StringValue(value=context.auth_context()["x509_common_name"][0].decode())

    server_id = Identity(tmp_path / "server", authorities[0])
    client_id = Identity(tmp_path / "client", authorities[0])
    async with (
        serving(endpoint({"Who": who}), **server_id.settings()) as server,
        channel_to(server, tls=client_id.files) as channel,
    ):
        assert (await method(channel, "Who")(HELLO)).value == "127.0.0.1"


async def test_a_client_of_another_authority_is_turned_away(
    tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]
) -> None:
    server_id = Identity(tmp_path / "server", authorities[0])
    stranger = Identity(tmp_path / "client", authorities[1], trusts=authorities[0])
    async with (
        serving(endpoint({"Echo": echo}), **server_id.settings()) as server,
        channel_to(server, tls=stranger.files) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Echo")(HELLO, timeout=30)

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_client_that_shows_nothing_needs_only_roots(
    tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]
) -> None:
    server_id = Identity(tmp_path / "server", authorities[0])
    settings = {**server_id.settings(), "tls_require_client": False}
    roots = TlsFiles(authorities=server_id.files.authorities)
    async with serving(endpoint({"Echo": echo}), **settings) as server, channel_to(server, tls=roots) as channel:
        assert await method(channel, "Echo")(HELLO) == HELLO


@pytest.mark.parametrize("hand_over_s", [0.0, 60.0])
async def test_both_ends_move_to_a_new_authority_and_the_call_that_runs_is_not_disturbed(
    tmp_path: Path,
    authorities: tuple[trustme.CA, trustme.CA],
    monkeypatch: pytest.MonkeyPatch,
    hand_over_s: float,
) -> None:
    monkeypatch.setattr(outgoing, "_HAND_OVER_S", hand_over_s)
    old, new = authorities
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(request: StringValue, context: Any) -> StringValue:
        begun.set()
        await go.wait()
        return request

    server_id, client_id = Identity(tmp_path / "server", old), Identity(tmp_path / "client", old)
    late_id = Identity(tmp_path / "late", old)
    async with (
        serving(endpoint({"Slow": slow, "Echo": echo}), **server_id.settings()) as server,
        channel_to(server, tls=client_id.files) as channel,
    ):
        running = method(channel, "Slow")(HELLO)
        await begun.wait()
        first = channel.current()
        server_id.renew(new)
        client_id.renew(new)

        assert await method(channel, "Echo")(HELLO, timeout=30) == HELLO
        assert channel.current() is not first
        async with channel_to(server, tls=late_id.files) as late:
            with pytest.raises(grpc.aio.AioRpcError):
                await method(late, "Echo")(HELLO, timeout=30)
        go.set()
        assert await running == HELLO


async def test_files_that_do_not_fit_together_leave_the_last_good_ones_in_force(
    tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]
) -> None:
    server_id, client_id = Identity(tmp_path / "server", authorities[0]), Identity(tmp_path / "client", authorities[0])
    other = Identity(tmp_path / "other", authorities[1])
    assert server_id.files.key is not None
    assert other.files.key is not None
    async with (
        serving(endpoint({"Echo": echo}), **server_id.settings()) as server,
        channel_to(server, tls=client_id.files) as channel,
    ):
        server_id.files.key.write_bytes(other.files.key.read_bytes())

        assert await method(channel, "Echo")(HELLO, timeout=30) == HELLO


def test_files_that_change_while_they_are_read_are_read_again_later(
    tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]
) -> None:
    class Restless(PemFiles):
        restless = False

        def _read(self) -> Pems:
            found = super()._read()
            if self.restless:
                self.restless = False
                identity.renew(authorities[1])
            return found

    identity = Identity(tmp_path / "server", authorities[0])
    pems = Restless(identity.files)
    identity.renew(authorities[0])
    pems.restless = True

    assert pems.changed() is None
    assert pems.changed() is not None
    assert pems.changed() is None


def test_files_touched_but_not_changed_are_no_change(
    tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]
) -> None:
    identity = Identity(tmp_path / "server", authorities[0])
    pems = PemFiles(identity.files)
    assert identity.files.key is not None
    identity.files.key.write_bytes(identity.files.key.read_bytes())

    assert pems.changed() is None


def test_files_that_vanish_leave_the_last_good_ones_in_force(
    tmp_path: Path, authorities: tuple[trustme.CA, trustme.CA]
) -> None:
    identity = Identity(tmp_path / "server", authorities[0])
    pems = PemFiles(identity.files)
    good = pems.current
    assert identity.files.key is not None
    identity.files.key.unlink()

    assert pems.changed() is None
    assert pems.current == good


def test_files_that_are_not_there_at_the_start_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TLS files"):
        PemFiles(TlsFiles(authorities=tmp_path / "none.pem"))
