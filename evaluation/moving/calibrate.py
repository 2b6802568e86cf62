"""Fits the confidence of the motion check on clips of one half of the photographs, and writes it for the product."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

import generator.core.motion_check as product
from evaluation.moving.observe import Row
from film.movement import Movement
from generator.core.motion_check.calibration import coarse, names

SHIPPED: Final = Path(product.__file__).with_name("calibration_data.py")
"""Where the product reads its weights from."""

STIFFNESS: Final = 1.0
"""Pull of every weight to 0, as the inverse of a prior's variance: few clips must not speak too loudly."""

SILENCE: Final = 0.4
"""What a clip without a name costs, beside one that is named wrongly."""

FOLDS: Final = 5
_ROUNDS: Final = 60

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Weights by sign for a right label and for one that looks like it, the threshold, and out-of-fold probabilities.

    `exact` and `alike` are (rows,) probabilities that each row got from a fit without its photograph.
    """

    exact_weights: Mapping[str, float]
    coarse_weights: Mapping[str, float]
    least: float
    exact: Array
    alike: Array


def usable(rows: Sequence[Row]) -> list[Row]:
    """The rows that came with signs."""
    return [row for row in rows if row.signs and row.likeliest]


def fit(rows: Sequence[Row]) -> Fitted:
    """The calibration that the rows give; the same rows in any order give the same. Raises ValueError below 50 rows."""
    rows = sorted(usable(rows), key=lambda row: row.recipe.name)
    if len(rows) < 50:
        message = f"a calibration needs at least 50 clips, found {len(rows)}"
        raise ValueError(message)
    x = np.array([[1.0, *(row.signs[name] for name in names())] for row in rows])
    right = np.array([row.likeliest == row.recipe.movement for row in rows], np.float64)
    alike = np.array([coarse(Movement(row.likeliest)) == coarse(row.recipe.movement) for row in rows], np.float64)
    folds = np.array([_fold(row) for row in rows])
    exact_out, alike_out = (_crossed(x, y, folds) for y in (right, alike))
    return Fitted(
        _named(_logistic(x, right)),
        _named(_logistic(x, alike)),
        _threshold(np.maximum(exact_out, alike_out), alike),
        exact_out,
        alike_out,
    )


def write(fitted: Fitted, path: Path = SHIPPED) -> str:
    """Writes the product's weights; gives the calibration's name, which changes with every weight."""
    text = json.dumps([fitted.exact_weights, fitted.coarse_weights, fitted.least])
    name = f"motion-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    path.write_text(
        _TEXT.format(
            name=name, exact=_table(fitted.exact_weights), coarse=_table(fitted.coarse_weights), least=fitted.least
        ),
        encoding="utf-8",
    )
    return name


_TEXT: Final = '''"""Weights of the confidence, as `python -m evaluation.moving calibrate` found them; not for hands."""

from collections.abc import Mapping
from typing import Final

CALIBRATION_ID: Final = "{name}"
"""Name of these weights; it changes with every one of them."""

EXACT: Final[Mapping[str, float]] = {{
{exact}
}}
"""Ln of the odds that a label is right, by sign."""

COARSE: Final[Mapping[str, float]] = {{
{coarse}
}}
"""The same for the label or one that looks the same."""

LEAST_COARSE: Final = {least}
"""Probability of the second kind below which nothing is named."""
'''


def _table(weights: Mapping[str, float]) -> str:
    return "\n".join(f'    "{name}": {value},' for name, value in weights.items())


def _named(weights: Array) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(("constant", *names()), weights, strict=True)}


def _fold(row: Row) -> int:
    """Clips of one photograph stay together."""
    return hashlib.sha256(Path(row.recipe.photograph).stem.encode()).digest()[1] % FOLDS


def _crossed(x: Array, y: Array, folds: NDArray[np.int_]) -> Array:
    found = np.full(len(y), float(y.mean()))
    for fold in range(FOLDS):
        inside = folds == fold
        if inside.any() and not inside.all():
            found[inside] = _sigmoid(x[inside] @ _logistic(x[~inside], y[~inside]))
    return found


def _logistic(x: Array, y: Array) -> Array:
    """Ridge logistic regression by Newton's method; the constant goes free."""
    pull = np.full(x.shape[1], STIFFNESS)
    pull[0] = 1e-3
    weights = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        chance = _sigmoid(x @ weights)
        gradient = x.T @ (chance - y) + pull * weights
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(pull)
        step = np.linalg.solve(bend, gradient)
        weights = weights - step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights


def _threshold(chances: Array, alike: Array) -> float:
    """The least probability to name a movement at: wrong names and silences together cost least there."""

    def price(least: float) -> float:
        named = chances >= least
        return float((named & (alike == 0)).mean()) + SILENCE * float(1.0 - named.mean())

    return min((round(0.05 * k, 2) for k in range(4, 19)), key=lambda least: (round(price(least), 6), least))


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))))
