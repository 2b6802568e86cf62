"""Two and three planes of depth: a wall before a distance, branches, an arch, a subject before a soft background."""

from __future__ import annotations

from typing import Final

import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.land import sky
from evaluation.scenes.paint import Colour, Paint, Rng
from evaluation.scenes.truth import Layers, Mask, Plane, Scene, Truth

_SHALLOW: Final = frozenset({"rack_focus", "dolly", "static", "truck", "arc", "zoom"})


def two(rng: Rng) -> Scene:
    """A sharp dark wall at one side before a soft bright distance."""
    size = paint.a_format(rng)
    edge = float(rng.uniform(0.3, 0.6)) * size[0]
    lean = float(rng.uniform(-30, 30))
    far = _distance(rng, size)
    mask = paint.polygon(size, [(-5, -5), (edge + lean, -5), (edge, size[1] + 5), (-5, size[1] + 5)])
    stone = paint.tinted((62, 74, 92), paint.fractal(rng, size, coarse=18, octaves=6), 0.28)
    scene = _planes("two_layers", rng, paint.laid(paint.blurred(far, 2.5), stone, mask), [mask])
    return scene.mirrored() if rng.random() < 0.5 else scene


def three(rng: Rng) -> Scene:
    """Dark leaves near, a hill in the middle, pale mountains far."""
    size = paint.a_format(rng)
    width, height = size
    picture = _distance(rng, size)
    hill = height * (0.55 + 0.06 * np.sin(np.linspace(0, 3, width) + float(rng.uniform(0, 6))))
    middle = paint.below((np.arange(height)[:, None] - hill[None]).astype(np.float32))
    picture = paint.laid(picture, paint.tinted((60, 120, 90), paint.fractal(rng, size, coarse=22), 0.2), middle)
    leaves = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(30, 55))):
        x = float(rng.uniform(-0.02, 0.3)) * width
        y = float(rng.uniform(0, 1)) * height
        leaves = np.maximum(
            leaves, paint.ellipse(size, (x, y), (float(rng.uniform(10, 34)), float(rng.uniform(6, 16))))
        )
    picture = paint.laid(picture, paint.tinted((22, 40, 26), paint.fractal(rng, size, coarse=40), 0.3), leaves)
    scene = _planes("three_layers", rng, picture, [leaves, middle])
    return scene.mirrored() if rng.random() < 0.5 else scene


def arch(rng: Rng) -> Scene:
    """A bright distance through a dark arch that frames it."""
    size = paint.a_format(rng)
    width, height = size
    centre = (float(rng.uniform(0.42, 0.58)) * width, 0.46 * height)
    axes = (float(rng.uniform(0.22, 0.32)) * width, float(rng.uniform(0.28, 0.36)) * height)
    opening = paint.ellipse(size, centre, axes)
    gate = [(centre[0] - axes[0], centre[1]), (centre[0] + axes[0], centre[1])]
    opening = np.maximum(
        opening, paint.polygon(size, [*gate, (gate[1][0], height * 0.93), (gate[0][0], height * 0.93)])
    )
    stone = paint.tinted((38, 44, 52), paint.fractal(rng, size, coarse=16, octaves=6), 0.3)
    wall = (1 - opening).astype(np.float32)
    return _planes("arch", rng, paint.laid(_distance(rng, size), stone, wall), [wall])


def shallow(rng: Rng) -> Scene:
    """One sharp thing before a background far out of focus."""
    size = paint.a_format(rng)
    width, height = size
    far = paint.tinted((50, 85, 65), paint.fractal(rng, size, coarse=7), 0.45)
    for _ in range(int(rng.integers(10, 25))):
        spot = paint.ellipse(size, (float(rng.uniform(0, width)), float(rng.uniform(0, height))), (16, 16))
        far = paint.laid(far, (120, 200, 215), spot * np.float32(rng.uniform(0.1, 0.5)))
    far = paint.blurred(far, float(rng.uniform(7, 11)))
    x, y, radius = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.4, 0.6)), float(rng.uniform(0.16, 0.27)) * height
    mask = paint.ellipse(size, (x * width, y * height), (radius, radius))
    colour: Colour = ((60, 110, 230), (70, 60, 210), (190, 90, 170), (40, 190, 230))[int(rng.integers(0, 4))]
    columns, rows = np.meshgrid(np.arange(width) - x * width, np.arange(height) - y * height)
    petals = np.sin(np.arctan2(rows, columns) * 16) * np.sin(np.hypot(columns, rows) / 4)
    surface = 0.16 * petals + 0.14 * paint.fractal(rng, size, coarse=45, octaves=4)
    picture = paint.laid(far, paint.tinted(colour, surface.astype(np.float32), 1.0), mask)
    depth = np.where(mask > 0.5, 1.0, 0.2).astype(np.float32)
    truth = Truth(
        has_horizon=False,
        has_vanishing_point=False,
        depth=depth,
        layers=_labels([mask]),
        subject=(x - radius / width, y - radius / height, 2 * radius / width, 2 * radius / height),
        scene=("close_up",),
        shallow=True,
        right=_SHALLOW,
        wrong=frozenset({"pan", "crane", "tracking", "tilt"}),
    )
    return Scene("shallow", paint.photographed(rng, picture, soft=0.3), truth)


def _distance(rng: Rng, size: tuple[int, int]) -> Paint:
    """A pale valley under a pale sky."""
    picture = sky(rng, size, top=(225, 190, 150), bottom=(240, 230, 220), clouds=rng.uniform(0, 0.5))
    ridge = size[1] * (0.4 + 0.05 * np.sin(np.linspace(0, 7, size[0]) + float(rng.uniform(0, 6))))
    weight = paint.below((np.arange(size[1])[:, None] - ridge[None]).astype(np.float32))
    return paint.laid(picture, paint.tinted((190, 190, 165), paint.fractal(rng, size, coarse=14), 0.06), weight)


def _labels(masks: list[Plane]) -> Layers:
    labels: Mask = np.full(masks[0].shape, len(masks) + 1, np.uint8)
    for index, mask in reversed(list(enumerate(masks))):
        labels[mask > 0.5] = index + 1
    return Layers(len(masks) + 1, labels)


def _planes(name: str, rng: Rng, picture: Paint, masks: list[Plane]) -> Scene:
    layers = _labels(masks)
    depth = (1.0 / (4.0 ** (layers.labels.astype(np.float32) - 1))).astype(np.float32)
    truth = Truth(
        has_horizon=None,
        has_vanishing_point=None,
        depth=depth,
        layers=layers,
        outdoor=True,
        time="day",
        right=frozenset({"dolly", "truck", "static", "pan", "crane", "pedestal", "rack_focus", "arc"}),
        wrong=frozenset({"tracking", "roll", "handheld"}),
    )
    return Scene(name, paint.photographed(rng, picture), truth)
