"""Clips judged in full: measures, verdict and what it cost."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

from evaluation.clips.figures import Judged
from evaluation.clips.judge import Still, measure, open_still
from evaluation.clips.verdict import verdict


def judged(clip: Path, still: Path) -> Judged:
    """The clip's measures and verdict. Raises BadInput."""
    began = time.process_time()
    measured = measure(clip, _still(still))
    return Judged(measured, verdict(measured), time.process_time() - began)


@lru_cache(maxsize=1)
def _still(path: Path) -> Still:
    """Clips of one still come one after another."""
    return open_still(path)
