"""What core code reports through: its stages, its progress, and whether anyone still wants the result."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from contextvars import ContextVar
from typing import Final

from opentelemetry.context import attach, detach
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

from chassis import deadline
from chassis.crew.crossing import Stage
from chassis.telemetry import names, outcome
from chassis.telemetry.telemetry import Telemetry

_STAGE: Final[ContextVar[str]] = ContextVar("chassis_stage", default="")

_OK: Final = "ok"
_ERROR: Final = "error"
_CANCELLED: Final = "cancelled"


class Watch:
    """One piece of work under watch. Safe to use from any thread that `Workers` started for it."""

    def __init__(
        self, telemetry: Telemetry, *, verb: str = "", on_progress: Callable[[str, float], None] | None = None
    ) -> None:
        """verb: what the service does; it stands before a stage's name in telemetry, "analyze horizon".

        on_progress: gets the stage's name and a fraction 0..1; made in a loop, it is always called in that loop.
        """
        self._telemetry = telemetry
        self._verb = verb
        self._on_progress = on_progress
        self._stopped = threading.Event()
        # Kept here too, for threads that core started without carrying the context.
        left = deadline.remaining()
        self._ends_at = None if left is None else time.monotonic() + left
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    @property
    def ends_at(self) -> float | None:
        """The deadline by the machine's monotonic clock, in seconds; None when there is none."""
        return self._ends_at

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Times the block as a span and as `animatize.stage.duration`; `name` is one of the service's fixed set.

        An error passes through, is written once on the innermost span and makes the stage's outcome "error"; a cancel
        makes it "cancelled". When nobody gets what telemetry tells, only progress knows the stage.
        """
        return _Heard(self, self._telemetry, name, self._shown(name)) if self._telemetry.heard else _Unheard(name)

    def progress(self, fraction: float) -> None:
        """Reports how much of the current stage is done, 0..1; values outside are brought to the nearer end."""
        self.repeat(_STAGE.get(), fraction)

    def repeat(self, stage: str, fraction: float) -> None:
        """Reports the progress of a named stage, which runs in another process."""
        if self._on_progress is None:
            return
        share = min(1.0, max(0.0, fraction))
        if self._loop is None or _running_loop() is self._loop:
            self._on_progress(stage, share)
            return
        # A loop that has closed has nobody left to tell.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._on_progress, stage, share)

    def relive(self, stages: Sequence[Stage], error: Exception | None) -> None:
        """Tells of stages that ran in another process, with the times that they had there, as `stage` would have.

        stages: in the order in which they began. error: what ended the work, if anything did.
        """
        if not self._telemetry.heard:
            return
        spans: list[Span] = []
        for stage in stages:
            around = None if stage.inside is None else set_span_in_context(spans[stage.inside])
            spans.append(self._telemetry.tracer.start_span(self._shown(stage.name), around, start_time=stage.began_ns))
        # The innermost first, as an error is written once.
        for stage, span in reversed(list(zip(stages, spans, strict=True))):
            result = _CANCELLED if stage.stopped else _ERROR if stage.error else _OK
            if result == _ERROR:
                _mark(span, stage.error)
                if error is not None:
                    outcome.record_once(span, error)
            told = {names.STAGE: self._shown(stage.name), names.OUTCOME: result}
            self._telemetry.record(names.STAGE_DURATION, stage.took_s, told, context=set_span_in_context(span))
            span.end(stage.began_ns + round(stage.took_s * 1e9))

    def cancelled(self) -> bool:
        """Whether the result is no longer wanted: it was cancelled, or the call's deadline has passed."""
        if self._stopped.is_set() or (self._ends_at is not None and time.monotonic() >= self._ends_at):
            return True
        left = deadline.remaining()
        return left is not None and left <= 0

    def cancel(self) -> None:
        """Says that the result is no longer wanted. Idempotent."""
        self._stopped.set()

    def _shown(self, name: str) -> str:
        return f"{self._verb} {name}" if self._verb else name


class _Unheard:
    """A stage of which only progress is told."""

    __slots__ = ("_name", "_token")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._token = _STAGE.set(self._name)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        _STAGE.reset(self._token)


class _Heard(_Unheard):
    """A stage as a span and a duration.

    Between one stage and the next the processor's caches hold other things, and then Python costs ten times as much:
    so this is one plain object, and not generators around generators.
    """

    __slots__ = ("_began", "_outer", "_shown", "_span", "_telemetry", "_watch")

    def __init__(self, watch: Watch, telemetry: Telemetry, name: str, shown: str) -> None:
        super().__init__(name)
        self._watch = watch
        self._telemetry = telemetry
        self._shown = shown

    def __enter__(self) -> None:
        super().__enter__()
        self._began = time.perf_counter()
        self._span = self._telemetry.tracer.start_span(self._shown)
        self._outer = attach(set_span_in_context(self._span))

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        result = _OK
        if error is not None:
            wanted = isinstance(error, Exception) and not self._watch.cancelled()
            result = _ERROR if wanted else _CANCELLED
            if wanted:
                _mark(self._span, type(error).__qualname__)
                outcome.record_once(self._span, error)
        told = {names.STAGE: self._shown, names.OUTCOME: result}
        self._telemetry.record(names.STAGE_DURATION, time.perf_counter() - self._began, told)
        detach(self._outer)
        self._span.end()
        super().__exit__(kind, error, trace)


def _mark(span: Span, error: str) -> None:
    span.set_attribute(names.ERROR_TYPE, error)
    span.set_status(Status(StatusCode.ERROR, error))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
