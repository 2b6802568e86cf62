"""Files of every kind, made in memory from one small picture."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Encode = Callable[..., bytes]


def _encode(image: Image.Image, kind: str, *, orientation: int | None = None, **options: Any) -> bytes:
    if orientation is not None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def encode() -> Encode:
    """encode(image, "PNG", orientation=6, …) gives a file."""
    return _encode


@pytest.fixture
def rgb() -> NDArray[np.uint8]:
    """A smooth picture without symmetry, (90, 160, 3) uint8 RGB: red grows rightwards, green downwards, blue waves."""
    y, x = np.mgrid[0:90, 0:160]
    blue = 128 + 90 * np.sin(x / 11) * np.cos(y / 7)
    return np.dstack([x * 1.5, y * 2.5, blue]).round().astype(np.uint8)


@pytest.fixture
def picture(rgb: NDArray[np.uint8]) -> Image.Image:
    """The same as a Pillow image."""
    return Image.fromarray(rgb)
