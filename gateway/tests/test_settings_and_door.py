"""What can be set, and the front door."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio

from animatize.analyzer.v1 import analyzer_pb2_grpc
from chassis.settings import SettingsError, load
from chassis.testing.doors import when_serving
from gateway.bootstrap import serve
from gateway.settings import PREFIX, Settings, read

from .fakes import FakeAnalyzer
from .mesh import a_request, everything, meshed


def test_the_gateway_is_where_callers_expect_it() -> None:
    settings = load(Settings, prefix=PREFIX, environ={})

    assert (settings.host, settings.port) == ("127.0.0.1", 50050)
    assert settings.analyzer_target == "127.0.0.1:50051"
    assert settings.services_balancing == "round_robin"
    assert not settings.allow_http_fetch
    assert settings.services_files is None


def test_variables_are_read_by_their_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIMATIZE_GATEWAY_GENERATOR_TARGET", "dns:///generator:50054")
    monkeypatch.setenv("ANIMATIZE_GATEWAY_FETCH_ALLOWED_HOSTS", "[a.example, b.example]")

    settings = read()

    assert settings.generator_target == "dns:///generator:50054"
    assert settings.fetch_allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    "variables",
    [
        {"SERVICES_TLS": "true", "SERVICES_TLS_KEY": "/k.pem"},
        {"SERVICES_TLS_AUTHORITIES": "/roots.pem"},
        {"SHARE_ANALYZE": "0"},
        {"BATCH_AT_ONCE": "0"},
        {"GENERATOR_TARGT": "x:1"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        load(Settings, prefix=PREFIX, environ={PREFIX + name: value for name, value in variables.items()})


def test_files_for_tls_towards_the_services_are_put_together(tmp_path: Path) -> None:
    settings = Settings(
        services_tls=True,
        services_tls_authorities=tmp_path / "roots.pem",
        services_tls_certificate=tmp_path / "own.pem",
        services_tls_key=tmp_path / "own.key",
    )

    files = settings.services_files
    assert files is not None
    assert (files.authorities, files.certificate) == (tmp_path / "roots.pem", tmp_path / "own.pem")


@pytest.mark.parametrize("known", [True, False], ids=["known authority", "unknown authority"])
async def test_services_are_called_with_tls_when_that_is_set(known: bool, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    credentials = grpc.ssl_server_credentials([(certificate.private_key_pem.bytes(), chain)])
    roots = tmp_path / "roots.pem"
    (authority if known else trustme.CA()).cert_pem.write_to_path(roots)

    async with meshed(credentials=credentials, services_tls=True, services_tls_authorities=roots) as mesh:
        events, error = await everything(mesh.gateway.AnimateImage(a_request()))

    assert (error is None) is known
    assert events[-1].HasField("finished") is known


@pytest.mark.parametrize("balancing", ["round_robin", "pick_first"])
async def test_a_service_that_says_it_does_not_serve_is_left_out_unless_sidecars_see_to_that(balancing: str) -> None:
    analyzer = grpc.aio.server()
    analyzer_pb2_grpc.add_AnalyzerServiceServicer_to_server(FakeAnalyzer(), analyzer)
    health = aio.HealthServicer()
    await health.set("animatize.analyzer.v1.AnalyzerService", health_pb2.HealthCheckResponse.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health, analyzer)
    port = analyzer.add_insecure_port("127.0.0.1:0")
    await analyzer.start()

    async with meshed(analyzer_target=f"127.0.0.1:{port}", services_balancing=balancing) as mesh:
        _, error = await everything(mesh.gateway.AnimateImage(a_request()))
    await analyzer.stop(None)

    assert (error is None) is (balancing == "pick_first")


async def test_it_serves_until_it_is_told_to_stop() -> None:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    with when_serving(address.set_result):
        serving = asyncio.create_task(serve(Settings(port=0, drain_pause_s=0, grace_s=0)))
        async with grpc.aio.insecure_channel(await asyncio.wait_for(address, 30)) as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            answer = await health.Check(health_pb2.HealthCheckRequest(), wait_for_ready=True, timeout=30)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(serving, 30)

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def _start(**variables: str) -> asyncio.subprocess.Process:
    # The child gets this process's own environment: where Python and the packages are.
    environment = {**os.environ, **{PREFIX + name: value for name, value in variables.items()}}  # noqa: TID251
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "gateway"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Away from the repository's root, where a folder has the package's name.
        cwd=Path(__file__).parent,
    )


async def test_the_front_door_opens_and_closes_when_told() -> None:
    process = await _start(PORT="0", DRAIN_PAUSE_S="0", GRACE_S="0.1")
    assert process.stdout is not None
    line: dict[str, str] = {}
    while line.get("event.name") != "server.started":
        line = json.loads(await asyncio.wait_for(process.stdout.readline(), 40))
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), 40)

    assert line["address"].startswith("127.0.0.1:")
    assert process.returncode == 0


async def test_wrong_settings_are_told_in_one_line_and_an_exit_code() -> None:
    process = await _start(PROT="1")
    _, errors = await asyncio.wait_for(process.communicate(), 40)

    assert process.returncode == 2
    assert b"ANIMATIZE_GATEWAY_PORT" in errors
    assert b"Traceback" not in errors
