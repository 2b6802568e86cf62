"""The same truths on the loop that services run on."""

from __future__ import annotations

import asyncio

import grpc
import pytest
import uvloop
from opentelemetry.sdk.trace import ReadableSpan

from chassis.testing.servers import until

from .telephone import Line


async def cancelled_and_late_calls() -> list[tuple[object, object]]:
    async with Line() as line:

        async def told(count: int) -> list[list[ReadableSpan]]:
            """The spans of both sides, as soon as there are so many on each."""
            sides = [(line.server_side, "SERVER"), (line.client_side, "CLIENT")]
            await until(lambda: all(len(side.spans(kind)) >= count for side, kind in sides))
            return [side.spans(kind) for side, kind in sides]

        async def caller() -> None:
            await line.unary_call(b"sleep")

        await line.unary_call(b"hello")
        await told(1)
        line.began.clear()
        line.ended.clear()
        leaving = asyncio.create_task(caller())
        await line.began.wait()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        # The handler would sleep for twice as long.
        await asyncio.wait_for(line.ended.wait(), 10)
        await told(2)
        with pytest.raises(grpc.aio.AioRpcError):
            await line.unary_call(b"sleep", timeout=1)
        await told(3)
        stream = line.stream_call(b"flood")
        await stream.read()
        stream.cancel()
        sides = await told(4)
        codes = [[(one.attributes or {})["rpc.response.status_code"] for one in side] for side in sides]
        return list(zip(*codes, strict=True))


def test_calls_are_told_of_truly_on_uvloop() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(cancelled_and_late_calls())

    assert told == [
        ("OK", "OK"),
        ("CANCELLED", "CANCELLED"),
        ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"),
        ("CANCELLED", "CANCELLED"),
    ]
