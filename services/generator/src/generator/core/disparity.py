"""The analyzer's depth map, from its packed form to figures."""

import struct
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.core.errors import WrongOrder
from generator.core.order import DisparityMap

_FIELD: Final = "analysis.maps.depth"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = struct.Struct(">8xI4sIIBB")
"""A PNG's first bytes: signature, then the IHDR chunk's length and name, width, height, bit depth, colour type."""
_MOST_SIDE: Final = 4096


def read_disparity(packed: DisparityMap) -> NDArray[np.float32]:
    """The map as (h, w) float32, 0 far to 1 near.

    Raises WrongOrder for anything but a grey PNG of the stated size and depth; the header is read before anything is
    decoded.
    """
    if len(packed.png) < _HEADER.size or not packed.png.startswith(_SIGNATURE):
        raise _wrong("no PNG file")
    _, name, width, height, bits, colour = _HEADER.unpack_from(packed.png)
    if name != b"IHDR" or colour != 0:
        raise _wrong("a PNG file that is not grey")
    if (width, height, bits) != (packed.width, packed.height, packed.bits) or max(width, height) > _MOST_SIDE:
        stated = f"{packed.width} x {packed.height} with {packed.bits} bits"
        raise _wrong(f"a PNG file of {width} x {height} with {bits} bits, stated as {stated}")
    cells = cv2.imdecode(np.frombuffer(packed.png, np.uint8), cv2.IMREAD_UNCHANGED)
    if cells is None or cells.ndim != 2:
        raise _wrong("a damaged PNG file")
    return (cells / np.float32(2**bits - 1)).astype(np.float32)


def _wrong(found: str) -> WrongOrder:
    return WrongOrder(field=_FIELD, found=found, accepted="a grey PNG file of 8 or 16 bits and the stated size")
