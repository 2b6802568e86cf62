"""Built spaces with exact depth: boxes, walls and ground before a pinhole camera, with random textures.

World: x right, y up, z away from the camera, in metres; the camera stands at (0, eye, 0). Everything random comes from
the seed.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 400
HEIGHT: Final = 300
_FAR: Final = 1e6
_LIGHT: Final = {0: 0.8, 1: 1.1, 2: 1.0}
"""Brightness of faces across x, y, z."""

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A solid with sides along the axes: its two corners, its colour (BGR), how rough and how striped it is."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    colour: tuple[float, float, float]
    rough: float = 25.0
    grain: float = 1.0


@dataclass(frozen=True)
class Space:
    """A picture, (H, W, 3) uint8 BGR, with its truth.

    disparity: (H, W), one over the distance along z, 0 for the sky. horizon: height of eye level 0..1, however much of
    it is hidden. vanishing: where lines along z meet, shares of width and height.
    """

    name: str
    pixels: Pixels
    disparity: Plane
    horizon: float
    vanishing: tuple[float, float]


@dataclass
class _Camera:
    eye: float = 1.6
    pitch: float = 0.0
    """Degrees, positive looks down."""
    wide: float = 1.0
    """Width of the view at distance 1."""
    boxes: list[Box] = field(default_factory=list)
    haze: float = 0.0


def ground_with_boxes(seed: int) -> Space:
    """Open ground under a sky with boxes standing on it at several distances."""
    rng = np.random.default_rng(seed)
    camera = _camera(rng, eye=(1.2, 3.0), pitch=(-2.0, 12.0))
    camera.boxes.append(_ground(rng))
    for _ in range(int(rng.integers(3, 8))):
        _standing(rng, camera, distance=(2.5, 25.0), size=(0.5, 3.0))
    camera.haze = float(rng.choice([0.0, 0.03]))
    return _seen("ground with boxes", camera, rng)


def corridor(seed: int) -> Space:
    """A corridor with floor, walls, ceiling and an end, and perhaps a box in it."""
    rng = np.random.default_rng(seed)
    camera = _camera(rng, eye=(1.2, 1.8), pitch=(-4.0, 4.0))
    half, tall, long = rng.uniform(0.9, 2.2), rng.uniform(2.3, 3.2), rng.uniform(8.0, 30.0)
    shift = rng.uniform(-0.5, 0.5) * half
    sides = [
        ((-40, -1, -1), (40, 0, 60)),
        ((-40, tall, -1), (40, tall + 1, 60)),
        ((-half - 2 + shift, 0, -1), (-half + shift, tall, 60)),
        ((half + shift, 0, -1), (half + 2 + shift, tall, 60)),
        ((-40, 0, long), (40, tall, long + 1)),
    ]
    camera.boxes += [Box(low, high, _colour(rng, 70, 210), rough=rng.uniform(5, 25)) for low, high in sides]
    left, right = -half + shift, half + shift
    board = _colour(rng, 20, 90)
    for x in np.arange(left + 0.3, right, 0.45):
        camera.boxes.append(Box((x, -0.5, -1), (x + 0.05, 0.001, long), board, rough=6.0))
    for x, y in ((left, 0.12), (right, 0.12), (left, 1.1), (right, 1.1)):
        camera.boxes.append(Box((x - 0.02, y - 0.1, -1), (x + 0.02, y, long), board, rough=6.0))
    for at in range(2, int(long), 3):
        colour = _colour(rng, 40, 120)
        camera.boxes.append(Box((left - 0.1, 0, at), (left + 0.03, 2.1, at + 1.0), colour, rough=8.0))
        camera.boxes.append(Box((right - 0.03, 0, at), (right + 0.1, 2.1, at + 1.0), colour, rough=8.0))
    if rng.random() < 0.6:
        _standing(rng, camera, distance=(3.0, 0.6 * long), size=(0.4, 0.8), across=0.5)
    return _seen("corridor", camera, rng)


def room_with_table(seed: int) -> Space:
    """A room's floor and back wall, a table with things on it."""
    rng = np.random.default_rng(seed)
    camera = _camera(rng, eye=(1.3, 1.8), pitch=(5.0, 20.0))
    deep = rng.uniform(4.0, 7.0)
    camera.boxes.append(Box((-20, -1, -1), (20, 0, 20), _colour(rng, 60, 180), rough=rng.uniform(5, 20)))
    camera.boxes.append(Box((-20, 0, deep), (20, 4, deep + 1), _colour(rng, 120, 230), rough=rng.uniform(3, 15)))
    left, near, top = rng.uniform(-1.2, 0.0), rng.uniform(1.6, 2.4), rng.uniform(0.65, 0.8)
    right, far = left + rng.uniform(1.0, 1.8), near + rng.uniform(0.6, 1.2)
    wood = _colour(rng, 30, 140)
    camera.boxes.append(Box((left, top - 0.05, near), (right, top, far), wood, rough=15.0))
    for x in (left, right - 0.08):
        for z in (near, far - 0.08):
            camera.boxes.append(Box((x, 0, z), (x + 0.08, top - 0.05, z + 0.08), wood, rough=10.0))
    for _ in range(int(rng.integers(1, 5))):
        x, z, wide = rng.uniform(left, right - 0.25), rng.uniform(near, far - 0.25), rng.uniform(0.1, 0.25)
        high = top + rng.uniform(0.1, 0.4)
        camera.boxes.append(Box((x, top, z), (x + wide, high, z + wide), _colour(rng, 20, 240), rough=15.0))
    return _seen("room with table", camera, rng)


