"""Replicas come, go and hang while callers call, and no caller notices."""

from __future__ import annotations

import asyncio
import signal
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
# Seconds that no call takes on a busy machine, and that one which goes to a replica that hangs does.
HELD_UP_S = 3
# More than a replica is given that hangs.
GIVEN_UP_S = 14

Call = Callable[[float], Awaitable[object]]


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


async def replica(port: int = 0) -> Process:
    """A predictor on this port, or on one that it chooses."""
    for attempt in range(20):
        try:
            return await Process("predictor", {"port": port, "drain_pause_s": 0.5, "grace_s": 20}).started()
        except AssertionError:
            # Between two replicas the port is anybody's; whoever took it for a moment gives it back.
            if not port or attempt == 19:
                raise
            await asyncio.sleep(1)
    raise AssertionError


def port_of(process: Process) -> int:
    return int(process.address.rpartition(":")[2])


async def until_served(process: Process) -> None:
    """Returns when callers have found the process."""
    before = process.served
    ends_at = time.monotonic() + 60
    while process.served == before:
        assert time.monotonic() < ends_at, "no call reached the replica"
        await asyncio.sleep(0.05)


@pytest.mark.timeout(480)
async def test_twenty_rolling_terminations_lose_no_call() -> None:
    replicas = [await replica() for _ in range(2)]
    ports = [port_of(each) for each in replicas]
    done, failures, ending = 0, [], asyncio.Event()

    async def caller(call: Call) -> None:
        nonlocal done
        while not ending.is_set():
            try:
                await call(50)
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


async def test_a_replica_that_hangs_is_left_within_ten_seconds() -> None:
    replicas = [await replica() for _ in range(2)]
    ports = [port_of(each) for each in replicas]
    try:
        async with gateway_before(ports) as call:
            await asyncio.gather(*(call(50) for _ in range(20)))
            replicas[0].signal(signal.SIGSTOP)
            stopped_at = last_held_up = time.monotonic()
            good = 0
            # Calls go to the replicas in turn: so many in a row do not all pass by one that hangs.
            while good < 20:
                began = time.monotonic()
                try:
                    await call(GIVEN_UP_S)
                    good += 1
                except grpc.aio.AioRpcError:
                    good = 0
                if good == 0 or time.monotonic() - began > HELD_UP_S:
                    last_held_up, good = time.monotonic(), 0
                await asyncio.sleep(PAUSE_S)
    finally:
        for each in replicas:
            each.signal(signal.SIGCONT)
            await each.stop()

    assert 0 < last_held_up - stopped_at < 10
