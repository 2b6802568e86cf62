"""Places with lines that run into the depth: roads, corridors, rooms and long walls."""

from __future__ import annotations

from typing import Final

import numpy as np

from evaluation.scenes import paint
from evaluation.scenes.land import ground_depth, sky
from evaluation.scenes.paint import Colour, Paint, Rng
from evaluation.scenes.truth import Plane, Regions, Scene, Truth

_INTO: Final = frozenset({"dolly", "static", "zoom", "dolly_zoom", "crane", "handheld"})
_NOT_INTO: Final = frozenset({"rack_focus", "tracking", "arc", "roll"})


def road(rng: Rng) -> Scene:
    """A straight road to a vanishing point on a level horizon."""
    size = paint.a_format(rng)
    width, height = size
    horizon = float(rng.uniform(0.3, 0.55))
    at = (float(rng.uniform(0.25, 0.75)), horizon)
    below = paint.slope(size, horizon, 0.0)
    picture = sky(rng, size, top=(210, 150, 85), bottom=(242, 226, 208), clouds=rng.uniform(0, 0.7))
    land = paint.tinted((50, 110, 85), paint.ground_texture(rng, below), 0.22)
    picture = paint.laid(picture, land, paint.below(below))
    point = (at[0] * width, at[1] * height)
    half = float(rng.uniform(0.25, 0.5)) * width
    middle = width * (0.5 + 0.5 * (0.5 - at[0]))
    surface = paint.tinted((92, 90, 88), paint.ground_texture(rng, below, scale=80, grain_share=0.9), 0.1)
    strip = paint.polygon(size, [point, (middle - half, height), (middle + half, height)])
    picture = paint.laid(picture, surface, strip)
    for offset, wide in ((-0.93, 0.04), (0.93, 0.04), (0.0, 0.025)):
        for start, end in ((0.0, 1.0),) if offset else tuple((0.06 * 1.55**k, 0.06 * 1.55**k * 1.25) for k in range(7)):
            corners = [
                _between(point, (middle + half * (offset + side * wide), float(height)), share)
                for share, side in ((start, -1), (end, -1), (end, 1), (start, 1))
            ]
            picture = paint.laid(picture, (225, 228, 230), paint.polygon(size, corners))
    picture = _posts(rng, picture, point, (middle - 1.25 * half, float(height)))
    labels = np.where(below < 0, 1, np.where(strip > 0.5, 3, 2)).astype(np.uint8)
    truth = Truth(
        horizon=horizon,
        has_horizon=True,
        vanishing_point=at,
        has_vanishing_point=True,
        depth=ground_depth(below),
        regions=Regions(("sky", "vegetation", "man_made"), labels),
        scene=("landscape", "city"),
        outdoor=True,
        time="day",
        right=_INTO,
        wrong=_NOT_INTO,
    )
    return Scene("road", paint.photographed(rng, picture), truth)


def _posts(rng: Rng, picture: Paint, point: tuple[float, float], foot: tuple[float, float]) -> Paint:
    """A row of posts that runs to the vanishing point."""
    size = (picture.shape[1], picture.shape[0])
    tall = float(rng.uniform(0.25, 0.5)) * size[1]
    for step in range(8):
        share = 0.8 / (1 + step)
        x, y = _between(point, foot, share)
        high, wide = tall * share, max(0.8, 7 * share)
        shape = paint.polygon(size, [(x - wide, y), (x - wide, y - high), (x + wide, y - high), (x + wide, y)])
        picture = paint.laid(picture, (60, 72, 85), shape)
    return picture


def corridor(rng: Rng) -> Scene:
    """A corridor with floor, ceiling and walls that meet in one point; every distance is known."""
    size = paint.a_format(rng)
    width, height = size
    at = (float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.35, 0.6)))
    picture, depth = _inside(rng, size, at, far=float(rng.uniform(0.06, 0.15)))
    truth = Truth(
        has_horizon=False,
        vanishing_point=at,
        has_vanishing_point=True,
        depth=depth,
        regions=Regions(("man_made",), np.ones((height, width), np.uint8)),
        scene=("interior",),
        outdoor=False,
        right=_INTO,
        wrong=_NOT_INTO,
    )
    return Scene("corridor", paint.photographed(rng, picture), truth)


