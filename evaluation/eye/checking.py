"""How right the heads are on photographs that they were not fitted on."""

import numpy as np
from numpy.typing import NDArray

from evaluation.eye.heads import RIDGE
from evaluation.eye.labels import KINDS, SIGNS, Targets
from evaluation.eye.measuring import Measured
from evaluation.eye.regression import held_out, softmax

Array = NDArray[np.float64]


def report(measured: Measured, targets: Targets) -> str:
    """Plain text: scenes by coverage and kind, and the area under the curve of each sign, by five-fold validation."""
    values, photographs = measured.pooled, ~measured.drawn
    shares = softmax(held_out(values, targets.scenes, RIDGE["scene"], 0.25))
    known = photographs & (targets.right.sum(axis=1) > 0)
    shares, right = shares[known], targets.right[known]
    top = shares.argmax(axis=1)
    ok = right[np.arange(len(top)), top]
    order = np.argsort(-shares.max(axis=1))
    lines = [f"{len(top)} photographs"]
    for coverage in (1.0, 0.9, 0.8, 0.5):
        count = round(coverage * len(top))
        share = float(ok[order[:count]].mean())
        lines.append(
            f"answers on {coverage:.0%}: right {share:.3f} +- {1.96 * np.sqrt(share * (1 - share) / count):.3f}"
        )
    for at, kind in enumerate(KINDS):
        answered = top == at
        lines.append(
            f"{kind}: answered {int(answered.sum())}, right {ok[answered].mean() if answered.any() else 0:.2f}"
        )
    for sign in ("outdoor", *SIGNS):
        target = targets.outdoors if sign == "outdoor" else targets.signs[sign]
        scores = held_out(values, target, RIDGE["sign"], 0.25)
        there = photographs & (target.sum(axis=1) > 0)
        curve = area(scores[there, 1] - scores[there, 0], target[there, 1] > 0)
        lines.append(f"{sign}: {int(target[there, 1].sum())} of {int(there.sum())}, area under the curve {curve:.3f}")
    return "\n".join(lines)


def area(scores: Array, there: NDArray[np.bool_]) -> float:
    """Area under the curve of scores for what is there against what is not, ties shared; nan without both."""
    more, less = scores[there], scores[~there]
    if not len(more) or not len(less):
        return float("nan")
    above = (more[:, None] > less[None]).mean() + 0.5 * (more[:, None] == less[None]).mean()
    return float(above)
