"""What a server does with more calls than it can serve."""

import asyncio
import math
import time
import urllib.request
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2

from chassis import errors
from chassis.admission import Admission, Limits
from chassis.interception import Call, Context
from chassis.server import Server
from chassis.settings import ServiceSettings
from chassis.telemetry import Telemetry
from chassis.testing.servers import channel_to, endpoint, handler, method, quickest, serving, until

HELLO = StringValue(value="hello")
WORK_S = 0.1


class Worker:
    """A handler that takes its time, and as much more as `may_end` is not set, and counts."""

    def __init__(self) -> None:
        self.begun = 0
        self.at_once = 0
        self.most = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def work(self, request: StringValue, context: Any) -> StringValue:
        self.begun += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(WORK_S)
            await self.may_end.wait()
        finally:
            self.at_once -= 1
        return request


async def burst(channel: grpc.aio.Channel, calls: int) -> list[Any]:
    work = method(channel, "Work")
    return await asyncio.gather(*(work(HELLO, timeout=50) for _ in range(calls)), return_exceptions=True)


async def test_what_neither_runs_nor_waits_is_refused_at_once_and_told_when_to_return() -> None:
    worker = Worker()
    worker.may_end.clear()
    async with (
        serving(endpoint({"Work": worker.work}), max_running=4, max_waiting=8) as server,
        channel_to(server) as channel,
    ):
        work = method(channel, "Work")
        calls = [asyncio.ensure_future(work(HELLO, timeout=20)) for _ in range(40)]
        # However slow the machine is: all have come before the first one ends.
        await until(lambda: sum(call.done() for call in calls) == 28)
        worker.may_end.set()
        results = await asyncio.gather(*calls, return_exceptions=True)

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
    ideal = 40 / 4 * WORK_S
    async with (
        serving(endpoint({"Work": worker.work}), max_running=4, max_waiting=8) as server,
        channel_to(server, retried=frozenset({"Work"})) as channel,
    ):

        async def took() -> float:
            began = time.monotonic()
            results = await burst(channel, 40)
            lost = [result for result in results if isinstance(result, BaseException)]
            return math.inf if lost else time.monotonic() - began

        best = await quickest(took, bound_s=3 * ideal, tries=8)

    assert worker.most == 4
    assert ideal <= best < 3 * ideal


async def test_health_and_exempt_methods_are_answered_while_the_service_is_full() -> None:
    worker = Worker()
    worker.may_end.clear()

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
        worker.may_end.set()
        await busy

    assert still_busy
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    assert answer == HELLO
    assert isinstance(refused, grpc.aio.AioRpcError)


async def test_a_caller_who_leaves_the_queue_leaves_its_place_to_the_next() -> None:
    worker = Worker()
    worker.may_end.clear()
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
        following = asyncio.ensure_future(burst(channel, 1))
        await until(lambda: server.admission.waiting)
        worker.may_end.set()
        [second] = await following
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
    admission = Admission(Limits(running=1, waiting=1))
    call = Call("/a.B/C", "a.B", "C", streams_requests=False, streams_responses=False)
    served, waits = [], asyncio.Event()

    async def first_work(request: Any, context: Context) -> None:
        await waits.wait()
        # Runs after the place is handed on and before the one who waits for it wakes.
        asyncio.get_running_loop().call_soon(second.cancel)

    async def second_work(request: Any, context: Context) -> None:
        served.append(request)

    context = Context(None, domain="test", trace_id="", pack=bytes)
    first = asyncio.ensure_future(admission(call, None, context, first_work))
    await until(lambda: admission.running)
    second = asyncio.ensure_future(admission(call, None, context, second_work))
    await until(lambda: admission.waiting)
    waits.set()
    await asyncio.gather(first, second, return_exceptions=True)

    assert second.cancelled()
    assert served == []
    assert (admission.running, admission.waiting) == (0, 0)