def _inside(rng: Rng, size: tuple[int, int], at: tuple[float, float], *, far: float) -> tuple[Paint, Plane]:
    """Five faces of a box seen from within, and their nearness. far: size of the end wall, a share of the frame."""
    width, height = size
    x, y = np.meshgrid((np.arange(width) + 0.5) / width - at[0], (np.arange(height) + 0.5) / height - at[1])
    reach_x = np.where(x > 0, 1 - at[0], at[0])
    reach_y = np.where(y > 0, 1 - at[1], at[1])
    across, along = np.abs(x) / reach_x, np.abs(y) / reach_y
    near = np.maximum(np.maximum(across, along), far).astype(np.float32)
    side = across >= along
    position = np.where(side, y, x) / np.maximum(near, far)
    depth_m = 1.0 / near
    tone = float(rng.uniform(0.85, 1.1))
    faces: dict[str, tuple[object, Colour]] = {
        "left": (side & (x <= 0), (165, 178, 188)),
        "right": (side & (x > 0), (135, 146, 154)),
        "floor": (~side & (y > 0), (85, 110, 135)),
        "ceiling": (~side & (y <= 0), (205, 210, 212)),
    }
    picture = paint.flat(size, (0, 0, 0))
    for where, colour in faces.values():
        picture[np.asarray(where)] = paint.bgr(colour) * tone
    # Boards of the floor and doors of the walls run with the depth; light falls off with it.
    boards = (np.mod(position * 9, 1) < 0.05) & ~side & (y > 0)
    doors = (np.mod(depth_m * 1.1, 1) < 0.38) & side & (position > -0.18)
    frames = (np.mod(depth_m * 1.1, 1) < 0.05) & side
    lamps = (np.mod(depth_m * 0.9, 1) < 0.3) & ~side & (y <= 0) & (np.abs(position) < 0.12)
    for pattern, colour in (
        (boards, (50, 66, 84)),
        (doors, (70, 92, 120)),
        (frames, (60, 66, 72)),
        (lamps, (250, 252, 255)),
    ):
        picture[pattern] = paint.bgr(colour)
    end = near <= far
    picture[end] = paint.bgr((190, 205, 215))
    texture = paint.fractal(rng, size, coarse=10) * 0.025 + paint.grain(rng, size) * 0.012
    light = (0.55 + 0.45 * np.clip(near, 0, 1) ** 0.4)[..., None]
    shaded = picture * light * (1 + texture[..., None])
    return paint.blurred(shaded.astype(np.float32), 0.7), near


def room(rng: Rng) -> Scene:
    """A room with furniture before a back wall, a window and, at times, a burning lamp."""
    size = paint.a_format(rng)
    width, height = size
    at = (float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.4, 0.55)))
    back = float(rng.uniform(0.45, 0.6))
    picture, depth = _walls(rng, size, at, back)
    lamp = rng.random() < 0.5
    if lamp:
        picture = picture * np.float32(0.5)
    # The back wall spans `back` of the way to each side; the window is on it.
    left, wide = at[0] * (1 - back * float(rng.uniform(0.4, 0.9))), 0.28 * back
    top, low = at[1] * (1 - 0.75 * back), at[1] * (1 - 0.1 * back)
    window = [(left, top), (left + wide, top), (left + wide, low), (left, low)]
    glass: Colour = (90, 70, 60) if lamp else (248, 240, 228)
    picture = paint.laid(picture, glass, paint.polygon(size, [(x * width, y * height) for x, y in window]))
    for nearness in sorted(float(value) for value in rng.uniform(back + 0.06, 0.95, 3)):
        foot = at[1] + (1 - at[1]) * nearness
        wide, high = 0.28 * nearness, 0.34 * nearness
        x = at[0] * (1 - nearness) + float(rng.uniform(0, nearness - wide))
        block = [(x, foot), (x + wide, foot), (x + wide, foot - high), (x, foot - high)]
        mask = paint.polygon(size, [(px * width, py * height) for px, py in block])
        wood = paint.tinted((40, 75, 120), paint.fractal(rng, size, coarse=30, stretch=0.2), 0.15)
        picture = paint.laid(picture, wood * np.float32(0.5 if lamp else 1), mask)
        depth = np.where(mask > 0.5, np.float32(nearness), depth).astype(np.float32)
    if lamp:
        centre = (float(rng.uniform(0.3, 0.85)) * width, 0.4 * height)
        rows, columns = np.mgrid[0:height, 0:width]
        way = np.hypot(columns - centre[0], rows - centre[1]) / height
        picture = (
            picture
            * (1 + 1.6 * np.exp(-((way / 0.35) ** 2)))[..., None].astype(np.float32)
            * paint.bgr((0.75, 0.95, 1.15))
        )
        picture = paint.laid(picture, (238, 250, 255), paint.ellipse(size, centre, (0.035 * width, 0.04 * height)))
    truth = Truth(
        has_horizon=False,
        has_vanishing_point=None,
        depth=depth,
        regions=Regions(("man_made",), np.ones((height, width), np.uint8)),
        scene=("interior",),
        outdoor=False,
        right=frozenset({"dolly", "static", "pan", "truck", "arc", "pedestal", "handheld"}),
        wrong=frozenset({"rack_focus", "tracking", "roll"}),
    )
    return Scene("room", paint.photographed(rng, np.asarray(picture, np.float32)), truth)


