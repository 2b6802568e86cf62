"""All figures of a run over clips of the product's own renderer, under fixed names: all of them defects' distances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.clips import limits
from evaluation.clips.judge import Measured
from evaluation.clips.limits import Limit
from evaluation.clips.verdict import Verdict, added_blur, blurs
from evaluation.seeing.figure import Better, Figure


@dataclass(frozen=True, eq=False)
class Judged:
    """A clip with its measures and its verdict; cpu_s is the time that it took."""

    measured: Measured
    verdict: Verdict
    cpu_s: float


def _changed(found: Measured) -> float | None:
    return None if found.first is None else found.first.changed


def _colour(found: Measured) -> float | None:
    return None if found.first is None else found.first.colour


def _lost(found: Measured) -> float | None:
    return max((1 - one.kept for one in found.samples if one.kept is not None), default=None)


def _drift(found: Measured) -> float | None:
    return max((one.colour for one in found.samples if one.colour is not None), default=None)


def _blur(found: Measured) -> float | None:
    return blurs(found)[0][1] if blurs(found) else None


def _added(found: Measured) -> float | None:
    added = added_blur(found)
    return None if added is None else added[0]


def _jitter(found: Measured) -> float | None:
    shakes = found.camera.jitter_px
    return None if shakes is None else shakes / max(found.facts.width_px, found.facts.height_px)


def _blocks(found: Measured) -> float | None:
    return float(np.median([one.blocks for one in found.grains])) if found.grains else None


_WATCHED: Final[tuple[tuple[str, Callable[[Measured], float | None], Limit], ...]] = (
    ("changed content, share", _changed, limits.CHANGED),
    ("colours of the first frame, CIEDE2000", _colour, limits.COLOUR),
    ("content lost, share", _lost, limits.LOST),
    ("drift of colours, CIEDE2000", _drift, limits.COLOUR_DRIFT),
    ("flicker, amplitude", lambda found: found.flicker.amplitude, limits.FLICKER),
    ("local flicker, amplitude", lambda found: found.flicker.local_amplitude, limits.LOCAL_FLICKER),
    ("colour flicker, levels", lambda found: found.flicker.colour_amplitude, limits.COLOUR_FLICKER),
    ("blur of the first frame, px", _blur, limits.SOFT),
    ("blur added, px", _added, limits.SOFTENS),
    ("blocks, levels", _blocks, limits.BLOCKS),
    ("jitter, share of the long side", _jitter, limits.JITTER),
)


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """How many clips have a defect, and the worst and the mean of each measure; targets are the limits of defects."""
    n = len(judged)
    flawed = [one for one in judged if one.verdict.defects]
    lost = [one for one in judged if one.measured.no_place is not None]
    found = [
        Figure("clips with a defect", float(len(flawed)), None, None, n, Better.LOWER, 0.0),
        Figure("clips that could not be laid over their still", float(len(lost)), None, None, n, Better.LOWER, 0.0),
    ]
    for name, read, limit in _WATCHED:
        values = [value for one in judged if (value := read(one.measured)) is not None]
        if values:
            worst, mean = round(max(values), 4), round(float(np.mean(values)), 4)
            found.append(Figure(f"{name}: worst", worst, None, None, len(values), Better.LOWER, limit.value))
            found.append(Figure(f"{name}: mean", mean, None, None, len(values), Better.LOWER))
    return found
