"""The same truths on the loop that services run on."""

from __future__ import annotations

import asyncio

import grpc
import pytest
import uvloop

from .telephone import Line


async def cancelled_and_late_calls() -> list[tuple[object, object]]:
    async with Line() as line:
        await line.unary_call(b"hello")
        leaving = asyncio.ensure_future(asyncio.wait_for(line.unary_call(b"sleep"), 0.1))
        with pytest.raises(TimeoutError):
            await leaving
        await asyncio.wait_for(line.ended.wait(), 1)
        with pytest.raises(grpc.aio.AioRpcError):
            await line.unary_call(b"sleep", timeout=0.1)
        stream = line.stream_call(b"flood")
        await stream.read()
        stream.cancel()
        await asyncio.sleep(0.1)
        sides = line.server_side.spans("SERVER"), line.client_side.spans("CLIENT")
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
