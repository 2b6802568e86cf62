"""What a file says about its picture, as each format's reader finds it before anything is decoded."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """The accepted formats, by the name that messages use."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    AVIF = "AVIF"
    GIF = "GIF"

    @property
    def kind(self) -> str:
        """The name with its article, for a sentence."""
        return f"an {self}" if self is Format.AVIF else f"a {self}"


class Mode(StrEnum):
    """What a pixel is made of."""

    GREY = "grey"
    COLOUR = "colour"
    PALETTE = "palette"
    CMYK = "cmyk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """One file's picture as stored, before its orientation is applied."""

    format: Format
    width_px: int
    height_px: int
    bit_depth: int = 8
    mode: Mode = Mode.COLOUR
    alpha: bool = False
    frames: int = 1
    orientation: int = 1
    """EXIF orientation, 1..8; 1 when the file says nothing or nonsense."""
    complete: bool
    """Whether the file reaches its end by its own account."""
    decode_bytes_per_pixel: float
    """Memory that decoding takes for each stored pixel, beside the file; the tests measure it for each format."""
    detail: str = ""
    """A word before the format's name where it changes what is accepted, such as "progressive"."""
    inverted: bool = False
    """CMYK whose zero is full ink, as Adobe's programs store it."""
    data_end: int | None = None
    """Offset of the end marker where the picture's data is one sequential scan (JPEG); None elsewhere."""

    @property
    def kind(self) -> str:
        """The file's kind with its article, for a sentence."""
        return f"a {self.detail} {self.format}" if self.detail else self.format.kind


_ORIENTATION_TAG: Final = 0x0112
_SHORT: Final = 3
_ENTRY_BYTES: Final = 12


def exif_orientation(exif: bytes) -> int:
    """The orientation an EXIF block asks for, 1..8; 1 when it asks for none or cannot be read.

    exif: the block from its TIFF header on, with or without the six bytes "Exif" and two zeros. Only the first
    directory is read, where EXIF 2.32 (4.6.4) puts the tag.
    """
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(block[:4])
    if order is None:
        return 1
    little = order == "little"

    def number(at: int, size: int) -> int:
        return int.from_bytes(block[at : at + size], "little" if little else "big")

    directory = number(4, 4)
    for index in range(number(directory, 2)):
        entry = directory + 2 + index * _ENTRY_BYTES
        if entry + _ENTRY_BYTES > len(block):
            return 1
        if number(entry, 2) == _ORIENTATION_TAG:
            value = number(entry + 8, 2)
            return value if number(entry + 2, 2) == _SHORT and 1 <= value <= 8 else 1
    return 1
