"""Brushes: textures, gradients, smooth-edged shapes, a ground in perspective, and what a camera adds to a picture.

Pictures in the making are (H, W, 3) float32, BGR, 0..255; weights are (H, W) float32, 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.scenes.truth import Mask, Pixels, Plane

Rng = np.random.Generator
Paint = NDArray[np.float32]
Colour = tuple[float, float, float]
"""Blue, green, red, 0..255."""

FORMATS: Final = ((512, 341), (512, 384), (512, 288), (384, 512))
"""(width, height) of scenes in pixels."""

_SHIFT: Final = 4


def a_format(rng: Rng, *, upright: bool = True) -> tuple[int, int]:
    """One of the formats; upright ones only where they are let."""
    return FORMATS[int(rng.integers(0, len(FORMATS) if upright else len(FORMATS) - 1))]


def bgr(colour: Sequence[float]) -> NDArray[np.float32]:
    """A colour to calculate with: (3,) float32."""
    return np.asarray(colour, np.float32)


def flat(size: tuple[int, int], colour: Colour) -> Paint:
    """One colour everywhere. size: width, height."""
    return np.full((size[1], size[0], 3), colour, np.float32)


def fractal(rng: Rng, size: tuple[int, int], *, coarse: float = 6, octaves: int = 5, stretch: float = 1.0) -> Plane:
    """Cloud-like noise with mean 0 and standard deviation 1. coarse: largest cells across; stretch > 1 lengthens."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cells = coarse * 2**octave
        rows = max(2, round(cells * height / width * stretch))
        grid = rng.standard_normal((rows + 1, max(2, round(cells)) + 1)).astype(np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * 0.55**octave
    spread = float(total.std()) or 1.0
    return ((total - float(total.mean())) / spread).astype(np.float32)


def grain(rng: Rng, size: tuple[int, int], *, soft: float = 0.0) -> Plane:
    """Fine noise, standard deviation 1. soft: blur in pixels before it is scaled back."""
    noise = rng.standard_normal((size[1], size[0])).astype(np.float32)
    if soft > 0:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), soft), np.float32)
        noise /= float(noise.std()) or 1.0
    return noise


def gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Paint:
    """From one colour at the top to another at the bottom."""
    share = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    rows = bgr(top) * (1 - share) + bgr(bottom) * share
    return np.repeat(rows, size[0], axis=1).astype(np.float32)


def tinted(colour: Colour, texture: Plane, amount: float) -> Paint:
    """A colour with a texture's lights and shades. amount: share of the colour per standard deviation."""
    return (bgr(colour) * (1 + amount * texture[..., None])).astype(np.float32)


def polygon(size: tuple[int, int], points: Sequence[tuple[float, float]]) -> Plane:
    """A smooth-edged polygon. points: x, y in pixels."""
    mask: Mask = np.zeros((size[1], size[0]), np.uint8)
    corners = np.round(np.clip(np.asarray(points, np.float64), -1e5, 1e5) * 2**_SHIFT).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SHIFT)
    return np.asarray(mask, np.float32) / np.float32(255)


def ellipse(size: tuple[int, int], centre: tuple[float, float], axes: tuple[float, float]) -> Plane:
    """A smooth-edged upright ellipse. centre and half axes in pixels."""
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    points = [(centre[0] + axes[0] * np.cos(turn), centre[1] + axes[1] * np.sin(turn)) for turn in turns]
    return polygon(size, points)


def laid(under: Paint, over: Paint | Colour, weight: Plane) -> Paint:
    """One paint over another where the weight is 1."""
    top = bgr(over) if isinstance(over, tuple) else over
    return (under * (1 - weight[..., None]) + top * weight[..., None]).astype(np.float32)


def slope(size: tuple[int, int], height: float, tilt_deg: float) -> Plane:
    """How many pixels each place lies below a line. height: of the line at the middle, a share; tilt clockwise."""
    width, rows = size
    x = np.arange(width, dtype=np.float32) - (width - 1) / 2
    line = height * rows + np.tan(np.radians(tilt_deg)) * x
    return np.asarray(np.arange(rows, dtype=np.float32)[:, None] - line[None], np.float32)


def below(depth_px: Plane) -> Plane:
    """Weight 1 below the line of `slope`, with an edge one pixel soft."""
    return np.asarray(np.clip(depth_px + 0.5, 0, 1), np.float32)


def ground_texture(rng: Rng, depth_px: Plane, *, scale: float = 40.0, grain_share: float = 0.5) -> Plane:
    """A texture that lies on level ground and shrinks towards the horizon. depth_px: from `slope`."""
    half = 512
    tile = fractal(rng, (half, half), coarse=10, octaves=5) * (1 - grain_share)
    tile = tile + grain_share * grain(rng, (half, half), soft=0.8)
    # With its mirror images beside it the tile repeats without a seam.
    tile = np.block([[tile, tile[:, ::-1]], [tile[::-1], tile[::-1, ::-1]]])
    side, start = 2 * half, float(rng.uniform(0, half))
    rows, width = depth_px.shape
    distance = rows / np.maximum(depth_px, 1.0)
    across = (np.arange(width, dtype=np.float32)[None] - width / 2) / width * distance
    found = cv2.remap(
        tile.astype(np.float32),
        np.mod(across * scale * 4 + start, side).astype(np.float32),
        np.mod(distance * scale + start, side).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    # Beyond a distance the texture is finer than the pixels: it averages out.
    fade = np.clip(depth_px / (0.25 * rows), 0.12, 1)
    return np.asarray(np.asarray(found, np.float32) * fade, np.float32)


def blurred(paint: Paint, sigma: float) -> Paint:
    """Out of focus by a Gaussian of sigma pixels."""
    return np.asarray(cv2.GaussianBlur(paint, (0, 0), sigma), np.float32) if sigma > 0 else paint


def photographed(rng: Rng, paint: Paint, *, noise: float = 2.5, soft: float = 0.5) -> Pixels:
    """The picture as a camera saves it: slightly soft, with sensor noise, as JPEG at a quality of 80 to 95."""
    taken = blurred(paint, soft)
    level = noise * (0.4 + 0.6 * np.sqrt(np.clip(taken.mean(axis=2, keepdims=True), 0, 255) / 128))
    taken = taken + rng.standard_normal(taken.shape).astype(np.float32) * level
    pixels = np.clip(np.round(taken), 0, 255).astype(np.uint8)
    quality = int(rng.integers(80, 96))
    saved = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(saved, cv2.IMREAD_COLOR), np.uint8)
