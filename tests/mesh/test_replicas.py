"""Replicas come, go and hang while callers call, and no caller notices."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import grpc
import pytest

from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from chassis.telemetry import Telemetry
from gateway.bootstrap import running
from gateway.settings import Settings

from .meshes import Process

TERMINATIONS = 20
CALLERS = 4
# How long a caller waits between calls: a load of some hundred calls a second, and time for everyone else.
PAUSE_S = 0.02

Call = Callable[[float], Awaitable[object]]


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


@asynccontextmanager
async def gateway_before(ports: list[int]) -> AsyncIterator[Call]:
    """A gateway in front of predictors on these ports, and a way to call them through it."""
    target = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
    async with AsyncExitStack() as stack:
        settings = Settings(port=0, drain_pause_s=0, predictor_target=target)
        server = await stack.enter_async_context(running(settings, telemetry=Telemetry.off()))
        channel = grpc.aio.insecure_channel(server.address)
        stack.push_async_callback(channel.close)
        stub = predictor_pb2_grpc.PredictorServiceStub(channel)

        async def call(timeout_s: float) -> object:
            return await stub.ListRules(predictor_pb2.ListRulesRequest(), timeout=timeout_s)

        yield call


async def replica(port: int) -> Process:
    return await Process("predictor", {"port": port, "drain_pause_s": 0.5, "grace_s": 5}).started()


async def until_served(process: Process) -> None:
    """Returns when callers have found the process."""
    before = process.served
    ends_at = time.monotonic() + 20
    while process.served == before:
        assert time.monotonic() < ends_at, "no call reached the replica"
        await asyncio.sleep(0.05)


@pytest.mark.timeout(480)
async def test_twenty_rolling_terminations_lose_no_call() -> None:
    ports = free_ports(2)
    replicas = [await replica(port) for port in ports]
    done, failures, ending = 0, [], asyncio.Event()

    async def caller(call: Call) -> None:
        nonlocal done
        while not ending.is_set():
            try:
                await call(10)
                done += 1
            except grpc.aio.AioRpcError as error:
                failures.append((error.code(), error.details()))
            await asyncio.sleep(PAUSE_S)

    try:
        async with gateway_before(ports) as call:
            callers = [asyncio.create_task(caller(call)) for _ in range(CALLERS)]
            for turn in range(TERMINATIONS):
                which = turn % 2
                await asyncio.gather(*(until_served(each) for each in replicas))
                replicas[which].signal(signal.SIGTERM)
                assert await replicas[which].ended() == 0
                await replicas[which].stop()
                replicas[which] = await replica(ports[which])
            ending.set()
            await asyncio.gather(*callers)
    finally:
        for each in replicas:
            await each.stop()

    assert failures == []
    assert done > TERMINATIONS * CALLERS


@pytest.mark.timeout(120)
async def test_a_replica_that_hangs_is_left_within_ten_seconds() -> None:
    ports = free_ports(2)
    replicas = [await replica(port) for port in ports]
    try:
        async with gateway_before(ports) as call:
            await asyncio.gather(*(call(10) for _ in range(20)))
            replicas[0].signal(signal.SIGSTOP)
            stopped_at = time.monotonic()
            last_failure = stopped_at
            while time.monotonic() < stopped_at + 14:
                try:
                    await call(1)
                except grpc.aio.AioRpcError:
                    last_failure = time.monotonic()
                await asyncio.sleep(PAUSE_S)
    finally:
        for each in replicas:
            each.signal(signal.SIGCONT)
            await each.stop()

    assert last_failure - stopped_at < 10
