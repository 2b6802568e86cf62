"""What a server does with more calls than it can serve."""

import asyncio
import time
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2

from chassis import errors
from chassis.admission import Admission
from chassis.interception import Call, Context
from chassis.testing.servers import channel_to, endpoint, method, serving, until

HELLO = StringValue(value="hello")
WORK_S = 0.1


class Worker:
    """A handler that takes its time and counts."""

    def __init__(self) -> None:
        self.begun = 0
        self.at_once = 0
        self.most = 0

    async def work(self, request: StringValue, context: Any) -> StringValue:
        self.begun += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(WORK_S)
        finally:
            self.at_once -= 1
        return request


async def burst(channel: grpc.aio.Channel, calls: int) -> list[Any]:
    work = method(channel, "Work")
    return await asyncio.gather(*(work(HELLO, timeout=20) for _ in range(calls)), return_exceptions=True)


async def test_what_neither_runs_nor_waits_is_refused_at_once_and_told_when_to_return() -> None:
    worker = Worker()
    async with (
        serving(endpoint({"Work": worker.work}), max_running=4, max_waiting=8) as server,
        channel_to(server) as channel,
    ):
        results = await burst(channel, 40)

    refused = [result for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert (len(refused), worker.begun, worker.most) == (28, 12, 4)
    for error in refused:
        found, wait_s = errors.info(error), errors.retry_after(error)
        assert found is not None
        assert (error.code(), found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
        assert wait_s is not None
        assert int(error.trailing_metadata()["grpc-retry-pushback-ms"]) == pytest.approx(wait_s * 1000, abs=1)


async def test_a_burst_with_retries_is_served_whole_in_little_more_than_the_ideal_time() -> None:
    worker = Worker()
    async with (
        serving(endpoint({"Work": worker.work}), max_running=4, max_waiting=8) as server,
        channel_to(server, retried=frozenset({"Work"})) as channel,
    ):
        began = time.monotonic()
        results = await burst(channel, 40)
        took = time.monotonic() - began

    ideal = 40 / 4 * WORK_S
    assert [result for result in results if isinstance(result, BaseException)] == []
    assert worker.most == 4
    assert ideal <= took < 3 * ideal


async def test_health_and_exempt_methods_are_answered_while_the_service_is_full() -> None:
    worker = Worker()

    async def ask(request: StringValue, context: Any) -> StringValue:
        return request

    async with (
        serving(
            endpoint({"Work": worker.work, "Ask": ask}, exempt=frozenset({"Ask"})), max_running=1, max_waiting=0
        ) as server,
        channel_to(server) as channel,
    ):
        busy = asyncio.ensure_future(burst(channel, 1))
        await until(lambda: worker.begun)
        check = method(channel, "Check", service="grpc.health.v1.Health", response=health_pb2.HealthCheckResponse)
        health = await check(health_pb2.HealthCheckRequest(service=""))
        answer = await method(channel, "Ask")(HELLO)
        [refused] = await burst(channel, 1)
        still_busy = not busy.done()
        await busy

    assert still_busy
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    assert answer == HELLO
    assert isinstance(refused, grpc.aio.AioRpcError)


async def test_a_caller_who_leaves_the_queue_leaves_its_place_to_the_next() -> None:
    worker = Worker()
    async with (
        serving(endpoint({"Work": worker.work}), max_running=1, max_waiting=1) as server,
        channel_to(server) as channel,
    ):
        first = asyncio.ensure_future(burst(channel, 1))
        await until(lambda: worker.begun)
        leaving = method(channel, "Work")(HELLO)
        await until(lambda: server.admission.waiting)
        leaving.cancel()
        await until(lambda: not server.admission.waiting)
        [second] = await burst(channel, 1)
        await first

        assert second == HELLO
        assert worker.begun == 2
        assert (server.admission.running, server.admission.waiting) == (0, 0)


async def test_calls_wait_in_the_order_in_which_they_came() -> None:
    served, go = [], asyncio.Event()

    async def work(request: StringValue, context: Any) -> StringValue:
        served.append(request.value)
        await go.wait()
        return request

    async with serving(endpoint({"Work": work}), max_running=1, max_waiting=8) as server, channel_to(server) as channel:
        calls = []
        for name in ("a", "b", "c", "d"):
            calls.append(method(channel, "Work")(StringValue(value=name)))
            await until(lambda: server.admission.running + server.admission.waiting == len(calls))
        go.set()
        await asyncio.gather(*calls)

    assert served == ["a", "b", "c", "d"]


async def test_a_place_given_to_a_caller_who_leaves_in_the_same_moment_is_free_again() -> None:
    admission = Admission(max_running=1, max_waiting=1)
    call = Call("/a.B/C", "a.B", "C", streams_requests=False, streams_responses=False)
    served = []

    async def first_work(request: Any, context: Context) -> None:
        await asyncio.sleep(0.01)
        # Runs after the place is handed on and before the one who waits for it wakes.
        asyncio.get_running_loop().call_soon(second.cancel)

    async def second_work(request: Any, context: Context) -> None:
        served.append(request)

    context = Context(None, domain="test", trace_id="", pack=bytes)
    first = asyncio.ensure_future(admission(call, None, context, first_work))
    await until(lambda: admission.running)
    second = asyncio.ensure_future(admission(call, None, context, second_work))
    await asyncio.gather(first, second, return_exceptions=True)

    assert second.cancelled()
    assert served == []
    assert (admission.running, admission.waiting) == (0, 0)
