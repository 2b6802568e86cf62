"""What is wrong upstream and why the chassis replaces it; when one of these fails, the replacement can shrink."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest

from chassis.testing.servers import until

from .telephone import Line


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with Line(stock=True) as line:
        yield line


async def test_upstream_a_cancelled_caller_leaves_its_handler_running_and_no_span(line: Line) -> None:
    """open-telemetry/opentelemetry-python-contrib#3271."""

    async def caller() -> None:
        await line.unary_call(b"sleep")

    task = asyncio.create_task(caller())
    await line.began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.2)

    assert not line.ended.is_set()
    assert line.client_side.spans("CLIENT") == []


async def test_upstream_an_uncaught_error_and_a_rich_answer_look_like_success(line: Line) -> None:
    for request in (b"raise", b"rich"):
        with pytest.raises(grpc.aio.AioRpcError):
            await line.unary_call(request)
    await until(lambda: len(line.server_side.spans("SERVER")) == 2)

    raised, rich = line.server_side.spans("SERVER")
    assert [(span.attributes or {})["rpc.grpc.status_code"] for span in (raised, rich)] == [0, 0]
    assert raised.status.status_code.name == rich.status.status_code.name == "UNSET"
    assert [event.name for event in raised.events] == ["exception", "exception"]


# The handler's coroutine is never awaited, which is the fault.
@pytest.mark.filterwarnings("ignore:coroutine 'Line.write' was never awaited")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_upstream_a_handler_that_writes_its_stream_itself_fails(line: Line) -> None:
    """open-telemetry/opentelemetry-python-contrib#3066."""
    with pytest.raises(grpc.aio.AioRpcError, match="__aiter__"):
        async for _ in line.write_call(b""):
            pass


async def test_upstream_a_client_that_writes_its_requests_itself_waits_for_ever(line: Line) -> None:
    call = line.collect_call(timeout=30)
    writing = asyncio.ensure_future(call.write(b"a"))
    done, _ = await asyncio.wait({writing}, timeout=0.2)

    assert not done
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
