"""A call may be silent for as long as its work takes."""

from __future__ import annotations

import asyncio

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from chassis.testing.servers import channel_to, endpoint, method, serving

SILENCE_S = 300


@pytest.mark.slow
@pytest.mark.timeout(SILENCE_S + 60)
async def test_a_call_that_is_silent_for_five_minutes_is_answered() -> None:
    async def answer(request: StringValue, _context: object) -> StringValue:
        await asyncio.sleep(SILENCE_S)
        return request

    async with serving(endpoint({"Ask": answer})) as server, channel_to(server, keepalive_s=3.0) as channel:
        ask = method(channel, "Ask")

        told = await ask(StringValue(value="still there"), timeout=SILENCE_S + 30)

    assert told.value == "still there"
