"""Many stills over one stream: some at a time, answers as they are ready, and no still ends the others."""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

from google.rpc import code_pb2, error_details_pb2, status_pb2

from analyzer.rpc.errors import DOMAIN, ERRORS
from animatize.analyzer.v1 import analysis_pb2, analyzer_pb2
from animatize.type.v1 import image_pb2, stage_pb2
from chassis.errors import Answer, builtin

Find = Callable[
    [image_pb2.Image, analyzer_pb2.AnalysisOptions],
    Awaitable[tuple[analysis_pb2.SceneAnalysis, stage_pb2.ResultSource.ValueType]],
]

_log = logging.getLogger(__name__)


async def answers(
    requests: AsyncIterator[analyzer_pb2.AnalyzeImagesRequest], find: Find, *, running: int
) -> AsyncIterator[analyzer_pb2.AnalyzeImagesResponse]:
    """One answer for each request, in the order in which they are ready.

    At most `running` stills are worked on, and no further request is read before one of them was answered and the
    answer was taken: a caller that does not read is not served ahead. Ending the iteration cancels what still runs.
    """
    tasks: set[asyncio.Task[analyzer_pb2.AnalyzeImagesResponse]] = set()
    # In the order in which they ended; a set of several has none.
    ready: deque[asyncio.Task[analyzer_pb2.AnalyzeImagesResponse]] = deque()
    reading: asyncio.Task[analyzer_pb2.AnalyzeImagesRequest | None] | None = None
    more = True
    try:
        while more or tasks:
            if more and reading is None and len(tasks) < running:
                reading = asyncio.ensure_future(_next(requests))
            waited = {*tasks, reading} if reading is not None else tasks
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if reading is not None and reading in done:
                request = reading.result()
                reading = None
                more = request is not None
                if request is not None:
                    task = asyncio.ensure_future(_answer(request, find))
                    task.add_done_callback(ready.append)
                    tasks.add(task)
            while ready:
                task = ready.popleft()
                tasks.discard(task)
                yield task.result()
    finally:
        left = [*tasks, reading] if reading is not None else [*tasks]
        for task_left in left:
            task_left.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _next(
    requests: AsyncIterator[analyzer_pb2.AnalyzeImagesRequest],
) -> analyzer_pb2.AnalyzeImagesRequest | None:
    return await anext(requests, None)


async def _answer(request: analyzer_pb2.AnalyzeImagesRequest, find: Find) -> analyzer_pb2.AnalyzeImagesResponse:
    try:
        analysis, source = await find(request.image, request.options)
    except Exception as error:
        return analyzer_pb2.AnalyzeImagesResponse(id=request.id, error=_status(error))
    return analyzer_pb2.AnalyzeImagesResponse(id=request.id, analysis=analysis, source=source)


def _status(error: Exception) -> status_pb2.Status:
    """What AnalyzeImage would answer for this failure."""
    answer = ERRORS.answer(error) or builtin(error, domain=DOMAIN)
    if answer is None:
        error_id = uuid.uuid4().hex[:12]
        _log.error("a still of a stream failed, error %s", error_id, exc_info=error, extra={"error.id": error_id})
        return status_pb2.Status(code=code_pb2.INTERNAL, message=f"internal error; the log knows it as {error_id}")
    return _packed(answer)


def _packed(answer: Answer) -> status_pb2.Status:
    status = status_pb2.Status(code=answer.code.value[0], message=answer.message)
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(reason=answer.reason, domain=DOMAIN, metadata=dict(answer.metadata))
    )
    if answer.violations:
        bad = error_details_pb2.BadRequest()
        for violation in answer.violations:
            bad.field_violations.add(field=violation.field, description=violation.description)
        status.details.add().Pack(bad)
    return status
