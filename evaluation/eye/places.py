"""Where materials and things are, learned from how much of each photograph they take.

Nobody marked places. A linear classifier of cells is fitted so that its mean chance over a photograph's cells is the
share that a person gave (weak supervision by proportions; Pathak et al. 2015 constrain sizes the same way). Built
scenes say what each of their cells is.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.eye.labels import SURFACES, THINGS, Label
from evaluation.eye.measuring import GRID, Measured

Array = NDArray[np.float32]

COMPONENTS: Final = 64
"""Principal components of the last layer that are kept for each cell."""
CLIP: Final = 4.0
_THING: Final = 0.15
"""Share that a thing which matters usually takes of the frame."""
_RIDGE: Final = 2e-3
_ROUNDS: Final = 400
_PACE: Final = 0.03
_NEVER: Final = -30.0
"""Log-odds of what nobody labelled."""
_DRAWN: Final = 0.5
"""How much a built scene counts beside a photograph."""


@dataclass(frozen=True)
class Places:
    """The classifier.

    mean (1280,) and axes (1280, COMPONENTS) of the last layer's roots, centre and spread (m,) of a
    cell's figures, weights (m, k), bias (k,) for SURFACES and THINGS.
    """

    mean: Array
    axes: Array
    centre: Array
    spread: Array
    weights: Array
    bias: Array

    def chances(self, values: Array) -> Array:
        """(n, G * G, k)."""
        return _logistic(values @ self.weights + self.bias)


def height_planes() -> Array:
    """(2, G, G): height of the cell from -1 at the top to 1 at the bottom, and its square."""
    y = np.repeat(np.linspace(-1, 1, GRID, dtype=np.float32)[:, None], GRID, axis=1)
    return np.stack([y, y * y])


def fit_places(measured: Measured) -> tuple[Places, Array]:
    """The classifier and the standardised figures (n, G * G, m) that it was fitted on."""
    roots = np.sqrt(measured.last.astype(np.float32))
    flat = roots.reshape(-1, roots.shape[-1])
    mean = flat.mean(axis=0)
    _, vectors = np.linalg.eigh((flat - mean).T @ (flat - mean) / len(flat))
    axes = np.ascontiguousarray(vectors[:, -COMPONENTS:])
    raw = _figures(measured.middle.astype(np.float32), roots, mean, axes)
    cells = raw.reshape(-1, raw.shape[-1])
    centre, spread = cells.mean(axis=0), cells.std(axis=0) + 1e-4
    values = np.clip((raw - centre) / spread, -CLIP, CLIP)
    columns = [
        _fitted(values, *_asked(measured, name, thing=at >= len(SURFACES)))
        for at, name in enumerate((*SURFACES, *THINGS))
    ]
    weights, bias = np.stack([one[0] for one in columns], axis=1), np.array([one[1] for one in columns], np.float32)
    return Places(mean, axes, centre, spread, weights, bias), values


def _figures(middle: Array, roots: Array, mean: Array, axes: Array) -> Array:
    parts = (roots.reshape(-1, roots.shape[-1]) - mean) @ axes
    parts = parts.reshape(*roots.shape[:3], COMPONENTS)
    wide = np.stack(
        [
            np.stack([cv2.resize(plane, (GRID, GRID), interpolation=cv2.INTER_LINEAR) for plane in one])
            for one in parts.transpose(0, 3, 1, 2)
        ]
    ).transpose(0, 2, 3, 1)
    height = np.broadcast_to(height_planes().transpose(1, 2, 0), (len(middle), GRID, GRID, 2))
    return np.concatenate([middle, wide, height], axis=-1).reshape(len(middle), GRID * GRID, -1).astype(np.float32)


def _asked(measured: Measured, name: str, *, thing: bool) -> tuple[Array, Array, Array, Array]:
    """Share of each picture, whether it counts, and for built scenes the share of each cell and whether that counts."""
    count = len(measured.labels)
    share, known = np.zeros(count, np.float32), np.zeros(count, np.float32)
    cells, exact = np.zeros((count, GRID * GRID), np.float32), np.zeros(count, np.float32)
    for at, (label, planes) in enumerate(zip(measured.labels, measured.planes, strict=True)):
        if planes is not None:
            if not thing and planes:
                exact[at] = _DRAWN
                cells[at] = planes[name].reshape(-1) if name in planes else 0.0
            continue
        found = _share(label, name, thing=thing)
        if found is not None:
            share[at], known[at] = found, 1.0
    return share, known, cells, exact


def _share(label: Label, name: str, *, thing: bool) -> float | None:
    if thing:
        return None if name not in label else _THING * float(label[name])
    if name == "cloud" and name not in label and "moves" in label:
        return float(label["sky"]) if "cloud" in label["moves"] else 0.0
    return None if name not in label else float(label[name])


def _fitted(values: Array, share: Array, known: Array, cells: Array, exact: Array) -> tuple[Array, np.float32]:
    """Weights and bias, by Adam with a falling pace from zero."""
    if not known.any():
        return np.zeros(values.shape[2], np.float32), np.float32(_NEVER)
    asked = np.clip(share, 0.01, 0.99)
    there = (share > 0.02) & (known > 0)
    rare = np.sqrt((known.sum() - there.sum()) / max(1, there.sum()))
    weight = known * np.where(there, rare, 1.0)
    weight = (weight / weight.sum()).astype(np.float32)
    drawn = (exact / max(float(known.sum()), 1.0)).astype(np.float32)
    size = values.shape[2]
    found, bias = np.zeros(size, np.float32), np.float32(-2.0)
    moments = np.zeros((2, size + 1))
    for at in range(1, _ROUNDS + 1):
        chance = _logistic(values @ found + bias)
        whole = np.clip(chance.mean(axis=1), 1e-3, 1 - 1e-3)
        slope = (weight * (whole - asked) / (whole * (1 - whole)) / values.shape[1])[:, None] * chance * (1 - chance)
        slope += drawn[:, None] / values.shape[1] * (chance - cells)
        fall: NDArray[np.float64] = np.append(np.einsum("nc,ncm->m", slope, values) + _RIDGE * found, slope.sum())
        moments[0] = 0.9 * moments[0] + 0.1 * fall
        moments[1] = 0.999 * moments[1] + 0.001 * fall**2
        pace = _PACE * 0.5 * (1 + float(np.cos(np.pi * at / _ROUNDS)))
        step = pace * (moments[0] / (1 - 0.9**at)) / (np.sqrt(moments[1] / (1 - 0.999**at)) + 1e-8)
        found = (found - step[:-1]).astype(np.float32)
        bias = np.float32(float(bias) - float(step[-1]))
    return found, bias


def _logistic(scores: Array) -> Array:
    powers: Array = np.exp(-np.clip(scores, -30, 30)).astype(np.float32)
    chances: Array = np.float32(1) / (np.float32(1) + powers)
    return chances
