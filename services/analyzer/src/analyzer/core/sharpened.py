"""From coarse chances of materials to chances by cell: each material's own colours in this still draw its outline."""

from collections.abc import Mapping
from typing import Final, TypeVar

import cv2
import numpy as np

from analyzer.core.arrays import Plane
from analyzer.core.frame import Frame

Kind = TypeVar("Kind")

_THERE: Final = 0.2
"""Highest chance anywhere below which a material has no place here, and no colours to go by."""
_LEAST_MASS: Final = 0.004
"""Share of the frame, in chances, below which colours tell nothing of a material."""
_TRUST: Final = 0.35
"""How much colour counts beside the coarse chance: neighbouring cells are no independent witnesses."""
_FLOOR: Final = 8.0
"""Least variance of a figure, in squared units of Lab and texture: within it two cells look the same."""
_MOST_ODDS: Final = 6.0
_FIGURES: Final = 4
_ROWS, _COLUMNS = np.triu_indices(_FIGURES)


def sharpened(coarse: Mapping[Kind, Plane], frame: Frame) -> dict[Kind, Plane]:
    """(h, w) float32 chances 0..1 on the frame's grid. coarse: (G, G) float32 chances that a place shows a kind.

    For each kind, one Gaussian over Lab and texture is fitted to the cells as likely as they are of it, and one to the
    rest; the coarse chance is the prior. One step of expectation and maximisation: more would let colours run away
    from the places.
    """
    planes = {kind: _prior(plane, frame.grid) for kind, plane in coarse.items()}
    told = [kind for kind, prior in planes.items() if _tells(coarse[kind], prior)]
    if told:
        terms = _terms(frame)
        weights = np.stack([planes[kind].ravel() for kind in told])
        odds = _odds(terms, weights)
        scores = np.log(weights / (np.float32(1) - weights)) + np.float32(_TRUST) * np.clip(
            odds, -_MOST_ODDS, _MOST_ODDS
        )
        chances = np.float32(1) / (np.float32(1) + np.exp(-scores))
        planes |= {kind: plane.reshape(planes[kind].shape) for kind, plane in zip(told, chances, strict=True)}
    return planes


def _prior(coarse: Plane, grid: tuple[int, int]) -> Plane:
    prior = cv2.resize(coarse, grid, interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(prior, np.float32), np.float32(1e-3), np.float32(1 - 1e-3))


def _tells(coarse: Plane, prior: Plane) -> bool:
    share = float(prior.mean())
    return float(coarse.max()) >= _THERE and _LEAST_MASS < share < 1 - _LEAST_MASS


def _terms(frame: Frame) -> Plane:
    """(15, n) float32: 1, the four figures less their means, and the products of each two of them."""
    figures = [*frame.planes, frame.texture * np.float32(2)]
    terms = np.empty((1 + _FIGURES + len(_ROWS), frame.texture.size), np.float32)
    terms[0] = 1.0
    for at, figure in enumerate(figures, 1):
        np.subtract(figure.ravel(), np.float32(cv2.mean(figure)[0]), out=terms[at])
    np.multiply(terms[1 + _ROWS], terms[1 + _COLUMNS], out=terms[1 + _FIGURES :])
    return terms


def _odds(terms: Plane, weights: Plane) -> Plane:
    """(k, n) log-odds of the Gaussian of the figures weighted with each row against that of the rest.

    A Gaussian is a square form of the figures, so sums over their products give it and one product with them reads it.
    """
    inside = (weights @ terms.T).astype(np.float64)
    whole = terms.sum(axis=1, dtype=np.float64)
    forms = _forms(np.concatenate([inside, whole - inside]))
    return np.asarray((forms[: len(inside)] - forms[len(inside) :]).astype(np.float32) @ terms, np.float32)


def _forms(sums: Plane) -> Plane:
    """(k, 15) float64: what each term adds to the log-likelihood, up to a constant. sums: (k, 15), weighted."""
    sums = sums / sums[:, :1]
    mean = sums[:, 1 : 1 + _FIGURES]
    spread = np.empty((len(sums), _FIGURES, _FIGURES))
    spread[:, _ROWS, _COLUMNS] = spread[:, _COLUMNS, _ROWS] = sums[:, 1 + _FIGURES :]
    spread += _FLOOR * np.eye(_FIGURES) - mean[:, :, None] * mean[:, None]
    inverse = np.linalg.inv(spread)
    pull = (inverse * mean[:, None]).sum(axis=2)
    forms = np.empty(sums.shape)
    forms[:, 0] = -0.5 * ((pull * mean).sum(axis=1) + np.log(np.linalg.det(spread)))
    forms[:, 1 : 1 + _FIGURES] = pull
    # Products of two different figures stand for both of their orders.
    forms[:, 1 + _FIGURES :] = inverse[:, _ROWS, _COLUMNS] * np.where(_ROWS == _COLUMNS, -0.5, -1.0)
    return forms
