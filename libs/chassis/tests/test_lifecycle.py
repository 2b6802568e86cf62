"""The beginning and the end of a server, within a process and as one."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any, Final

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2

from chassis.errors import ErrorTable
from chassis.lifecycle import run, serve_until_signal
from chassis.server import Server
from chassis.settings import ServiceSettings, SettingsError
from chassis.telemetry import Telemetry
from chassis.testing.servers import SERVICE, channel_to, endpoint, method, serving, until

HELLO = StringValue(value="hello")
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def echo(request: StringValue, context: Any) -> StringValue:
    return request


def server_of(**settings: Any) -> Server:
    return Server(
        ServiceSettings(**settings),
        [endpoint({"Echo": echo})],
        errors=ErrorTable("test", {}),
        telemetry=Telemetry.off(),
    )


def health(channel: grpc.aio.Channel, name: str, *, kind: str = "unary_unary") -> Any:
    answer = health_pb2.HealthCheckResponse
    return method(channel, name, kind=kind, service="grpc.health.v1.Health", response=answer)


async def status(server: Server, name: str) -> int:
    async with channel_to(server, health_check=False) as channel:
        answer = await health(channel, "Check")(health_pb2.HealthCheckRequest(service=name))
    return int(answer.status)


async def test_a_server_lives_from_the_start_and_is_ready_when_it_says_so() -> None:
    server = server_of()
    await server.start()
    before = [await status(server, name) for name in ("liveness", "", SERVICE)]
    await server.ready()
    after = [await status(server, name) for name in ("liveness", "", SERVICE)]
    await server.stop()

    assert before == [SERVING, NOT_SERVING, NOT_SERVING]
    assert after == [SERVING, SERVING, SERVING]


async def test_a_server_that_is_not_ready_gets_no_calls_from_channels_that_ask() -> None:
    server = server_of()
    await server.start()
    async with channel_to(server) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Echo")(HELLO, timeout=30)
        await server.ready()
        answer = await method(channel, "Echo")(HELLO, timeout=30, wait_for_ready=True)
    await server.stop()

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert answer == HELLO


async def test_whoever_watches_health_is_told_of_each_change() -> None:
    server = server_of(drain_pause_s=0, grace_s=5)
    await server.start()
    async with channel_to(server, health_check=False) as channel:
        watch = health(channel, "Watch", kind="unary_stream")(health_pb2.HealthCheckRequest(service=SERVICE))
        seen = [(await watch.read()).status]
        await server.ready()
        seen.append((await watch.read()).status)
        draining = asyncio.ensure_future(server.drain())
        seen.append((await watch.read()).status)
        await draining

    assert seen == [NOT_SERVING, SERVING, NOT_SERVING]


async def test_a_port_that_is_taken_is_an_error_and_not_half_of_the_traffic() -> None:
    async with serving(endpoint({"Echo": echo})) as server:
        second = server_of(port=int(server.address.rpartition(":")[2]))
        with pytest.raises(SettingsError, match="cannot listen on"):
            await second.start()


async def test_a_drain_finishes_what_runs_and_does_not_wait_for_watchers() -> None:
    begun = asyncio.Event()

    async def slow(request: StringValue, context: Any) -> StringValue:
        begun.set()
        await asyncio.sleep(0.3)
        return request

    async with (
        serving(endpoint({"Slow": slow}), drain_pause_s=0.05, grace_s=40) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Slow")(HELLO)
        await begun.wait()
        began = time.monotonic()
        await asyncio.gather(server.drain(), server.drain())
        took = time.monotonic() - began

        assert await call == HELLO
        assert took < 20


async def test_a_drain_ends_in_its_time_though_a_call_will_not_and_can_be_told_again() -> None:
    begun = asyncio.Event()
    let_go = asyncio.Event()

    async def stubborn(request: StringValue, context: Any) -> StringValue:
        begun.set()
        while not let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await let_go.wait()
        return request

    async with (
        serving(endpoint({"Stubborn": stubborn}), drain_pause_s=0.1, grace_s=0.2, health_port=0) as server,
        channel_to(server) as channel,
    ):
        call = method(channel, "Stubborn")(HELLO)
        await begun.wait()
        began = time.monotonic()
        await server.drain()
        took = time.monotonic() - began
        await server.drain()
        let_go.set()
        with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)):
            await call

    # It would never end by itself.
    assert 0.3 <= took < 20


async def test_a_drain_of_a_server_that_never_started_is_nothing() -> None:
    await server_of().drain()


async def test_no_call_is_lost_when_one_of_two_replicas_ends_under_load() -> None:
    outcomes: list[Any] = []

    async def work(request: StringValue, context: Any) -> StringValue:
        await asyncio.sleep(0.02)
        return request

    async def caller(call: Any, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                outcomes.append(await call(HELLO, timeout=30))
            except grpc.aio.AioRpcError as error:
                outcomes.append(error)

    settings: dict[str, Any] = {"drain_pause_s": 0.3, "grace_s": 5}
    async with (
        serving(endpoint({"Work": work}), **settings) as first,
        serving(endpoint({"Work": work}), **settings) as second,
        channel_to(f"ipv4:{first.address},{second.address}") as channel,
    ):
        stop = asyncio.Event()
        callers = [asyncio.ensure_future(caller(method(channel, "Work"), stop)) for _ in range(4)]
        await until(lambda: len(outcomes) >= 20)
        await first.drain()
        at_the_end = len(outcomes)
        await until(lambda: len(outcomes) >= at_the_end + 20)
        stop.set()
        await asyncio.gather(*callers)

    assert [outcome for outcome in outcomes if outcome != HELLO] == []


class Script:
    """A server that notes what is asked of it and takes its time to drain."""

    def __init__(self, drain_s: float = 0.0) -> None:
        self.notes: list[str] = []
        self._drain_s = drain_s
        self._stopped = asyncio.Event()

    async def start(self) -> str:
        self.notes.append("start")
        return "127.0.0.1:1"

    async def ready(self) -> None:
        self.notes.append("ready")
        os.kill(os.getpid(), signal.SIGTERM)

    async def drain(self) -> None:
        self.notes.append("drain")
        if self._drain_s:
            os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(self._drain_s):
                await self._stopped.wait()

    async def stop(self) -> None:
        self.notes.append("stop")
        self._stopped.set()


async def test_a_signal_drains_the_server() -> None:
    server = Script()

    await serve_until_signal(server)

    assert server.notes == ["start", "ready", "drain"]


async def test_a_second_signal_ends_running_calls_at_once() -> None:
    server = Script(drain_s=20)

    await serve_until_signal(server)

    assert server.notes == ["start", "ready", "drain", "stop"]


PROCESS = """
import sys
from pathlib import Path
from chassis.errors import ErrorTable
from chassis.server import Server, run, serve_until_signal
from chassis.settings import ServiceSettings, load
from chassis.telemetry import Telemetry
from chassis.testing.servers import endpoint
import asyncio

