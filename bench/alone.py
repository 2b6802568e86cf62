"""Analyses in a process by itself: takes a line with a number, does as many, and answers with the seconds they took."""

from __future__ import annotations

import sys
import time
from typing import Final

import cv2
import media
from unwatched import Unwatched

from analyzer.adapters.haar_faces import HaarFaces
from analyzer.adapters.trained_eye import TrainedEye
from analyzer.core.analysis import MapKind
from analyzer.core.picture import Options
from analyzer.core.pipeline import Analyzer

_OPTIONS: Final = Options(maps=frozenset({MapKind.DEPTH, MapKind.FOREGROUND}))


def main() -> None:
    """Until no more lines come."""
    cv2.setNumThreads(1)
    content, analyzer, watch = media.large_photograph(), Analyzer(HaarFaces(), TrainedEye()), Unwatched()
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            analyzer.measure(analyzer.decode(content, _OPTIONS, watch), _OPTIONS, watch)
        sys.stdout.write(f"{time.perf_counter() - began}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
