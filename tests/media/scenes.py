"""Drawn scenes whose truth is exact, for tests that need to know the answer.

Every function gives a Scene with BGR pixels, (H, W, 3) uint8. Coordinates of the truth are shares of width and height
from the top left. Nothing here is random but `noise` and the fine texture of surfaces, both from a stated seed.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE: Final = (640, 360)
"""(width, height) of a scene in pixels."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Truth:
    """What is drawn; None or empty where the scene has no such thing."""

    horizon_y: float | None = None
    vanishing_point: tuple[float, float] | None = None
    subject: tuple[float, float, float, float] | None = None
    """left, top, width, height."""
    symmetric: bool = False
    """Whether the picture is exactly its own mirror image."""
    depth_order: tuple[str, ...] = field(default=())
    """Names of the layers, nearest first."""


@dataclass(frozen=True)
class Scene:
    """A picture and what is in it."""

    name: str
    pixels: Pixels
    truth: Truth

    def mirrored(self) -> "Scene":
        """The exact mirror image, with the mirrored truth."""
        point, box = self.truth.vanishing_point, self.truth.subject
        truth = Truth(
            horizon_y=self.truth.horizon_y,
            vanishing_point=None if point is None else (1 - point[0], point[1]),
            subject=None if box is None else (1 - box[0] - box[2], *box[1:]),
            symmetric=self.truth.symmetric,
            depth_order=self.truth.depth_order,
        )
        return Scene(f"{self.name}_mirrored", np.ascontiguousarray(self.pixels[:, ::-1]), truth)


def flat_grey(value: int = 128) -> Scene:
    """One grey everywhere: there is nothing to see."""
    return Scene("flat_grey", _canvas((value, value, value)), Truth(symmetric=True))


def noise(seed: int = 1) -> Scene:
    """Independent uniform noise in every channel: there is nothing to see either."""
    width, height = SIZE
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Scene("noise", pixels, Truth())


def landscape(horizon_y: float = 0.4) -> Scene:
    """A pale sky over textured ground that meet in one level line at horizon_y."""
    height = SIZE[1]
    row = round(horizon_y * height)
    pixels = _canvas((0, 0, 0))
    pixels[:row] = _gradient(row, (215, 150, 90), (245, 225, 205))[:, None]
    pixels[row:] = _gradient(height - row, (70, 120, 95), (25, 70, 45))[:, None]
    pixels[row:] = _textured(pixels[row:], amount=18, seed=2)
    return Scene("landscape", pixels, Truth(horizon_y=row / height, depth_order=("ground", "sky")))


def corridor(x: float = 0.5, y: float = 0.5) -> Scene:
    """A corridor whose four long edges and floor lines meet in one point."""
    width, height = SIZE
    pixels = _canvas((150, 160, 165))
    point = np.array([x * width, y * height])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    shades = ((190, 200, 205), (140, 150, 155), (90, 95, 100), (120, 130, 135))
    for index, shade in enumerate(shades):
        triangle = np.array([corners[index], corners[(index + 1) % 4], point])
        cv2.fillPoly(pixels, [triangle.round().astype(np.int32)], shade, cv2.LINE_AA)
    for share in np.linspace(0, 1, 9):
        start = (round(share * width), height)
        cv2.line(pixels, start, (round(point[0]), round(point[1])), (40, 45, 50), 2, cv2.LINE_AA)
    end = np.concatenate([point + (corners[0] - point) * 0.15, point + (corners[2] - point) * 0.15]).round().astype(int)
    cv2.rectangle(pixels, (end[0], end[1]), (end[2], end[3]), (225, 235, 240), cv2.FILLED)
    return Scene("corridor", pixels, Truth(vanishing_point=(x, y)))


def facade() -> Scene:
    """A house front whose right half is the exact mirror image of its left half."""
    width, height = SIZE
    half = np.full((height, width // 2, 3), (150, 175, 200), np.uint8)
    half[: height // 8] = (60, 70, 120)
    for top in range(height // 6, height - 60, 80):
        for left in range(24, width // 2 - 50, 72):
            cv2.rectangle(half, (left, top), (left + 40, top + 52), (70, 55, 45), cv2.FILLED)
            cv2.rectangle(half, (left, top), (left + 40, top + 52), (230, 235, 240), 3)
    cv2.rectangle(half, (width // 2 - 26, height - 90), (width // 2, height), (40, 50, 90), cv2.FILLED)
    return Scene("facade", np.ascontiguousarray(np.hstack([half, half[:, ::-1]])), Truth(symmetric=True))


def subject(x: float = 0.33, y: float = 0.5, radius: float = 0.16) -> Scene:
    """One bright textured disc on plain ground. x, y: its centre; radius: as a share of the height."""
    width, height = SIZE
    pixels = _canvas((95, 85, 75))
    size = radius * height
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, (round(x * width), round(y * height)), round(size), 255, cv2.FILLED)
    disc = _textured(_canvas((60, 120, 235)), amount=30, seed=3)
    pixels[mask > 0] = disc[mask > 0]
    box = (x - size / width, y - radius, 2 * size / width, 2 * radius)
    return Scene("subject", pixels, Truth(subject=box, depth_order=("disc", "ground")))


def checkerboard(step_px: int = 40) -> Scene:
    """Black and white squares: edges everywhere, no subject and no depth."""
    width, height = SIZE
    rows, columns = np.indices((height, width)) // step_px
    grey = np.where((rows + columns) % 2, 235, 20).astype(np.uint8)
    return Scene("checkerboard", np.ascontiguousarray(np.repeat(grey[..., None], 3, axis=2)), Truth())


def two_layers(edge_x: float = 0.45) -> Scene:
    """A sharp dark wall on the left before a soft bright distance on the right."""
    width = SIZE[0]
    far = cv2.GaussianBlur(_textured(_canvas((220, 205, 190)), amount=60, seed=4), (0, 0), 6).astype(np.uint8)
    near = _textured(_canvas((50, 60, 80)), amount=60, seed=5)
    pixels = far.copy()
    pixels[:, : round(edge_x * width)] = near[:, : round(edge_x * width)]
    return Scene("two_layers", pixels, Truth(depth_order=("wall", "distance")))


def every_scene() -> tuple[Scene, ...]:
    """One of each, with its default truth."""
    return (
        flat_grey(),
        noise(),
        landscape(),
        corridor(),
        facade(),
        subject(),
        checkerboard(),
        two_layers(),
    )


def _canvas(colour: tuple[int, int, int]) -> Pixels:
    width, height = SIZE
    return np.full((height, width, 3), colour, np.uint8)


def _gradient(rows: int, first: tuple[int, int, int], last: tuple[int, int, int]) -> Pixels:
    share = np.linspace(0, 1, rows)[:, None]
    mixed: NDArray[np.float64] = np.array(first) * (1 - share) + np.array(last) * share
    return mixed.round().astype(np.uint8)


def _textured(pixels: Pixels, *, amount: int, seed: int) -> Pixels:
    grain: NDArray[np.int64] = np.random.default_rng(seed).integers(-amount, amount + 1, pixels.shape[:2])
    rough: NDArray[np.int64] = pixels.astype(np.int64) + grain[..., None]
    return np.clip(rough, 0, 255).astype(np.uint8)
