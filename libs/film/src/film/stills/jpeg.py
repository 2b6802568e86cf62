"""What a JPEG's markers say (ITU-T T.81 annex B), read without decoding."""

from typing import Final

import numpy as np

from film.stills.errors import Damaged, Truncated, UnsupportedStill
from film.stills.facts import Facts, Format, Mode, exif_orientation

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1, 0xC9})
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN: Final = 0xDA
_EXIF: Final = 0xE1
_ADOBE: Final = 0xEE
_END_PAIR: Final = 0xD9FF
"""The end marker, 0xFF 0xD9, as a number of 16 bits that begins with its low byte."""
_BLOCK_BYTES: Final = 1 << 20

_ACCEPTED: Final = "a baseline or progressive JPEG with 8 bits"


def read(content: bytes) -> Facts:
    """The facts of a JPEG. Raises Damaged, Truncated, UnsupportedStill (lossless, hierarchical, 12-bit)."""
    frame: tuple[int, bytes] | None = None
    orientation = 1
    adobe = False
    at = 2
    while True:
        marker, at = _marker(content, at)
        if marker in _ALONE:
            continue
        body = _body(content, at)
        if marker in _FRAMES:
            frame = marker, body
        elif marker == _EXIF and body.startswith(b"Exif\0\0"):
            orientation = exif_orientation(body)
        elif marker == _ADOBE and body.startswith(b"Adobe"):
            adobe = True
        elif marker == _SCAN:
            if frame is None:
                raise Damaged(kind=Format.JPEG.kind, what="its picture has no frame header")
            return _facts(content, frame=frame, scan=body, after=at, orientation=orientation, adobe=adobe)
        at += 2 + len(body)


def _facts(
    content: bytes, *, frame: tuple[int, bytes], scan: bytes, after: int, orientation: int, adobe: bool
) -> Facts:
    marker, body = frame
    if len(body) < 6 or len(body) < 6 + 3 * body[5] or not scan:
        raise Damaged(kind=Format.JPEG.kind, what="its frame header is too short")
    depth, components = body[0], body[5]
    if marker not in _PROGRESSIVE | _SEQUENTIAL or depth != 8 or components not in (1, 3, 4):
        raise UnsupportedStill(
            found=f"a JPEG of process {marker - 0xC0} with {depth} bits and {components} components", accepted=_ACCEPTED
        )
    # Within a scan 0xFF is always followed by zero or a restart marker, so the first end marker after it is the real
    # one; a thumbnail's stands before, and whatever a camera appended stands behind.
    end = _find_end(content, after)
    # A decoder that needs several scans for one picture holds all its coefficients, 2 bytes each.
    several = marker in _PROGRESSIVE or scan[0] != components
    coefficients = 2 * _samples_per_pixel(body, components)
    return Facts(
        format=Format.JPEG,
        width_px=int.from_bytes(body[3:5]),
        height_px=int.from_bytes(body[1:3]),
        mode={1: Mode.GREY, 3: Mode.COLOUR, 4: Mode.CMYK}[components],
        orientation=orientation,
        complete=end >= 0,
        # Large ones are decoded at half size or less, and OpenCV holds the 3 bytes of its result twice.
        decode_bytes_per_pixel=1.5 + (coefficients if several else 0.0),
        detail=" ".join(["progressive"] * (marker in _PROGRESSIVE) + ["CMYK"] * (components == 4)),
        inverted=components == 4 and adobe,
        data_end=None if several or end < 0 else end,
    )


def _find_end(content: bytes, after: int) -> int:
    """The offset of the first end marker from `after` on, or -1; what bytes.find gives, in an eighth of its time.

    Every other byte of compressed data is as good as random, so a search for the first of the two stops all the time.
    """
    for start in range(after, len(content) - 1, _BLOCK_BYTES):
        # Pairs of bytes from even and from odd offsets; the block's last pair reaches into the next block.
        block = np.frombuffer(content, np.uint8, min(_BLOCK_BYTES + 1, len(content) - start), start)
        found = [
            2 * int(np.argmax(hits)) + odd
            for odd in (0, 1)
            if (hits := block[odd : odd + (len(block) - odd) // 2 * 2].view("<u2") == _END_PAIR).any()
        ]
        if found:
            return start + min(found)
    return -1


def _samples_per_pixel(frame: bytes, components: int) -> float:
    factors = [frame[7 + 3 * index] for index in range(components)]
    areas = [(factor >> 4) * (factor & 15) for factor in factors]
    if not all(areas):
        raise Damaged(kind=Format.JPEG.kind, what="a component has no samples")
    return sum(areas) / max(areas)


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at an offset and the offset behind it; any number of 0xFF may stand before (B.1.1.2)."""
    if at + 1 >= len(content):
        raise Truncated(kind=Format.JPEG.kind, size=len(content))
    if content[at] != 0xFF:
        raise Damaged(kind=Format.JPEG.kind, what="a marker is missing")
    while at < len(content) and content[at] == 0xFF:
        at += 1
    if at >= len(content):
        raise Truncated(kind=Format.JPEG.kind, size=len(content))
    return content[at], at + 1


def _body(content: bytes, at: int) -> bytes:
    length = int.from_bytes(content[at : at + 2])
    if at + max(length, 2) > len(content):
        raise Truncated(kind=Format.JPEG.kind, size=len(content))
    if length < 2:
        raise Damaged(kind=Format.JPEG.kind, what="a segment has no length")
    return content[at + 2 : at + length]
