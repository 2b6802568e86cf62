"""Turning pixels upright and averaging them down, so that mirror images stay exact mirror images."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_STRIP_ROWS: Final = 64
_NEAR_HALF: Final = 1.75
"""Factor, up to two, from which averaging goes by way of twice the size; nearer to one that softens the picture."""
_LITTLE_PX: Final = 1 << 20
"""Pixels up to which twice the size is no memory to speak of."""

Work = Callable[[], object]
Both = Callable[[Work, Work], object]
"""Does two independent pieces of work, in turn or at once, and returns when both are done."""


def in_turn(first: Work, second: Work) -> None:
    """Both, in this thread."""
    first()
    second()


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


def fit(pixels: NDArray[np.uint8], fit_px: int | None, *, both: Both = in_turn) -> NDArray[np.uint8]:
    """Pixels whose longer side is fit_px, averaged over areas; the pixels themselves when they are no larger.

    pixels: (H, W, 3) uint8, may be overwritten. both: who averages the upper and the lower half. Exact under mirroring:
    the mirror image gives the mirror image. OpenCV's averaging alone is not (its weights are built from the left, and
    single values round differently), so the picture is brought into one handedness first and back afterwards.
    """
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if fit_px is None or longer <= fit_px:
        return np.ascontiguousarray(pixels)
    size = (max(1, round(width * fit_px / longer)), max(1, round(height * fit_px / longer)))
    turned = _left_handed(pixels)
    small = np.empty((size[1], size[0], pixels.shape[2]), np.uint8)
    near_half = _near_half(pixels, size)
    if height % 2 or size[1] % 2 or near_half:
        _averaged(pixels, small, turned=turned, near_half=near_half)
        return small
    # The middle of an even picture lies between two rows before and after: no area reaches across it.
    both(
        lambda: _averaged(pixels[: height // 2], small[: size[1] // 2], turned=turned, near_half=False),
        lambda: _averaged(pixels[height // 2 :], small[size[1] // 2 :], turned=turned, near_half=False),
    )
    return small


def _averaged(pixels: NDArray[np.uint8], into: NDArray[np.uint8], *, turned: bool, near_half: bool) -> None:
    """Averages pixels over areas. turned: they are mirrored before, which overwrites them, and back after.

    near_half: they are a little under twice as large, as a JPEG decoded at a reduced scale may be. Then they are
    first interpolated to exactly twice the size: neighbours weighted by place and then averaged by two have the weights
    of an area that begins between pixels, to a few per cent (on photographs it is within 0.3 grey levels of OpenCV's
    averaging, which rounds by as much), in a third of the time.
    """
    size = (into.shape[1], into.shape[0])
    if turned:
        _mirror_in_place(pixels)
    if near_half:
        twice = (2 * size[0], 2 * size[1])
        pixels = cv2.resize(pixels, twice, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    cv2.resize(pixels, size, dst=into, interpolation=cv2.INTER_AREA)
    if turned:
        _mirror_in_place(into)


def _near_half(pixels: NDArray[np.uint8], size: tuple[int, int]) -> bool:
    """Whether pixels are averaged by way of twice the size. size: width and height."""
    factors = (pixels.shape[1] / size[0], pixels.shape[0] / size[1])
    return size[0] * size[1] <= _LITTLE_PX and min(factors) >= _NEAR_HALF and max(factors) < 2.0


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
