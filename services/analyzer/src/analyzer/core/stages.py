"""Running the pipeline's steps: timed, in order or side by side, and not at all once nobody wants the result."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextvars import copy_context
from typing import Any, Final, TypeVar

from analyzer.core.analysis import StageReport
from analyzer.core.errors import Cancelled
from analyzer.core.ports import Watch

T = TypeVar("T")

STAGES: Final = (
    "decode",
    "planes",
    "lines",
    "focus",
    "faces",
    "palette",
    "glance",
    "information",
    "horizon",
    "vanishing point",
    "saliency",
    "regions",
    "subjects",
    "depth",
    "light",
    "composition",
    "shot",
)
"""Every step, in the pipeline's order; those that may stand side by side in the order in which they are asked for."""

SET_UP: Final = ("people", "models")
"""Steps that run only where the service is set up for them."""

ON_REQUEST: Final = ("stability",)
"""Steps that run only when they are asked for, after all others."""


class Stages:
    """The steps of one analysis. Not safe to share between analyses; its steps may run in several threads."""

    def __init__(self, watch: Watch, pool: Executor | None = None, *, before: Sequence[StageReport] = ()) -> None:
        """pool: threads for steps side by side, shared between analyses; None runs everything in the caller's.

        before: reports of steps that ran already.
        """
        self._watch = watch
        self._pool = pool
        self._reports = {report.stage: report for report in before}

    def run(self, name: str, work: Callable[[], T]) -> T:
        """The result of one step. Raises Cancelled before it when nobody wants the result, and what the step raises."""
        if self._watch.cancelled():
            raise Cancelled
        started = time.perf_counter()
        with self._watch.stage(name):
            result = work()
        self._reports[name] = StageReport(name, time.perf_counter() - started)
        return result

    def together(self, *steps: tuple[str, Callable[[], Any]]) -> Sequence[Any]:
        """The results of independent steps, in the order given; raises what the first failing one raises.

        The caller's thread works too: it takes every step that the pool has not begun. So a busy pool makes an
        analysis no slower than doing without, and analyses never wait for one another.
        """
        if self._pool is None or len(steps) == 1:
            return [self.run(name, work) for name, work in steps]
        pending: list[Future[Any]] = [
            self._pool.submit(copy_context().run, self.run, name, work) for name, work in steps[1:]
        ]
        results, failure = [], None
        for at, (name, work) in enumerate(steps):
            try:
                # A step that could be called back was not begun.
                mine = at == 0 or pending[at - 1].cancel()
                results.append(self.run(name, work) if mine else pending[at - 1].result())
            except Exception as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return results

    def abstained(self, name: str, because: str) -> None:
        """Notes why a step that has run gave nothing; no reason, no note."""
        report = self._reports[name]
        self._reports[name] = StageReport(name, report.duration_s, because)

    def reports(self) -> tuple[StageReport, ...]:
        """The steps that ran, in the pipeline's order."""
        return tuple(self._reports[name] for name in (*STAGES, *SET_UP, *ON_REQUEST) if name in self._reports)
