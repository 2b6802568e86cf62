"""What a WebP's chunks say (RFC 9649), read without decoding."""

from typing import Final

from film.stills.errors import Damaged, Truncated
from film.stills.facts import Facts, Format, exif_orientation

_ALPHA_FLAG: Final = 0x10
_MAX_CHUNKS: Final = 100_000
"""More than any animation that fits into the byte limit with frames of more than a few pixels."""


def read(content: bytes) -> Facts:
    """The facts of a WebP. Raises Damaged or Truncated."""
    if len(content) < 30:
        raise Truncated(kind=Format.WEBP.kind, size=len(content))
    width, height, alpha = _canvas(content)
    complete = 8 + int.from_bytes(content[4:8], "little") <= len(content)
    exif, frames = _walk(content)
    return Facts(
        format=Format.WEBP,
        width_px=width,
        height_px=height,
        alpha=alpha,
        frames=max(1, frames),
        orientation=exif_orientation(exif),
        complete=complete,
        # OpenCV holds its result twice; an animation's two canvases come on top.
        decode_bytes_per_pixel=(8.0 if alpha else 6.0) + (8.0 if frames else 0.0),
        detail=" ".join(["transparent"] * alpha + ["animated"] * bool(frames)),
    )


def _canvas(content: bytes) -> tuple[int, int, bool]:
    """Width, height and whether there is alpha, from the first chunk."""
    name, body = content[12:16], content[20:30]
    if name == b"VP8X":
        return (
            1 + int.from_bytes(body[4:7], "little"),
            1 + int.from_bytes(body[7:10], "little"),
            bool(body[0] & _ALPHA_FLAG),
        )
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        # The two upper bits of each are a scaling hint that no decoder applies.
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF, False
    if name == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), bool(bits >> 28 & 1)
    raise Damaged(kind=Format.WEBP.kind, what="its first chunk holds no picture")


def _walk(content: bytes) -> tuple[bytes, int]:
    """The EXIF block, empty when there is none, and the number of animation frames, 0 for a still."""
    exif, frames, at = b"", 0, 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(content):
            return exif, frames
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name == b"EXIF":
            exif = content[at + 8 : at + 8 + length]
        frames += name == b"ANMF"
        # Chunks are padded to an even length.
        at += 8 + length + (length & 1)
    raise Damaged(kind=Format.WEBP.kind, what=f"it has more than {_MAX_CHUNKS:,} chunks")
