"""Shapes of the world before the camera, as distances in frame widths."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from evaluation.moving.world import ROOM, Field

SHAPES: Final = ("ground", "hill", "corridor", "steps", "slope")
FLAT_W: Final = 0.6


def nearness(shape: str, size: tuple[int, int], source: np.random.Generator) -> Field:
    """Inverse distance over a painted world of (width, height) pixels; lies between 0.2 and 1.1."""
    width, height = size
    u = (np.linspace(-0.5, 0.5, width, dtype=np.float32) * ROOM)[None, :]
    v = (np.linspace(-0.5, 0.5, height, dtype=np.float32) * ROOM * height / width)[:, None]
    u, v = np.broadcast_arrays(u, v)
    tilt, place = float(source.uniform(-0.2, 0.2)), float(source.uniform(-0.12, 0.12))
    match shape:
        case "ground":
            found = 0.55 + 0.9 * v + tilt * u
        case "hill":
            found = 0.32 + 0.55 * np.exp(-(((u - place) / 0.22) ** 2 + ((v - 0.03) / 0.17) ** 2))
        case "corridor":
            found = 0.25 + 1.1 * np.abs(u - place)
        case "steps":
            edges = cv2.GaussianBlur((source.random((5, 8)).astype(np.float32)), (0, 0), 0.6)
            wide = cv2.resize(edges, (width, height), interpolation=cv2.INTER_CUBIC)
            found = 0.3 + 0.6 * (wide - wide.min()) / max(1e-6, float(wide.max() - wide.min()))
        case "slope":
            found = 0.6 + (0.7 if tilt > 0 else -0.7) * u + 0.4 * v
        case _:
            found = np.full((height, width), FLAT_W)
    return np.clip(found, 0.2, 1.1).astype(np.float32)


def worsened(disparity: Field, source: np.random.Generator) -> Field:
    """The disparity as an analyzer gives it: coarse, blurred, bent by an unknown curve, with noise of two percent."""
    coarse = cv2.resize(disparity, (96, 54), interpolation=cv2.INTER_AREA)
    coarse = cv2.GaussianBlur(coarse, (0, 0), 2.0)
    low, high = float(coarse.min()), float(coarse.max())
    share = (coarse - low) / max(1e-6, high - low) if high - low > 0.02 else np.full_like(coarse, 0.5)
    bent = share ** float(source.uniform(0.75, 1.35))
    return np.clip(bent + source.normal(0, 0.02, bent.shape), 0, 1).astype(np.float32)