async def slow(request, context):
    print("begun", flush=True)
    await asyncio.sleep(float(request.value))
    return request

async def main():
    settings = load(ServiceSettings, prefix="TEST_")
    telemetry = Telemetry.start(service="test", settings=settings)
    server = Server(settings, [endpoint({"Slow": slow})], errors=ErrorTable("test", {}), telemetry=telemetry)
    await serve_until_signal(server)
    await telemetry.shutdown()

sys.exit(run(main))
"""


PATIENCE_S: Final = 60.0
"""Longest wait for another process on a machine that has other work; what is asserted are the product's own times."""


async def started(folder: Path, **settings: str) -> tuple[asyncio.subprocess.Process, str]:
    """A process that serves `Slow`, which takes the seconds that its request says, and its address."""
    file = folder / "process.py"
    file.write_text(textwrap.dedent(PROCESS))
    # The child gets this process's own environment: where Python and the packages are.
    environment = {**os.environ, **{f"TEST_{name}": value for name, value in settings.items()}}  # noqa: TID251
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(file), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=environment
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        line = json.loads(await process.stdout.readline())
    assert line["event.name"] == "server.started"
    return process, str(line["address"])


async def begun(process: asyncio.subprocess.Process) -> None:
    """Returns when the process works on a call."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        while await process.stdout.readline() != b"begun\n":
            pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_says_where_it_serves_and_a_signal_ends_it_without_losing_a_call(
    tmp_path: Path, number: signal.Signals
) -> None:
    process, address = await started(tmp_path, DRAIN_PAUSE_S="0.1", GRACE_S="30")
    async with channel_to(address) as channel:
        call = method(channel, "Slow")(StringValue(value="0.5"), timeout=PATIENCE_S)
        await begun(process)
        process.send_signal(number)
        answer = await call
    async with asyncio.timeout(PATIENCE_S):
        output, errors_text = await process.communicate()

    assert answer.value == "0.5"
    assert process.returncode == 0
    assert b"Traceback" not in output + errors_text
    assert b"not handled" not in output + errors_text


async def test_a_process_ends_in_its_time_though_a_call_goes_on_and_the_collector_is_silent(tmp_path: Path) -> None:
    with socket.socket() as collector:
        collector.bind(("127.0.0.1", 0))
        collector.listen(64)
        process, address = await started(
            tmp_path,
            DRAIN_PAUSE_S="0.1",
            GRACE_S="0.3",
            HEALTH_PORT="0",
            METRICS_PORT="0",
            OTLP_ENDPOINT=f"127.0.0.1:{collector.getsockname()[1]}",
        )
        async with channel_to(address) as channel:
            call = method(channel, "Slow")(StringValue(value="60"), timeout=60)
            await begun(process)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call
        async with asyncio.timeout(PATIENCE_S):
            await process.communicate()
        took = time.monotonic() - began

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert process.returncode == 0
    # The pause and the grace, and then two seconds for the last export and what ending Python takes: the call itself
    # would take a minute. How long the export alone may be is for the tests of telemetry.
    assert 0.4 <= took < PATIENCE_S / 2


def test_a_run_that_ends_is_zero() -> None:
    async def main() -> None:
        await asyncio.sleep(0)

    assert run(main) == 0


def test_a_run_that_fails_is_one_and_says_why(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        raise RuntimeError("port is taken")

    assert run(main) == 1
    assert "port is taken" in caplog.text


def test_wrong_settings_are_two_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        raise SettingsError("X_PROT is not a setting")

    assert run(main) == 2
    assert capsys.readouterr().err == "X_PROT is not a setting\n"


def test_an_interrupted_run_is_a_hundred_and_thirty() -> None:
    async def main() -> None:
        raise KeyboardInterrupt

    assert run(main) == 130
