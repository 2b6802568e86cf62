"""Turning pixels upright and averaging them down, so that mirror images stay exact mirror images."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_STRIP_ROWS: Final = 64
_NEAR_HALF: Final = 1.75
"""Factor, up to two, from which averaging goes by way of twice the size; nearer to one that softens the picture."""
_LITTLE_PX: Final = 1 << 20
"""Pixels up to which twice the size is no memory to speak of."""


def oriented(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Pixels as a viewer shows them. pixels: (H, W, 3) as stored; orientation: EXIF's, 1..8 (EXIF 2.32, 4.6.4)."""
    if orientation == 1:
        return pixels
    flip: Final = {2: 1, 3: -1, 4: 0}
    if orientation in flip:
        return cv2.flip(pixels, flip[orientation]).astype(np.uint8, copy=False)
    if orientation in (6, 8):
        turn = cv2.ROTATE_90_CLOCKWISE if orientation == 6 else cv2.ROTATE_90_COUNTERCLOCKWISE
        return cv2.rotate(pixels, turn).astype(np.uint8, copy=False)
    turned = cv2.transpose(pixels).astype(np.uint8, copy=False)
    return turned if orientation == 5 else cv2.flip(turned, -1).astype(np.uint8, copy=False)


def fit(pixels: NDArray[np.uint8], fit_px: int | None) -> NDArray[np.uint8]:
    """Pixels whose longer side is fit_px, averaged over areas; the pixels themselves when they are no larger.

    pixels: (H, W, 3) uint8, may be overwritten. Exact under mirroring: the mirror image gives the mirror image.
    OpenCV's averaging alone is not (its weights are built from the left, and single values round differently), so the
    picture is brought into one handedness first and back afterwards.
    """
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if fit_px is None or longer <= fit_px:
        return np.ascontiguousarray(pixels)
    size = (max(1, round(width * fit_px / longer)), max(1, round(height * fit_px / longer)))
    turned = _left_handed(pixels)
    if turned:
        _mirror_in_place(pixels)
    small = _averaged(pixels, size)
    if turned:
        _mirror_in_place(small)
    return small


def _averaged(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Pixels averaged over areas. size: width and height.

    A little under half size, as a JPEG decoded at a reduced scale asks for, they are first interpolated to exactly
    twice the size: neighbours weighted by place and then averaged by two have the weights of an area that begins
    between pixels, to a few per cent (on photographs it is within 0.3 grey levels of OpenCV's averaging, which rounds
    by as much), in a third of the time.
    """
    twice = (2 * size[0], 2 * size[1])
    factors = (pixels.shape[1] / size[0], pixels.shape[0] / size[1])
    if size[0] * size[1] <= _LITTLE_PX and min(factors) >= _NEAR_HALF and max(factors) < 2.0:
        pixels = cv2.resize(pixels, twice, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _left_handed(pixels: NDArray[np.uint8]) -> bool:
    """Whether the first pixel that differs from its mirror image is larger than it; of two mirror images, one is."""
    top, rows = 0, 1
    while top < len(pixels):
        strip = pixels[top : top + rows]
        mirror = strip[:, ::-1]
        different = strip != mirror
        if different.any():
            first = np.unravel_index(int(np.argmax(different)), different.shape)
            return bool(strip[first] > mirror[first])
        # The first row of a photograph differs; only in a drawing is there more to look at.
        top, rows = top + rows, min(2 * rows, _STRIP_ROWS)
    return False


def _mirror_in_place(pixels: NDArray[np.uint8]) -> None:
    for top in range(0, len(pixels), _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS]
        strip[:] = cv2.flip(strip, 1)
