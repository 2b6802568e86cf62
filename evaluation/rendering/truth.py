"""Scenes of two photographs whose depth is known exactly, and what a camera truly sees of them.

One photograph is the background, a blob of another hangs before it; both are curved sheets of known inverse depth. The
still is what the camera sees at rest; what it sees from elsewhere is rendered by solving every pixel and sampling the
two sheets themselves, so what the still hides is known as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.render.pose import Poses, behind, rays, still_poses
from generator.core.render.relief import FAR_W, NEAR_W

PHOTOGRAPHS: Final = Path(__file__).resolve().parents[1] / "photographs"

BACKGROUNDS: Final = ("alley", "brook", "college", "colosseum", "frames", "innsbruck", "seasunset", "tomatoes")
FOREGROUNDS: Final = ("bouquet", "colorado", "house", "tarn")
"""Every third and, beginning elsewhere, every sixth of the repository's photographs by name, the document left out: the
rule chose, not anybody who saw the results."""

SIZE: Final = (960, 540)
"""Pixels of the stills and of the views, width and height."""

_MARGIN: Final = 0.25
"""The sheets go on beyond the frame by this share of its width, so that no view ends."""

_ROUNDS: Final = 9
"""Rounds of the fixed point; sheets are so even that each leaves less than a tenth of the error."""

_BLUR_CELLS: Final = 1.5
_NOISE: Final = 0.02
_COARSE: Final = 4
"""A degraded map: a quarter of the size, blurred, noise of 2 % of the range."""

Grey = NDArray[np.float32]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class View:
    """What is truly seen.

    colours: (H, W, 3) float32 0..255 BGR. near: (H, W), share 0..1 of the near sheet. hidden: (H, W) bool, background
    that the still does not show.
    """

    colours: NDArray[np.float32]
    near: Grey
    hidden: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Built:
    """A scene of two sheets."""

    background: Grey
    foreground: Grey
    blob: Grey
    seed: int

    def far_w(self, u: Array, v: Array) -> Array:
        """Inverse depth of the background at places in frame widths: farther above than below, slightly curved."""
        w = 0.36 + 0.22 * v + 0.03 * np.sin(3.0 * u + self.seed)
        return np.clip(w, FAR_W, NEAR_W)

    def near_w(self, u: Array, v: Array) -> Array:
        """Inverse depth of the blob."""
        return np.clip(0.82 + 0.06 * np.cos(4.0 * u) + 0.05 * v, FAR_W, NEAR_W)

    def seen(self, pose: Poses, cover: float) -> View:
        """What a camera sees. pose: one moment; cover: the zoom that hides the border."""
        u, v = _pixels()
        a, b = rays(pose, u, v, cover=cover)
        far_u, far_v = _landed(pose, a, b, self.far_w)
        near_u, near_v = _landed(pose, a, b, self.near_w)
        far, near = _sampled(self.background, far_u, far_v), _sampled(self.foreground, near_u, near_v)
        share = _sampled(self.blob, near_u, near_v)
        hides = _sampled(self.blob, far_u, far_v)
        colours = far + share[..., None] * (near - far)
        return View(np.clip(colours, 0, 255), share, (share < 0.05) & (hides > 0.5))

    def still(self) -> NDArray[np.uint8]:
        """What the camera sees at rest, (H, W, 3) uint8 BGR."""
        return np.rint(self.seen(still_poses(1), 1.0).colours).astype(np.uint8)

    def disparity(self, *, degraded: bool) -> Grey:
        """The still's disparity as a map, (H, W) float32 0..1, or at a quarter of the size, blurred and noisy."""
        u, v = _pixels()
        near = _sampled(self.blob, u, v) > 0.5
        w = np.where(near, self.near_w(u, v), self.far_w(u, v))
        plane = ((w - FAR_W) / (NEAR_W - FAR_W)).astype(np.float32)
        if not degraded:
            return plane
        size = (SIZE[0] // _COARSE, SIZE[1] // _COARSE)
        small = cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), _BLUR_CELLS)
        noise = np.random.default_rng(self.seed).normal(0.0, _NOISE, small.shape)
        return np.asarray(np.clip(small + noise, 0.0, 1.0), np.float32)


@cache
def build(index: int) -> Built:
    """The scene of the background at index, with a blob of its own shape and place."""
    name = BACKGROUNDS[index]
    return Built(
        background=_sheet(name), foreground=_sheet(FOREGROUNDS[index % len(FOREGROUNDS)]), blob=_blob(index), seed=index
    )


def _sheet(name: str) -> Grey:
    """A photograph that covers the frame and its margin."""
    whole = cv2.imread(str(PHOTOGRAPHS / f"{name}.jpg"), cv2.IMREAD_COLOR)
    if whole is None:
        raise FileNotFoundError(name)
    width, height = _sheet_size()
    factor = max(width / whole.shape[1], height / whole.shape[0])
    size = (max(width, round(whole.shape[1] * factor)), max(height, round(whole.shape[0] * factor)))
    wide = cv2.resize(whole, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return np.ascontiguousarray(wide[top : top + height, left : left + width]).astype(np.float32)


def _sheet_size() -> tuple[int, int]:
    return round(SIZE[0] * (1 + 2 * _MARGIN)), round(SIZE[1] + 2 * _MARGIN * SIZE[0])


def _blob(seed: int) -> Grey:
    """A rounded shape with lobes, 0..1 over the sheet, soft by a pixel."""
    source = np.random.default_rng(100 + seed)
    width, height = _sheet_size()
    y, x = np.mgrid[:height, :width]
    centre_x = width / 2 + SIZE[0] * source.uniform(-0.12, 0.12)
    centre_y = height / 2 + SIZE[1] * source.uniform(-0.05, 0.15)
    angle = np.arctan2(y - centre_y, x - centre_x)
    radius = np.full(angle.shape, SIZE[0] * 0.16)
    for lobes in (2, 3, 5, 8):
        radius += SIZE[0] * source.uniform(0.0, 0.06 / np.sqrt(lobes)) * np.cos(lobes * angle + source.uniform(0, 6.3))
    inside = (np.hypot(x - centre_x, y - centre_y) < radius).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(inside, (0, 0), 0.8), np.float32)


def _pixels() -> tuple[Array, Array]:
    width, height = SIZE
    u = (np.arange(width) + 0.5 - width / 2) / width
    v = (np.arange(height) + 0.5 - height / 2) / width
    grid_u, grid_v = np.meshgrid(u, v)
    return grid_u, grid_v


def _landed(pose: Poses, a: Array, b: Array, w_at: Callable[[Array, Array], Array]) -> tuple[Array, Array]:
    u, v = a, b
    for _ in range(_ROUNDS):
        u, v = behind(pose, a, b, w_at(u, v))
    return u[0], v[0]


def _sampled(sheet: Grey, u: Array, v: Array) -> Grey:
    height, width = sheet.shape[:2]
    x = (u * SIZE[0] + width / 2 - 0.5).astype(np.float32)
    y = (v * SIZE[0] + height / 2 - 0.5).astype(np.float32)
    return np.asarray(cv2.remap(sheet, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)
