"""What a still is, read from its header and held against the limits before anything is decoded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from film.stills import avif, gif, jpeg, png, webp
from film.stills.errors import Damaged, TooManyBytes, TooManyPixels, Truncated
from film.stills.facts import Facts, Format
from film.stills.limits import Limits
from film.stills.sniff import sniff

_READERS: Final[Mapping[Format, Callable[[bytes], Facts]]] = {
    Format.JPEG: jpeg.read,
    Format.PNG: png.read,
    Format.WEBP: webp.read,
    Format.AVIF: avif.read,
    Format.GIF: gif.read,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What a still is, as a viewer would show it: sizes are those after its orientation was applied."""

    format: str
    """JPEG, PNG, WebP, AVIF or GIF."""
    width_px: int
    height_px: int
    orientation: int
    """EXIF orientation of the stored pixels, 1..8; already applied to the sizes here and to decoded pixels."""
    bit_depth: int
    """Bits of a sample as stored: 1, 2, 4, 8, 10, 12 or 16. Decoded pixels have 8."""
    mode: str
    """What a pixel is made of as stored: grey, colour, palette or cmyk."""
    alpha: bool
    """Whether parts may be transparent."""
    frames: int
    """Number of pictures in the file; the first is used."""
    decode_bytes: int
    """Estimate of the memory that decoding takes, for callers that decode several at once."""


def read_header(content: bytes, *, limits: Limits) -> Header:
    """What the still is, without decoding it.

    Raises NotAnImage, UnsupportedStill, TooManyBytes, TooManyPixels, Damaged, Truncated. A file that passes may still
    be found damaged when it is decoded.
    """
    return header_of(examine(content, limits=limits))


def examine(content: bytes, *, limits: Limits) -> Facts:
    """The facts of a file that is within the limits and reaches its own end; raises like read_header."""
    if len(content) > limits.max_bytes:
        raise TooManyBytes(size=len(content), limit=limits.max_bytes)
    facts = _READERS[sniff(content)](content)
    # The size before the end: what claims 50,000 x 50,000 pixels is refused for that, whole or not.
    _check_size(facts, limits)
    if not facts.complete:
        raise Truncated(kind=facts.format.kind, size=len(content))
    return facts


def header_of(facts: Facts) -> Header:
    """The header that a viewer would show for these facts."""
    turned = facts.orientation >= 5
    return Header(
        format=facts.format.value,
        width_px=facts.height_px if turned else facts.width_px,
        height_px=facts.width_px if turned else facts.height_px,
        orientation=facts.orientation,
        bit_depth=facts.bit_depth,
        mode=facts.mode.value,
        alpha=facts.alpha,
        frames=facts.frames,
        decode_bytes=int(facts.width_px * facts.height_px * facts.decode_bytes_per_pixel),
    )


def _check_size(facts: Facts, limits: Limits) -> None:
    if facts.width_px < 1 or facts.height_px < 1:
        raise Damaged(kind=facts.format.kind, what=f"its size is {facts.width_px} x {facts.height_px} pixels")
    pixels = facts.width_px * facts.height_px
    if pixels > limits.max_pixels or max(facts.width_px, facts.height_px) > limits.max_side_px:
        accepted = f"at most {limits.max_pixels:,} pixels and {limits.max_side_px:,} on a side"
    elif pixels * facts.decode_bytes_per_pixel > limits.max_decode_bytes:
        most = int(limits.max_decode_bytes / facts.decode_bytes_per_pixel)
        accepted = f"at most {most:,} pixels for {facts.kind}"
    else:
        return
    raise TooManyPixels(width_px=facts.width_px, height_px=facts.height_px, kind=facts.kind, accepted=accepted)
