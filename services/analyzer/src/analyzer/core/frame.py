"""The image that is measured, with the planes that several stages need, made once."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from analyzer.core.arrays import Mask, Pixels, Plane

LEAST_SIDE_PX: Final = 32
"""Below this, on either side, there is nothing to measure but colour."""

GRID_PX: Final = 128
"""Longer side of the grid of cells: 4 pixels a cell at 512, fine enough for a roof or a head."""

_NOISE_GAIN: Final = 0.873
"""Standard deviation that white noise keeps in the picture less its Gaussian blur of sigma 1 (from the kernel)."""

_EDGE_SIGMA: Final = 1.2
_EDGE_FLOOR: Final = 60.0
_EDGE_PER_NOISE: Final = 9.0
"""Edge threshold per grey level of noise: the blur leaves 0.24 of the noise and Sobel makes 3 of it, so 9 is some
three deviations above what noise alone gives twice over."""
_CHAIN_PX: Final = 24
"""Shortest edge that is kept, in pixels: chance joins noise into shorter ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """An image in canonical handedness; all arrays are read, never written."""

    pixels: Pixels
    """(H, W, 3) uint8 BGR."""
    grey: Mask
    """(H, W) uint8 luminance."""
    lab: Plane
    """(H, W, 3) float32 CIE Lab: L 0..100, a and b about -128..127."""
    slope: Plane
    """(H, W) float32, length of the luminance gradient in grey levels per pixel."""
    edges: Mask
    """(H, W) uint8, 255 on an edge that stands out of the noise and is longer than chance makes it."""
    noise: float
    """Standard deviation of luminance in the flattest parts, in grey levels."""
    cells: Plane
    """(h, w, 3) float32, Lab by cell of the grid; its longer side is GRID_PX or the still's own."""
    texture: Plane
    """(h, w) float32, standard deviation of L within and next to a cell, noise taken off."""

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.grey.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.grey.shape[0])

    @property
    def diagonal(self) -> float:
        """Diagonal in pixels."""
        return float(np.hypot(self.width, self.height))

    @property
    def grid(self) -> tuple[int, int]:
        """Width and height of the grid of cells."""
        return int(self.cells.shape[1]), int(self.cells.shape[0])

    def by_cell(self, plane: Plane | MatLike) -> Plane:
        """A plane of pixels averaged by cell of the grid."""
        return _plane(cv2.resize(np.asarray(plane, np.float32), self.grid, interpolation=cv2.INTER_AREA))


def too_small(pixels: Pixels) -> bool:
    """Whether there is nothing to measure but colour."""
    return bool(min(pixels.shape[:2]) < LEAST_SIDE_PX)


def frame_of(pixels: Pixels) -> Frame:
    """The planes of an image. pixels: (H, W, 3) uint8 BGR, canonical, at least LEAST_SIDE_PX on each side."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    lab = lab_of(pixels)
    noise = _noise(grey)
    across = cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 32)
    slope = _plane(cv2.magnitude(across, down))
    height, width = grey.shape
    scale = min(1.0, GRID_PX / max(height, width))
    grid = (max(1, round(width * scale)), max(1, round(height * scale)))
    cells = _plane(cv2.resize(lab, grid, interpolation=cv2.INTER_AREA))
    return Frame(
        pixels=pixels,
        grey=grey,
        lab=lab,
        slope=slope,
        edges=_edges(grey, noise),
        noise=noise,
        cells=cells,
        texture=_texture(lab[..., 0], grid, noise),
    )


def lab_of(pixels: Pixels) -> Plane:
    """CIE Lab of 8-bit BGR: float32, L 0..100, a and b centred on 0."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.float32)
    lab[..., 0] *= 100 / 255
    lab[..., 1:] -= 128
    return _plane(lab)


def _noise(grey: Mask) -> float:
    """The tenth percentile of local high-pass deviation: textured photographs still have flat places."""
    plane = grey.astype(np.float32)
    fine = plane - cv2.GaussianBlur(plane, (0, 0), 1.0)
    power = cv2.blur(fine * fine, (8, 8))[::4, ::4]
    return float(np.sqrt(max(0.0, float(np.percentile(power, 10)))) / _NOISE_GAIN)


def _edges(grey: Mask, noise: float) -> Mask:
    blurred = cv2.GaussianBlur(grey, (0, 0), _EDGE_SIGMA)
    high = max(_EDGE_FLOOR, _EDGE_PER_NOISE * noise)
    edges = cv2.Canny(blurred, high / 2, high)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    long = stats[:, cv2.CC_STAT_AREA] >= _CHAIN_PX
    # The first component is what is no edge.
    long[0] = False
    return np.where(long[labels], 255, 0).astype(np.uint8)


def _texture(lightness: Plane, grid: tuple[int, int], noise: float) -> Plane:
    mean = cv2.blur(lightness, (9, 9))
    power = cv2.blur(lightness * lightness, (9, 9)) - mean * mean
    # L runs to 100, grey levels to 255.
    power = np.maximum(power - (noise / 2.55) ** 2, 0.0)
    return _plane(np.sqrt(cv2.resize(power, grid, interpolation=cv2.INTER_AREA)))


def _plane(values: object) -> Plane:
    return np.asarray(values, dtype=np.float32)
