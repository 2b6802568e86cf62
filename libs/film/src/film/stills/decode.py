"""Decoding: from a file's bytes to oriented 8-bit BGR pixels of the size that is asked for."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from film.stills import png
from film.stills.errors import Damaged
from film.stills.facts import Facts, Format, Mode
from film.stills.flatten import from_cmyk, from_image, over_grey
from film.stills.header import Header, examine, header_of
from film.stills.limits import Limits
from film.stills.resize import Both, fit, in_turn, oriented

_SCALES: Final = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
"""What a JPEG's transform can divide its sides by while it decodes, and OpenCV's flag for it."""

_DECODER_ERRORS: Final = (
    cv2.error,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    RuntimeError,
    IndexError,
    struct.error,
    zlib.error,
)
"""What OpenCV, Pillow and the codecs beneath raise for files that are not whole."""

_PADDING: Final = bytes(16)
"""More than a Huffman decoder reads ahead (8 bytes on a 64-bit machine)."""


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A decoded still."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) uint8, BGR, 0..255, contiguous and read-only: several threads may look at it."""
    header: Header
    scale: float
    """Longer side of `pixels` over the longer side of the still, above 0 up to 1."""


def decode(content: bytes, *, fit_px: int | None, limits: Limits | None = None, both: Both = in_turn) -> Still:
    """The still's first picture, upright, as 8-bit BGR whose longer side is fit_px, or its own when that is smaller.

    fit_px: longer side of the result, positive; None for the still's own. A JPEG is decoded at the smallest of the
    scales 1, 1/2, 1/4 and 1/8 that is not below it, then averaged down; other formats are decoded whole.
    limits: what is refused from the header; the defaults of Limits when None. They bound the memory for every fit_px up
    to half the longer side; a large JPEG in its own size takes 6 bytes for each of its pixels whatever they say.
    both: does two pieces of the work, at once where it has threads; the pixels are the same either way.

    Transparent parts lie over mid grey (128), which is neither light nor dark to what measures the picture. 16 bits
    become 8, grey becomes BGR, CMYK is converted without its colour profile. A picture and its exact left-right mirror
    image give exact mirror images. The same bytes always give the same pixels.

    Raises NotAnImage, UnsupportedStill, TooManyBytes, TooManyPixels, Damaged, Truncated. A JPEG whose data was cut and
    closed again is found when it is sequential; in a progressive one and in a lossy WebP nothing tells it from a whole
    one.
    """
    if fit_px is not None and fit_px < 1:
        message = f"fit_px is positive, found {fit_px}"
        raise ValueError(message)
    facts = examine(content, limits=limits or Limits())
    try:
        stored = _stored(content, facts, fit_px)
    except _DECODER_ERRORS as error:
        # Two libraries' decoders, with texts that are not ours.
        raise Damaged(kind=facts.format.kind, what="its picture cannot be decoded") from error
    pixels = fit(oriented(stored, facts.orientation), fit_px, both=both)
    pixels.flags.writeable = False
    header = header_of(facts)
    return Still(pixels, header, max(pixels.shape[:2]) / max(header.width_px, header.height_px))


def _stored(content: bytes, facts: Facts, fit_px: int | None) -> NDArray[np.uint8]:
    """The pixels as stored, (H, W, 3) uint8 BGR; a JPEG perhaps at a reduced scale.

    OpenCV decodes the photographs' formats. Pillow, its plugins named so that none guesses, decodes what OpenCV would
    need twice the memory for or gets wrong (it takes every CMYK for an inverted one).
    """
    if facts.format is Format.PNG:
        with PngImageFile(io.BytesIO(png.bare(content))) as image:
            return from_image(image)
    if facts.format is Format.GIF:
        with GifImageFile(io.BytesIO(content)) as image:
            return from_image(image)
    if facts.format is Format.AVIF:
        with AvifImageFile(io.BytesIO(content)) as image:
            return from_image(image)
    if facts.format is Format.WEBP:
        return over_grey(_opencv(content, cv2.IMREAD_UNCHANGED)) if facts.alpha else _opencv(content, cv2.IMREAD_COLOR)
    return _stored_jpeg(content, facts, _divisor(facts, fit_px))


def _stored_jpeg(content: bytes, facts: Facts, divisor: int) -> NDArray[np.uint8]:
    if facts.mode is Mode.CMYK:
        with JpegImageFile(io.BytesIO(content)) as image:
            image.draft(None, (-(-facts.width_px // divisor), -(-facts.height_px // divisor)))
            return from_cmyk(image, inverted=facts.inverted)
    if facts.data_end is not None:
        # Without its end marker a sequential JPEG's decoder stops where data is missing instead of filling in grey.
        content = b"".join((memoryview(content)[: facts.data_end], _PADDING))
    return _opencv(content, _SCALES[divisor])


def _divisor(facts: Facts, fit_px: int | None) -> int:
    """The largest scale divisor at which a JPEG's longer side is still fit_px or more."""
    longer = max(facts.width_px, facts.height_px)
    fitting = [divisor for divisor in _SCALES if fit_px is not None and -(-longer // divisor) >= fit_px]
    return max(fitting, default=1)


def _opencv(content: bytes, flags: int) -> NDArray[np.uint8]:
    # Orientation is ours to apply: OpenCV does it for some formats and flags, and not for others.
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        message = "OpenCV gave no picture"
        raise ValueError(message)
    return pixels.astype(np.uint8, copy=False)
