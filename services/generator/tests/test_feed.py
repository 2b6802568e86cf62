"""What the stream of a generation carries."""

from datetime import UTC, datetime

import pytest

from generator.rpc.feed import Feed
from generator.rpc.results import running_attempt

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def feed(*, chunks: bool) -> Feed:
    return Feed(frames=4, chunks=chunks, attempt=running_attempt(began=NOON), trace_id="", clock=lambda: NOON)


async def told(stream: Feed, data: bytes) -> list:
    stream.write(data)
    # The bytes come by way of the loop, as they do from another thread.
    stream._loop.call_soon(stream.close)
    return [message async for message in stream.messages()]


@pytest.mark.parametrize("size", [1, 1 << 20, (1 << 20) + 1, 5 << 20])
async def test_a_file_in_one_piece_leaves_in_messages_of_a_mebibyte(size):
    data = bytes(range(256)) * (size // 256 + 1)

    chunks = [message.chunk for message in await told(feed(chunks=True), data[:size])]

    assert b"".join(chunk.data for chunk in chunks) == data[:size]
    assert all(0 < len(chunk.data) <= 1 << 20 for chunk in chunks)
    assert [chunk.offset for chunk in chunks] == [at << 20 for at in range(len(chunks))]


async def test_without_chunks_no_bytes_are_told():
    assert await told(feed(chunks=False), b"abc") == []
