"""One thing at a known place: discs and boxes, little things in much emptiness, and a winding path."""

from __future__ import annotations

import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.land import ground_depth, sky
from evaluation.scenes.paint import Colour, Rng
from evaluation.scenes.truth import Scene, Truth

_COLOURS: tuple[Colour, ...] = ((60, 110, 235), (60, 60, 215), (60, 200, 235), (200, 120, 60))
_PLACES: tuple[Colour, ...] = ((95, 88, 80), (150, 150, 148), (70, 95, 85), (180, 190, 195))


def disc(rng: Rng) -> Scene:
    """A textured ball on a plain or slightly textured ground."""
    size = paint.a_format(rng)
    width, height = size
    radius = float(rng.uniform(0.1, 0.24)) * height
    x, y = float(rng.uniform(0.22, 0.78)), float(rng.uniform(0.3, 0.7))
    mask = paint.ellipse(size, (x * width, y * height), (radius, radius))
    columns, rows = np.meshgrid(np.arange(width) - x * width, np.arange(height) - y * height)
    light = float(rng.choice([-1.0, 1.0]))
    shade = np.clip(1 + 0.42 * light * columns / radius - 0.2 * rows / radius, 0.35, 1.6)
    picture = _place(rng, size)
    ball = paint.tinted(_colour(rng), paint.fractal(rng, size, coarse=30), 0.12) * shade[..., None]
    picture = paint.laid(picture, ball.astype(np.float32), mask)
    box = (x - radius / width, y - radius / height, 2 * radius / width, 2 * radius / height)
    return Scene("disc", paint.photographed(rng, picture), _subject(box, light=light))


def box(rng: Rng) -> Scene:
    """A textured crate on a plain or slightly textured ground."""
    size = paint.a_format(rng)
    width, height = size
    wide, high = float(rng.uniform(0.12, 0.3)), float(rng.uniform(0.18, 0.42))
    left, top = float(rng.uniform(0.08, 0.92 - wide)), float(rng.uniform(0.12, 0.9 - high))
    corners = [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)]
    mask = paint.polygon(size, [(px * width, py * height) for px, py in corners])
    slats = np.where(np.mod(np.arange(height) / height * 26, 1) < 0.12, -1.6, 0.25)[:, None] * np.ones((1, width))
    texture = (slats + 0.6 * paint.fractal(rng, size, coarse=26, stretch=4)).astype(np.float32)
    picture = paint.laid(_place(rng, size), paint.tinted(_colour(rng), texture, 0.16), mask)
    return Scene("box", paint.photographed(rng, picture), _subject((left, top, wide, high)))


def emptiness(rng: Rng) -> Scene:
    """A little thing at one side, nothing at the other."""
    size = paint.a_format(rng, upright=False)
    width, height = size
    side = float(rng.choice([0.0, 1.0]))
    x = float(rng.uniform(0.14, 0.26)) if side == 0 else float(rng.uniform(0.74, 0.86))
    y, radius = float(rng.uniform(0.5, 0.68)), float(rng.uniform(0.05, 0.08)) * height
    picture = paint.gradient(size, (228, 218, 208), (205, 200, 196))
    trunk = paint.polygon(
        size,
        [
            (x * width - 2, y * height),
            (x * width + 2, y * height),
            (x * width + 3, y * height + 2 * radius),
            (x * width - 3, y * height + 2 * radius),
        ],
    )
    crown = paint.ellipse(size, (x * width, y * height), (radius, radius * 1.1))
    mask = np.maximum(trunk, crown)
    picture = paint.laid(picture, paint.tinted((30, 45, 35), paint.fractal(rng, size, coarse=50), 0.3), mask)
    top, bottom = y - 1.1 * radius / height, y + 2 * radius / height
    truth = _subject((x - radius / width, top, 2 * radius / width, bottom - top))
    return Scene("emptiness", paint.photographed(rng, picture), truth)


def winding(rng: Rng) -> Scene:
    """A pale path that winds over a meadow towards the horizon."""
    size = paint.a_format(rng)
    width, height = size
    horizon = float(rng.uniform(0.28, 0.42))
    below = paint.slope(size, horizon, 0.0)
    picture = sky(rng, size, top=(212, 155, 90), bottom=(242, 228, 210), clouds=rng.uniform(0, 0.6))
    land = paint.tinted((55, 125, 95), paint.ground_texture(rng, below), 0.2)
    picture = paint.laid(picture, land, paint.below(below))
    share = np.clip(np.maximum(below, 0) / ((1 - horizon) * height), 0, 1)
    turn = float(rng.choice([-1.0, 1.0]))
    middle = 0.5 + turn * 0.28 * np.sin(2 * np.pi * share**0.6) * (0.15 + 0.85 * share)
    x = (np.arange(width)[None] + 0.5) / width
    wide = 0.006 + 0.11 * share
    path = np.clip((wide - np.abs(x - middle)) * width + 0.5, 0, 1) * (below > 0)
    sand = paint.tinted((150, 185, 205), paint.ground_texture(rng, below, scale=70, grain_share=0.8), 0.1)
    picture = paint.laid(picture, sand, path.astype(np.float32))
    truth = Truth(
        horizon=horizon,
        has_horizon=True,
        depth=ground_depth(below),
        scene=("landscape",),
        outdoor=True,
        time="day",
        right=frozenset({"dolly", "crane", "static", "pan", "pedestal"}),
        wrong=frozenset({"rack_focus", "tracking", "roll", "dolly_zoom"}),
    )
    return Scene("winding", paint.photographed(rng, picture), truth)


def _place(rng: Rng, size: tuple[int, int]) -> paint.Paint:
    colour = _PLACES[int(rng.integers(0, len(_PLACES)))]
    return paint.tinted(colour, paint.fractal(rng, size, coarse=6), float(rng.uniform(0.01, 0.06)))


def _colour(rng: Rng) -> Colour:
    return _COLOURS[int(rng.integers(0, len(_COLOURS)))]


def _subject(where: tuple[float, float, float, float], *, light: float | None = None) -> Truth:
    return Truth(
        has_horizon=False,
        has_vanishing_point=False,
        subject=where,
        light=light,
        right=frozenset({"dolly", "static", "zoom", "arc", "truck"}),
        wrong=frozenset({"tracking", "crane", "roll", "dolly_zoom", "rack_focus"}),
    )
