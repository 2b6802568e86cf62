"""How well the renderer tells outlines of things from lines where nothing ends: the gate before a second layer.

On every photograph a blob of another one is pasted and its outline judged, blurred and noisy as depth maps are; and the
same line on the photograph without the blob, where nothing ends. Pieces of a line are judged as the renderer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.layers_evidence import Sides, contrast
from generator.core.render.layers_outline import LEAST_EVIDENCE, TRUSTED

_WIDTH: Final = 352
_SPREAD: Final = 9.0
"""Cells over which the renderer averages along an outline."""


@dataclass(frozen=True)
class Told:
    """Shares: of true pieces trusted fully, false pieces trusted at all, true and false lines let through."""

    photographs: int
    true_pieces: float
    false_pieces: float
    true_lines: float
    false_lines: float


def judge(files: Sequence[Path]) -> Told:
    """How pieces and whole lines are told apart on these photographs."""
    source = np.random.default_rng(3)
    true: list[NDArray[np.float32]] = []
    false: list[NDArray[np.float32]] = []
    for index, file in enumerate(files):
        below = _opened(file)
        above = cv2.resize(_opened(files[(index + 7) % len(files)]), (below.shape[1], below.shape[0]))
        blob = _blob(below.shape[:2], index)
        alpha = cv2.GaussianBlur(blob, (0, 0), 0.7)[..., None]
        pasted = np.rint(below * (1 - alpha) + above * alpha).astype(np.uint8)
        told = cv2.GaussianBlur(blob, (0, 0), 4) + source.normal(0, 0.02, blob.shape).astype(np.float32)
        near = (cv2.GaussianBlur(told, (0, 0), 1) > 0.5).astype(np.uint8)
        true.append(_evidence(pasted, near))
        false.append(_evidence(below, near))
    low, high = TRUSTED
    pieces = [np.concatenate(lines) for lines in (true, false)]
    whole = [np.array([line.mean() for line in lines]) for lines in (true, false)]
    return Told(
        photographs=len(files),
        true_pieces=float((pieces[0] >= high).mean()),
        false_pieces=float((pieces[1] > low).mean()),
        true_lines=float((whole[0] >= LEAST_EVIDENCE).mean()),
        false_lines=float((whole[1] >= LEAST_EVIDENCE).mean()),
    )


def _evidence(pixels: NDArray[np.uint8], near: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The evidence of each piece of an outline."""
    colours = cv2.cvtColor(pixels, cv2.COLOR_BGR2YCrCb).astype(np.uint8)
    rim = (cv2.morphologyEx(near, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0).astype(np.float32)
    evidence = Sides(colours).difference(near) * contrast(colours)
    above, below = cv2.GaussianBlur(evidence * rim, (0, 0), _SPREAD), cv2.GaussianBlur(rim, (0, 0), _SPREAD)
    return np.asarray((above / np.maximum(below, np.float32(1e-6)))[rim > 0], np.float32)


def _opened(file: Path) -> NDArray[np.uint8]:
    pixels = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if pixels is None:
        raise FileNotFoundError(file)
    height = round(pixels.shape[0] * _WIDTH / pixels.shape[1])
    return cv2.resize(pixels, (_WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _blob(shape: tuple[int, ...], seed: int) -> NDArray[np.float32]:
    source = np.random.default_rng(seed)
    height, width = shape[:2]
    y, x = np.mgrid[:height, :width]
    x = x - width * source.uniform(0.3, 0.7)
    y = y - height * source.uniform(0.3, 0.7)
    angle = np.arctan2(y, x)
    radius = np.full(angle.shape, min(height, width) * source.uniform(0.15, 0.3))
    for lobes in (2, 3, 5, 8):
        size = radius.mean() * source.uniform(0, 0.3 / np.sqrt(lobes))
        radius = radius + size * np.cos(lobes * angle + source.uniform(0, 6.3))
    return np.asarray(np.hypot(x, y) < radius, np.float32)
