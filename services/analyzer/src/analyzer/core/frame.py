"""The image that is measured, with the planes that several stages need, made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from analyzer.core.arrays import Mask, Pixels, Plane
from analyzer.core.components import labelled
from analyzer.core.quantiles import quantile

LEAST_SIDE_PX: Final = 32
"""Below this, on either side, there is nothing to measure but colour."""

GRID_PX: Final = 128
"""Longer side of the grid of cells: 4 pixels a cell at 512, fine enough for a roof or a head."""

_NOISE_GAIN: Final = 0.873
"""Standard deviation that white noise keeps in the picture less its Gaussian blur of sigma 1 (from the kernel)."""
_NOISE_PX: Final = 8

_EDGE_SIGMA: Final = 1.2
_EDGE_FLOOR: Final = 60.0
_EDGE_PER_NOISE: Final = 9.0
"""Edge threshold per grey level of noise: the blur leaves 0.24 of the noise and Sobel makes 3 of it, so 9 is some
three deviations above what noise alone gives twice over."""
_CHAIN_PX: Final = 24
"""Shortest edge that is kept, in pixels: chance joins noise into shorter ones."""
_NEXT: Final = 0.6
"""How far, in cells, texture looks beyond its own: to about five pixels from its middle at 512."""


@dataclass(frozen=True, eq=False)
class Frame:
    """An image in canonical handedness; all arrays are read, never written."""

    pixels: Pixels
    """(H, W, 3) uint8 BGR."""
    grey: Mask
    """(H, W) uint8 luminance."""
    lab8: Pixels
    """(H, W, 3) uint8 CIE Lab as OpenCV codes it: L 0..255, a and b plus 128."""
    level8: Mask
    """(H, W) uint8, CIE L of every pixel, 0..255."""
    lightness: Plane
    """(H, W) float32, CIE L of every pixel, 0..100."""
    fine: Plane
    """(H, W) float32, power of fine detail and noise: luminance less its Gaussian blur of sigma 1, squared."""
    edges: Mask
    """(H, W) uint8, 255 on an edge that stands out of the noise and is longer than chance makes it."""
    edge_places: NDArray[np.intp]
    """(N,) where `edges` holds, as indices into the flattened plane, in order."""
    noise: float
    """Standard deviation of luminance in the flattest parts, in grey levels."""
    cells: Plane
    """(h, w, 3) float32, Lab by cell of the grid; its longer side is GRID_PX or the still's own."""
    texture: Plane
    """(h, w) float32, standard deviation of L within and next to a cell, noise taken off."""

    @cached_property
    def half(self) -> Mask:
        """(H / 2, W / 2) uint8, `grey` averaged over two by two pixels."""
        return averaged(self.grey, (self.width // 2, self.height // 2)).astype(np.uint8, copy=False)

    @cached_property
    def half_pixels(self) -> Pixels:
        """(H / 2, W / 2, 3) uint8 BGR, `pixels` averaged over two by two pixels."""
        return averaged(self.pixels, (self.width // 2, self.height // 2)).astype(np.uint8, copy=False)

    def pixels_for(self, side_px: int) -> Pixels:
        """The pixels to average down to a longer side of side_px: the halved ones where those are large enough."""
        return self.half_pixels if max(self.width, self.height) >= 2 * side_px else self.pixels

    def grey_for(self, side_px: int) -> Mask:
        """The same of `grey`."""
        return self.half if max(self.width, self.height) >= 2 * side_px else self.grey

    @cached_property
    def weakest(self) -> Mask:
        """(H, W) uint8, the least of each pixel's three channels."""
        blue, green, red = self._channels
        return cv2.min(cv2.min(blue, green), red).astype(np.uint8, copy=False)

    @cached_property
    def strongest(self) -> Mask:
        """(H, W) uint8, the largest of each pixel's three channels."""
        blue, green, red = self._channels
        return cv2.max(cv2.max(blue, green), red).astype(np.uint8, copy=False)

    @cached_property
    def _channels(self) -> Sequence[MatLike]:
        return cv2.split(self.pixels)

    @cached_property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """L, a and b of `cells`, each (h, w) float32 and contiguous."""
        level, a, b = cv2.split(self.cells)
        return _plane(level), _plane(a), _plane(b)

    @property
    def light(self) -> Plane:
        """(h, w) float32, contiguous, CIE L by cell, 0..100."""
        return self.planes[0]

    @cached_property
    def smooth(self) -> Plane:
        """(h, w, 3) float32, `cells` blurred by one cell."""
        return _plane(cv2.GaussianBlur(self.cells, (0, 0), 1.0))

    @cached_property
    def dim(self) -> float:
        """Median of `light`."""
        return quantile(self.light, 50.0)

    @cached_property
    def chroma(self) -> Plane:
        """(h, w) float32, chroma by cell, 0 grey."""
        return self._polar[0]

    @cached_property
    def mean_chroma(self) -> float:
        """Mean of `chroma`."""
        return float(self.chroma.mean())

    @cached_property
    def hue(self) -> Plane:
        """(h, w) float32, hue by cell in degrees, 0..360: 0 red-purple, 90 yellow, 150 green, 270 blue."""
        return self._polar[1]

    @cached_property
    def _polar(self) -> tuple[Plane, Plane]:
        chroma, hue = cv2.cartToPolar(*self.planes[1:], angleInDegrees=True)
        return _plane(chroma), _plane(hue)

    @cached_property
    def lined(self) -> Plane:
        """(h, w) float32, edges by cell, 0..255."""
        return self.by_cell(self.edges)

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

    @cached_property
    def dark(self) -> Plane:
        """(h, w) float32 0..1, by cell: the darkest channel of the darkest pixel around (He, Sun and Tang 2009)."""
        size = max(3, round(self.diagonal / 60)) | 1
        darkest = cv2.erode(self.weakest, np.ones((size, size), np.uint8))
        return self.by_cell(darkest) * np.float32(1 / 255)

    def by_cell(self, plane: Plane | MatLike) -> Plane:
        """A plane of pixels averaged by cell of the grid."""
        return _plane(_by_grid(np.asarray(plane, np.float32), self.grid))


def too_small(pixels: Pixels) -> bool:
    """Whether there is nothing to measure but colour."""
    return bool(min(pixels.shape[:2]) < LEAST_SIDE_PX)


def frame_of(pixels: Pixels) -> Frame:
    """The planes of an image. pixels: (H, W, 3) uint8 BGR, canonical, at least LEAST_SIDE_PX on each side."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    lab8 = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.uint8, copy=False)
    plane = grey.astype(np.float32)
    detail = plane - cv2.GaussianBlur(plane, (0, 0), 1.0)
    fine = detail * detail
    noise = _noise(fine)
    height, width = grey.shape
    scale = min(1.0, GRID_PX / max(height, width))
    grid = (max(1, round(width * scale)), max(1, round(height * scale)))
    level8 = cv2.extractChannel(lab8, 0).astype(np.uint8, copy=False)
    lightness = level8.astype(np.float32) * np.float32(100 / 255)
    cells = _centred(_by_grid(lab8.astype(np.float32), grid))
    edges, places = _edges(grey, noise)
    return Frame(
        pixels=pixels,
        grey=grey,
        lab8=lab8,
        level8=level8,
        lightness=lightness,
        fine=fine,
        edges=edges,
        edge_places=places,
        noise=noise,
        cells=cells,
        texture=_texture(lightness, cells, noise),
    )


def _by_grid(plane: MatLike, grid: tuple[int, int]) -> MatLike:
    """A plane of pixels, float32, averaged by cell of a grid.

    By way of twice the grid: the same average, and where the factors are even much sooner there. Channel by channel,
    which is sooner again, where four by four whole numbers make a cell: such means are exact in whatever order.
    """
    if plane.ndim > 2 and plane.shape[:2] == (4 * grid[1], 4 * grid[0]):
        return cv2.merge([_by_grid(channel, grid) for channel in cv2.split(plane)])
    twice = (2 * grid[0], 2 * grid[1])
    if twice[0] < plane.shape[1] and twice[1] < plane.shape[0]:
        plane = averaged(plane, twice)
    return averaged(plane, grid)


def averaged(image: MatLike, size: tuple[int, int]) -> MatLike:
    """An image made smaller, each place the mean of the area it stands for. size: width and height."""
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def lab_of(pixels: Pixels) -> Plane:
    """CIE Lab of 8-bit BGR: float32, L 0..100, a and b centred on 0."""
    return _centred(cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.float32))


def _centred(lab: MatLike) -> Plane:
    """Lab as OpenCV codes it in 8 bits, as float32, in CIE's own numbers."""
    level, a, b = cv2.split(lab)
    return _plane(cv2.merge([level * np.float32(100 / 255), a - np.float32(128), b - np.float32(128)]))


def _noise(fine: MatLike) -> float:
    """The tenth percentile of local high-pass deviation: textured photographs still have flat places."""
    height, width = fine.shape[:2]
    size = (max(1, width // _NOISE_PX), max(1, height // _NOISE_PX))
    power = averaged(fine, size)
    return float(np.sqrt(max(0.0, quantile(np.asarray(power), 10))) / _NOISE_GAIN)


def _edges(grey: Mask, noise: float) -> tuple[Mask, NDArray[np.intp]]:
    """The edges that are kept, and their places."""
    blurred = cv2.GaussianBlur(grey, (0, 0), _EDGE_SIGMA)
    high = max(_EDGE_FLOOR, _EDGE_PER_NOISE * noise)
    edges = cv2.Canny(blurred, high / 2, high)
    _, labels = labelled(edges, connectivity=8)
    # One pixel in ten is an edge, so only those are looked at; as bool they are found in a fifth of the time.
    places = np.flatnonzero(edges.ravel().view(np.bool_))
    chains = labels.ravel()[places]
    places = places[np.bincount(chains, minlength=1)[chains] >= _CHAIN_PX]
    kept = np.zeros_like(edges, dtype=np.uint8)
    kept.ravel()[places] = 255
    return kept, places


def _texture(lightness: Plane, cells: Plane, noise: float) -> Plane:
    """From the means of L and of its square by cell and, with less weight, the cells next to it."""
    squares = _by_grid(lightness * lightness, (cells.shape[1], cells.shape[0]))
    mean = cv2.GaussianBlur(np.ascontiguousarray(cells[..., 0]), (3, 3), _NEXT)
    power = cv2.GaussianBlur(squares, (3, 3), _NEXT) - mean * mean
    # L runs to 100, grey levels to 255.
    return _plane(np.sqrt(np.maximum(power - np.float32((noise / 2.55) ** 2), np.float32(0.0))))


def _plane(values: object) -> Plane:
    return np.asarray(values, dtype=np.float32)
