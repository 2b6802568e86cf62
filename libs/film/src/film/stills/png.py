"""What a PNG's chunks say (ISO/IEC 15948), read without decoding."""

import zlib
from collections.abc import Iterator
from typing import Final

from film.stills.errors import Damaged, Truncated
from film.stills.facts import Facts, Format, Mode, exif_orientation

_MODES: Final = {0: Mode.GREY, 2: Mode.COLOUR, 3: Mode.PALETTE, 4: Mode.GREY, 6: Mode.COLOUR}
_WITH_ALPHA: Final = frozenset({4, 6})
_SIGNATURE_BYTES: Final = 8
_PICTURE: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_MAX_CHUNKS: Final = 100_000
"""20 MiB in the smallest usual data chunks (8 KiB) are 2,560; more than this is made to keep us walking."""


def read(content: bytes) -> Facts:
    """The facts of a PNG. Raises Damaged or Truncated."""
    header = content[16:29]
    if len(header) < 13:
        raise Truncated(kind=Format.PNG.kind, size=len(content))
    depth, colour = header[8], header[9]
    if content[12:16] != b"IHDR" or colour not in _MODES or depth not in (1, 2, 4, 8, 16):
        raise Damaged(kind=Format.PNG.kind, what="its header is not one a PNG may have")

    found: dict[bytes, bytes] = {}
    for name, start, end in _chunks(content):
        if name in (b"tRNS", b"acTL", b"eXIf", b"IEND"):
            found.setdefault(name, content[start + 8 : end - 4])
    alpha = colour in _WITH_ALPHA or b"tRNS" in found
    return Facts(
        format=Format.PNG,
        width_px=int.from_bytes(header[0:4]),
        height_px=int.from_bytes(header[4:8]),
        bit_depth=depth,
        mode=_MODES[colour],
        alpha=alpha,
        frames=max(1, int.from_bytes(found.get(b"acTL", b"")[:4])),
        orientation=exif_orientation(found.get(b"eXIf", b"")),
        complete=b"IEND" in found,
        # 4 bytes in Pillow's image, whatever the depth, 3 in the result, and the decoder's own.
        decode_bytes_per_pixel=7.5,
        detail=" ".join(["transparent"] * alpha),
    )


def bare(content: bytes) -> bytes:
    """The same picture without the chunks that are none of it: texts, profiles, times, further frames.

    Raises Damaged when a chunk's checksum is wrong. A decoder then meets no compressed text and no profile, where bombs
    hide, and no animation.
    """
    view = memoryview(content)
    kept = [view[:_SIGNATURE_BYTES]]
    for name, start, end in _chunks(content):
        if name in _PICTURE:
            if zlib.crc32(view[start + 4 : end - 4]) != int.from_bytes(view[end - 4 : end]):
                raise Damaged(kind=Format.PNG.kind, what="a checksum is wrong")
            kept.append(view[start:end])
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end offset of each whole chunk, up to the end chunk or to where the file breaks off."""
    at = _SIGNATURE_BYTES
    for _ in range(_MAX_CHUNKS):
        end = at + 12 + int.from_bytes(content[at : at + 4])
        if end > len(content):
            return
        name = content[at + 4 : at + 8]
        yield name, at, end
        if name == b"IEND":
            return
        at = end
    raise Damaged(kind=Format.PNG.kind, what=f"it has more than {_MAX_CHUNKS:,} chunks")
