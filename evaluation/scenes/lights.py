"""Light that tells: a silhouette against a bright sky, and things lit from one side in the dark."""

from __future__ import annotations

import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.paint import Rng
from evaluation.scenes.truth import Scene, Truth


def silhouette(rng: Rng) -> Scene:
    """A dark tree before a bright evening sky, on a dark level ground."""
    size = paint.a_format(rng)
    width, height = size
    horizon = float(rng.uniform(0.68, 0.82))
    picture = paint.gradient(size, (150, 120, 120), (110, 190, 252))
    picture = paint.laid(picture, (18, 20, 24), paint.below(paint.slope(size, horizon, 0.0)))
    x, top = float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.2, 0.35))
    crown = np.zeros((height, width), np.float32)
    for _ in range(26):
        spot = (
            x * width + float(rng.normal(0, 0.05)) * width,
            (top + 0.12) * height + float(rng.normal(0, 0.05)) * height,
        )
        crown = np.maximum(crown, paint.ellipse(size, spot, (float(rng.uniform(8, 26)), float(rng.uniform(8, 22)))))
    foot = horizon * height + 3
    trunk = [
        (x * width - 3, (top + 0.1) * height),
        (x * width + 3, (top + 0.1) * height),
        (x * width + 6, foot),
        (x * width - 6, foot),
    ]
    mask = np.maximum(crown, paint.polygon(size, trunk))
    picture = paint.laid(picture, (20, 22, 26), mask)
    columns = np.flatnonzero((mask > 0.5).any(axis=0))
    rows = np.flatnonzero((mask > 0.5).any(axis=1))
    left, upper = float(columns[0]) / width, float(rows[0]) / height
    truth = Truth(
        horizon=horizon,
        has_horizon=True,
        subject=(left, upper, float(columns[-1] + 1) / width - left, float(rows[-1] + 1) / height - upper),
        scene=("landscape",),
        outdoor=True,
        right=frozenset({"static", "dolly", "truck", "arc", "crane", "pan"}),
        wrong=frozenset({"rack_focus", "tracking", "roll", "dolly_zoom"}),
    )
    return Scene("silhouette", paint.photographed(rng, picture), truth)


def side_lit(rng: Rng) -> Scene:
    """Round things in the dark, lit hard from one side."""
    size = paint.a_format(rng)
    width, height = size
    light = float(rng.choice([-1.0, 1.0]))
    picture = paint.flat(size, (20, 18, 17))
    centre, radius = (float(rng.uniform(0.4, 0.6)) * width, 0.5 * height), float(rng.uniform(0.22, 0.3)) * height
    columns, rows = np.meshgrid(np.arange(width) - centre[0], np.arange(height) - centre[1])
    inside = np.clip(1 - (columns**2 + rows**2) / radius**2, 0, None)
    facing = np.clip((0.88 * light * columns - 0.25 * rows) / radius + 0.35 * np.sqrt(inside), 0, 1)
    surface = paint.tinted((120, 160, 205), paint.fractal(rng, size, coarse=30), 0.12) * facing[..., None]
    mask = paint.ellipse(size, centre, (radius, radius))
    picture = paint.laid(picture, (surface + 14).astype(np.float32), mask)
    truth = Truth(
        has_horizon=False,
        has_vanishing_point=False,
        light=light,
        subject=(
            (centre[0] - radius) / width,
            (centre[1] - radius) / height,
            2 * radius / width,
            2 * radius / height,
        ),
        right=frozenset({"arc", "dolly", "static", "zoom", "truck"}),
        wrong=frozenset({"crane", "tracking", "pan", "rack_focus"}),
    )
    return Scene("side_lit", paint.photographed(rng, picture, noise=3), truth)
