"""What makes clips hard: water that flows, something foreign that moves, a foreground of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from evaluation.moving.photographs import painted
from evaluation.moving.recipes import Recipe
from evaluation.moving.world import ROOM, Field, Picture
from film.geometry import Box

FOREIGN_AREA: Final = 0.11
"""Share of the frame that a moving subject covers."""

SUBJECT: Final = (0.04, 0.02)
"""The subject's middle beside the frame's, in frame widths and heights."""


class Flow:
    """The lower third of the still flows by itself: it drifts aside and waves."""

    def __init__(self, recipe: Recipe, shape: tuple[int, ...]) -> None:
        source = np.random.default_rng(recipe.seed + 5)
        height, width = shape
        self._drift = float(source.choice((-1, 1)) * source.uniform(0.03, 0.07)) * recipe.width_px
        self._length = float(source.uniform(14, 30))
        y = np.arange(height, dtype=np.float32)[:, None]
        shown = (0.5 - 1 / (2 * ROOM) + np.array([2 / 3, 0.7]) / ROOM) * height
        self._mask = np.broadcast_to(np.clip((y - shown[0]) / (shown[1] - shown[0]), 0, 1), (height, width))
        self._y = np.broadcast_to(y, (height, width))

    def at(self, seconds: float) -> tuple[Field, Field]:
        """How far each place of the painted world has moved, pixels right and down."""
        wave = 2 * np.sin(2 * np.pi * (self._y / self._length - 1.1 * seconds))
        return (
            (self._mask * (self._drift * seconds + wave)).astype(np.float32),
            (self._mask * 0.7 * np.cos(2 * np.pi * (self._y / self._length - 0.8 * seconds))).astype(np.float32),
        )


class Foreign:
    """Something foreign pasted over the frame, which wanders and shakes."""

    def __init__(self, recipe: Recipe) -> None:
        source = np.random.default_rng(recipe.seed + 6)
        self._size = (recipe.width_px, recipe.height_px)
        across = float(np.sqrt(FOREIGN_AREA * 4 / np.pi * recipe.height_px / recipe.width_px)) * float(
            source.uniform(0.8, 1.1)
        )
        self._half = (across / 2 * recipe.width_px, across / 2 * recipe.width_px)
        self._start = (float(source.uniform(0.35, 0.65)), float(source.uniform(0.4, 0.65)))
        self._speed = source.uniform(-0.07, 0.07, 2)
        self._shake = (
            float(source.uniform(0.004, 0.015)),
            float(source.uniform(0.6, 1.6)),
            float(source.uniform(0, 6)),
        )
        other = painted(Path(recipe.photograph), recipe.width_px, recipe.height_px)[:, ::-1]
        rows, columns = (round(2 * side) for side in self._half[::-1])
        at_x = int(source.integers(0, max(1, other.shape[1] - columns)))
        at_y = int(source.integers(0, max(1, other.shape[0] - rows)))
        patch = other[at_y : at_y + rows, at_x : at_x + columns].astype(np.float32)
        shapes = cv2.resize(
            source.normal(0, 26, (rows // 6 + 2, columns // 6 + 2)).astype(np.float32), patch.shape[::-1]
        )
        self._patch = np.clip(0.6 * patch + 50 + shapes, 0, 255)
        y, x = np.mgrid[: patch.shape[0], : patch.shape[1]].astype(np.float32)
        radius = np.hypot((x - columns / 2) / (columns / 2), (y - rows / 2) / (rows / 2))
        self._alpha = np.clip((1 - radius) * 30, 0, 1).astype(np.float32)

    def _place(self, seconds: float) -> tuple[float, float]:
        size, pace, phase = self._shake
        return (
            self._start[0] + self._speed[0] * seconds + size * np.sin(2 * np.pi * pace * seconds + phase),
            self._start[1] + self._speed[1] * seconds + size * np.cos(2 * np.pi * 0.8 * pace * seconds + phase),
        )

    def box(self, seconds: float) -> Box:
        """Where it is, as shares of the frame."""
        x, y = self._place(seconds)
        half_x, half_y = self._half[0] / self._size[0], self._half[1] / self._size[1]
        left, top = max(0.0, x - half_x), max(0.0, y - half_y)
        return Box(left=left, top=top, width=min(1.0, x + half_x) - left, height=min(1.0, y + half_y) - top)

    def over(self, frame: Picture, seconds: float) -> Picture:
        """The frame with it pasted in."""
        x, y = self._place(seconds)
        rows, columns = self._patch.shape
        move = np.array([[1, 0, x * self._size[0] - columns / 2], [0, 1, y * self._size[1] - rows / 2]], np.float64)
        patch = cv2.warpAffine(self._patch, move, self._size, flags=cv2.INTER_LINEAR)
        alpha = cv2.warpAffine(self._alpha, move, self._size, flags=cv2.INTER_LINEAR)
        return np.rint(frame + alpha * (patch - frame)).astype(np.uint8)


def blob(shape: tuple[int, int], source: np.random.Generator) -> Field:
    """Where a foreground covers: an uneven shape about the subject."""
    height, width = shape
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = 1 + sum(source.uniform(-0.12, 0.12) * np.sin(k * angle + source.uniform(0, 6)) for k in range(1, 6))
    size = source.uniform(0.13, 0.2) * width / ROOM
    points = np.stack([_centre(width, SUBJECT[0]) + size * radius * np.cos(angle),
                       _centre(height, SUBJECT[1]) + size * radius * np.sin(angle)], axis=1)  # fmt: skip
    mask = np.zeros(shape, np.float32)
    cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 1.0, cv2.LINE_AA)
    return cv2.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32)


def _centre(length: int, offset: float) -> float:
    return length * (0.5 + offset / ROOM)
