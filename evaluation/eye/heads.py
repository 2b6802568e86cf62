"""Linear heads over the whole picture, each calibrated on pictures held out: scenes, outdoors, times and signs."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluation.eye.labels import SIGNS, Targets
from evaluation.eye.regression import fitted, held_out, platt, signal_of, softmax, tempered

Array = NDArray[np.float64]

RIDGE: Final = {"scene": 0.4, "outdoor": 0.4, "time": 0.6, "sign": 0.8}
"""Strength of the quadratic penalty; from 0.1 to 0.8 the share of right answers changes by less than its error."""
_BALANCE: Final = {"scene": 0.25, "outdoor": 0.0, "time": 0.5, "sign": 0.25}
"""Power by which rare classes count more than their share."""
_COVERAGE: Final = 0.9
"""Share of the photographs of the fit that get an answer."""


@dataclass(frozen=True)
class Heads:
    """What is fitted.

    weights (m, k) and bias (k,) over standardised figures: kinds, then indoors against outdoors as one log-odds,
    then times, then signs as log-odds. right: slope and bias from the log-odds of the largest share to those of being
    right. least_right: chance below which no kind is named.
    """

    mean: Array
    spread: Array
    weights: Array
    bias: Array
    right: tuple[float, float]
    least_right: float


def fit_heads(values: Array, targets: Targets, drawn: NDArray[np.bool_]) -> Heads:
    """The heads. values: (n, m), drawn: whether a picture is a built scene; calibration is on photographs alone."""
    photographs = ~drawn

    def head(target: Array, name: str) -> tuple[Array, Array, float]:
        model = fitted(values, target, RIDGE[name], _BALANCE[name])
        scores = held_out(values, target, RIDGE[name], _BALANCE[name])
        factor = tempered(scores[photographs], target[photographs])
        return model.weights, model.bias, factor

    scene, scene_bias, scene_factor = head(targets.scenes, "scene")
    scores = held_out(values, targets.scenes, RIDGE["scene"], _BALANCE["scene"])
    known = photographs & (targets.right.sum(axis=1) > 0)
    shares = softmax(scene_factor * scores[known])
    right = targets.right[known][np.arange(len(shares)), shares.argmax(axis=1)]
    slope, bias = platt(signal_of(shares), right)
    chance = 1 / (1 + np.exp(-(slope * signal_of(shares) + bias)))
    columns, biases = [scene * scene_factor], [scene_bias * scene_factor]
    for target, name in [(targets.outdoors, "outdoor"), (targets.times, "time")] + [
        (targets.signs[sign], "sign") for sign in SIGNS
    ]:
        weights, offset, factor = head(target, name)
        if name != "time":
            weights, offset = weights[:, 1:] - weights[:, :1], offset[1:] - offset[:1]
        columns.append(weights * factor)
        biases.append(offset * factor)
    return Heads(
        mean=values.mean(axis=0),
        spread=values.std(axis=0) + 1e-6,
        weights=np.concatenate(columns, axis=1),
        bias=np.concatenate(biases),
        right=(slope, bias),
        least_right=float(np.quantile(chance, 1 - _COVERAGE)),
    )
