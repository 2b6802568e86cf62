"""Many stills through the mesh's stream: some on their way at a time, answers as they are ready.

A call has a time limit and a folder may take hours, so stills go through one stream after another. Each takes new
stills for half its time, which leaves the other half at least for the last one's answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import grpc

from animatize.analyzer.v1 import analyzer_pb2
from animatize.type.v1 import image_pb2
from animatize_cli.exits import Exit, Problem

#: Stills without an answer; no more are read. More than an analyzer takes at a time, so that it never waits for us.
ON_THE_WAY: Final = 8


@dataclass(frozen=True)
class Still:
    """A file that was read. name: as people know it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Answer:
    """What came of one still. outcome: the response, or why there is none."""

    name: str
    size_bytes: int
    outcome: analyzer_pb2.AnalyzeImagesResponse | Problem


class Many:
    """All stills of one command. begin: opens a stream. failed: what a failed call means. timeout_s: of each stream."""

    def __init__(
        self,
        stills: AsyncIterator[Still],
        *,
        begin: Callable[[float], Any],
        failed: Callable[[grpc.aio.AioRpcError], Problem],
        timeout_s: float,
    ) -> None:
        self._stills = stills
        self._begin = begin
        self._failed = failed
        self._timeout_s = timeout_s
        self._next: asyncio.Task[Still | None] | None = None
        self._waiting: dict[str, Still] = {}
        self._number = 0
        self._more = True

    async def answers(self) -> AsyncGenerator[Answer, None]:
        """An answer for each still, in the order in which they are ready.

        A stream that fails is the answer for the stills that were on their way; the others take the next one. Raises
        Problem when no mesh can be reached, or when a stream fails before any still was sent.
        """
        try:
            while self._more:
                async for answer in self._through_one():
                    yield answer
        finally:
            if self._next is not None:
                self._next.cancel()
                with suppress(asyncio.CancelledError, Problem):
                    await self._next

    async def _through_one(self) -> AsyncGenerator[Answer, None]:
        call = self._begin(self._timeout_s)
        room = asyncio.Semaphore(ON_THE_WAY)
        feeding = asyncio.ensure_future(self._feed(call, room))
        # Whoever reads the answers would wait for ever for those of stills that are never sent.
        feeding.add_done_callback(lambda task: call.cancel() if not task.cancelled() and task.exception() else None)
        problem: Problem | None = None
        try:
            async for response in call:
                still = self._waiting.pop(response.id, None)
                if still is not None:
                    room.release()
                    yield Answer(still.name, len(still.content), response)
            problem = Problem("The mesh ended the call without an answer for this still.") if self._waiting else None
        except grpc.aio.AioRpcError as error:
            problem = self._failed(error)
            if problem.exit_code is Exit.UNREACHABLE or not self._waiting:
                raise problem from error
        finally:
            # A stream whose reader has left goes on until it is told; one that has ended does not mind.
            call.cancel()
            feeding.cancel()
            with suppress(asyncio.CancelledError):
                await feeding
        if problem is not None:
            left, self._waiting = list(self._waiting.values()), {}
            for still in left:
                yield Answer(still.name, len(still.content), problem)

    async def _feed(self, call: Any, room: asyncio.Semaphore) -> None:
        """Sends stills until there are no more, or the stream takes none any more."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._timeout_s / 2
        # A stream that has failed says so where it is read; there are three ways to learn that writing came too late.
        with suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError, grpc.aio.BaseError):
            while True:
                await room.acquire()
                if loop.time() >= ends_at and self._waiting:
                    break
                still = await self._taken()
                if still is None:
                    self._more = False
                    break
                self._number += 1
                number = str(self._number)
                self._waiting[number] = still
                image = image_pb2.Image(content=still.content)
                await call.write(analyzer_pb2.AnalyzeImagesRequest(id=number, image=image))
            await call.done_writing()

    async def _taken(self) -> Still | None:
        """The next still. One that is being read when a stream ends is not lost: the next stream takes it."""
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._stills, None))
        still = await asyncio.shield(self._next)
        self._next = None
        return still
