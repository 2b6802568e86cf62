"""Stills: from the bytes of a file to oriented pixels, with everything refused by name that should not be decoded.

`read_header` looks without decoding; `decode` gives pixels; both refuse the same files with the same errors. Needs the
extra `stills` (OpenCV, NumPy, Pillow). All functions are pure and safe to call from several threads at once.
"""

from film.stills.decode import Still, decode
from film.stills.digest import byte_digest, pixel_digest
from film.stills.errors import (
    Damaged,
    NotAnImage,
    StillError,
    TooLarge,
    TooManyBytes,
    TooManyPixels,
    Truncated,
    UnsupportedStill,
)
from film.stills.header import Header, read_header
from film.stills.limits import Limits

__all__ = [
    "Damaged",
    "Header",
    "Limits",
    "NotAnImage",
    "Still",
    "StillError",
    "TooLarge",
    "TooManyBytes",
    "TooManyPixels",
    "Truncated",
    "UnsupportedStill",
    "byte_digest",
    "decode",
    "pixel_digest",
    "read_header",
]
