"""All figures of a run, under fixed names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from evaluation.rendering.outlines import Told
from evaluation.rendering.speed import Cost
from evaluation.rendering.views import Score
from evaluation.seeing.figure import Better, Figure

WHOLE_DB: Final = 32.0
HOLE_DB: Final = 19.0
OUTSIDE_PX: Final = 0.5
JITTER_PX: Final = 0.03
FRAME_MS: Final = {1: 3.0, 2: 5.0}
PREPARED_MS: Final = {720: 100.0, 1080: 150.0}
"""What the product promises."""


def view_figures(scores: Sequence[Score]) -> list[Figure]:
    """How close views of built scenes come to the truth, with exact and with degraded depth."""
    found = []
    for degraded in (False, True):
        rows = [score for score in scores if score.degraded is degraded]
        depth = "degraded depth" if degraded else "exact depth"
        for name, values, target in (
            ("whole frame, dB", [row.whole for row in rows], WHOLE_DB if degraded else None),
            ("near the object, dB", [row.near for row in rows], None),
            ("holes, dB", [row.hole for row in rows], HOLE_DB if degraded else None),
            ("structural similarity", [row.ssim for row in rows], None),
            ("structural similarity near the object", [row.ssim_near for row in rows], None),
        ):
            found.append(_mean(f"{depth}: {name}", values, Better.HIGHER, target))
        found.append(_mean(f"{depth}: share of the frame uncovered", [row.uncovered for row in rows], Better.NEITHER))
    return found


def promise_figures(outside: dict[str, float], seam: int, differing: int, jitter: tuple[float, float]) -> list[Figure]:
    """What must hold of every clip."""
    return [
        _one("samples beyond the still, px, worst of all movements", max(outside.values()), len(outside), OUTSIDE_PX),
        _one("loop: seam in grey levels", float(seam), 1, 0.0),
        _one("shots that differ when made again", float(differing), 1, 0.0),
        _one("jitter of a slow zoom, px rms", jitter[0], 1, JITTER_PX),
        _one("jitter of its growth, px rms", jitter[1], 1, JITTER_PX),
    ]


def outline_figures(told: Told) -> list[Figure]:
    """How outlines of things are told from lines where nothing ends."""
    n = told.photographs
    return [
        Figure("outlines: true lines let through", round(told.true_lines, 4), None, None, n, Better.HIGHER),
        Figure("outlines: false lines let through", round(told.false_lines, 4), None, None, n, Better.LOWER),
        Figure("outlines: true pieces trusted fully", round(told.true_pieces, 4), None, None, n, Better.HIGHER),
        Figure("outlines: false pieces trusted at all", round(told.false_pieces, 4), None, None, n, Better.LOWER),
    ]


def cost_figures(cost: Cost) -> list[Figure]:
    """What it costs on this machine; no part of the gate."""
    found = [_one("cost: one remap of a 720p plane, CPU ms", cost.remap, 1, None)]
    for count, spent in cost.frames.items():
        name = f"cost: a 720p frame of {count} layers" if count > 1 else "cost: a 720p frame of 1 layer"
        found.append(_one(f"{name}, CPU ms, median of photographs", spent, 1, FRAME_MS.get(count)))
        found.append(_one(f"{name}, CPU ms, worst photograph", cost.worst[count], 1, None))
    for height, spent in cost.prepared.items():
        found.append(_one(f"cost: layers for {height}p, CPU ms, median", spent, 1, PREPARED_MS[height]))
    realtime = round(cost.realtime, 2)
    found.append(Figure("realtime factor, 720p, two layers", realtime, None, None, 1, Better.HIGHER))
    return found


def _mean(name: str, values: Sequence[float | None], better: Better, target: float | None = None) -> Figure:
    known = [value for value in values if value is not None]
    if not known:
        return Figure(name, None, None, None, 0, better, target)
    spread = 1.96 * float(np.std(known)) / max(1.0, np.sqrt(len(known)))
    mean = float(np.mean(known))
    return Figure(name, round(mean, 4), round(mean - spread, 4), round(mean + spread, 4), len(known), better, target)


def _one(name: str, value: float, n: int, target: float | None) -> Figure:
    return Figure(name, round(value, 4), None, None, n, Better.LOWER, target)
