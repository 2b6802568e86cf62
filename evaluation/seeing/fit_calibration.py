"""From judged movements to a calibration file: how often was evidence of this strength right?

Every family of movements gets a curve (`pooled_curves`); how far families may deviate from each other is chosen by
cross-validation over whole photographs.

The prediction set's threshold is a conformal quantile of probabilities that were fitted without the photograph itself
(cross-conformal; Vovk 2015): on average over such samples the set holds a right movement as often as promised, as far
as photographs to come are like these.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.seeing.pooled_curves import (
    DIGITS,
    FAMILIES,
    REACHES,
    Array,
    Judged,
    Judgement,
    Places,
    crossed,
    fitted,
    log_loss,
    sigmoid,
)

__all__ = ["FAMILIES", "Fitted", "Judgement", "TooFew", "fit", "write"]


class TooFew(Exception):
    """There are too few judgements to fit anything. found, needed: photographs."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(f"a calibration needs judged movements of at least {needed} photographs, not {found}")
        self.found = found
        self.needed = needed


@dataclass(frozen=True)
class Fitted:
    """content: what the calibration file holds. out_of_fold: each row's probability, fitted without its photograph.

    report: figures of the fit itself: log loss and Brier score before and after, the reach of the deviations, the
    share of photographs answered, the size of the prediction sets and how many of them held a right movement.
    """

    content: dict[str, Any]
    out_of_fold: Array
    report: Mapping[str, float]


def fit(
    rows: Sequence[Judgement],
    *,
    rules_version: str,
    pipeline_version: str,
    floor: float = 0.5,
    coverage: float = 0.9,
    folds: int = 5,
) -> Fitted:
    """The calibration that the judged movements give.

    Args:
        rows: every candidate that was judged, of every photograph; unlisted families get the common curve.
        rules_version: the rules whose log-odds these are.
        pipeline_version: the analyzer's pipeline that measured.
        floor: calibrated probability from which on a movement is recommended; 0.5 is right more often than wrong.
        coverage: what the prediction set promises.
        folds: parts of the photographs for cross-validation.

    Raises:
        TooFew: fewer photographs than folds.
    """
    groups = sorted({row.group for row in rows})
    if len(groups) < folds:
        raise TooFew(len(groups), folds)
    # Sums of floats depend on their order; in one order of its own the same judgements give the same file.
    order = sorted(range(len(rows)), key=lambda place: _key(rows[place]))
    rows = [rows[place] for place in order]
    data = Judged.of(rows)
    fold = _folds(rows, folds)
    reach = min(REACHES, key=lambda item: (log_loss(data.right, crossed(data, fold, item)), item))
    model = fitted(data, reach)
    unseen = crossed(data, fold, reach)
    answered, best_right, sizes = _by_photograph(rows, unseen, floor)
    threshold, promised = _threshold(best_right, coverage)
    content: dict[str, Any] = {
        "rules_version": rules_version,
        "pipeline_version": pipeline_version,
        "families": {name: model.curve(index) for index, name in enumerate(FAMILIES)},
        "floor": round(floor, DIGITS),
        "set_threshold": None if threshold is None else round(threshold, DIGITS),
        "coverage": round(promised, DIGITS),
        "n": len(rows),
        "groups": len(groups),
        "data_digest": _digest(rows),
        "method": (
            f"Platt scaling with partial pooling (deviations of families: standard deviation {reach:g}, by "
            f"{folds}-fold cross-validation over photographs); intervals by the delta method from the Laplace "
            f"covariance, widened {model.widened:.2f} times for judgements of one photograph; prediction set: "
            f"cross-conformal quantile"
        ),
    }
    named = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    inside = [sizes(threshold)] if threshold is not None else []
    report = {
        "log_loss_raw": log_loss(data.right, sigmoid(data.log_odds)),
        "log_loss": log_loss(data.right, unseen),
        "brier_raw": float(np.mean((sigmoid(data.log_odds) - data.right) ** 2)),
        "brier": float(np.mean((unseen - data.right) ** 2)),
        "reach": reach,
        "answered": answered / len(groups),
        "set_size": inside[0][0] if inside else 0.0,
        "set_held": inside[0][1] if inside else 0.0,
    }
    out_of_fold = np.empty_like(unseen)
    out_of_fold[order] = unseen
    return Fitted({"id": f"camera-{named}", **content}, out_of_fold, report)


def write(fitted: Fitted, path: Path) -> None:
    """Writes the calibration file, the same bytes for the same judgements."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fitted.content, indent=2) + "\n", encoding="utf-8")


def _folds(rows: Sequence[Judgement], folds: int) -> Places:
    """A part for each photograph: in the order of their names' digests, so in no order of theirs."""
    names = sorted({row.group for row in rows}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    part = {name: index % folds for index, name in enumerate(names)}
    return np.array([part[row.group] for row in rows], dtype=np.int64)


def _by_photograph(rows: Sequence[Judgement], chances: Array, floor: float) -> tuple[int, list[float], Any]:
    """How many photographs are answered, the probability of each one's best right movement, and sets by threshold."""
    of: dict[str, list[tuple[float, bool]]] = {}
    for row, chance in zip(rows, chances, strict=True):
        of.setdefault(row.group, []).append((float(chance), row.right))
    answered = [items for items in of.values() if max(items)[0] >= floor]
    best_right = [max((chance for chance, right in items if right), default=0.0) for items in answered]

    def sizes(threshold: float) -> tuple[float, float]:
        kept = [[item for item in items if item[0] >= threshold or item == max(items)] for items in answered]
        held = sum(any(right for _, right in items) for items in kept)
        return sum(map(len, kept)) / len(kept), held / len(kept)

    return len(answered), best_right, sizes


def _threshold(best_right: Sequence[float], coverage: float) -> tuple[float | None, float]:
    """The conformal threshold and what it promises; None when there are too few photographs to promise anything.

    Where more photographs than may be missed have no right candidate at all, no threshold keeps the promise: then it
    takes in all that were ever right, and promises the share that have one.
    """
    ranked = sorted(best_right)
    place = math.floor((len(ranked) + 1) * (1 - coverage) + 1e-9)
    if place < 1:
        return None, 0.0
    if ranked[place - 1] > 0:
        return ranked[place - 1], coverage
    right = [item for item in ranked if item > 0]
    return (right[0], len(right) / (len(ranked) + 1)) if right else (None, 0.0)


def _key(row: Judgement) -> tuple[str, str, float, bool]:
    return row.group, row.family, row.log_odds, row.right


def _digest(rows: Sequence[Judgement]) -> str:
    lines = (f"{row.group}:{row.family}:{row.log_odds:.9f}:{int(row.right)}" for row in sorted(rows, key=_key))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
