"""Pictures that tell little or nothing: noise, flats, gradients, patterns, surfaces, pages, and one long blur."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.land import plain
from evaluation.scenes.paint import Colour, Rng
from evaluation.scenes.truth import Pixels, Scene, Truth

_FLAT_RIGHT: Final = frozenset({"static", "zoom", "pan", "tilt"})
_FLAT_WRONG: Final = frozenset({"dolly", "truck", "pedestal", "crane", "arc", "dolly_zoom", "tracking", "rack_focus"})


def noise(rng: Rng) -> Scene:
    """Uniform, Gaussian, salt-and-pepper or grey noise, fine or coarse."""
    size = paint.a_format(rng)
    shape = (size[1], size[0], 3)
    kind = int(rng.integers(0, 5))
    if kind == 0:
        pixels = rng.integers(0, 256, shape).astype(np.float32)
    elif kind == 1:
        pixels = 128 + float(rng.uniform(15, 60)) * rng.standard_normal(shape).astype(np.float32)
    elif kind == 2:
        drawn = rng.random(shape[:2])
        grey = np.where(drawn < 0.08, 0, np.where(drawn > 0.92, 255, 128)).astype(np.float32)
        pixels = np.repeat(grey[..., None], 3, axis=2)
    elif kind == 3:
        pixels = np.repeat((128 + 50 * paint.grain(rng, size))[..., None], 3, axis=2)
    else:
        pixels = np.repeat((128 + 50 * paint.grain(rng, size, soft=1.5))[..., None], 3, axis=2)
    return Scene("noise", _bytes(pixels), _nothing())


def smooth(rng: Rng) -> Scene:
    """One colour, or one colour that turns into another."""
    size = paint.a_format(rng)
    colours = [tuple(float(value) for value in rng.uniform(20, 235, 3)) for _ in range(2)]
    first: Colour = (colours[0][0], colours[0][1], colours[0][2])
    second: Colour = (colours[1][0], colours[1][1], colours[1][2])
    picture = paint.gradient(size, first, first if rng.random() < 0.5 else second)
    if rng.random() < 0.4:
        picture = picture + 2 * rng.standard_normal(picture.shape).astype(np.float32)
    return Scene("smooth", _bytes(picture), _nothing())


def pattern(rng: Rng) -> Scene:
    """Stripes at any angle, or a checkerboard: edges everywhere and nothing to go to."""
    size = paint.a_format(rng)
    width, height = size
    angle, step = float(rng.uniform(0, np.pi)), float(rng.uniform(10, 40))
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    along = (columns * np.cos(angle) + rows * np.sin(angle)) / step
    across = (rows * np.cos(angle) - columns * np.sin(angle)) / step
    wave = np.sin(np.pi * along)
    if rng.random() < 0.5:
        wave = wave * np.sin(np.pi * across)
    weight = np.clip(wave * 6 + 0.5, 0, 1).astype(np.float32)
    dark, light = float(rng.uniform(15, 80)), float(rng.uniform(170, 245))
    picture = paint.laid(paint.flat(size, (dark, dark, dark)), (light, light, light), weight)
    return Scene("pattern", paint.photographed(rng, picture), _nothing())


def surface(rng: Rng) -> Scene:
    """A wall, gravel or cloth from straight before it: texture and no place."""
    size = paint.a_format(rng)
    colour: Colour = ((120, 140, 160), (95, 105, 110), (70, 110, 90), (130, 120, 150))[int(rng.integers(0, 4))]
    coarse = float(rng.choice([18, 36, 70]))
    picture = paint.tinted(colour, paint.fractal(rng, size, coarse=coarse, octaves=4), float(rng.uniform(0.12, 0.3)))
    truth = Truth(
        has_horizon=False,
        has_vanishing_point=False,
        scene=("abstract",),
        right=_FLAT_RIGHT | {"roll"},
        wrong=_FLAT_WRONG,
        tells_nothing=True,
    )
    return Scene("surface", paint.photographed(rng, picture), truth)


def page(rng: Rng) -> Scene:
    """A printed page that fills the frame."""
    size = paint.a_format(rng)
    width, height = size
    picture = paint.tinted((240, 245, 247), paint.fractal(rng, size, coarse=3), 0.012)
    margin, line = 0.08 * width, float(rng.uniform(9, 14))
    y = margin
    while y < height - margin:
        x = margin
        end = width - margin if rng.random() < 0.8 else width * float(rng.uniform(0.3, 0.8))
        while y > margin and x < end:
            word = float(rng.uniform(1.5, 7)) * line * 0.42
            for letter in np.arange(x, min(x + word, end), line * 0.42):
                top = y + line * float(rng.uniform(0.0, 0.22))
                cv2.rectangle(
                    picture,
                    (round(letter), round(top)),
                    (round(letter + line * 0.16), round(y + line * 0.6)),
                    (48, 44, 42),
                    cv2.FILLED,
                )
            x += word + line * 0.4
        y += line * 1.35
    truth = Truth(
        has_horizon=False,
        has_vanishing_point=False,
        scene=("document",),
        right=_FLAT_RIGHT,
        wrong=_FLAT_WRONG | {"roll", "handheld"},
    )
    return Scene("page", paint.photographed(rng, picture, soft=0.6), truth)


def dragged(rng: Rng) -> Scene:
    """A landscape that was blurred along one line by the camera's own movement."""
    scene = plain(rng)
    length = int(rng.integers(15, 35)) | 1
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length // 2, length // 2), float(rng.uniform(-20, 20)), 1)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    picture = np.asarray(cv2.filter2D(scene.pixels.astype(np.float32), -1, kernel / kernel.sum()), np.float32)
    truth = Truth(has_horizon=None, blurred=True, outdoor=True, scene=("landscape", "abstract"))
    return Scene("dragged", paint.photographed(rng, picture, soft=0.0), truth)


def _nothing() -> Truth:
    return Truth(
        has_horizon=False,
        has_vanishing_point=False,
        scene=("abstract",),
        wrong=_FLAT_WRONG,
        tells_nothing=True,
    )


def _bytes(picture: paint.Paint) -> Pixels:
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)
