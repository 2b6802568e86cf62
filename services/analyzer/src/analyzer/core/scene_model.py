"""A small multinomial logistic model: from the figures of a still to chances of kinds of scenes, outdoors and times."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from analyzer.core import scene_weights as numbers
from analyzer.core.analysis import SceneKind, TimeOfDay
from analyzer.core.arrays import Plane
from analyzer.core.scene_features import Sight, features_of
from analyzer.core.surfaces import Dictionary

_CLIP: Final = 3.5
"""Standard deviations beyond which a figure counts no further: the photographs of the fit tell nothing there."""


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """What the model says. kinds, times: probabilities that sum to 1 each; UNSPECIFIED among times: no time told.

    right: probability 0..1 that the likeliest kind is one that people accept, calibrated. outdoor: 0..1.
    """

    kinds: dict[SceneKind, float]
    right: float
    outdoor: float
    times: dict[TimeOfDay, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    names: tuple[str, ...]
    mean: Plane
    spread: Plane
    weights: Plane
    biases: Plane
    dictionary: Dictionary


def chances_of(sight: Sight) -> Chances:
    """The model's verdict on a still. The same for the mirrored still as far as its figures are."""
    model = _weights()
    _, values = features_of(sight, model.dictionary)
    standard = np.clip((values - model.mean) / model.spread, -_CLIP, _CLIP)
    scores = standard @ model.weights + model.biases
    last = len(numbers.SCENES)
    kinds, times = _shares(scores[:last]), _shares(scores[last + 1 :])
    slope, bias = numbers.RIGHT
    top = min(max(float(kinds.max()), 1e-6), 1 - 1e-6)
    return Chances(
        kinds={SceneKind(name): float(share) for name, share in zip(numbers.SCENES, kinds, strict=True)},
        right=_logistic(slope * float(np.log(top / (1 - top))) + bias),
        outdoor=_logistic(float(scores[last])),
        times={TimeOfDay(name): float(share) for name, share in zip(numbers.TIMES, times, strict=True)},
    )


def feature_names() -> tuple[str, ...]:
    """The names of the figures that the model weighs, in order."""
    return _weights().names


@cache
def _weights() -> _Weights:
    """The tables of scene_weights as arrays."""
    rows = list(_rows(numbers.FEATURES))
    tables: dict[str, list[list[float]]] = {}
    for name, *found in _rows(numbers.SURFACES):
        tables.setdefault(name, []).append([float(one) for one in found])
    surfaces = {name: np.array(table, np.float32) for name, table in tables.items()}
    return _Weights(
        names=tuple(row[0] for row in rows),
        mean=np.array([row[1] for row in rows], np.float64),
        spread=np.array([row[2] for row in rows], np.float64),
        weights=np.array([row[3:] for row in rows], np.float64) / 1000,
        biases=np.array(numbers.BIASES.split(), np.float64) / 1000,
        dictionary=Dictionary(
            centre=surfaces["centre"][0],
            spread=surfaces["spread"][0],
            share=surfaces["share"][0],
            mean=surfaces["mean"],
            deviation=surfaces["deviation"],
        ),
    )


def _rows(table: str) -> Iterator[list[str]]:
    """The words of each row; a line that begins with a blank goes on with the one above."""
    for row in table.strip("\n").replace("\n ", " ").split("\n"):
        yield row.split()


def _shares(scores: Plane) -> Plane:
    powers = np.exp(scores - scores.max())
    shares: Plane = powers / powers.sum()
    return shares


def _logistic(score: float) -> float:
    return float(1 / (1 + np.exp(-score)))
