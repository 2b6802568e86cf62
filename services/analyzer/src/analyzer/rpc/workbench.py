"""What a worker has at hand to work on stills, and its pieces of work.

A worker is a thread of the service or a process of its own; so what goes in and comes out of a piece of work can be
pickled, and is small where it can be: analyses leave as packed messages.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from analyzer.core.analysis import MapKind, SceneMaps
from analyzer.core.errors import DigestMismatch
from analyzer.core.glance import Eye
from analyzer.core.models import Models
from analyzer.core.picture import Options, Picture
from analyzer.core.pipeline import Analyzer
from analyzer.core.ports import Drawer, FaceDetectors, PeopleDetector, Watch
from analyzer.rpc import messages
from film.stills import Limits, byte_digest

EXPLAINED: Final = Options(maps=frozenset(MapKind))
"""As AnalyzeImage measures by default, so that a drawing shows what it says; the maps are for the drawing."""


_WARMING_PX: Final = 64


class _Unwatched:
    """A watch that nobody looks at."""

    def stage(self, _name: str) -> AbstractContextManager[None]:
        return nullcontext()

    def progress(self, _fraction: float) -> None:
        pass

    def cancelled(self) -> bool:
        return False


class Workbench:
    """An analyzer and a drawer. Safe to use from several threads."""

    def __init__(self, analyzer: Analyzer, drawer: Drawer) -> None:
        self._analyzer = analyzer
        self._drawer = drawer

    def models(self, _watch: Watch) -> str:
        """Which trained models take part, as a part of a key; "" for none."""
        return self._analyzer.models.identity

    def warm_up(self) -> None:
        """A first analysis, of a small drawing: libraries load parts of themselves when they are first used."""
        y, x = np.mgrid[0:_WARMING_PX, 0:_WARMING_PX].astype(np.uint8)
        pixels = np.dstack([3 * x, 3 * y, x + y])
        cv2.circle(pixels, (20, 40), 10, (0, 0, 255), cv2.FILLED)
        content = cv2.imencode(".jpg", pixels)[1].tobytes()
        self.measured(self.decoded(content, "", EXPLAINED, _Unwatched()), EXPLAINED, _Unwatched())

    def decoded(self, content: bytes, sha256: str, options: Options, watch: Watch) -> Picture:
        """The still's pixels at the working size. Raises Cancelled and film.stills.StillError.

        sha256: of the bytes, or "" to have it made here, beside the loop.
        """
        return self._analyzer.decode(content, options, watch, sha256=sha256 or byte_digest(content))

    def measured(self, picture: Picture, options: Options, watch: Watch) -> bytes:
        """The analysis as a packed SceneAnalysis, its maps as PNG files. Raises Cancelled."""
        message = messages.analysis_message(self._analyzer.measure(picture, options, watch))
        return message.SerializeToString(deterministic=True)

    def both_decoded(self, content: bytes, announced: str, size_px: int, watch: Watch) -> tuple[Picture, Picture]:
        """The still as it is measured, and as it is shown.

        announced: the SHA-256 that the caller gives for the bytes, or "". Raises DigestMismatch, Cancelled and
        film.stills.StillError.
        """
        found = byte_digest(content)
        if announced and announced != found:
            raise DigestMismatch(announced=announced, found=found)
        measured = self._analyzer.decode(content, EXPLAINED, watch, sha256=found)
        return measured, self._analyzer.decode(content, replace(EXPLAINED, working_px=size_px), watch)

    def drawn(self, measured: Picture, shown: Picture, size_px: int, watch: Watch) -> tuple[bytes, bytes]:
        """A PNG file of what is seen, and the analysis as a packed SceneAnalysis. Raises Cancelled."""
        analysis = self._analyzer.measure(measured, EXPLAINED, watch)
        png = self._drawer.draw(shown.still.pixels, analysis, size_px=size_px, watch=watch)
        # The maps are in the drawing; who wants them as figures asks AnalyzeImage.
        message = messages.analysis_message(replace(analysis, maps=SceneMaps()))
        return png, message.SerializeToString(deterministic=True)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a workbench is made, where it is needed: the plan can be pickled, the workbench cannot."""

    detectors: Callable[[], FaceDetectors]
    eye: Callable[[], Eye]
    drawer: Callable[[], Drawer]
    people: Callable[[], PeopleDetector] | None
    models: Callable[[], Models]
    limits: Limits

    def workbench(self, pool: Executor | None = None) -> Workbench:
        """The workbench, ready. pool: threads for steps side by side. Raises what the parts raise."""
        # One thread per call: OpenCV's own would fight with the workers for the same cores.
        cv2.setNumThreads(1)
        analyzer = Analyzer(
            self.detectors(),
            self.eye(),
            people=None if self.people is None else self.people(),
            models=self.models(),
            limits=self.limits,
            pool=pool,
        )
        return Workbench(analyzer, self.drawer())

    def warm_workbench(self) -> Workbench:
        """The workbench, as fast at the first call as at the second."""
        workbench = self.workbench()
        workbench.warm_up()
        return workbench
