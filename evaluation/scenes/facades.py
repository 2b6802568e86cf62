"""House fronts: exact mirror images of themselves, nearly so, and not at all."""

from __future__ import annotations

import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.land import sky
from evaluation.scenes.paint import Colour, Paint, Rng
from evaluation.scenes.truth import Regions, Scene, Truth

_RIGHT = frozenset({"dolly", "static", "zoom", "tilt", "pedestal", "crane", "truck"})
_WRONG = frozenset({"rack_focus", "tracking", "roll"})


def exact(rng: Rng) -> Scene:
    """A front whose right half is, to the last bit, the mirror image of its left half."""
    size, eaves = _format(rng)
    half = paint.photographed(rng, _front(rng, size, eaves, mirror=True))[:, : size[0] // 2]
    return Scene("facade_exact", np.ascontiguousarray(np.hstack([half, half[:, ::-1]])), _truth(size, eaves, True))


def near(rng: Rng) -> Scene:
    """A symmetric front with noise of its own on both sides, uneven light and one odd window."""
    size, eaves = _format(rng)
    front = _front(rng, size, eaves, mirror=True)
    odd = [(float(rng.uniform(0.1, 0.9)), float(rng.uniform(eaves + 0.1, 0.85)))]
    for x, y in odd:
        left, top = x * size[0], y * size[1]
        corners = [(left, top), (left + 12, top), (left + 12, top + 16), (left, top + 16)]
        front = paint.laid(front, (90, 160, 200), paint.polygon(size, corners))
    light = np.linspace(0.94, 1.06, size[0], dtype=np.float32)[None, :, None]
    return Scene("facade_near", paint.photographed(rng, front * light), _truth(size, eaves, True))


def uneven(rng: Rng) -> Scene:
    """A front with windows, doors and colours wherever they fell."""
    size, eaves = _format(rng)
    front = _front(rng, size, eaves, mirror=False)
    return Scene("facade_uneven", paint.photographed(rng, front), _truth(size, eaves, False))


def _format(rng: Rng) -> tuple[tuple[int, int], float]:
    return paint.a_format(rng), float(rng.uniform(0.1, 0.25))


def _truth(size: tuple[int, int], eaves: float, symmetric: bool) -> Truth:
    labels = np.full((size[1], size[0]), 2, np.uint8)
    labels[: round(eaves * size[1])] = 1
    return Truth(
        has_horizon=False,
        symmetric=symmetric,
        regions=Regions(("sky", "man_made"), labels),
        scene=("city",),
        outdoor=True,
        time="day",
        right=_RIGHT,
        wrong=_WRONG,
    )


def _front(rng: Rng, size: tuple[int, int], eaves: float, *, mirror: bool) -> Paint:
    width, height = size
    walls: tuple[Colour, ...] = ((150, 180, 205), (140, 150, 190), (185, 200, 205), (110, 140, 175))
    picture = sky(rng, size, top=(215, 160, 100), bottom=(240, 225, 210), clouds=0.0)
    top = round(eaves * height)
    wall = paint.tinted(walls[int(rng.integers(0, 4))], paint.fractal(rng, size, coarse=20), 0.05)
    if mirror:
        wall[:, width - width // 2 :] = wall[:, : width // 2][:, ::-1]
    picture[top:] = wall[top:]
    picture[top : top + 6] *= np.float32(0.6)
    columns, rows = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    wide, high = float(rng.uniform(0.5, 0.7)), float(rng.uniform(0.5, 0.7))
    cell_w, cell_h = width / 2 / columns, (height - top) / (rows + 0.4)
    for row in range(rows):
        for column in range(2 * columns):
            if mirror and column >= columns:
                continue
            shift = (0.0, 0.0) if mirror else (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-0.25, 0.25)))
            if not mirror and rng.random() < 0.35:
                continue
            grow = 1.0 if mirror else float(rng.uniform(0.6, 1.3))
            x = (column + 0.5 + shift[0]) * cell_w
            y = top + (row + 0.6 + shift[1]) * cell_h
            picture = _window(picture, x, y, wide * cell_w * grow, high * cell_h * grow)
            if mirror:
                picture = _window(picture, width - x, y, wide * cell_w, high * cell_h)
    middle = width / 2 if mirror else float(rng.uniform(0.1, 0.35)) * width
    door = [(middle - 20, height), (middle - 20, height - 62), (middle + 20, height - 62), (middle + 20, height)]
    return paint.laid(picture, (45, 55, 85), paint.polygon(size, door))


def _window(picture: Paint, x: float, y: float, wide: float, high: float) -> Paint:
    size = (picture.shape[1], picture.shape[0])
    for grow, colour in ((1.0, (225, 232, 238)), (0.82, (80, 62, 52))):
        w, h = wide / 2 * grow, high / 2 * grow
        shape = paint.polygon(size, [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)])
        picture = paint.laid(picture, colour, shape)
    bar = paint.polygon(
        size, [(x - 1.5, y - high / 2), (x + 1.5, y - high / 2), (x + 1.5, y + high / 2), (x - 1.5, y + high / 2)]
    )
    return paint.laid(picture, (225, 232, 238), bar)
