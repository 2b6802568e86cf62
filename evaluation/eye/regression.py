"""Multinomial logistic regression with soft targets, its cross-validation and its calibration."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLIP: Final = 3.5
"""Standard deviations beyond which a figure counts no further, as in the network's graph."""
FOLDS: Final = 5
_ROUNDS: Final = 220


@dataclass(frozen=True)
class Model:
    """mean, spread: (m,). weights: (m, classes). bias: (classes,)."""

    mean: Array
    spread: Array
    weights: Array
    bias: Array

    def scores(self, values: Array) -> Array:
        """(n, classes) before the softmax."""
        standard = np.clip((values - self.mean) / self.spread, -CLIP, CLIP)
        return standard @ self.weights + self.bias


def softmax(scores: Array) -> Array:
    """Shares that sum to 1 along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def fitted(values: Array, target: Array, ridge: float, balance: float) -> Model:
    """Multinomial logistic regression with soft targets, by Nesterov's accelerated gradient from zero.

    Rows whose target is all zero are not labelled and count for the standardisation alone.
    """
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    known = target.sum(axis=1) > 0
    values, target = values[known], target[known]
    standard = np.clip((values - mean) / spread, -CLIP, CLIP)
    mass = target.sum(axis=0)
    factor = (mass.mean() / np.maximum(mass, 1.0)) ** balance
    weight = (target * factor).sum(axis=1)
    target = target * factor / weight[:, None]
    weight /= weight.sum()
    steep = 0.5 * float(np.linalg.eigvalsh((standard * weight[:, None]).T @ standard)[-1]) + ridge
    weights, bias = np.zeros((standard.shape[1], target.shape[1])), np.zeros(target.shape[1])
    ahead, ahead_bias, pace = weights, bias, 1.0
    for _ in range(_ROUNDS):
        error = (softmax(standard @ ahead + ahead_bias) - target) * weight[:, None]
        new = ahead - (standard.T @ error + ridge * ahead) / steep
        new_bias = ahead_bias - error.sum(axis=0) / steep
        new_pace = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = new + (pace - 1) / new_pace * (new - weights)
        ahead_bias = new_bias + (pace - 1) / new_pace * (new_bias - bias)
        weights, bias, pace = new, new_bias, float(new_pace)
    return Model(mean, spread, weights, bias)


def folds_of(count: int, seed: int = 0) -> NDArray[np.intp]:
    """(n,) fold of each row."""
    order: NDArray[np.intp] = np.random.default_rng(seed).permutation(count) % FOLDS
    return order


def held_out(values: Array, target: Array, ridge: float, balance: float, *, seed: int = 0) -> Array:
    """(n, classes): scores of every row by a model fitted without its fold."""
    folds = folds_of(len(values), seed)
    scores = np.zeros(target.shape)
    for fold in range(FOLDS):
        model = fitted(values[folds != fold], target[folds != fold], ridge, balance)
        scores[folds == fold] = model.scores(values[folds == fold])
    return scores


def tempered(scores: Array, target: Array) -> float:
    """The factor on scores that makes their softmax likeliest."""
    known = target.sum(axis=1) > 0
    factors = np.round(np.exp(np.linspace(np.log(0.5), np.log(4.0), 61)), 3)
    likely = [
        float((target[known] * np.log(softmax(factor * scores[known]) + 1e-12)).sum()) for factor in factors.tolist()
    ]
    return float(factors[int(np.argmax(likely))])


def platt(signal: Array, right: Array) -> tuple[float, float]:
    """Slope and bias of the logistic curve from a signal to the chance of being right (Platt 1999), by Newton."""
    slope, bias = 1.0, 0.0
    positive = float(right.sum())
    smooth = np.where(right > 0, (positive + 1) / (positive + 2), 1 / (len(right) - positive + 2))
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(slope * signal + bias)))
        error, bend = chance - smooth, chance * (1 - chance)
        gradient = np.array([(error * signal).sum(), error.sum()])
        curve = np.array(
            [[(bend * signal**2).sum(), (bend * signal).sum()], [(bend * signal).sum(), bend.sum()]]
        ) + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        slope, bias = slope - float(step[0]), bias - float(step[1])
    return slope, bias


def signal_of(shares: Array) -> Array:
    """Log-odds of each row's largest share."""
    top = np.clip(shares.max(axis=1), 1e-6, 1 - 1e-6)
    odds: Array = np.log(top / (1 - top))
    return odds
