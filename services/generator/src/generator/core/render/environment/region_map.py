"""The analyzer's map of materials, from its packed form to where on the canvas a material lies."""

import struct
from collections.abc import Collection
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from film.geometry import Box
from generator.core.errors import WrongOrder
from generator.core.order import Material, RegionMap

_FIELD: Final = "analysis.maps.regions"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = struct.Struct(">8xI4sIIBB")
"""A PNG's first bytes: signature, then the IHDR chunk's length and name, width, height, bit depth, colour type."""
_BITS: Final = 8
_MOST_SIDE: Final = 4096

Labels = NDArray[np.uint8]


def read_labels(packed: RegionMap) -> Labels:
    """The map's cells, (h, w) uint8, index into the kinds plus 1.

    Raises WrongOrder for anything but a grey PNG of 8 bits and the stated size; its header is read before anything is
    decoded.
    """
    if len(packed.png) < _HEADER.size or not packed.png.startswith(_SIGNATURE):
        raise _wrong("no PNG file")
    _, name, width, height, bits, colour = _HEADER.unpack_from(packed.png)
    if name != b"IHDR" or colour != 0 or bits != _BITS:
        raise _wrong("a PNG file that is not grey with 8 bits")
    if (width, height) != (packed.width, packed.height) or max(width, height) > _MOST_SIDE:
        raise _wrong(f"a PNG file of {width} x {height}, stated as {packed.width} x {packed.height}")
    cells = cv2.imdecode(np.frombuffer(packed.png, np.uint8), cv2.IMREAD_UNCHANGED)
    if cells is None or cells.ndim != 2:
        raise _wrong("a damaged PNG file")
    return cells.astype(np.uint8, copy=False)


def where(labels: Labels, kinds: tuple[Material | None, ...], materials: Collection[Material]) -> Labels:
    """The cells of the materials: (h, w) uint8, 1 where one of them lies and 0 elsewhere."""
    table = np.zeros(256, np.uint8)
    for index, kind in enumerate(kinds[:255], start=1):
        table[index] = kind in materials
    return np.asarray(cv2.LUT(labels, table), np.uint8)


def over_canvas(
    cells: NDArray[np.uint8], share: tuple[float, float, float, float], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Cells over the whole still, resampled to a canvas: (height, width) float32 with soft steps between the cells.

    share: the canvas's rectangle as (left, top, right, bottom) shares of the still. size: (width, height) wanted.
    """
    height, width = cells.shape
    left, top, right, bottom = share
    per_x, per_y = (right - left) * width / size[0], (bottom - top) * height / size[1]
    onto = np.array([[per_x, 0.0, left * width + per_x / 2 - 0.5], [0.0, per_y, top * height + per_y / 2 - 0.5]])
    return cv2.warpAffine(
        cells.astype(np.float32),
        onto,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32, copy=False)


def inside(box: Box, share: tuple[float, float, float, float], size: tuple[int, int], *, soft: float) -> Labels:
    """A still's box on a canvas: (height, width) uint8, 255 inside and 0 outside, with a rim that fades inwards.

    soft: width of the rim in pixels. An edge of the box on the still's own edge has none.
    """
    left, top, right, bottom = share
    across = (np.arange(size[0]) + 0.5) / size[0] * (right - left) + left
    down = (np.arange(size[1]) + 0.5) / size[1] * (bottom - top) + top
    rim_x, rim_y = max(soft, 1e-6) * (right - left) / size[0], max(soft, 1e-6) * (bottom - top) / size[1]
    row = _ramp(across, box.left, box.right, rim_x)
    column = _ramp(down, box.top, box.bottom, rim_y)
    return np.minimum.outer(column, row)


def _ramp(at: NDArray[np.float64], first: float, last: float, rim: float) -> Labels:
    rise = np.ones_like(at) if first <= 0.0 else np.clip((at - first) / rim, 0.0, 1.0)
    fall = np.ones_like(at) if last >= 1.0 else np.clip((last - at) / rim, 0.0, 1.0)
    return np.asarray(np.rint(np.minimum(rise, fall) * 255), np.uint8)


def _wrong(found: str) -> WrongOrder:
    return WrongOrder(field=_FIELD, found=found, accepted="a grey PNG file of 8 bits and the stated size")
