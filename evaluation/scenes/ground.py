"""Things that stand on level ground at known distances."""

from __future__ import annotations

import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.land import ground_depth, sky
from evaluation.scenes.paint import Colour, Paint, Rng
from evaluation.scenes.truth import Plane, Regions, Scene, Truth

_COLOURS: tuple[Colour, ...] = ((60, 70, 190), (150, 90, 50), (50, 140, 200), (90, 140, 60), (120, 60, 130))


def blocks(rng: Rng) -> Scene:
    """Blocks, posts and balls on a plain under the sky; each as far away as its foot says."""
    size = paint.a_format(rng)
    horizon = float(rng.uniform(0.28, 0.45))
    below = paint.slope(size, horizon, 0.0)
    picture = sky(rng, size, top=(210, 150, 85), bottom=(242, 228, 210), clouds=rng.uniform(0, 0.6))
    land = paint.tinted((60, 115, 105), paint.ground_texture(rng, below), 0.2)
    picture = paint.laid(picture, land, paint.below(below))
    depth = ground_depth(below)
    picture, depth, things = _stand(rng, picture, depth, horizon=horizon, count=int(rng.integers(4, 8)))
    labels = np.where(below >= 0, 2, 1).astype(np.uint8)
    labels[things > 0] = 0
    truth = Truth(
        horizon=horizon,
        has_horizon=None,
        has_vanishing_point=None,
        depth=depth,
        regions=Regions(("sky", "vegetation"), labels),
        scene=("landscape",),
        outdoor=True,
        time="day",
        right=frozenset({"dolly", "truck", "arc", "crane", "pedestal", "static", "pan"}),
        wrong=frozenset({"rack_focus", "tracking", "roll"}),
    )
    return Scene("blocks", paint.photographed(rng, picture), truth)


def table(rng: Rng) -> Scene:
    """Fruit and boxes on a table before a wall."""
    size = paint.a_format(rng)
    edge = float(rng.uniform(0.3, 0.42))
    line = edge - 0.35
    below = paint.slope(size, line, 0.0)
    wall = paint.tinted((150, 165, 172), paint.fractal(rng, size, coarse=3), 0.05)
    wood = paint.tinted((55, 95, 145), paint.fractal(rng, size, coarse=12, stretch=5), 0.16)
    on_table = paint.below(paint.slope(size, edge, 0.0))
    picture = paint.laid(wall, wood, on_table)
    depth: Plane = np.asarray(np.where(on_table > 0.5, below, below[round(edge * size[1])][None]) / size[1], np.float32)
    picture, depth, _ = _stand(rng, picture, depth, horizon=line, count=int(rng.integers(3, 6)), least=edge + 0.12)
    truth = Truth(
        has_horizon=False,
        has_vanishing_point=False,
        depth=depth,
        scene=("still_life", "close_up", "interior"),
        outdoor=False,
        right=frozenset({"dolly", "static", "arc", "truck", "zoom", "pedestal"}),
        wrong=frozenset({"tracking", "crane", "roll", "dolly_zoom"}),
    )
    return Scene("table", paint.photographed(rng, picture), truth)


def _stand(
    rng: Rng, picture: Paint, depth: Plane, *, horizon: float, count: int, least: float = 0.0
) -> tuple[Paint, Plane, Plane]:
    """Things put on the ground, far ones first, each with its shadow and its one distance."""
    height, width = depth.shape
    size = (width, height)
    taken = np.zeros((height, width), np.float32)
    feet = sorted(float(foot) for foot in rng.uniform(max(least, horizon + 0.06), 0.97, count))
    for foot in feet:
        nearness = foot - horizon
        scale = nearness * height * float(rng.uniform(0.5, 0.95))
        x = float(rng.uniform(0.05, 0.95)) * width
        y = foot * height
        colour = _COLOURS[int(rng.integers(0, len(_COLOURS)))]
        shadow = paint.ellipse(size, (x + 0.25 * scale, y), (0.6 * scale, 0.09 * scale))
        picture = paint.laid(picture, (25, 30, 32), shadow * np.float32(0.55))
        if rng.random() < 0.5:
            mask = paint.ellipse(size, (x, y - 0.4 * scale), (0.42 * scale, 0.42 * scale))
            columns, rows = np.meshgrid(np.arange(width) - x, np.arange(height) - (y - 0.4 * scale))
            light = np.clip(1.05 - 0.45 * (columns + rows) / max(scale, 1), 0.4, 1.5).astype(np.float32)
        else:
            wide, high = 0.3 * scale, scale * float(rng.uniform(0.6, 1.3))
            mask = paint.polygon(size, [(x - wide, y), (x + wide, y), (x + wide, y - high), (x - wide, y - high)])
            light = np.where(np.arange(width)[None] > x + 0.3 * wide, 0.68, 1.05) * np.ones((height, 1))
        body = paint.tinted(colour, paint.fractal(rng, size, coarse=40, octaves=3), 0.1)
        picture = paint.laid(picture, (body * light[..., None]).astype(np.float32), mask)
        depth = np.where(mask > 0.5, np.float32(nearness), depth).astype(np.float32)
        taken = np.maximum(taken, mask)
    return picture, depth, (taken > 0.5).astype(np.float32)
