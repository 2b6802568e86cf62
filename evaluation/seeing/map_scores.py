"""How well maps agree with the truth: the order of depths, and areas of materials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.core.analysis import SceneAnalysis
from evaluation.scenes.truth import Plane, Regions
from evaluation.seeing.statistics import spearman

_ACROSS: Final = 64
"""Depth is compared on a grid this wide: finer would count the same places again."""

_PAIRS: Final = 6000
_APART: Final = 0.05
"""Pairs of places count when their truths differ by this share of the range: nearer ones a person could not order."""


@dataclass(frozen=True)
class DepthScore:
    """Share of pairs in the right order (a tie is half right) and rank correlation; the same for mere height."""

    ordinal: float
    rank: float
    ordinal_of_height: float
    rank_of_height: float


def depth_score(found: Plane | None, truth: Plane) -> DepthScore | None:
    """How well a depth map (1 is nearest) orders the truth's nearness; NaN in the truth is left out.

    None when the truth has no range. Without a map every pair is a tie.
    """
    height, width = truth.shape
    size = (_ACROSS, max(2, round(_ACROSS * height / width)))
    wanted = np.asarray(cv2.resize(truth, size, interpolation=cv2.INTER_NEAREST), np.float64)
    known = np.isfinite(wanted)
    actual = wanted[known]
    if actual.size < 2 or float(np.ptp(actual)) == 0:
        return None
    if found is None:
        told = np.zeros_like(actual)
    else:
        told = np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_AREA), np.float64)[known]
    rows = np.repeat(np.arange(size[1], dtype=np.float64)[:, None], size[0], axis=1)[known]
    rng = np.random.default_rng(5)
    first, second = (rng.integers(0, actual.size, _PAIRS) for _ in range(2))
    apart = np.abs(actual[first] - actual[second]) > _APART * float(np.ptp(actual))
    pairs = (first[apart], second[apart])
    return DepthScore(
        ordinal=_ordered(told, actual, pairs),
        rank=spearman(told, actual),
        ordinal_of_height=_ordered(rows, actual, pairs),
        rank_of_height=spearman(rows, actual),
    )


def _ordered(
    told: NDArray[np.float64],
    actual: NDArray[np.float64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> float:
    first, second = pairs
    if first.size == 0:
        return 0.5
    one, two = np.sign(told[first] - told[second]), np.sign(actual[first] - actual[second])
    return float(np.where(one == 0, 0.5, one == two).mean())


def region_overlap(analysis: SceneAnalysis, truth: Regions) -> dict[str, float]:
    """Intersection over union for each material that is there or was found; needs the map of regions."""
    height, width = truth.labels.shape
    labels = analysis.maps.regions
    found: dict[str, NDArray[np.bool_]] = {}
    if labels is not None:
        whole = np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
        for index, region in enumerate(analysis.regions):
            kind = str(region.kind)
            found[kind] = found.get(kind, np.zeros((height, width), bool)) | (whole == index + 1)
    judged = truth.labels > 0
    scores = {}
    for kind in dict.fromkeys((*truth.kinds, *found)):
        real = np.zeros((height, width), bool)
        if kind in truth.kinds:
            real = truth.labels == truth.kinds.index(kind) + 1
        seen = found.get(kind, np.zeros((height, width), bool)) & judged
        union = int((real | seen).sum())
        if union:
            scores[kind] = float((real & seen).sum() / union)
    return scores


def overlap(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> float:
    """Intersection over union of two boxes (left, top, width, height), 0 to 1."""
    wide = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    high = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    both = max(0.0, wide) * max(0.0, high)
    union = one[2] * one[3] + two[2] * two[3] - both
    return both / union if union > 0 else 0.0
