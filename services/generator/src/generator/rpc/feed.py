"""From what threads report to the messages of one Generate stream: progress, throttled, and the clip's bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Final

from animatize.generator.v1 import clip_pb2, generation_pb2, generator_pb2
from generator.rpc.results import timestamp

_SHARES: Final = {"decode": (0.0, 0.1), "plan": (0.1, 0.02), "render": (0.12, 0.68), "motion_check": (0.8, 0.2)}
"""For each stage, where it begins in the whole and how much of the whole it is; measured on 4 s clips of 720p."""

_LEAST_GAP_S: Final = 0.1
"""Ten times a second is as often as a person can see a bar move."""

_CHUNK_BYTES: Final = 1 << 20
"""A file that is written in one piece leaves in messages of this size: far below the limit of a message."""

_COUNTED: Final = "render"
"""The stage whose progress is counted in frames."""

Clock = Callable[[], datetime]


class Feed:
    """The stream of one generation. Use from the event loop, except `write`, which any thread may call.

    frames: frames in all. trace_id: of the call. clock: what time it is, for the messages only.
    """

    def __init__(
        self, *, frames: int, chunks: bool, attempt: generation_pb2.Attempt, trace_id: str, clock: Clock
    ) -> None:
        self._frames = frames
        self._chunks = chunks
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[generator_pb2.GenerateResponse | None] = asyncio.Queue()
        self._offset = 0
        self._sent_at = float("-inf")
        self._progress = generation_pb2.GenerationProgress(
            frames_total=frames, attempts=[attempt], create_time=attempt.start_time, trace_id=trace_id
        )
        self._progress.spending.SetInParent()

    def progress(self, stage: str, fraction: float) -> None:
        """Takes what a watch reports; most of it is dropped, never the first word of a stage."""
        if stage not in _SHARES:
            return
        begin, share = _SHARES[stage]
        message = self._progress
        if stage == _COUNTED:
            message.frames_done = round(fraction * self._frames)
        message.fraction = max(message.fraction, begin + share * fraction)
        now = self._loop.time()
        if stage == message.stage and now - self._sent_at < _LEAST_GAP_S:
            return
        self._sent_at = now
        message.stage = stage
        message.update_time.CopyFrom(timestamp(self._clock()))
        self._events.put_nowait(generator_pb2.GenerateResponse(progress=message))

    def write(self, data: bytes) -> None:
        """Takes the next bytes of the clip; from any thread."""
        if self._chunks:
            self._loop.call_soon_threadsafe(self._put, data)

    def close(self) -> None:
        """Ends `messages` after what was reported so far."""
        self._events.put_nowait(None)

    async def messages(self) -> AsyncIterator[generator_pb2.GenerateResponse]:
        """The messages in order until `close`."""
        while (event := await self._events.get()) is not None:
            yield event

    def _put(self, data: bytes) -> None:
        for at in range(0, len(data), _CHUNK_BYTES):
            chunk = clip_pb2.ArtifactChunk(offset=self._offset, data=data[at : at + _CHUNK_BYTES])
            self._offset += len(chunk.data)
            self._events.put_nowait(generator_pb2.GenerateResponse(chunk=chunk))