def _walls(rng: Rng, size: tuple[int, int], at: tuple[float, float], back: float) -> tuple[Paint, Plane]:
    """Back wall, side walls, floor and ceiling of a room, plain, and their nearness. back: that of the back wall."""
    width, height = size
    x, y = np.meshgrid((np.arange(width) + 0.5) / width - at[0], (np.arange(height) + 0.5) / height - at[1])
    across, along = np.abs(x) / np.where(x > 0, 1 - at[0], at[0]), np.abs(y) / np.where(y > 0, 1 - at[1], at[1])
    near = np.maximum(np.maximum(across, along), back).astype(np.float32)
    tones: tuple[Colour, ...] = ((178, 200, 215), (150, 170, 184), (120, 150, 180), (215, 220, 222))
    picture = paint.flat(size, tones[0])
    side = (across >= along) & (near > back)
    picture[side] = paint.bgr(tones[1])
    picture[~side & (near > back) & (y > 0)] = paint.bgr(tones[2])
    picture[~side & (near > back) & (y <= 0)] = paint.bgr(tones[3])
    shade = 1 + 0.04 * paint.fractal(rng, size, coarse=4) + 0.015 * paint.grain(rng, size)
    return paint.blurred((picture * shade[..., None]).astype(np.float32), 0.7), near


def long_wall(rng: Rng) -> Scene:
    """A brick wall with windows, seen askew: its lines meet outside the frame."""
    size = paint.a_format(rng, upright=False)
    width, height = size
    at = (float(rng.uniform(1.08, 1.35)), float(rng.uniform(0.4, 0.6)))
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    near = ((at[0] - x) / at[0]).astype(np.float32)
    level, way = (y - at[1]) / near, 1.0 / near
    bricks = (np.mod(level * 26, 1) < 0.1) | (np.mod(way * 9 + np.floor(level * 26) * 0.5, 1) < 0.05)
    windows = (np.mod(way * 1.6, 1) < 0.45) & (np.mod(level * 2.4 + 0.3, 1) < 0.55)
    ledges = np.mod(level * 2.4 + 0.22, 1) < 0.07
    picture = paint.tinted((75, 95, 150), paint.fractal(rng, size, coarse=14), 0.08)
    for pattern, colour in ((bricks, (120, 135, 160)), (ledges, (190, 200, 205)), (windows, (70, 60, 50))):
        picture = paint.laid(picture, colour, pattern.astype(np.float32))
    truth = Truth(
        has_horizon=False,
        vanishing_point=at,
        has_vanishing_point=True,
        depth=near,
        regions=Regions(("man_made",), np.ones((height, width), np.uint8)),
        scene=("city",),
        outdoor=True,
        right=frozenset({"truck", "static", "dolly", "pan", "pedestal", "crane"}),
        wrong=frozenset({"rack_focus", "tracking", "arc", "roll"}),
    )
    scene = Scene("long_wall", paint.photographed(rng, paint.blurred(picture, 0.8)), truth)
    return scene.mirrored() if rng.random() < 0.5 else scene


def _between(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