class Sized:
    """A handler that serves requests by name, each until it is let go."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def work(self, request: StringValue, context: Any) -> StringValue:
        name = request.value.rstrip(".")
        self.served.append(name)
        gate = self.gates.setdefault(name, asyncio.Event())
        await gate.wait()
        return StringValue(value=name)


async def call_of(server: Server, channel: grpc.aio.Channel, name: str, size: int) -> Any:
    """A call whose request has so many bytes, running or waiting."""
    before = server.admission.running + server.admission.waiting
    # A length takes one byte below 128 and two above; the field's tag takes one.
    request = StringValue(value=name.ljust(size - (2 if size < 130 else 3), "."))
    assert request.ByteSize() == size
    call = method(channel, "Work")(request)
    await until(lambda: server.admission.running + server.admission.waiting == before + 1)
    return call


async def test_calls_wait_while_the_bytes_of_those_that_run_are_too_many_in_the_order_in_which_they_came() -> None:
    sized = Sized()
    async with (
        serving(endpoint({"Work": sized.work}), max_running_bytes=1000) as server,
        channel_to(server) as channel,
    ):
        first = await call_of(server, channel, "first", 600)
        large = await call_of(server, channel, "large", 900)
        # It would fit beside the first one, and then the large one would never have room.
        small = await call_of(server, channel, "small", 100)
        assert (sized.served, server.admission.running_bytes, server.admission.waiting) == (["first"], 600, 2)

        sized.gates["first"].set()
        await first
        await until(lambda: len(sized.served) == 3)
        assert server.admission.running_bytes == 1000
        for gate in sized.gates.values():
            gate.set()
        await asyncio.gather(large, small)

        assert sized.served == ["first", "large", "small"]
        assert server.admission.running_bytes == 0


async def test_a_request_larger_than_all_the_bytes_is_served_alone() -> None:
    sized = Sized()
    async with (
        serving(endpoint({"Work": sized.work}), max_running_bytes=1000) as server,
        channel_to(server) as channel,
    ):
        small = await call_of(server, channel, "small", 10)
        huge = await call_of(server, channel, "huge", 5000)
        assert sized.served == ["small"]
        sized.gates["small"].set()
        await small
        await until(lambda: len(sized.served) == 2)
        later = await call_of(server, channel, "later", 10)
        assert (sized.served[1], server.admission.waiting) == ("huge", 1)
        sized.gates["huge"].set()
        await huge
        await until(lambda: "later" in sized.gates)
        sized.gates["later"].set()

        assert (await later).value == "later"


async def test_no_more_bytes_wait_than_may_run() -> None:
    sized = Sized()
    async with (
        serving(endpoint({"Work": sized.work}), max_running_bytes=1000, max_waiting=9) as server,
        channel_to(server) as channel,
    ):
        held = [await call_of(server, channel, name, 900) for name in ("runs", "waits")]
        small = await call_of(server, channel, "small", 100)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await method(channel, "Work")(StringValue(value="." * 200))
        assert (server.admission.running, server.admission.waiting) == (1, 2)
        for name in ("runs", "waits", "small"):
            await until(lambda name=name: name in sized.gates)
            sized.gates[name].set()
        await asyncio.gather(*held, small)

    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "1000 bytes of running requests" in (refused.value.details() or "")


async def test_those_behind_a_large_one_that_leaves_are_served_at_once() -> None:
    sized = Sized()
    async with (
        serving(endpoint({"Work": sized.work}), max_running_bytes=1000) as server,
        channel_to(server) as channel,
    ):
        first = await call_of(server, channel, "first", 600)
        large = await call_of(server, channel, "large", 900)
        small = await call_of(server, channel, "small", 100)
        large.cancel()
        await until(lambda: "small" in sized.gates)
        for gate in sized.gates.values():
            gate.set()
        await asyncio.gather(first, small)

    assert sized.served == ["first", "small"]


async def test_the_refusal_names_the_limit_that_was_reached_and_is_counted() -> None:
    sized = Sized()
    telemetry = Telemetry.start(service="test", settings=ServiceSettings(metrics_port=0))

    async def page() -> set[str]:
        """The page's lines, without their attributes but `limit`."""
        url = f"http://{telemetry.metrics_address}/metrics"
        text = (await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())).decode()
        return {line for line in text.splitlines() if line.startswith("animatize_admission")}

    async def refused(size: int) -> str:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(channel, "Work")(StringValue(value="x" * size))
        found = errors.info(caught.value)
        assert found is not None
        assert (
            dict(found.metadata).items()
            >= {"max_running": "2", "max_running_bytes": "1000", "max_waiting": "0"}.items()
        )
        return str(caught.value.details())

    settings = {"max_running": 2, "max_running_bytes": 1000, "max_waiting": 0, "telemetry": telemetry}
    async with serving(endpoint({"Work": sized.work}), **settings) as server, channel_to(server) as channel:
        idle = await page()
        first = await call_of(server, channel, "first", 600)
        by_bytes = await refused(600)
        second = await call_of(server, channel, "second", 10)
        by_calls = await refused(10)
        full = await page()
        for gate in sized.gates.values():
            gate.set()
        await asyncio.gather(first, second)
    await telemetry.shutdown()

    assert by_bytes.startswith("the service is at its limit of 1000 bytes of running requests and 0 waiting calls;")
    assert by_calls.startswith("the service is at its limit of 2 running and 0 waiting calls;")
    assert idle == {"animatize_admission_running 0.0", "animatize_admission_waiting 0.0"}
    assert full == {
        "animatize_admission_running 2.0",
        "animatize_admission_waiting 0.0",
        'animatize_admission_refused_total{limit="bytes"} 1.0',
        'animatize_admission_refused_total{limit="calls"} 1.0',
    }


async def test_streams_count_no_bytes() -> None:
    sized = Sized()

    async def collect(requests: AsyncIterator[StringValue], context: Any) -> StringValue:
        async for request in requests:
            return await sized.work(request, context)
        return StringValue()

    async def messages() -> AsyncIterator[StringValue]:
        yield StringValue(value="stream".ljust(5000, "."))

    stream = handler(collect, kind="stream_unary")
    settings = {"max_running_bytes": 1000}
    async with (
        serving(endpoint({"Work": sized.work, "Collect": stream}), **settings) as server,
        channel_to(server) as channel,
    ):
        collected = method(channel, "Collect", kind="stream_unary")(messages())
        await until(lambda: sized.served)
        work = await call_of(server, channel, "work", 900)
        assert (sized.served, server.admission.running_bytes) == (["stream", "work"], 900)
        for gate in sized.gates.values():
            gate.set()
        await asyncio.gather(collected, work)