def object_before_wall(seed: int) -> Space:
    """One or two things that stand before a near wall."""
    rng = np.random.default_rng(seed)
    camera = _camera(rng, eye=(0.8, 1.6), pitch=(0.0, 15.0))
    deep = rng.uniform(3.0, 6.0)
    camera.boxes.append(Box((-20, -1, -1), (20, 0, 20), _colour(rng, 60, 200), rough=rng.uniform(5, 25)))
    camera.boxes.append(Box((-20, 0, deep), (20, 9, deep + 1), _colour(rng, 60, 230), rough=rng.uniform(5, 25)))
    for _ in range(int(rng.integers(1, 3))):
        _standing(rng, camera, distance=(1.6, deep - 0.8), size=(0.5, 1.4), across=0.6)
    return _seen("object before wall", camera, rng)


def cliff(seed: int) -> Space:
    """A near edge, and beyond and below it a far plain with hills of boxes under the sky."""
    rng = np.random.default_rng(seed)
    camera = _camera(rng, eye=(1.6, 2.2), pitch=(3.0, 12.0))
    edge, drop = rng.uniform(4.0, 9.0), rng.uniform(20.0, 60.0)
    camera.boxes.append(Box((-60, -drop, -1), (60, 0, edge), _colour(rng, 40, 150), rough=rng.uniform(20, 40)))
    camera.boxes.append(Box((-9e3, -drop - 1, -1), (9e3, -drop, 9e3), _colour(rng, 80, 170), rough=20.0, grain=0.05))
    for _ in range(int(rng.integers(2, 6))):
        x, z = rng.uniform(-300, 300), rng.uniform(150, 600)
        wide, tall = rng.uniform(20, 120), rng.uniform(10, drop * 1.3)
        hill = ((x - wide, -drop, z), (x + wide, -drop + tall, z + wide))
        camera.boxes.append(Box(*hill, _colour(rng, 80, 160), rough=20.0, grain=0.05))
    camera.haze = float(rng.choice([0.0, 0.002, 0.004]))
    return _seen("cliff", camera, rng)


DEEP: Final = (ground_with_boxes, corridor, room_with_table, object_before_wall, cliff)


def wall(seed: int) -> Space:
    """A textured wall that fills the frame, seen straight on: everything is equally far."""
    rng = np.random.default_rng(seed)
    camera = _camera(rng, eye=(1.6, 1.6), pitch=(0.0, 0.0))
    camera.boxes.append(Box((-20, -20, 2.5), (20, 20, 3.5), _colour(rng, 60, 220), rough=rng.uniform(15, 45)))
    return _seen("wall", camera, rng)


def page(seed: int) -> Space:
    """Lines of letters on a light page that fills the frame."""
    rng = np.random.default_rng(seed)
    pixels = np.full((HEIGHT, WIDTH, 3), rng.uniform(200, 245), np.uint8)
    for y in range(18, HEIGHT - 10, 14):
        x = 16.0
        while x < WIDTH - 40:
            wide = rng.uniform(8, 36)
            for letter in np.arange(x, x + wide, 5):
                tall = int(rng.integers(4, 9))
                cv2.rectangle(pixels, (int(letter), y - tall), (int(letter) + 2, y), (40, 40, 40), 1)
            x += wide + 6
    return Space("page", pixels, np.full((HEIGHT, WIDTH), 0.5), 0.5, (0.5, 0.5))


def _camera(rng: np.random.Generator, *, eye: tuple[float, float], pitch: tuple[float, float]) -> _Camera:
    return _Camera(eye=rng.uniform(*eye), pitch=rng.uniform(*pitch), wide=rng.uniform(0.9, 1.4))


def _ground(rng: np.random.Generator) -> Box:
    return Box((-9e3, -1, -1), (9e3, 0, 9e3), _colour(rng, 50, 150), rough=rng.uniform(10, 35))


