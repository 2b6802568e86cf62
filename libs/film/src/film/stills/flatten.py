"""Unusual pixels made plain: transparency, 16 bits, palettes and CMYK become 8-bit BGR, in strips to save memory."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MID_GREY: Final = 128
"""What lies behind transparent parts."""

_STRIP_PX: Final = 1 << 18
"""Pixels of a strip: a few MB of working memory, whatever the size of the still."""


def over_grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels with transparency laid over mid grey. pixels: (H, W, 4) uint8, BGRA, alpha 255 is opaque."""
    height, width = pixels.shape[:2]
    out = np.empty((height, width, 3), np.uint8)
    for rows in _strips(height, width):
        out[rows] = _composite(pixels[rows, :, :3], pixels[rows, :, 3:])
    return out


def from_image(image: Image.Image) -> NDArray[np.uint8]:
    """A Pillow image of any mode but CMYK, laid over mid grey: (H, W, 3) uint8 BGR."""
    return _by_strips(image, _from_wide_grey if image.mode.startswith("I") else _from_any)


def from_cmyk(image: Image.Image, *, inverted: bool) -> NDArray[np.uint8]:
    """A CMYK JPEG without its profile: each of red, green, blue is the light that its ink and black let through.

    inverted: whether the file stores light instead of ink. Pillow believes that of every JPEG and turns it over.
    """

    def convert(strip: Image.Image) -> NDArray[np.uint8]:
        read = np.asarray(strip).astype(np.uint16)
        light = 255 - read if inverted else read
        return ((light[..., 2::-1] * light[..., 3:] + 127) // 255).astype(np.uint8)

    return _by_strips(image, convert)


def _by_strips(image: Image.Image, convert: Callable[[Image.Image], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    image.load()
    width, height = image.size
    out = np.empty((height, width, 3), np.uint8)
    for rows in _strips(height, width):
        out[rows] = convert(image.crop((0, rows.start, width, rows.stop)))
    return out


def _from_any(strip: Image.Image) -> NDArray[np.uint8]:
    if not strip.has_transparency_data:
        return np.asarray(strip.convert("RGB"))[..., ::-1]
    pixels = np.asarray(strip.convert("RGBA"))
    return _composite(pixels[..., 2::-1], pixels[..., 3:])


def _from_wide_grey(strip: Image.Image) -> NDArray[np.uint8]:
    wide = np.asarray(strip)
    key = strip.info.get("transparency")
    grey = (wide >> 8).astype(np.uint8)
    if key is not None:
        grey[wide == key] = MID_GREY
    return np.repeat(grey[..., None], 3, axis=2)


def _composite(colour: NDArray[Any], alpha: NDArray[Any]) -> NDArray[np.uint8]:
    share = alpha.astype(np.uint16)
    return ((colour * share + MID_GREY * (255 - share) + 127) // 255).astype(np.uint8)


def _strips(height: int, width: int) -> Iterator[slice]:
    step = max(1, _STRIP_PX // width)
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))
