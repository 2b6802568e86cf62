"""Open country: plains, seas, dunes and mountains, by day, at golden hour and at night."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.paint import Colour, Paint, Rng
from evaluation.scenes.truth import Layers, Plane, Regions, Scene, Truth

_OPEN: Final = frozenset({"pan", "static", "crane", "dolly", "pedestal", "truck"})
_NEVER: Final = frozenset({"rack_focus", "tracking", "dolly_zoom", "roll"})
_GROUNDS: Final[dict[str, tuple[Colour, ...]]] = {
    "vegetation": ((45, 110, 75), (40, 130, 95), (60, 150, 120)),
    "ground": ((60, 85, 110), (75, 95, 115), (55, 70, 85)),
    "sand": ((130, 175, 210), (120, 165, 200)),
    "snow": ((240, 236, 230), (250, 245, 242)),
}


def sky(rng: Rng, size: tuple[int, int], *, top: Colour, bottom: Colour, clouds: float) -> Paint:
    """A sky that pales towards the horizon. clouds: 0 none to 1 many."""
    base = paint.gradient(size, top, bottom)
    if clouds <= 0:
        return base
    veil = paint.fractal(rng, size, coarse=5, octaves=6, stretch=2.0)
    weight = np.clip((veil - 1.2 + 1.6 * clouds) / 1.4, 0, 0.92)
    shade = 232 + 14 * paint.fractal(rng, size, coarse=8)
    cloud = np.repeat(shade[..., None], 3, axis=2).astype(np.float32)
    return paint.laid(base, cloud, weight.astype(np.float32))


def ground_depth(depth_px: Plane) -> Plane:
    """Nearness of level ground: it grows with the way below the horizon; the sky is 0."""
    return np.asarray(np.maximum(depth_px, 0) / depth_px.shape[0], np.float32)


def plain(rng: Rng) -> Scene:
    """Level land of one material to the horizon, tilted at times, hazy at times."""
    size = paint.a_format(rng)
    kind = ("vegetation", "ground", "sand", "snow")[int(rng.integers(0, 4))]
    horizon = float(rng.uniform(0.25, 0.72))
    tilt = float(rng.uniform(-5, 5)) if rng.random() < 0.4 else 0.0
    below = paint.slope(size, horizon, tilt)
    colour = _GROUNDS[kind][int(rng.integers(0, len(_GROUNDS[kind])))]
    amount = 0.05 if kind == "snow" else 0.22
    land = paint.tinted(colour, paint.ground_texture(rng, below, scale=float(rng.uniform(25, 60))), amount)
    blue = float(rng.uniform(0.7, 1.05))
    above = sky(rng, size, top=(205 * blue, 140 * blue, 75 * blue), bottom=(240, 222, 200), clouds=rng.uniform(0, 0.8))
    weight = paint.below(below)
    picture = paint.laid(above, land, weight)
    if rng.random() < 0.35:
        haze = np.exp(-np.maximum(below, 0) / (0.12 * size[1])) * weight * 0.6
        picture = paint.laid(picture, (225, 215, 205), haze.astype(np.float32))
    labels = np.where(below >= 0, 2, 1).astype(np.uint8)
    truth = Truth(
        horizon=horizon,
        has_horizon=True,
        tilt_deg=tilt,
        depth=ground_depth(below),
        has_vanishing_point=None,
        regions=Regions(("sky", kind), labels),
        scene=("landscape",),
        outdoor=True,
        time="day",
        right=_OPEN,
        wrong=_NEVER,
    )
    return Scene("plain", paint.photographed(rng, picture), truth)


def sea(rng: Rng) -> Scene:
    """Open water to a level horizon."""
    size = paint.a_format(rng)
    horizon = float(rng.uniform(0.25, 0.65))
    below = paint.slope(size, horizon, 0.0)
    shade = float(rng.uniform(0.75, 1.15))
    colour = (150 * shade, 110 * shade, 55 * shade)
    texture = _waves(rng, below)
    water = paint.tinted(colour, texture, 0.2)
    above = sky(rng, size, top=(210, 150, 85), bottom=(242, 226, 205), clouds=rng.uniform(0, 0.7))
    picture = paint.laid(above, water, paint.below(below))
    truth = Truth(
        horizon=horizon,
        has_horizon=True,
        has_vanishing_point=False,
        depth=ground_depth(below),
        regions=Regions(("sky", "water"), np.where(below >= 0, 2, 1).astype(np.uint8)),
        scene=("waterside",),
        outdoor=True,
        time="day",
        right=_OPEN,
        wrong=_NEVER,
    )
    return Scene("sea", paint.photographed(rng, picture), truth)


def _waves(rng: Rng, below: Plane) -> Plane:
    """Long low waves that shrink towards the horizon."""
    rows, width = below.shape
    ground = paint.ground_texture(rng, below, scale=14, grain_share=0.25)
    fine = paint.fractal(rng, (width, rows), coarse=24, octaves=4, stretch=6.0)
    return np.asarray(0.6 * ground + 0.7 * fine * np.clip(below / (0.3 * rows), 0.15, 1), np.float32)


def golden(rng: Rng) -> Scene:
    """A low sun over water or land: warm light, backlit."""
    size = paint.a_format(rng)
    width, height = size
    horizon = float(rng.uniform(0.4, 0.65))
    below = paint.slope(size, horizon, 0.0)
    sun = (float(rng.uniform(0.15, 0.85)) * width, (horizon - float(rng.uniform(0.03, 0.12))) * height)
    above = sky(rng, size, top=(150, 120, 110), bottom=(70, 150, 250), clouds=rng.uniform(0, 0.3))
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    way = np.hypot(x - sun[0], y - sun[1]) / height
    glow = np.exp(-((way / 0.25) ** 2)).astype(np.float32)
    above = paint.laid(above, (150, 215, 255), glow * 0.8)
    wet = rng.random() < 0.5
    texture = _waves(rng, below) if wet else paint.ground_texture(rng, below)
    land = paint.tinted((55, 75, 120) if wet else (25, 40, 60), texture, 0.25)
    if wet:
        path = np.exp(-(((x - sun[0]) / (0.06 * width)) ** 2)).astype(np.float32)
        land = paint.laid(land, (130, 200, 250), path * np.clip(0.45 + 0.35 * texture, 0, 1).astype(np.float32))
    picture = paint.laid(above, land, paint.below(below))
    picture = paint.laid(picture, (235, 250, 255), np.clip((0.028 - way) * 80, 0, 1).astype(np.float32))
    truth = Truth(
        horizon=horizon,
        has_horizon=True,
        depth=ground_depth(below),
        regions=Regions(("sky", "water" if wet else "ground"), np.where(below >= 0, 2, 1).astype(np.uint8)),
        scene=("waterside",) if wet else ("landscape",),
        outdoor=True,
        time="golden_hour",
        right=_OPEN,
        wrong=_NEVER,
    )
    return Scene("golden", paint.photographed(rng, picture), truth)


def mountains(rng: Rng) -> Scene:
    """Three ranges one behind the other, paler with the distance; no honest horizon."""
    size = paint.a_format(rng)
    width, height = size
    picture = sky(rng, size, top=(215, 160, 100), bottom=(240, 228, 212), clouds=rng.uniform(0, 0.6))
    labels = np.full((height, width), 1, np.uint8)
    layers = np.full((height, width), 4, np.uint8)
    depth = np.zeros((height, width), np.float32)
    tops = (float(rng.uniform(0.2, 0.32)), float(rng.uniform(0.45, 0.55)), float(rng.uniform(0.7, 0.78)))
    near, air = paint.bgr((35, 75, 55)), paint.bgr((215, 195, 175))
    for index, (top, haze, rough) in enumerate(zip(tops, (0.62, 0.32, 0.0), (0.075, 0.05, 0.025), strict=True)):
        ridge = _ridge(rng, width, rough=rough * height) + top * height
        below = (np.arange(height, dtype=np.float32)[:, None] - ridge[None]).astype(np.float32)
        texture = paint.fractal(rng, size, coarse=12 + 6 * index, octaves=6)
        mixed = near * (1 - haze) + air * haze
        colour = (float(mixed[0]), float(mixed[1]), float(mixed[2]))
        picture = paint.laid(picture, paint.tinted(colour, texture, 0.2 * (1 - haze) + 0.02), paint.below(below))
        labels[below >= 0], layers[below >= 0], depth[below >= 0] = 2, 3 - index, (0.05, 0.2, 1.0)[index]
    truth = Truth(
        has_horizon=False,
        depth=depth,
        layers=Layers(4, layers),
        regions=Regions(("sky", "vegetation"), labels),
        scene=("landscape",),
        outdoor=True,
        time="day",
        right=_OPEN,
        wrong=_NEVER,
    )
    return Scene("mountains", paint.photographed(rng, picture), truth)


def _ridge(rng: Rng, width: int, *, rough: float) -> Plane:
    """Heights along a ridge in pixels about 0."""
    line = sum(
        np.interp(np.linspace(0, 5 * 2**k, width), np.arange(5 * 2**k + 1), rng.standard_normal(5 * 2**k + 1)) * 0.5**k
        for k in range(5)
    )
    return np.asarray(line * rough, np.float32)


def night(rng: Rng) -> Scene:
    """A dark town by dark water: lamps and their reflections under a black sky."""
    size = paint.a_format(rng, upright=False)
    width, height = size
    horizon = float(rng.uniform(0.45, 0.65))
    row = round(horizon * height)
    picture = paint.gradient(size, (28, 16, 12), (50, 34, 28))
    picture[row:] = paint.tinted((26, 18, 14), paint.fractal(rng, (width, height - row), stretch=6), 0.25)
    for _ in range(int(rng.integers(14, 26))):
        left, wide = float(rng.uniform(-0.05, 1)) * width, float(rng.uniform(0.03, 0.1)) * width
        top = row - float(rng.uniform(0.05, 0.28)) * height
        house = paint.polygon(size, [(left, top), (left + wide, top), (left + wide, row), (left, row)])
        picture = paint.laid(picture, (22, 18, 18), house)
    glow = np.zeros_like(picture)
    for _ in range(int(rng.integers(25, 60))):
        x, y = int(rng.uniform(0, width)), int(row - rng.uniform(0.005, 0.22) * height)
        colour = paint.bgr(((90, 190, 255), (180, 230, 255), (255, 220, 200))[int(rng.integers(0, 3))])
        radius = int(rng.integers(1, 3))
        cv2.circle(glow, (x, y), radius, colour.tolist(), cv2.FILLED, cv2.LINE_AA)
        cv2.line(glow, (x, row + 2), (x, min(height - 1, 2 * row - y + 30)), (colour * 0.35).tolist(), 2)
    spread = paint.blurred(glow, 6) * 2.2
    truth = Truth(
        has_horizon=None,
        scene=("night", "waterside", "city"),
        outdoor=True,
        time="night",
        right=frozenset({"static", "pan", "dolly", "crane", "truck", "zoom"}),
        wrong=frozenset({"rack_focus", "tracking", "dolly_zoom", "roll"}),
    )
    return Scene("night", paint.photographed(rng, picture + glow + spread, noise=4), truth)