def _standing(
    rng: np.random.Generator,
    camera: _Camera,
    *,
    distance: tuple[float, float],
    size: tuple[float, float],
    across: float = 0.9,
) -> None:
    z = np.exp(rng.uniform(*np.log(distance)))
    x = rng.uniform(-0.5, 0.5) * across * camera.wide * z
    wide, tall = rng.uniform(*size) / 2, rng.uniform(*size)
    camera.boxes.append(
        Box((x - wide, 0, z), (x + wide, tall, z + wide), _colour(rng, 20, 235), rough=rng.uniform(5, 30))
    )


def _colour(rng: np.random.Generator, low: float, high: float) -> tuple[float, float, float]:
    base = rng.uniform(low, high)
    blue, green, red = np.clip(base + rng.uniform(-45, 45, 3), 5, 250)
    return float(blue), float(green), float(red)


def _seen(name: str, camera: _Camera, rng: np.random.Generator) -> Space:
    """The space through its camera."""
    focal = WIDTH / camera.wide
    right, down = np.meshgrid(np.arange(WIDTH) + 0.5 - WIDTH / 2, np.arange(HEIGHT) + 0.5 - HEIGHT / 2)
    lean = np.radians(camera.pitch)
    x = right / focal
    y = -down / focal * np.cos(lean) - np.sin(lean)
    z = np.cos(lean) - down / focal * np.sin(lean)
    way = np.stack([x, y, z], axis=2)
    near = np.full((HEIGHT, WIDTH), _FAR)
    sky_top, sky_low = np.array([200, 140, 90.0]), np.array([245, 225, 200.0])
    rise = np.clip(way[..., 1:2] * 2.5, 0, 1)
    picture = sky_top * rise + sky_low * (1 - rise)
    noise = _noise(rng)
    for box in camera.boxes:
        distance, axis = _met(camera.eye, x[0], y[:, 0], z[:, 0], box)
        hit = distance < near
        if not hit.any():
            continue
        near[hit] = distance[hit]
        point = np.array([0.0, camera.eye, 0.0]) + way[hit] * distance[hit][:, None]
        flat = np.where(axis[hit][:, None] == 0, point[:, [1, 2]], 0.0)
        flat = np.where(axis[hit][:, None] == 1, point[:, [0, 2]], flat)
        flat = np.where(axis[hit][:, None] == 2, point[:, [0, 1]], flat)
        at = (flat * 60 * box.grain).astype(np.int64) % 256
        shade = np.array([_LIGHT[one] for one in range(3)])[axis[hit]]
        picture[hit] = np.array(box.colour) * shade[:, None] + noise[at[:, 0], at[:, 1]][:, None] * box.rough
    # Distance along the axis of the camera, not along z of the world.
    ahead = way[..., 1] * -np.sin(lean) + way[..., 2] * np.cos(lean)
    depth = near * ahead
    if camera.haze:
        clear = np.exp(-camera.haze * np.minimum(depth, 5e3))[..., None]
        picture = np.where(near[..., None] < _FAR, picture * clear + sky_low * (1 - clear), picture)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.7) + rng.normal(0, 1.5, picture.shape)
    disparity = np.where(near < _FAR, 1.0 / depth, 0.0)
    eye_level = 0.5 - focal * np.tan(lean) / HEIGHT
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    return Space(name, pixels, disparity, float(eye_level), (0.5, float(eye_level)))


def _met(eye: float, x: Plane, y: Plane, z: Plane, box: Box) -> tuple[Plane, NDArray[np.intp]]:
    """Distance to a box along each way, and the axis of the face that is met (the slab method).

    x: (W,) the ways' part to the right, the same in every row. y, z: (H,) their parts up and ahead.
    """
    slabs = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis, (start, way) in enumerate(((0.0, x), (eye, y), (0.0, z))):
            ends = ((box.low[axis] - start) / way, (box.high[axis] - start) / way)
            enter, leave = np.minimum(*ends), np.maximum(*ends)
            slabs.append((enter[None], leave[None]) if axis == 0 else (enter[:, None], leave[:, None]))
    (x_in, x_out), (y_in, y_out), (z_in, z_out) = slabs
    first = np.maximum(x_in, np.maximum(y_in, z_in))
    last = np.minimum(x_out, np.minimum(y_out, z_out))
    face = np.where(first == z_in, 2, np.where(first == y_in, 1, 0)).astype(np.intp)
    return np.where((first < last) & (first > 1e-3), first, _FAR * 2), face


def _noise(rng: np.random.Generator) -> Plane:
    """(256, 256) texture of several sizes, mean 0, deviation 1, that tiles."""
    total = np.zeros((256, 256))
    for size in (8, 16, 32, 64, 128):
        grid = np.pad(rng.normal(size=(size, size)), 2, mode="wrap")
        scale = 256 // size
        large = cv2.resize(grid, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        total += large[2 * scale : 2 * scale + 256, 2 * scale : 2 * scale + 256]
    made: Plane = (total - total.mean()) / total.std()
    return made
